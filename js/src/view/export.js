// Out of the view: to the clipboard, or to a file.

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
export function save(parts, name) {
  const url = URL.createObjectURL(new Blob(parts, { type: "text/plain;charset=utf-8" }));
  const link = element("a", { href: url, download: name, style: "display: none" });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/**
 * What is loaded of some logs as the parts of one file, exact to the byte.
 *
 * @returns {{parts: string[], bytes: number, missing: number}}
 */
export function collect(feed, files, lacking) {
  const pieces = new Map(files.map((file) => [file, []]));
  for (const piece of feed.journal) pieces.get(piece.file)?.push(piece);
  const result = { parts: [], bytes: 0, missing: 0 };
  for (const [file, own] of pieces) {
    if (files.length > 1) result.parts.push(`==> ${file} <==\n`);
    let end = 0;
    for (const piece of own.sort((one, other) => one.start - other.start)) {
      if (piece.start > end) result.parts.push(`\n${lacking(piece.start - end)}\n`);
      result.missing += piece.start - end;
      result.bytes += piece.end - piece.start;
      result.parts.push(piece.text);
      end = piece.end;
    }
    if (files.length > 1) result.parts.push("\n");
  }
  return result;
}

export function fileName(...parts) {
  const name = parts.filter(Boolean).join("-").replace(/[^\p{L}\p{N}._-]+/gu, "_");
  return `${name.replace(/^[._]+/, "").slice(0, 100) || "job"}${/\.log$/.test(name) ? "" : ".log"}`;
}
