// Short lines between the buttons and the text: what is missing, what ended, what was done.

import { size } from "../text/format.js";
import { button, element, write } from "./dom.js";

const SHORT = 6000; // ms that a message stays

export function notices({ words, actions, signal }) {
  const before = strip("mm-before");
  const missing = element("span");
  const earlier = button(words("loadEarlier"), actions.loadEarlier, { "data-action": "load_earlier" });
  const all = button(words("loadAll"), actions.loadAll, { "data-action": "load_all" });
  before.append(missing, " ", earlier, " ", all);

  const cleared = strip("mm-cleared");
  cleared.append(
    words("cleared"),
    " ",
    button(words("showAgain"), actions.showAgain, { "data-action": "show_again" }),
  );

  const ended = strip("mm-ended", { role: "status" });
  const outcome = element("span", { dir: "auto" });
  const lastError = button(words("lastError"), actions.lastError, { "data-action": "last_error" });
  const failure = element("pre", { class: "mm-failure", dir: "auto", hidden: true });
  ended.append(outcome, " ", lastError, failure);

  const narrow = strip("mm-narrow", { role: "status" });
  const paused = strip("mm-paused", { role: "status" });
  const said = strip("mm-said", { role: "status" });
  let timer = 0;
  signal.addEventListener("abort", () => clearTimeout(timer));

  return {
    elements: [ended, before, cleared, narrow, paused, said],
    /** Say something for a while. */
    say(text, ...nodes) {
      said.replaceChildren(text, ...nodes);
      said.hidden = false;
      clearTimeout(timer);
      timer = setTimeout(() => (said.hidden = true), SHORT);
    },
    show({ state, isPaused, isCleared, head, isLoading, lacksRoom }) {
      before.hidden = head === 0 || isCleared;
      const [key, unknown] = isLoading ? ["loading", "loadingSome"] : ["before", "someBefore"];
      write(missing, head === Infinity ? words(unknown) : words(key, { bytes: size(head) }));
      earlier.disabled = isLoading;
      cleared.hidden = !isCleared;
      narrow.hidden = !lacksRoom;
      write(narrow, lacksRoom ? words("lanesNeedRoom") : "");
      paused.hidden = !isPaused || Boolean(state.finished);
      write(paused, isPaused ? words("paused") : "");
      ended.hidden = !state.finished && !state.failure;
      failure.hidden = !state.failure;
      write(failure, state.failure ?? "");
      ended.dataset.phase = state.phase ?? "unknown";
      if (state.finished) write(outcome, state.reason || words("ended"));
      lastError.hidden = state.phase !== "failed";
    },
  };
}

function strip(name, properties = {}) {
  return element("div", { class: `mm-strip ${name}`, hidden: true, ...properties });
}
