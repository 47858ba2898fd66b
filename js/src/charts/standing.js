// How the first metrics stand: the last value, and the best one where the name tells which is better;
// core/metrics/standing.py does the same for heads without a script.

import BETTER from "../../../modelarts_magics/core/metrics/better.json" with { type: "json" };

const MOST = 3;
const WORD = /[fF]1(?!\d)|\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lo}+/gu; // mAP50 and valLoss are words, too
const LESS = new Set(BETTER.less.split(" "));
const MORE = new Set(BETTER.more.split(" "));

/** Whether less of a metric is better (-1), or more (1); 0 where its name does not tell. */
export function better(name) {
  const words = [...name.slice(0, 200).matchAll(WORD)].map(([word]) => word.toLowerCase());
  const ways = words.concat(words.slice(1).map((word, at) => words[at] + word));
  const told = ways.filter((word) => LESS.has(word) || MORE.has(word));
  if (told.length === 0) return 0;
  return told.some((word) => LESS.has(word)) ? -1 : 1;
}

/** Tells again and again how metrics stand; of a line that is the same as before it is known. */
export class Standing {
  #known = new Map(); // key of a line -> {changes, ...what is told of it}

  /**
   * `[{name, last, best, at, file, files, isOfRanks}]` of the first metrics of the panel's own job, those first of
   * which it is known what is better: `at` is the place of the best, a column's letter for each way to tell
   * it; the line is that of `file`, which several ranks may have written, or the mean of so many `files`.
   */
  of(charts) {
    const lines = charts.flatMap(({ traces }) => traces.filter(({ job }) => job === ""));
    lines.sort((one, other) => one.order - other.order);
    const named = [...new Map(lines.map((line) => [line.name, line]).reverse()).values()].reverse();
    const known = named.filter(({ name }) => better(name) !== 0);
    return [...known, ...named.filter((line) => !known.includes(line))].slice(0, MOST).map((line) => this.#told(line));
  }

  #told({ name, file, files, source, changes }) {
    const key = JSON.stringify([name, file, files]);
    const before = this.#known.get(key);
    if (before?.changes === changes) return before;
    const values = source.column("v");
    const at = best(values, better(name));
    const told = { name, file, files, changes, last: values[source.length - 1], best: null, at: {} };
    told.isOfRanks = files === 1 && source.has("m");
    if (at >= 0) Object.assign(told, { best: values[at], at: placeOf(source, at) });
    this.#known.set(key, told);
    return told;
  }
}

/** Where the best of values stands that are numbers; -1 where there is none, or nobody knows which is better. */
function best(values, way) {
  if (way === 0) return -1;
  let found = -1;
  values.forEach((one, at) => {
    if (Number.isFinite(one) && (found < 0 || way * one > way * values[found])) found = at;
  });
  return found;
}

function placeOf(source, at) {
  const [epoch, step, line] = ["e", "s", "l"].map((letter) => source.column(letter)?.[at]);
  const place = { e: epoch, s: step === epoch ? undefined : step };
  if (epoch === undefined && step === undefined) place.l = line;
  return Object.fromEntries(Object.entries(place).filter(([, x]) => x !== undefined));
}
