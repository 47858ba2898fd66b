// Colours beside a text in place of within it, so that the lines of a view can be parts of it.
//
// A view shows the lines without their sequences. Were these in the text that the feed keeps, each
// line with colours would be kept twice.

const SGR = /\x1b\[([0-9;:]{0,64})m/g;
const MOST = 4096; // kinds of sequences; those of a log that has more stay in its text
const numbers = new Map();
const kinds = []; // of sequences, by number

/**
 * Text and what was in it.
 *
 * @typedef {{text: string, colours?: number[]}} Coloured `colours` is undefined when there are none,
 *   else a place in the text and the number of a sequence, one after the other
 */

/** @returns {Coloured} */
export function apart(text) {
  if (!text.includes("\x1b[")) return { text };
  const colours = [];
  let taken = 0;
  const rest = text.replace(SGR, (sequence, parameters, at) => {
    const number = numberOf(parameters);
    if (number === undefined) return sequence;
    colours.push(at - taken, number);
    taken += sequence.length;
    return "";
  });
  return colours.length > 0 ? { text: rest, colours: colours.slice() } : { text };
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
  if (!numbers.has(parameters) && kinds.length < MOST) {
    const own = [...parameters].join(""); // a part of a text would keep all of it
    numbers.set(own, kinds.length);
    kinds.push(own);
  }
  return numbers.get(parameters);
}
