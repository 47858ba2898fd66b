// Characters that would act, or hide, are shown by a name: "␀" or "‹U+202E›".

import { characterClass, TERMINAL } from "./table.js";

/** The inside of a class of a regular expression with the flag "u". */
export const HIDDEN = characterClass(TERMINAL.hidden);

const BELOW_PAIRS = TERMINAL.hidden
  .filter(([, last]) => last <= 0xffff)
  .map((range) => range.map((code) => `\\u${code.toString(16).padStart(4, "0")}`).join("-"));

/** Whether a text may hold such a character; quicker than to look for those of two units, too. */
export const MAY_HIDE = new RegExp(`[${BELOW_PAIRS.join("")}]`);

/** What is shown for one such character. */
export function nameOf(character) {
  const code = character.codePointAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return `‹U+${code.toString(16).toUpperCase().padStart(4, "0")}›`;
}
