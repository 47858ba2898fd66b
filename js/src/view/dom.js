// Elements without any HTML text.

/** An element; properties that begin with "on" are listeners, `class`, `aria-*`, `data-*` attributes. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export function button(label, onclick, properties = {}) {
  return element("button", { type: "button", onclick, ...properties }, label);
}

/** A button that is on or off. */
export function toggle(label, onchange, properties = {}) {
  const made = button(label, () => set(made.getAttribute("aria-pressed") !== "true"), {
    "aria-pressed": "false",
    ...properties,
  });
  const set = (isOn) => {
    made.setAttribute("aria-pressed", String(isOn));
    onchange(isOn);
  };
  return made;
}

/** Write text only when it is another one: screen readers speak of each change. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
