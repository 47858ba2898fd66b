// One line of a terminal while it is written: a cursor, and text that may be overwritten.

import { PLAIN } from "./styles.js";

export const LONGEST = 10_000; // characters that a line shows; the rest is counted
const MOST_NUMBERS = 3 * 1000; // runs of styles that a line has; what is beyond stays plain

export class Line {
  text = "";
  column = 0;
  #length = 0; // with what is beyond LONGEST
  #runs = []; // from, to, style; sorted, and none is plain

  get isEmpty() {
    return this.#length === 0;
  }

  /** Runs of styles with the count of characters not shown before them; null when all is plain. */
  get extra() {
    const more = this.#length - this.text.length;
    return more === 0 && this.#runs.length === 0 ? null : [more, ...this.#runs];
  }

  write(text, style) {
    const start = this.column;
    this.column += text.length;
    if (start > this.text.length && start < LONGEST) this.#pad(start);
    if (start < LONGEST) this.#put(start, text.slice(0, LONGEST - start), style);
    this.#length = Math.max(this.#length, this.column);
  }

  move(column) {
    this.column = Math.max(0, Math.min(column, Math.max(LONGEST, this.#length)));
  }

  /** "Erase in line": 0 from the cursor on, 1 up to the cursor, 2 all. */
  erase(which) {
    if (which === 1) this.#put(0, " ".repeat(Math.min(this.column + 1, this.text.length)), PLAIN);
    else this.#cutAt(which === 2 ? 0 : this.column);
  }

  #cutAt(column) {
    this.text = this.text.slice(0, column);
    this.#length = Math.min(this.#length, column);
    this.#clearRuns(column, Infinity);
  }

  #pad(column) {
    this.text += " ".repeat(column - this.text.length);
  }

  #put(start, text, style) {
    const end = start + text.length;
    if (start < this.text.length) {
      this.#clearRuns(start, end);
      this.text = this.text.slice(0, start) + text + whole(this.text.slice(end));
    } else this.text += text;
    const isStyled = style !== PLAIN && text.length > 0;
    if (isStyled && this.#runs.length < MOST_NUMBERS) this.#addRun(start, end, style);
  }

  #addRun(start, end, style) {
    const runs = this.#runs;
    let at = runs.length;
    while (at > 0 && runs[at - 3] >= end) at -= 3;
    const joins = at > 0 && runs[at - 2] === start && runs[at - 1] === style;
    if (joins) runs[at - 2] = end;
    else if (at === runs.length) runs.push(start, end, style);
    else runs.splice(at, 0, start, end, style);
  }

  #clearRuns(start, end) {
    if (this.#runs.length === 0) return;
    const kept = [];
    for (let at = 0; at < this.#runs.length; at += 3) {
      const [from, to, style] = this.#runs.slice(at, at + 3);
      if (from < start) kept.push(from, Math.min(to, start), style);
      if (to > end) kept.push(Math.max(from, end), to, style);
    }
    this.#runs = kept;
  }
}

/** Half of a character that is left of a pair was overwritten with the other half. */
function whole(text) {
  return /^[\udc00-\udfff]/.test(text) ? ` ${text.slice(1)}` : text;
}
