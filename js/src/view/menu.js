// What is wanted now and then: a list behind one button, worked as menus are, by pointer or by keys.

import { element, iconButton } from "./dom.js";

const LEAST_HEIGHT = "22em"; // where the panel has no room for more
const BELOW = 4; // px to the end of the panel

/** @param {{label: string, signal: AbortSignal}} options `signal` ends the listening to the page */
export function menu({ label, signal }) {
  const list = element("div", { class: "mm-menu", role: "menu", "aria-label": label, hidden: true });
  const opener = iconButton("more", label, () => open(list.hidden), {
    "data-action": "more",
    "aria-haspopup": "menu",
    "aria-expanded": "false",
  });
  const place = element("span", { class: "mm-menu-place" }, opener, list);
  const items = () => [...list.querySelectorAll("button:not(:disabled, [hidden])")];

  const open = (isOpen) => {
    list.hidden = !isOpen;
    opener.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) return;
    const { bottom } = place.closest(".mm-log").getBoundingClientRect();
    list.style.maxHeight = `max(${LEAST_HEIGHT}, ${bottom - list.getBoundingClientRect().top - BELOW}px)`;
    items()[0]?.focus();
  };
  const leave = () => {
    open(false);
    opener.focus();
  };
  const move = (event) => {
    const all = items();
    const at = all.indexOf(document.activeElement);
    const to = {
      ArrowDown: (at + 1) % all.length,
      ArrowUp: (at + all.length - 1) % all.length,
      Home: 0,
      End: all.length - 1,
    }[event.key];
    if (to !== undefined) {
      all[to].focus();
      event.preventDefault();
    } else if (event.key === "Escape") leave();
    else if (event.key === "Tab") open(false);
  };
  list.addEventListener("keydown", move);
  const outside = (event) => !list.hidden && !place.contains(event.target) && open(false);
  document.addEventListener("pointerdown", outside, { capture: true, signal });

  const item = (text, onclick, properties) =>
    element("button", { type: "button", role: "menuitem", tabindex: "-1", onclick, ...properties }, text);
  return {
    element: place,
    focus: () => opener.focus(),
    /** Something to do; the log has the focus again. */
    action(text, act, properties = {}) {
      const made = item(text, () => (leave(), act()), properties);
      list.append(made);
      return made;
    },
    /** Something that is on or off. */
    choice(text, choose, { isOn = false, ...properties } = {}) {
      const set = (value) => made.setAttribute("aria-checked", String(value));
      const toggled = () => {
        const value = made.getAttribute("aria-checked") !== "true";
        set(value);
        leave();
        choose(value);
      };
      const made = item(text, toggled, { role: "menuitemcheckbox", ...properties });
      set(isOn);
      list.append(made);
      return made;
    },
    line: () => list.append(element("hr", { role: "separator" })),
  };
}
