// Raw text in, rows out, as a terminal would show them.
//
// The last rows may change: a bar or a table that rewrites itself moves the cursor over them. What is
// obeyed stands in a table; all other sequences are dropped. Python's terminal.py does the same.

import { parametersOf, shifted, whole } from "../text/colours.js";
import { HIDDEN, MAY_HIDE, nameOf } from "./controls.js";
import { addRun, COLUMNS, Row } from "./row.js";
import { PLAIN } from "./styles.js";
import { TERMINAL } from "./table.js";

const { rows: ROWS, width: WIDTH, obeyed: OBEYED, longest: LONGEST } = TERMINAL;
const TOKEN = new RegExp(`${TERMINAL.sequence}|([^\\x1b\\r\\n\\x08]+)|[\\r\\n\\x08]`, "y");
const UNFINISHED = new RegExp(`${TERMINAL.unfinished}$`);
const ALL_HIDDEN = new RegExp(`[${HIDDEN}]`, "gu");
const HIDES = new RegExp(`[${HIDDEN}]`, "u");
const NO_MORE = 0; // columns that are not shown
const NUMBERS = /^[0-9;:]*$/;

export class Terminal {
  #rows = [""]; // a row is a string, or {text, extra}, until more is done to it than to write it once
  #above = 0; // rows that change no more, and are not kept
  #row = 0; // the cursor, from the first row that is kept
  #column = 0;
  #style = PLAIN;
  #held = ""; // the beginning of a sequence
  #told = 0;
  #first = 0;

  constructor(styles) {
    this.styles = styles;
  }

  /** Rows that change no more. */
  get settled() {
    return this.#above;
  }

  /** The number of the row on which the cursor stands. */
  get row() {
    return this.#above + this.#row;
  }

  /**
   * The rows from number `first` on are `lines` now, and there are no others below.
   *
   * @param {Uint32Array|number[]} colours that were taken out of the text, as `apart` gives them
   * @returns {{first: number, lines: string[], extras: (number[]|null)[]}} `extras` as of a Row
   */
  feed(text, colours = []) {
    this.#first = this.#told;
    const isAllPlain = !MAY_HIDE.test(text);
    const lines = text.split("\n");
    const own = { all: colours, first: 0, end: 0, from: 0 }; // the colours of a line
    lines.forEach((line, index) => {
      if (index > 0) this.#lineFeed();
      while (colours[own.end] <= own.from + line.length) own.end += 2;
      if (index === lines.length - 1) this.#begin(withColours(line, own));
      else this.#end(line, own, isAllPlain);
      own.first = own.end;
      own.from += line.length + 1;
    });
    return this.#changes();
  }

