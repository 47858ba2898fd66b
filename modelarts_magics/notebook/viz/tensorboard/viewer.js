// A viewer that opens only with a token. Its address with the token comes by a message at each
// click, goes to the new tab or the frame, and is kept nowhere.

const PAUSE = 60000; // ms until nobody waits for an answer any more

export default () => ({
  initialize({ model }) {
    model.send({ kind: "ready" });
  },

  render({ model, el }) {
    const { words, name, inline, hiding, styles, attributes, height } = model.get("options");
    const closing = new AbortController();
    const asked = new Map(); // what to do with an address, by the number of its question

    const make = (tag, style, text = "", properties = {}) => {
      const made = document.createElement(tag);
      made.style.cssText = style;
      made.textContent = text;
      Object.entries(properties).forEach((pair) => made.setAttribute(...pair));
      return made;
    };
    const said = make("span", "margin-left:.8em", "", { role: "status" });
    const say = (text) => (said.textContent = text);

    const ask = (isFramed, use) => {
      const number = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
      asked.set(number, use);
      setTimeout(() => asked.delete(number), PAUSE);
      say(words.asking);
      try {
        model.send({ kind: "address", number, framed: isFramed });
      } catch {
        say(words.over);
      }
    };
    const onMessage = (message) => {
      const use = asked.get(message?.number);
      if (message?.kind !== "address" || !use) return; // of another page, which was asked
      asked.delete(message.number);
      say(message.said);
      if (message.address) use(reached(message.address));
    };

    const openTab = (address) => {
      const link = make("a", "display:none", "", {
        href: address,
        target: "_blank",
        rel: "noopener noreferrer",
      });
      document.body.append(link);
      link.click();
      link.remove();
    };
    const openFrame = (address) => {
      const frame = make("iframe", styles.frame, "", { ...attributes, referrerpolicy: "no-referrer" });
      frame.src = isDark() ? withDark(address) : address;
      const box = make("div", `${styles.box};height:${height}`);
      box.append(frame);
      el.append(box);
    };

    const line = make("div", "padding:4px 0");
    const button = make("button", styles.button, words.open, { type: "button" });
    button.addEventListener("click", () => ask(false, openTab));
    line.append(make("b", "", name), " · ", button, said);
    el.append(make("style", "", hiding), line);

    model.on("msg:custom", onMessage);
    closing.signal.addEventListener("abort", () => model.off("msg:custom", onMessage));
    if (inline) ask(true, openFrame);
    return () => closing.abort();
  },
});

// The kernel's machine is reached as the page reaches it: by itself, or by the server's proxy.
function reached(text) {
  const address = new URL(text);
  const isOfKernel = isLoopback(address.hostname);
  if (!isOfKernel || (location.protocol === "http:" && isLoopback(location.hostname))) return text;
  const config = document.getElementById("jupyter-config-data");
  const base = config ? JSON.parse(config.textContent).baseUrl : document.body.dataset.baseUrl;
  if (!base) return text;
  const path = `${base.replace(/\/*$/, "/")}proxy/${address.port}${address.pathname}`;
  return new URL(`${path}${address.search}`, location.href).href;
}

function isLoopback(host) {
  return ["127.0.0.1", "[::1]", "localhost"].includes(host);
}

function isDark() {
  return document.body.dataset.jpThemeLight === "false";
}

function withDark(text) {
  const address = new URL(text);
  address.searchParams.set("darkMode", "true");
  return address.href;
}
