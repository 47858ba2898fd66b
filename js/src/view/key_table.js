// The keys of the panel, to look up.

import { button, element } from "./dom.js";

const ROWS = [
  ["/ · Ctrl-F", "search"],
  ["n · F3", "nextMatch"],
  ["N · Shift-F3", "previousMatch"],
  ["e", "nextError"],
  ["E", "previousError"],
  ["g", "goToStart"],
  ["G", "jumpToEnd"],
  ["f", "followEnd"],
  ["w", "wrap"],
  ["y", "copyAddress"],
  ["z", "fold"],
  ["?", "keys"],
];

/** @param {{words: Function, onClose: () => void}} options */
export function keyTable({ words, onClose }) {
  const close = () => {
    table.hidden = true;
    onClose();
  };
  const rows = ROWS.flatMap(([keys, name]) => [
    element("dt", {}, element("kbd", {}, keys)),
    element("dd", {}, words(name)),
  ]);
  const done = button(words("close"), close, { "data-action": "close_keys" });
  const table = element(
    "div",
    {
      class: "mm-strip mm-keys",
      role: "group",
      "aria-label": words("keys"),
      hidden: true,
      onkeydown: (event) => event.key === "Escape" && close(),
    },
    element("dl", {}, ...rows),
    done,
  );
  return {
    element: table,
    toggle() {
      if (!table.hidden) return close();
      table.hidden = false;
      done.focus();
    },
  };
}
