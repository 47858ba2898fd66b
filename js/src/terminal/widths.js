// The columns that characters take in a terminal: one, two (CJK, emoji), or none (marks).

import { characterClass, WIDTHS } from "./table.js";

const MOST_MARKS = 16; // on one character; of a hostile log there may be thousands
const SOME = `[${characterClass(WIDTHS.wide)}]`;
const MARKS = `[${characterClass(WIDTHS.marks)}]`;
const ALL_WIDE = new RegExp(SOME, "gu");
const ALL_MARKS = new RegExp(MARKS, "gu");
const WIDE = new RegExp(`^${SOME}`, "u");
const LEADING_MARKS = new RegExp(`^${MARKS}*`, "u");
const CLUSTER = new RegExp(`((?!${MARKS})[^]${MARKS}{0,${MOST_MARKS}})${MARKS}*`, "gu");
const MAY_BE_OTHER = /[^\x00-\u02ff]/; // quicker than to look for those

/** The columns that a text takes. */
export function widthOf(text) {
  if (!MAY_BE_OTHER.test(text)) return text.length;
  return lengthOf(text) + countOf(text, ALL_WIDE) - countOf(text, ALL_MARKS);
}

/** The marks that a text begins with, and each other character with the marks behind it. */
export function clustersOf(text) {
  if (!MAY_BE_OTHER.test(text)) return { marks: "", rest: Array.from(text) };
  const marks = LEADING_MARKS.exec(text)[0];
  const rest = Array.from(text.slice(marks.length).matchAll(CLUSTER), ([, cluster]) => cluster);
  return { marks: firstOf(marks, MOST_MARKS), rest };
}

/** As much of a text as fits in some columns. */
export function beginningOf(text, columns) {
  if (columns <= 0 || !MAY_BE_OTHER.test(text)) return text.slice(0, Math.max(0, columns));
  const { marks, rest } = clustersOf(firstOf(text, columns * (1 + MOST_MARKS)));
  let left = columns;
  return marks + rest.filter((cluster) => (left -= isWide(cluster) ? 2 : 1) >= 0).join("");
}

/** Whether a character, with its marks, takes two columns. */
export function isWide(cluster) {
  return WIDE.test(cluster);
}

/** The first characters (code points) of a text. */
export function firstOf(text, count) {
  if (text.length <= count) return text;
  let end = 0;
  for (let left = count; left > 0 && end < text.length; left -= 1) {
    end += text.codePointAt(end) > 0xffff ? 2 : 1;
  }
  return text.slice(0, end);
}

function lengthOf(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function countOf(text, pattern) {
  return text.match(pattern)?.length ?? 0;
}
