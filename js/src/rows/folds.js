// Which lines of a document are one for who reads it: a traceback; and what comes again and again,
// each by itself or in turns: a warning, the history of a bar, what the platform tells.

import { isOfPlatform, isOutdented, isTraceback, levelOf } from "../text/levels.js";

const BLOCK = 256; // lines between two looks at the clock
export const LONGEST = 2000; // lines of a fold, so that a look at one more line stays cheap
const WINDOW = 32; // runs of other lines after which a line does not come again
const SEEN = 400; // characters of a line
const MOST_BARS = 1000; // of which it is known how far they are
export const LEAST = 3; // lines that are folded
const BAR = /\d{1,3}%\s?\||\d+\/\d+ \[([=>.#\s-]{5,})\]|[━█]{3,}/;
const PERCENT = /(\d{1,3})%/;

/**
 * @typedef {{kind: string, line: number, count: number}} Shown the one of `count` lines that is shown
 * @typedef {{first: number, last: number, shown: Shown[], hidden: [number, number][]}} Fold lines, from 0;
 *   of a traceback the first one is shown, and behind it the last
 */

export class Folds {
  #doc;
  #ownerOf;
  seen = 0; // lines that were looked at
  #traceback = null; // that has not ended: {owner, first, last}
  #runs = []; // of lines that are alike, since a line that nobody folds: {kind, key, first, last, recurs}
  #latest = new Map(); // key -> the last of these runs that has it
  #bars = new Map(); // how far the bars are: name -> {done, number}
  #barCount = 0;

  /** `ownerOf` tells of which log a line is: lines of several are none. */
  constructor(doc, ownerOf) {
    this.#doc = doc;
    this.#ownerOf = ownerOf;
  }

  /** The document changed from line `line` on: folds are told anew from `seen` on. */
  changed(doc, line) {
    this.#doc = doc;
    this.seen = Math.min(line, this.seen, this.#open?.first ?? Infinity);
    this.#traceback = null;
    this.#forget();
  }

  get isDone() {
    return this.seen >= this.#doc.lines;
  }

  /** Look on until `deadline`; returns the folds that were found. */
  step(deadline) {
    const found = [];
    while (!this.isDone && performance.now() < deadline) {
      const end = Math.min(this.#doc.lines, this.seen + BLOCK);
      let line = this.seen;
      for (const text of this.#doc.iterLines(line + 1, end + 1)) this.#take(text, line++, found);
      this.seen = end;
    }
    // What may go on is told again when it does; of a traceback the end says most.
    if (this.isDone) tell(this.#runs, found);
    return found;
  }

  get #open() {
    return this.#traceback ?? this.#runs[0];
  }

  #take(text, line, found) {
    const owner = this.#ownerOf(line);
    const open = this.#open;
    if (open !== undefined && line - open.first >= LONGEST) this.#close(found);
    if (this.#traceback !== null && this.#goesOn(text, line, owner, found)) return;
    if (isTraceback(text.slice(0, SEEN))) {
      this.#close(found);
      this.#traceback = { owner, first: line, last: line };
      return;
    }
    const { kind, key } = this.#kindOf(text.slice(0, SEEN), owner);
    const last = this.#runs.at(-1);
    if (last?.key === key) last.last = line;
    else if (kind !== "" || last !== undefined) this.#begin({ kind, key, first: line, last: line }, found);
  }

  /** Whether a line is of the traceback that has not ended. */
  #goesOn(text, line, owner, found) {
    if (owner !== this.#traceback.owner) {
      this.#traceback = null;
      return false;
    }
    this.#traceback.last = line;
    if (isOutdented(text)) this.#close(found);
    return true;
  }

  #begin(run, found) {
    const before = this.#latest.get(run.key);
    run.recurs = before !== undefined || run.kind === "";
    if (before !== undefined) before.recurs = true;
    this.#latest.set(run.key, run);
    this.#runs.push(run);
    const at = this.#runs.length - 1 - WINDOW;
    const old = this.#runs[at];
    if (old === undefined) return;
    if (this.#latest.get(old.key) === old) this.#latest.delete(old.key);
    if (isFolding(old)) return;
    tell(this.#runs.slice(0, at), found);
    this.#runs.splice(0, at + 1);
  }

  #close(found) {
    if (this.#traceback === null) tell(this.#runs, found);
    else tellTraceback(this.#traceback, found);
    this.#traceback = null;
    this.#forget();
  }

  #forget() {
    this.#runs = [];
    this.#latest.clear();
    this.#bars.clear();
  }

  #kindOf(text, owner) {
    const told = (kind, key) => ({ kind, key: `${owner} ${kind} ${key}` });
    const bar = BAR.exec(text);
    if (bar !== null) return told("bar", this.#barOf(text, bar, owner));
    if (isOfPlatform(text)) return told("platform", "");
    if (text.trim() === "") return told("", "");
    // Numbers of a warning change; where nothing is wrong they are what one reads.
    return told("repeated", levelOf(text) === null ? text : text.replace(/\d+/g, "0"));
  }

  /** A bar that was at its end, or is less far than it was, is another one. */
  #barOf(text, at, owner) {
    const name = text.slice(0, text.search(/\d|\|/)).trim();
    const done = doneOf(text, at);
    const known = this.#bars.get(`${owner} ${name}`);
    const goesOn = known !== undefined && !(known.done >= 1 || done < known.done);
    const number = goesOn ? known.number : (this.#barCount += 1);
    if (this.#bars.size >= MOST_BARS) this.#bars.clear();
    this.#bars.set(`${owner} ${name}`, { done, number });
    return `${number} ${name}`;
  }
}

/** How far a bar is, from 0 to 1; NaN where it does not tell. */
function doneOf(text, { 1: drawn, index }) {
  if (drawn !== undefined) return drawn.replace(/[^=>#]/g, "").length / drawn.length;
  const percent = PERCENT.exec(text.slice(index));
  return percent === null ? NaN : percent[1] / 100;
}

function isFolding({ recurs, kind, first, last }) {
  return recurs || kind === "platform" || kind === "bar" || last - first + 1 >= LEAST;
}

/** Tell what is folded in some runs, of which those that nobody folds part the others. */
function tell(runs, found) {
  let stretch = [];
  for (const run of runs) {
    if (isFolding(run)) stretch.push(run);
    else {
      tellStretch(stretch, found);
      stretch = [];
    }
  }
  tellStretch(stretch, found);
}

function tellStretch(runs, found) {
  const groups = new Map(); // key -> {kind, count, first, last}
  for (const { kind, key, first, last } of runs) {
    if (kind === "") continue;
    const group = groups.get(key) ?? { kind, count: 0, first };
    groups.set(key, Object.assign(group, { count: group.count + last - first + 1, last }));
  }
  const shown = [];
  for (const [key, { kind, count, first, last }] of groups) {
    if (count < LEAST) groups.delete(key);
    else shown.push({ kind, line: kind === "bar" ? last : first, count });
  }
  if (shown.length === 0) return;
  shown.sort((one, other) => one.line - other.line);
  found.push({ first: runs[0].first, last: runs.at(-1).last, shown, hidden: hiddenOf(runs, groups, shown) });
}

/** Which lines are hidden: those like a line that is shown, and empty ones behind a hidden one. */
function hiddenOf(runs, groups, shown) {
  const heads = new Set(shown.map(({ line }) => line));
  const hidden = [];
  const hide = (from, to) => {
    if (hidden.at(-1)?.[1] === from - 1) hidden.at(-1)[1] = to;
    else if (from <= to) hidden.push([from, to]);
  };
  for (const { kind, key, first, last } of runs) {
    if (kind === "" && hidden.at(-1)?.[1] === first - 1) hide(first, last);
    if (!groups.has(key)) continue;
    const { kind: as } = groups.get(key);
    const [head, tail] = [heads.has(first) && as !== "bar", heads.has(last) && as === "bar"];
    hide(first + (head ? 1 : 0), last - (tail ? 1 : 0));
  }
  return hidden;
}

function tellTraceback({ first, last }, found) {
  if (last - first + 1 < LEAST) return;
  const shown = [{ kind: "traceback", line: first, count: last - first + 1 }];
  found.push({ first, last, shown, hidden: [[first + 1, last - 1]] });
}
