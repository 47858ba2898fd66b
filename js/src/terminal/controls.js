// Characters that would act, or hide, are shown by a name: "^[" or "<U+202E>", as pagers do.

// C0 but tab and line feed, DEL and C1; soft hyphen, direction marks and overrides, invisible
// separators and fillers, line and paragraph separators, the byte order mark, annotations.
const INVISIBLE =
  "\\0-\\x08\\x0b-\\x1f\\x7f-\\x9f\\xad\\u061c\\u115f\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e" +
  "\\u2060-\\u206f\\u3164\\ufeff\\ufff9-\\ufffb";

export const HAS_CONTROL = new RegExp(`[${INVISIBLE}]`);
/** To be used with `lastIndex` set. */
export const NEXT_CONTROL = new RegExp(`[${INVISIBLE}]`, "g");

/** What is shown for one such character. */
export function nameOf(character) {
  const code = character.charCodeAt(0);
  if (code < 0x20 || code === 0x7f) return `^${String.fromCharCode(code ^ 0x40)}`;
  return `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
}
