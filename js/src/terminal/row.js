// One row of a terminal: cells that are written and erased. A cell holds one character (code point).

import { PLAIN } from "./styles.js";
import { TERMINAL } from "./table.js";

export const COLUMNS = TERMINAL.columns; // characters that a row shows; the rest is counted
const MOST_NUMBERS = 3 * 1000; // runs of styles that a row has; what is beyond stays plain
const PAIR = /[\ud800-\udbff]/;

const BLANK = Object.freeze({ character: " ", style: PLAIN });

export class Row {
  #text = "";
  #runs = []; // from, to, style; sorted, and none is plain
  #cells = null; // of a row that was not only written to its end
  #length = 0; // with what is beyond COLUMNS

  static of(text) {
    const row = new Row();
    row.write(0, text, PLAIN);
    return row;
  }

  get text() {
    return this.#joined().text;
  }

  /** Runs of styles with the count of characters not shown before them; null when all is plain. */
  get extra() {
    const { runs } = this.#joined();
    const more = Math.max(0, this.#length - COLUMNS);
    return more === 0 && runs.length === 0 ? null : [more, ...runs];
  }

  /** Returns the column after the text. */
  write(column, text, style) {
    if (text === "") return column;
    const count = lengthOf(text);
    const kept = column + count <= COLUMNS ? text : firstOf(text, Math.max(0, COLUMNS - column));
    if (column === this.#length && this.#cells === null) this.#append(kept, style);
    else if (kept !== "") this.#put(column, Array.from(kept, (character) => ({ character, style })));
    this.#length = Math.max(this.#length, column + count);
    return column + count;
  }

  eraseFrom(column) {
    if (column === 0) {
      this.#cells = null;
      this.#text = "";
      this.#runs = [];
      this.#length = 0;
    } else if (column < this.#length) {
      this.#apart().splice(column);
      this.#length = column;
    }
  }

  /** Including this column. */
  eraseTo(column) {
    if (column + 1 >= this.#length) this.eraseFrom(0);
    else this.#put(0, Array(Math.min(column + 1, COLUMNS)).fill(BLANK));
  }

  #append(text, style) {
    const start = this.#text.length;
    this.#text += text;
    addRun(this.#runs, start, this.#text.length, style);
  }

  #put(column, cells) {
    const own = this.#apart();
    while (own.length < column) own.push(BLANK);
    for (let index = 0; index < cells.length; index += 1) own[column + index] = cells[index];
  }

  #apart() {
    if (this.#cells !== null) return this.#cells;
    this.#cells = [];
    let [at, from] = [0, 0];
    for (const character of this.#text) {
      while (at < this.#runs.length && this.#runs[at + 1] <= from) at += 3;
      const style = this.#runs[at] <= from ? this.#runs[at + 2] : PLAIN;
      this.#cells.push({ character, style });
      from += character.length;
    }
    return this.#cells;
  }

  /** What is seen of it; where it was rewritten, blanks at its end are nothing. */
  #joined() {
    if (this.#cells === null) return { text: this.#text, runs: this.#runs };
    const cells = this.#cells;
    if (this.#length <= COLUMNS) {
      while (cells.length > 0 && isBlank(cells[cells.length - 1])) cells.pop();
      this.#length = cells.length;
    }
    const runs = [];
    let text = "";
    for (const { character, style } of cells) {
      addRun(runs, text.length, text.length + character.length, style);
      text += character;
    }
    return { text, runs };
  }
}

function isBlank({ character, style }) {
  return character === " " && style === PLAIN;
}

function addRun(runs, from, to, style) {
  if (style === PLAIN || to === from) return;
  const end = runs.length;
  if (end > 0 && runs[end - 2] === from && runs[end - 1] === style) runs[end - 2] = to;
  else if (end < MOST_NUMBERS) runs.push(from, to, style);
}

function lengthOf(text) {
  if (!PAIR.test(text)) return text.length;
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function firstOf(text, count) {
  if (!PAIR.test(text)) return text.slice(0, count);
  let end = 0;
  for (let left = count; left > 0 && end < text.length; left -= 1) {
    end += text.codePointAt(end) > 0xffff ? 2 : 1;
  }
  return text.slice(0, end);
}
