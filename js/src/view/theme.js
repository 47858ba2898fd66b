// Light or dark, with more contrast or not, as the page around is.

import { THEMES, WHERE } from "../terminal/palette.js";

const CLASSES = {
  light: "",
  dark: ".mm-dark",
  light_contrast: ".mm-contrast",
  dark_contrast: ".mm-dark.mm-contrast",
};

/** The colours of all themes as custom properties of a class: `error_page` is `--mm-error-page`. */
export function themeCss(root = "mm-log") {
  return Object.entries(THEMES)
    .map(([name, theme]) => `.${root}${CLASSES[name]} { ${properties(theme)} }`)
    .join("\n");
}

function properties(theme) {
  const found = Object.entries(theme).flatMap(([name, value]) =>
    Array.isArray(value)
      ? value.map((colour, index) => [`${name}-${index}`, colour])
      : [[name.replace("_", "-"), value]],
  );
  return found.map(([name, value]) => `--mm-${name}: ${value};`).join(" ");
}

/** Keep the classes `mm-dark` and `mm-contrast` of `root` right until `signal` is aborted. */
export function followTheme(root, signal) {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const more = window.matchMedia("(prefers-contrast: more)");
  const forced = window.matchMedia("(forced-colors: active)"); // no theme of a page counts then
  const update = () => {
    root.classList.toggle("mm-dark", forced.matches ? system.matches : isDark(system));
    root.classList.toggle("mm-contrast", forced.matches || more.matches || hasContrast());
  };
  const observer = new MutationObserver(update);
  for (const node of [document.body, document.documentElement]) {
    observer.observe(node, { attributes: true });
  }
  for (const query of [system, more, forced]) query.addEventListener("change", update, { signal });
  signal.addEventListener("abort", () => observer.disconnect());
  update();
}

function hasContrast() {
  return document.querySelector([...WHERE.light_contrast, ...WHERE.dark_contrast].join()) !== null;
}

function isDark(system) {
  const { body, documentElement } = document;
  const { jpThemeLight } = body.dataset;
  if (jpThemeLight) return jpThemeLight === "false";
  const names = `${body.className} ${documentElement.className}`;
  if (/\bvscode-(?:light|high-contrast-light)\b|\btheme-light\b/.test(names)) return false;
  if (/\b(?:vscode-dark|vscode-high-contrast|theme-dark)\b/.test(names)) return true;
  const theme = documentElement.getAttribute("theme") ?? documentElement.dataset.theme;
  if (theme === "dark" || theme === "light") return theme === "dark";
  // Pages that say nothing, such as the classic notebook, are light, unless they ask the system.
  return system.matches && /dark/.test(getComputedStyle(documentElement).colorScheme);
}
