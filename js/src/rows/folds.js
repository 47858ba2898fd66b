// Which lines of a document are one for who reads it: a traceback; and what comes again and again,
// each by itself or in turns: a warning, the history of a bar, what the platform tells.

import { isOfPlatform, isOutdented, isTraceback, levelOf } from "../text/levels.js";

const BLOCK = 256; // lines between two looks at the clock
const LONGEST = 2000; // lines of which none is folded with others, so that a look at one more line stays cheap
const WINDOW = 32; // runs of other lines after which a line does not come again
const SEEN = 400; // characters of a line
const MOST_BARS = 1000; // of which it is known how far they are
const LEAST = 3; // lines that are folded
const BAR = /\d{1,3}%\s?\||\d+\/\d+ \[([=>.#\s-]{5,})\]|[━█]{3,}/;
const PERCENT = /(\d{1,3})%/;

/**
 * @typedef {{kind: string, line: number, count: number}} Shown the one of `count` lines that is shown
 * @typedef {{first: number, last: number, shown: Shown[], hidden: [number, number][]}} Fold lines of one
 *   log, from 0, perhaps with those of others between; of a traceback the first one is shown, and behind
 *   it the last
 */

export class Folds {
  seen = 0; // lines that were looked at
  #doc;
  #ownerOf;
  #logs = new Map(); // owner -> OneLog
  #starts = Array.of(0); // lines over which no fold goes: some, and the last one

  /** `ownerOf` tells of which log a line is: lines of several are none. */
  constructor(doc, ownerOf) {
    this.#doc = doc;
    this.#ownerOf = ownerOf;
  }

  /** The document changed from line `line` on: folds are told anew from `seen` on. */
  changed(doc, line) {
    this.#doc = doc;
    const at = this.#starts.findLastIndex((start) => start <= Math.min(line - LEAST, this.seen));
    this.#starts.length = Math.max(at, 0) + 1;
    this.seen = this.#starts.at(-1);
    this.#logs.clear();
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
    // What may go on is told again when it does.
    if (this.isDone) for (const log of this.#logs.values()) log.tell(found);
    return found;
  }

  #take(text, line, found) {
    if (line - this.#starts.at(-1) >= LONGEST) {
      for (const log of this.#logs.values()) log.tell(found);
      this.#logs.clear();
      this.#begin(line);
    }
    const owner = this.#ownerOf(line);
    if (!this.#logs.has(owner)) this.#logs.set(owner, new OneLog());
    const isParted = this.#logs.get(owner).take(text, line, found);
    if (isParted) this.#begin(this.#firstOpen(line));
  }

  #begin(line) {
    const isNear = this.#starts.length > 1 && line - this.#starts.at(-2) < LONGEST;
    if (isNear) this.#starts[this.#starts.length - 1] = line;
    else if (line > this.#starts.at(-1)) this.#starts.push(line);
  }

  /** The first line that may be folded with others that come, where no fold that was told goes over it. */
  #firstOpen(line) {
    const logs = [...this.#logs.values()];
    const first = Math.min(line + 1, ...logs.map((log) => log.first));
    return logs.every((log) => log.told < first) ? first : this.#starts.at(-1);
  }
}

/** The lines of one log that may be folded with those that come. */
class OneLog {
  told = -1; // the last line of the last fold that was told for good
  #traceback = null; // that has not ended: {first, last}
  #runs = []; // of lines that are alike, since a line that nobody folds: {kind, key, lines, recurs}
  #latest = new Map(); // key -> the last of these runs that has it
  #bars = new Map(); // how far the bars are: name -> {done, number}
  #barCount = 0;

  get first() {
    return this.#traceback?.first ?? this.#runs[0]?.lines[0] ?? Infinity;
  }

  /** Whether what comes is not folded with some lines before any more. */
  take(text, line, found) {
    if (this.#traceback !== null && this.#goesOn(text, line, found)) return this.#traceback === null;
    if (isTraceback(text.slice(0, SEEN))) {
      this.#part(this.#runs.length, found);
      this.#traceback = { first: line, last: line };
      return true;
    }
    const { kind, key } = this.#kindOf(text.slice(0, SEEN));
    const last = this.#runs.at(-1);
    if (last?.key === key) last.lines.push(line);
    else if (kind !== "" || last !== undefined) return this.#begin({ kind, key, lines: [line] }, found);
    return false;
  }

  /** Tell the folds that may go on; of a traceback the end says most. */
  tell(found) {
    tell(this.#runs, found);
  }

  /** Whether a line is of the traceback that has not ended. */
  #goesOn(text, line, found) {
    const traceback = this.#traceback;
    const isNext = line === traceback.last + 1 && line - traceback.first < LONGEST;
    if (!isNext || isOutdented(text)) this.#traceback = null;
    if (!isNext) return false;
    traceback.last = line;
    if (this.#traceback === null) {
      tellTraceback(traceback, found);
      this.told = line;
    }
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
    if (old === undefined) return false;
    if (this.#latest.get(old.key) === old) this.#latest.delete(old.key);
    if (isFolding(old)) return false;
    this.#part(at, found);
    this.#runs.shift();
    return true;
  }

  /** What was before a run is told for good. */
  #part(at, found) {
    const runs = this.#runs.splice(0, at);
    const count = found.length;
    tell(runs, found);
    if (found.length > count) this.told = found.at(-1).last;
    if (at > 0) this.#forget(runs);
  }

  /** Some runs are told: what comes again only because of them does not. */
  #forget(gone) {
    const keys = new Set(gone.map(({ key }) => key));
    const count = new Map();
    for (const { key } of this.#runs) count.set(key, (count.get(key) ?? 0) + 1);
    for (const run of this.#runs) {
      if (keys.has(run.key) && run.kind !== "") run.recurs = count.get(run.key) > 1;
    }
    for (const key of keys) if (!count.has(key)) this.#latest.delete(key);
  }

  #kindOf(text) {
    const told = (kind, key) => ({ kind, key: `${kind} ${key}` });
    const bar = BAR.exec(text);
    if (bar !== null) return told("bar", this.#barOf(text, bar));
    if (isOfPlatform(text)) return told("platform", "");
    if (text.trim() === "") return told("", "");
    // Numbers of a warning change; where nothing is wrong they are what one reads.
    return told("repeated", levelOf(text) === null ? text : text.replace(/\d+/g, "0"));
  }

  /** A bar that was at its end, or is less far than it was, is another one. */
  #barOf(text, at) {
    const name = text.slice(0, text.search(/\d|\|/)).trim();
    const done = doneOf(text, at);
    const known = this.#bars.get(name);
    const goesOn = known !== undefined && !(known.done >= 1 || done < known.done);
    const number = goesOn ? known.number : (this.#barCount += 1);
    if (this.#bars.size >= MOST_BARS) this.#bars.clear();
    this.#bars.set(name, { done, number });
    return `${number} ${name}`;
  }
}

/** How far a bar is, from 0 to 1; NaN where it does not tell. */
function doneOf(text, { 1: drawn, index }) {
  if (drawn !== undefined) return drawn.replace(/[^=>#]/g, "").length / drawn.length;
  const percent = PERCENT.exec(text.slice(index));
  return percent === null ? NaN : percent[1] / 100;
}

function isFolding({ recurs, kind, lines }) {
  return recurs || kind === "platform" || kind === "bar" || lines.length >= LEAST;
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
  const groups = new Map(); // key -> {kind, lines}
  for (const { kind, key, lines } of runs) {
    if (!groups.has(key)) groups.set(key, { kind, lines: [] });
    groups.get(key).lines.push(...lines);
  }
  const shown = [];
  for (const [key, { kind, lines }] of groups) {
    if (kind === "" || lines.length < LEAST) groups.delete(key);
    else shown.push({ kind, line: kind === "bar" ? lines.at(-1) : lines[0], count: lines.length });
  }
  if (shown.length === 0) return;
  shown.sort((one, other) => one.line - other.line);
  found.push({ first: runs[0].lines[0], last: runs.at(-1).lines.at(-1), shown, hidden: hiddenOf(runs, groups, shown) });
}

/** Which lines are hidden: those like a line that is shown, and empty ones behind a hidden one. */
function hiddenOf(runs, groups, shown) {
  const heads = new Set(shown.map(({ line }) => line));
  const hidden = [];
  let isHidden = false;
  for (const { kind, key, lines } of runs) {
    for (const line of lines) {
      if (kind !== "") isHidden = groups.has(key) && !heads.has(line);
      if (!isHidden) continue;
      if (hidden.at(-1)?.[1] === line - 1) hidden.at(-1)[1] = line;
      else hidden.push([line, line]);
    }
  }
  return hidden;
}

function tellTraceback({ first, last }, found) {
  if (last - first + 1 < LEAST) return;
  const shown = [{ kind: "traceback", line: first, count: last - first + 1 }];
  found.push({ first, last, shown, hidden: [[first + 1, last - 1]] });
}
