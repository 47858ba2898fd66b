// From pieces of logs to rows.
//
// Of each log there are blocks: ranges of bytes without a gap, each with a terminal of its own.
// A piece continues the block it follows. When it reaches the next block, both become one: the
// beginning of the next block is read again, since it may be the rest of a line, or go back to rows
// above it.

import { Terminal } from "../terminal/terminal.js";
import { whole } from "../text/colours.js";
import { byteLength } from "../wire/utf8.js";
import { Places } from "./places.js";
import { Rows } from "./rows.js";

export class Transcript {
  grown = 0; // rows that came at the ends of the logs
  #logs = new Map(); // file -> {owner, rows, blocks}

  /** @param {{styles: Styles, isMerged: boolean, beginning: (file: string) => number}} options */
  constructor({ styles, isMerged, beginning = () => 0 }) {
    this.styles = styles;
    this.beginning = beginning;
    this.rows = new Rows({ isMerged });
  }

  /** Names of the logs, by the numbers that `rows.owners` holds. */
  get names() {
    return [...this.#logs.keys()];
  }

  /** How many logs there are. */
  get size() {
    return this.#logs.size;
  }

  /**
   * A piece may come as several texts, one after the other, with their colours beside them. Of one
   * that is the rest of another it is only about known with which byte it begins.
   */
  add({ file, start, end, text, colours, texts = [{ text, colours }], isRest = false }) {
    const log = this.#log(file);
    const at = log.blocks.findLastIndex((block) => block.start < end);
    let block = log.blocks[at];
    let next = at + 1;
    if (block === undefined || block.end !== start) {
      block = new Block(start, this.styles);
      log.blocks.splice(next, 0, block);
      next += 1;
    }
    block.end = end;
    if (!isRest) block.places.note(start, block.cursor);
    const follower = log.blocks[next];
    this.#feed(log, block, texts, follower);
    if (follower?.start === end) this.#join(log, block, follower);
  }

  /** What is missing before some row: {row, start, end, file}, the beginnings of logs, too. */
  holes() {
    const found = [];
    for (const [file, log] of this.#logs) {
      let index = 0;
      let start = this.beginning(file);
      for (const block of log.blocks) {
        if (block.start > start) found.push({ row: this.#rowOf(log, index), start, end: block.start, file });
        index += block.count;
        start = block.end;
      }
    }
    return found.sort((one, other) => one.row - other.row);
  }

  /** Those of them that are between two rows of a log. */
  gaps() {
    const isHead = ({ file, end }) => this.#logs.get(file).blocks[0].start === end;
    return this.holes().filter((hole) => !isHead(hole));
  }

  /** The first row of the text that begins at a byte; null when none does. */
  rowAt(file, byte) {
    const log = this.#logs.get(file);
    const block = log?.blocks.find(({ start }) => start === byte);
    return block && block.count > 0 ? this.#rowOf(log, this.#rowsBefore(log, block)) : null;
  }

  /**
   * Where a row stands in its log: `byte` with which it begins, null where that cannot be told, `end`
   * with which the next row of this log does, and `line`, from 1, null as long as what is before it
   * is not all here.
   *
   * @param {(file: string, byte: number) => Iterable<{start: number, text: string}>} textFrom
   * @returns {{file: string, byte: number|null, end: number|null, line: number|null}}
   */
  placeOf(row, textFrom) {
    const { owners } = this.rows;
    const [file, log] = [...this.#logs].find(([, { owner }]) => owner === (owners?.[row] ?? 0));
    const index = owners ? owners.slice(0, row).filter((owner) => owner === log.owner).length : row;
    let left = index;
    const block = log.blocks.find(({ count }) => left < count || ((left -= count), false));
    const isCounted = block === log.blocks[0] && block.start === this.beginning(file);
    const byteOf = (row) => (row < block.count ? block.places.byteOf(row, (from) => textFrom(file, from)) : block.end);
    const [byte, end] = [byteOf(left), byteOf(left + 1)];
    return { file, byte, end, line: isCounted ? index + 1 : null };
  }

  /** The row on which a byte of a log is; null when it is not here. `textFrom` as for placeOf. */
  rowOfByte(file, byte, textFrom) {
    const log = this.#logs.get(file);
    const block = log?.blocks.find(({ start, end }) => start <= byte && byte < end);
    if (block === undefined || block.count === 0) return null;
    const row = block.places.rowOf(byte, (from) => textFrom(file, from));
    return this.#rowOf(log, this.#rowsBefore(log, block) + Math.min(row, block.count - 1));
  }

  /** The row of a line of a log, from 1, of which all is here that is before it; null otherwise. */
  rowOfLine(file, line) {
    const log = this.#logs.get(file);
    const [block] = log?.blocks ?? [];
    if (block?.start !== this.beginning(file) || block.count < line) return null;
    return this.#rowOf(log, line - 1);
  }

  /** Whether the rows are numbered as the lines of the logs are. */
  get isWhole() {
    return [...this.#logs].every(
      ([file, { blocks }]) => blocks.length === 1 && blocks[0].start === this.beginning(file),
    );
  }

  #log(file) {
    if (!this.#logs.has(file)) this.#logs.set(file, { owner: this.#logs.size, blocks: [] });
    return this.#logs.get(file);
  }

  #feed(log, block, texts, follower) {
    const before = block.count;
    const fresh = this.#change(log, block, texts.map((text) => block.feed(text)).reduce(joined));
    const end = this.#rowsBefore(log, block) + block.count;
    const row = follower ? this.#rowOf(log, end) : this.rows.count;
    this.rows.insert(row, fresh.lines, fresh.extras, log.owner);
    block.count += fresh.lines.length;
    if (!follower) this.grown += block.count - before;
  }

  /** Change the rows that a block has; those that it is to have besides are returned. */
  #change(log, block, { first, lines, extras }) {
    const from = block.base + first; // of the rows of the block
    const count = Math.min(lines.length, block.count - from);
    this.#replace(log, this.#rowsBefore(log, block) + from, lines.slice(0, count), extras);
    this.#cut(log, block, from + lines.length);
    return { lines: lines.slice(count), extras: extras.slice(count) };
  }

  #replace(log, from, lines, extras) {
    lines.forEach((line, index) => {
      this.rows.replace(this.#rowOf(log, from + index), line, extras[index]);
    });
  }

  /** Take away the last rows of a block, so that `count` are left. */
  #cut(log, block, count) {
    const before = this.#rowsBefore(log, block);
    while (block.count > count) {
      block.count -= 1;
      this.rows.remove(this.#rowOf(log, before + block.count));
    }
  }

  // The rows of the head are read again where they stand: most are what they were, and whoever
  // reads them stays at them.
  #join(log, block, follower) {
    const fresh = this.#change(log, block, block.feed({ text: follower.head }));
    const shared = follower.isHeadWhole ? follower.count : follower.settledByHead;
    const own = follower.isHeadWhole
      ? block.count + fresh.lines.length
      : block.cursor - follower.cursorAfterHead + shared;
    this.#cut(log, block, own);
    const lines = fresh.lines.slice(0, Math.max(0, own - block.count));
    const at = this.#rowsBefore(log, follower);
    for (let left = shared; left > lines.length; left -= 1) {
      this.rows.remove(this.#rowOf(log, at));
      follower.count -= 1;
    }
    const more = Math.max(0, lines.length - shared);
    const row = this.#rowOf(log, at);
    this.rows.insert(row, lines.slice(0, more), fresh.extras.slice(0, more), log.owner);
    block.count += more;
    this.#replace(log, at + more, lines.slice(more), fresh.extras.slice(more));
    block.count += lines.length - more;
    follower.count -= lines.length - more;
    log.blocks.splice(log.blocks.indexOf(follower), 1);
    block.absorb(follower);
  }

  #rowsBefore(log, block) {
    let count = 0;
    for (const other of log.blocks) {
      if (other === block) break;
      count += other.count;
    }
    return count;
  }

  /** The row of line `index` of a log; the number of rows when there is no such line yet. */
  #rowOf(log, index) {
    const { owners } = this.rows;
    if (owners === null) return index;
    const lines = log.blocks.reduce((sum, block) => sum + block.count, 0);
    // Most questions are about the last lines, so the search begins at the nearer end.
    if (index * 2 > lines) {
      let left = lines - index;
      let row = owners.length;
      while (left > 0) if (owners[--row] === log.owner) left -= 1;
      return row;
    }
    let left = index + 1;
    for (let row = 0; row < owners.length; row += 1) {
      if (owners[row] === log.owner && --left === 0) return row;
    }
    return owners.length;
  }
}