  /** A line that may go on: a sequence that it ends within is held. */
  #begin(text) {
    const line = this.#held + text;
    this.#held = UNFINISHED.exec(line.slice(-LONGEST))?.[0] ?? "";
    this.#write(line.slice(0, line.length - this.#held.length));
  }

  /** A line, or the rest of one, with its end. */
  #end(line, own, isPlain) {
    const shown = line.endsWith("\r") ? line.replace(/\r+$/, "") : line;
    if (this.#isFree(shown) && (isPlain || !MAY_HIDE.test(shown) || !HIDES.test(shown))) {
      this.#set(shown, own);
    } else this.#write(this.#held + withColours(line, own));
    this.#held = "";
  }

  /** Whether a line can be put where the cursor is as it stands. */
  #isFree(line) {
    const isNew = this.#held === "" && this.#column === 0 && this.#rows[this.#row] === "";
    return isNew && 2 * line.length <= COLUMNS; // each character may take two
  }

  #set(line, { all, first, end, from }) {
    const extra = [NO_MORE];
    let start = 0;
    for (let at = first; at < end; at += 2) {
      const place = Math.min(all[at] - from, line.length);
      addRun(extra, start, place, this.#style);
      start = place;
      this.setStyle(parametersOf(all[at + 1]));
    }
    addRun(extra, start, line.length, this.#style);
    if (line === "") return;
    this.#touch(this.#row);
    this.#rows[this.#row] = extra.length > 1 ? { text: line, extra } : line;
  }

  #write(part) {
    TOKEN.lastIndex = 0;
    for (let found = TOKEN.exec(part); found !== null; found = TOKEN.exec(part)) this.#obey(found);
  }

  #obey([token, parameters, between, final, text]) {
    if (text !== undefined) this.#put(text);
    else if (final === undefined) this.#control(token);
    else if (between === "" && NUMBERS.test(parameters) && Object.hasOwn(OBEYED, final)) {
      ACTIONS[OBEYED[final]](this, Number.parseInt(parameters, 10) || 0, parameters);
    }
  }

  #control(character) {
    if (character === "\r") this.#column = 0;
    else if (character === "\b") this.#column = Math.max(0, this.#column - 1);
  }

  #put(text) {
    const row = this.#rowAtCursor();
    this.#touch(this.#row);
    let from = 0;
    for (const { 0: character, index } of MAY_HIDE.test(text) ? text.matchAll(ALL_HIDDEN) : []) {
      this.#column = row.write(this.#column, text.slice(from, index), this.#style);
      const style = this.styles.ofControl(this.#style);
      this.#column = row.write(this.#column, nameOf(character), style);
      from = index + character.length;
    }
    this.#column = row.write(this.#column, text.slice(from), this.#style);
  }

  #rowAtCursor() {
    this.#reach();
    return this.#changeable(this.#row);
  }

  #changeable(index) {
    const row = this.#rows[index];
    if (!(row instanceof Row)) {
      this.#rows[index] = typeof row === "string" ? Row.of(row, null) : Row.of(row.text, row.extra);
    }
    return this.#rows[index];
  }

  #reach() {
    while (this.#rows.length <= this.#row) this.#rows.push("");
  }

  #touch(row) {
    this.#first = Math.min(this.#first, this.#above + row);
  }

  #lineFeed() {
    this.#row += 1;
    this.#column = 0;
    this.#reach();
  }

  #changes() {
    const count = this.#count();
    const first = Math.min(this.#first, this.#above + count);
    const changed = this.#rows.slice(first - this.#above, count);
    const lines = changed.map(textOf);
    const extras = changed.map((row) => this.styles.shared(extraOf(row)));
    this.#told = this.#above + count;
    const surplus = Math.max(0, this.#rows.length - ROWS);
    if (surplus > 0) this.#rows = this.#rows.slice(surplus);
    this.#above += surplus;
    this.#row -= surplus;
    return { first, lines, extras };
  }

  /** Rows that are seen. */
  #count() {
    const isEmpty = (row) => textOf(this.#rows[row]) === "" && extraOf(this.#rows[row]) === null;
    let count = this.#rows.length;
    while (count - 1 > this.#row && isEmpty(count - 1)) count -= 1;
    return isEmpty(count - 1) ? count - 1 : count;
  }

  // What the table names; `count` is the first number, 0 when there is none.

  get #top() {
    return Math.max(0, this.#rows.length - ROWS);
  }

  go(rows, column) {
    this.#row = Math.max(this.#top, Math.min(this.#row + rows, this.#top + ROWS - 1));
    if (column !== undefined) this.#column = column;
  }

  left(count) {
    this.#column = Math.max(0, this.#column - count);
  }

  right(count) {
    this.#column = Math.max(this.#column, Math.min(this.#column + count, WIDTH));
  }

  toColumn(count) {
    this.#column = Math.min(count, WIDTH) - 1;
  }

  setStyle(parameters) {
    this.#style = this.styles.change(this.#style, parameters);
  }

  eraseLine(which) {
    if (this.#row >= this.#rows.length || which > 2) return;
    this.#touch(this.#row);
    const row = this.#changeable(this.#row);
    if (which === 1) row.eraseTo(this.#column);
    else row.eraseFrom(which === 0 ? this.#column : 0);
  }

  /** Below and above the cursor; a screen that is cleared leaves its text. */
  eraseDisplay(which) {
    if (which > 1) return;
    this.eraseLine(which);
    const [from, end] = which === 0 ? [this.#row + 1, Infinity] : [this.#top, this.#row];
    for (let row = from; row < Math.min(end, this.#rows.length); row += 1) {
      this.#rows[row] = "";
      this.#touch(row);
    }
  }
}

const ACTIONS = {
  up: (terminal, count) => terminal.go(-Math.max(1, count)),
  down: (terminal, count) => terminal.go(Math.max(1, count)),
  next_line: (terminal, count) => terminal.go(Math.max(1, count), 0),
  previous_line: (terminal, count) => terminal.go(-Math.max(1, count), 0),
  right: (terminal, count) => terminal.right(Math.max(1, count)),
  left: (terminal, count) => terminal.left(Math.max(1, count)),
  to_column: (terminal, count) => terminal.toColumn(Math.max(1, count)),
  erase_line: (terminal, count) => terminal.eraseLine(count),
  erase_display: (terminal, count) => terminal.eraseDisplay(count),
  style: (terminal, _count, parameters) => terminal.setStyle(parameters),
};

/** A line with its colours within it. */
function withColours(line, { all, first, end, from }) {
  return first === end ? line : whole({ text: line, colours: shifted(all.slice(first, end), from) });
}

function extraOf(row) {
  return typeof row === "string" ? null : row.extra;
}

/** A string that was joined from parts remembers them all until somebody reads a character. */
function textOf(row) {
  const text = typeof row === "string" ? row : row.text;
  text.charCodeAt(0);
  return text;
}
