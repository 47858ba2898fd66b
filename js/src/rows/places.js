// Which byte of a log a row begins with, and the row that a byte is on.
//
// Now and then it is noted on which row a text began. Between two such marks the text is read again
// when somebody asks, as a terminal moves over its rows.

import { TERMINAL } from "../terminal/table.js";
import { byteLength } from "../wire/utf8.js";

const APART = 16 << 10; // bytes between two marks, at least
const WAYS = { up: -1, previous_line: -1, down: 1, next_line: 1 };
const FINALS = Object.entries(TERMINAL.obeyed).filter(([, name]) => name in WAYS);
const STEPS = Object.fromEntries(FINALS.map(([final, name]) => [final, WAYS[name]]));
const MOVE = new RegExp(`\\n|\\x1b\\[(\\d*)([${FINALS.map(([final]) => final).join("")}])`, "g");
const UNFINISHED = /\x1b(?:\[\d*)?$/;

export class Places {
  #marks; // {byte, row}, in the order of bytes

  constructor(start) {
    this.#marks = [{ byte: start, row: 0 }];
  }

  /** A text that begins with this byte was begun on this row. */
  note(byte, row) {
    if (byte - this.#marks.at(-1).byte >= APART) this.#marks.push({ byte, row });
  }

  /** Take over the marks of the text that follows, but for those of its head, `by` rows on. */
  absorb(other, after, by) {
    for (const { byte, row } of other.#marks) {
      if (byte > after) this.#marks.push({ byte, row: row + by });
    }
  }

  /** The byte with which a row begins; null when it cannot be told. `textFrom` gives {start, text}, as that of a Feed does. */
  byteOf(row, textFrom) {
    if (row <= this.#marks[0].row) return this.#marks[0].byte;
    const mark = this.#marks.findLast((one) => one.row < row);
    let found = null;
    let isThere = false;
    for (const { at, byte, row: to } of moves(mark, textFrom(mark.byte))) {
      if (isThere && at > found) break; // something was written there
      isThere = to === row;
      if (isThere) found = byte;
    }
    return found;
  }

  /** The row on which a byte is, which is here. */
  rowOf(byte, textFrom) {
    const mark = this.#marks.findLast((one) => one.byte <= byte) ?? this.#marks[0];
    let { row } = mark;
    for (const moved of moves(mark, textFrom(mark.byte))) {
      if (moved.byte > byte) break;
      row = moved.row;
    }
    return row;
  }
}

/** Each change of the row, from a mark on: {at, byte, row}, the bytes of what moved and behind it. */
function* moves({ row }, texts) {
  let last = row; // the lowest row that there is
  let held = "";
  for (const { start, text: piece } of texts) {
    const text = held + piece;
    let byte = start - held.length; // what is held is ASCII
    let from = 0;
    for (const { 0: token, 1: count, 2: final, index } of text.matchAll(MOVE)) {
      const at = byte + byteLength(text.slice(from, index));
      byte = at + token.length;
      from = index + token.length;
      const top = Math.max(0, last + 1 - TERMINAL.rows);
      if (final === undefined) row += 1;
      else {
        const wanted = row + STEPS[final] * Math.max(1, Number(count));
        row = Math.min(Math.max(wanted, top), top + TERMINAL.rows - 1);
      }
      last = Math.max(last, row);
      yield { at, byte, row };
    }
    held = UNFINISHED.exec(text.slice(from))?.[0] ?? "";
  }
}
