// One row of a terminal: cells that are written and erased.
//
// A cell is a column. It holds a character with its marks; one that is two columns wide leaves the
// second cell empty, and where one half of it is overwritten or erased, the other is blank.

import { PLAIN } from "./styles.js";
import { TERMINAL } from "./table.js";
import { beginningOf, clustersOf, firstOf, isWide, widthOf } from "./widths.js";

export const COLUMNS = TERMINAL.columns; // that a row shows; the rest is counted
const MOST = 2 * COLUMNS; // characters, with marks
const MOST_NUMBERS = 3 * 1000; // runs of styles that a row has; what is beyond stays plain

const BLANK = Object.freeze({ character: " ", style: PLAIN });

export class Row {
  #text = "";
  #runs = []; // from, to, style; sorted, and none is plain
  #cells = null; // of a row that was not only written to its end
  #length = 0; // with what is beyond COLUMNS

  /** A row that was written once, and not beyond its end; `extra` as of a Row. */
  static of(text, extra) {
    const row = new Row();
    row.write(0, text, PLAIN);
    row.#runs = extra === null ? [] : extra.slice(1);
    return row;
  }

  get text() {
    return this.#joined().text;
  }

  /** Runs of styles with the count of columns not shown before them; null when all is plain. */
  get extra() {
    const { runs } = this.#joined();
    const more = Math.max(0, this.#length - COLUMNS);
    return more === 0 && runs.length === 0 ? null : [more, ...runs];
  }

  /** Returns the column after the text. */
  write(column, text, style) {
    if (text === "") return column;
    const end = column + widthOf(text);
    const kept = end <= COLUMNS ? text : beginningOf(text, COLUMNS - column);
    if (column === this.#length && this.#cells === null) {
      this.#append(firstOf(kept, Math.max(0, MOST - this.#text.length)), style);
    } else if (kept !== "") this.#put(column, kept, style);
    this.#length = Math.max(this.#length, end);
    return end;
  }

  eraseFrom(column) {
    if (column === 0) {
      this.#cells = null;
      this.#text = "";
      this.#runs = [];
      this.#length = 0;
    } else if (column < this.#length) {
      this.#apart();
      this.#blankHalf(column);
      this.#cells.splice(column);
      this.#length = column;
    }
  }

  /** Including this column. */
  eraseTo(column) {
    if (column + 1 >= this.#length) this.eraseFrom(0);
    else this.#put(0, " ".repeat(Math.min(column + 1, COLUMNS)), PLAIN);
  }

  #append(text, style) {
    const start = this.#text.length;
    this.#text += text;
    addRun(this.#runs, start, this.#text.length, style);
  }

  #put(column, text, style) {
    const { marks, rest } = clustersOf(text);
    const cells = this.#apart();
    while (cells.length < column) cells.push(BLANK);
    if (marks !== "") this.#mark(column - 1, marks);
    const added = rest.flatMap((cluster) => cellsOf(cluster, style));
    if (added.length === 0) return;
    this.#blankHalf(column);
    this.#blankHalf(column + added.length);
    for (let index = 0; index < added.length; index += 1) cells[column + index] = added[index];
  }

  /** Put marks on the character that ends in a column, if there is room for them. */
  #mark(column, marks) {
    const at = this.#cells[column]?.character === "" ? column - 1 : column;
    if (at < 0) return;
    const { character, style } = this.#cells[at];
    this.#cells[at] = { character: clustersOf(character + marks).rest[0], style };
  }

  /** Leave nothing of a character that is in this column and in the one before it. */
  #blankHalf(column) {
    if (this.#cells[column]?.character === "") this.#cells.fill(BLANK, column - 1, column + 1);
  }

  #apart() {
    if (this.#cells !== null) return this.#cells;
    this.#cells = [];
    let from = 0;
    for (let at = 0; at <= this.#runs.length; at += 3) {
      const [start = this.#text.length, end, style] = this.#runs.slice(at, at + 3);
      this.#add(this.#text.slice(from, start), PLAIN);
      this.#add(this.#text.slice(start, end), style);
      from = end;
    }
    return this.#cells;
  }

  #add(text, style) {
    if (text !== "") this.#put(this.#cells.length, text, style);
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

/** Add to `runs` what has a style from one place to another, behind all others. */
export function addRun(runs, from, to, style) {
  if (style === PLAIN || to === from) return;
  const end = runs.length;
  if (end > 0 && runs[end - 2] === from && runs[end - 1] === style) runs[end - 2] = to;
  else if (end < MOST_NUMBERS) runs.push(from, to, style);
}

function cellsOf(character, style) {
  const cell = { character, style };
  return isWide(character) ? [cell, { character: "", style }] : [cell];
}
