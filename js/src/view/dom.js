// Elements without any HTML text.

import { icon } from "./icons.js";

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

/** A button that shows a picture; its name is told on hover and to screen readers. */
export function iconButton(picture, name, onclick, properties = {}) {
  return withIcon(button(null, onclick, { title: name, "aria-label": name, ...properties }), picture);
}

/** A button with a picture that is on or off. */
export function iconToggle(picture, name, onchange, properties = {}) {
  return withIcon(toggle(null, onchange, { title: name, "aria-label": name, ...properties }), picture);
}

function withIcon(made, picture) {
  made.classList.add("mm-icon-button");
  made.append(icon(picture));
  return made;
}

/** Another picture for a button; the same one is left where it is. */
export function showIcon(made, picture) {
  const [shown] = made.children;
  if (shown.dataset.icon !== picture) shown.replaceWith(icon(picture));
}

/** Another name for a button with a picture. */
export function label(made, name) {
  if (made.title === name) return;
  made.title = name;
  made.setAttribute("aria-label", name);
}
