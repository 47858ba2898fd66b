// What of a terminal is obeyed, and how wide characters are; Python reads the same tables.

export { default as TERMINAL } from "../../../modelarts_magics/notebook/text/terminal.json" with { type: "json" };
export { default as WIDTHS } from "../../../modelarts_magics/notebook/text/widths.json" with { type: "json" };

/** The inside of a class of a regular expression with the flag "u", from numbers of characters. */
export function characterClass(ranges) {
  return ranges.map((range) => range.map((code) => `\\u{${code.toString(16)}}`).join("-")).join("");
}
