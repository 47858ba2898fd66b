// Colours beside a text in place of within it, so that the lines of a view can be parts of it.
//
// A view shows the lines without their sequences. Were these in the text that the feed keeps, each
// line with colours would be kept twice.

const LONGEST = 64; // parameters of a sequence
const MOST = 4096; // kinds of sequences; those of a log that has more stay in its text
const numbers = new Map();
const kinds = []; // of sequences, by number
const BEGINNING = "\x1b[";

/**
 * Text and what was in it.
 *
 * @typedef {{text: string, colours?: Uint32Array}} Coloured `colours` is undefined when there are none,
 *   else a place in the text and the number of a sequence, one after the other
 */

/** @returns {Coloured} */
export function apart(text) {
  const parts = text.split(BEGINNING);
  const colours = [];
  let place = parts[0].length;
  for (let index = 1; index < parts.length; index += 1) {
    const part = parts[index];
    const length = lengthOfParameters(part);
    const number = length < 0 ? undefined : numberOf(part.slice(0, length));
    if (number !== undefined) colours.push(place, number);
    parts[index] = number === undefined ? BEGINNING + part : part.slice(length + 1);
    place += parts[index].length;
  }
  return colours.length > 0 ? { text: parts.join(""), colours: Uint32Array.from(colours) } : { text };
}

/** Those between the beginning of a sequence and the "m" that makes it one of colours; else -1. */
function lengthOfParameters(part) {
  let at = 0;
  while (at <= LONGEST && part.charCodeAt(at) >= 0x30 && part.charCodeAt(at) <= 0x3b) at += 1; // 0-9:;
  return at <= LONGEST && part[at] === "m" ? at : -1;
}

/** The text as it came. */
export function whole({ text, colours = [] }) {
  let come = "";
  let from = 0;
  for (let at = 0; at < colours.length; at += 2) {
    come += `${text.slice(from, colours[at])}\x1b[${kinds[colours[at + 1]]}m`;
    from = colours[at];
  }
  return come + text.slice(from);
}

/** The parts before and behind a place. */
export function split({ text, colours = [] }, place) {
  const index = colours.findIndex((at, number) => number % 2 === 0 && at >= place);
  const before = index < 0 ? colours.length : index;
  return [
    { text: text.slice(0, place), colours: colours.slice(0, before) },
    { text: text.slice(place), colours: shifted(colours.slice(before), place) },
  ];
}

/** The parameters of a sequence. */
export function parametersOf(number) {
  return kinds[number];
}

/** Colours by their places behind one. */
export function shifted(colours, by) {
  return colours.map((value, number) => (number % 2 === 0 ? value - by : value));
}

function numberOf(parameters) {
  const known = numbers.get(parameters);
  if (known !== undefined || kinds.length >= MOST) return known;
  const own = [...parameters].join(""); // a part of a text would keep all of it
  numbers.set(own, kinds.length);
  kinds.push(own);
  return kinds.length - 1;
}
