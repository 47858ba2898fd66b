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
  #known = new Map(); // key of a line in its chart -> {changes, ...what is told of it}

  /** `[{name, last, best}]` of the first metrics, those first of which it is known what is better. */
  of(charts) {
    const lines = charts.flatMap(({ traces }) => traces.filter(({ job }) => job === ""));
    lines.sort((one, other) => one.order - other.order);
    const named = [...new Map(lines.map((line) => [line.name, line]).reverse()).values()].reverse();
    const known = named.filter(({ name }) => better(name) !== 0);
    return [...known, ...named.filter((line) => !known.includes(line))].slice(0, MOST).map((line) => this.#told(line));
  }

  #told({ name, source, changes }) {
    const before = this.#known.get(name);
    if (before?.changes === changes) return before;
    const values = source.column("v");
    const told = { name, changes, last: values[source.length - 1], best: best(values, better(name)) };
    this.#known.set(name, told);
    return told;
  }
}

/** The best of values that are numbers; null where there is none, or nobody knows which is better. */
function best(values, way) {
  if (way === 0) return null;
  let found = -Infinity;
  for (const one of values) if (Number.isFinite(one) && way * one > found) found = way * one;
  return found === -Infinity ? null : way * found;
}
