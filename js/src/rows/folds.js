// Which lines of a document are one for who reads it: a traceback, a warning that comes again and
// again, the history of a bar, what the platform tells.

import { isOfPlatform, isOutdented, isTraceback, levelOf } from "../text/levels.js";

const BLOCK = 256; // lines between two looks at the clock
const LONGEST = 2000; // lines of a fold, so that a look at one more line stays cheap
const SEEN = 400; // characters of a line
const BAR = /\d{1,3}%\s?\||\d+\/\d+ \[[=>.#\s-]{5,}\]|[━█]{3,}/;
export const LEAST = 3; // lines that are folded

/** @typedef {{kind: string, first: number, last: number}} Fold lines, from 0 */

export class Folds {
  #doc;
  #ownerOf;
  #seen = 0; // lines that were looked at
  #open = null; // the last lines that are one, which may go on: {kind, key, owner, first, last}

  /** `ownerOf` tells of which log a line is: lines of several are none. */
  constructor(doc, ownerOf) {
    this.#doc = doc;
    this.#ownerOf = ownerOf;
  }

  /** The document changed from line `line` on; returns the line from which on folds are told anew. */
  changed(doc, line) {
    this.#doc = doc;
    this.#seen = Math.min(line, this.#seen, this.#open?.first ?? Infinity);
    this.#open = null;
    return this.#seen;
  }

  get isDone() {
    return this.#seen >= this.#doc.lines;
  }

  /** Look on until `deadline`; returns the folds that were found. */
  step(deadline) {
    const found = [];
    while (!this.isDone && performance.now() < deadline) {
      const end = Math.min(this.#doc.lines, this.#seen + BLOCK);
      let line = this.#seen;
      for (const text of this.#doc.iterLines(line + 1, end + 1)) this.#take(text, line++, found);
      this.#seen = end;
    }
    // What may go on is told again when it does; of a traceback the end says most.
    if (this.isDone && this.#open?.kind !== "traceback") this.#tell(found);
    return found;
  }

  #take(text, line, found) {
    const open = this.#open;
    const owner = this.#ownerOf(line);
    const goesOn = open !== null && owner === open.owner && line - open.first < LONGEST;
    if (goesOn && open.kind === "traceback") {
      open.last = line;
      if (isOutdented(text)) this.#close(found);
      return;
    }
    const { kind, key } = kindOf(text.slice(0, SEEN));
    if (goesOn && kind === open.kind && key === open.key) open.last = line;
    else {
      if (open?.kind !== "traceback") this.#close(found);
      this.#open = { kind, key, owner, first: line, last: line };
    }
  }

  #close(found) {
    this.#tell(found);
    this.#open = null;
  }

  #tell(found) {
    const { kind, first, last } = this.#open ?? { kind: "" };
    if (kind !== "" && last - first + 1 >= LEAST) found.push({ kind, first, last });
  }
}

function kindOf(text) {
  if (isTraceback(text)) return { kind: "traceback", key: "" };
  if (BAR.test(text)) return { kind: "bar", key: text.slice(0, text.search(/\d|\|/)).trim() };
  if (isOfPlatform(text)) return { kind: "platform", key: "" };
  // Numbers of a warning change; where nothing is wrong they are what one reads.
  const key = levelOf(text) === null ? text : text.replace(/\d+/g, "0");
  return { kind: key.trim() === "" ? "" : "repeated", key };
}