/** Two changes of rows, one after the other, as one. */
function joined(one, other) {
  if (other.first < one.first) return other;
  for (const name of ["lines", "extras"]) {
    one[name].length = other.first - one.first;
    for (const item of other[name]) one[name].push(item);
  }
  return one;
}

const LONGEST_HEAD = 1 << 16; // characters

class Block {
  head = ""; // raw text up to where the first rows change no more, or it is long
  isHeadWhole = true; // there is no other text
  settledByHead = 0; // rows
  cursorAfterHead = 0;
  count = 0; // rows
  base = 0; // of them, before those of the terminal

  constructor(start, styles) {
    this.start = start;
    this.end = start;
    this.places = new Places(start);
    this.terminal = new Terminal(styles);
  }

  /** The row on which the cursor stands. */
  get cursor() {
    return this.base + this.terminal.row;
  }

  /** @param {Coloured} text */
  feed(text) {
    const changed = this.terminal.feed(text.text, text.colours);
    this.#keepHead(text);
    return changed;
  }

  /** Keep a text that was fed just now, if it belongs to the head. */
  #keepHead(text) {
    if (this.settledByHead > 0 || this.head.length > LONGEST_HEAD) this.isHeadWhole = false;
    if (!this.isHeadWhole) return;
    this.head += whole(text);
    this.settledByHead = this.terminal.settled;
    this.cursorAfterHead = this.terminal.row;
  }

  /** Take over the rest of a block whose head was fed to this one. */
  absorb(follower) {
    this.end = follower.end;
    this.count += follower.count;
    if (follower.isHeadWhole) return;
    this.isHeadWhole = false;
    const by = this.cursor - follower.cursorAfterHead;
    this.places.absorb(follower.places, follower.start + byteLength(follower.head), by);
    this.base = this.cursor - follower.cursorAfterHead + follower.base;
    this.terminal = follower.terminal;
  }
}
