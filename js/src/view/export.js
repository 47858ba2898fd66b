// Out of the view: to the clipboard, or to a file.

import { whole } from "../text/colours.js";
import { element } from "./dom.js";

/** Copy text; returns whether the browser allowed it. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyOldWay(text);
  }
}

// Pages that are not served safely have no clipboard to ask.
function copyOldWay(text) {
  const focused = document.activeElement;
  const area = element("textarea", { style: "position: fixed; opacity: 0", "aria-hidden": "true" });
  area.value = text;
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  focused?.focus?.();
  return isCopied;
}

/** Hand the user a file that holds `parts` one after the other. */
export function save(parts, name, type = "text/plain;charset=utf-8") {
  const url = URL.createObjectURL(new Blob(parts, { type }));
  const link = element("a", { href: url, download: name, style: "display: none" });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** All of a log as the parts of a file, exact to the byte; null when some of it is not here. */
export function wholeLog(feed, file) {
  const spans = feed.spans(file)?.list ?? [];
  if (spans.length !== 1 || spans[0][0] !== feed.beginning(file)) return null;
  const pieces = feed.journal.filter((piece) => piece.file === file);
  return pieces.sort((one, other) => one.start - other.start).map(whole);
}

export function fileName(...parts) {
  const name = parts.filter(Boolean).join("-").replace(/[^\p{L}\p{N}._-]+/gu, "_");
  return `${name.replace(/^[._]+/, "").slice(0, 100) || "job"}${/\.log$/.test(name) ? "" : ".log"}`;
}
