// Light or dark, as the page around is.

/** Keep the class `mm-dark` of `root` right until `signal` is aborted. */
export function followTheme(root, signal) {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const update = () => root.classList.toggle("mm-dark", isDark(system));
  const observer = new MutationObserver(update);
  for (const node of [document.body, document.documentElement]) {
    observer.observe(node, { attributes: true });
  }
  system.addEventListener("change", update, { signal });
  signal.addEventListener("abort", () => observer.disconnect());
  update();
}

function isDark(system) {
  const { body, documentElement } = document;
  const { jpThemeLight } = body.dataset;
  if (jpThemeLight) return jpThemeLight === "false";
  const names = `${body.className} ${documentElement.className}`;
  if (/\b(?:vscode-dark|vscode-high-contrast|theme-dark)\b/.test(names)) return true;
  if (/\b(?:vscode-light|theme-light)\b/.test(names)) return false;
  const theme = documentElement.getAttribute("theme") ?? documentElement.dataset.theme;
  if (theme === "dark" || theme === "light") return theme === "dark";
  // Pages that say nothing, such as the classic notebook, are light, unless they ask the system.
  return system.matches && /dark/.test(getComputedStyle(documentElement).colorScheme);
}
