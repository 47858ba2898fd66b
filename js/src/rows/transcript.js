// From pieces of logs to rows.
//
// Of each log there are blocks: ranges of bytes without a gap, each with a terminal of its own.
// A piece continues the block it follows. When it reaches the next block, both become one: the
// first line of the next block is read again, since it may be the rest of a line.

import { Terminal } from "../terminal/terminal.js";
import { Rows } from "./rows.js";

export class Transcript {
  #logs = new Map(); // file -> {owner, rows, blocks}

  /** @param {{styles: Styles, isMerged: boolean}} options */
  constructor({ styles, isMerged }) {
    this.styles = styles;
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

  add({ file, start, end, text }) {
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
    const follower = log.blocks[next];
    const isJoined = follower !== undefined && follower.start === end;
    this.#feed(log, block, isJoined ? text + follower.head : text, follower);
    if (isJoined) this.#join(log, block, follower);
  }

  /** Gaps that are shown: {row, bytes, file}; the row is the one after the gap. */
  gaps() {
    const found = [];
    for (const [file, log] of this.#logs) {
      let index = 0;
      log.blocks.forEach((block, at) => {
        const before = log.blocks[at - 1];
        if (before) {
          found.push({ row: this.#rowOf(log, index), bytes: block.start - before.end, file });
        }
        index += block.count;
      });
    }
    return found.sort((one, other) => one.row - other.row);
  }

  /** Whether the rows are numbered as the lines of the logs are. */
  get isWhole() {
    return [...this.#logs.values()].every(
      ({ blocks }) => blocks.length === 1 && blocks[0].start === 0,
    );
  }

  #log(file) {
    if (!this.#logs.has(file)) this.#logs.set(file, { owner: this.#logs.size, blocks: [] });
    return this.#logs.get(file);
  }

  #feed(log, block, text, follower) {
    block.keepHead(text);
    const { lines, extras } = block.terminal.feed(text);
    const open = block.terminal.open;
    if (open !== null) {
      lines.push(open.text);
      extras.push(open.extra);
    }
    const before = this.#rowsBefore(log, block);
    if (block.isOpen && lines.length > 0) {
      const row = this.#rowOf(log, before + block.count - 1);
      this.rows.replace(row, lines.shift(), extras.shift());
    }
    const row = follower ? this.#rowOf(log, before + block.count) : this.rows.count;
    this.rows.insert(row, lines, extras, log.owner);
    block.count += lines.length;
    block.isOpen = open !== null;
  }

  #join(log, block, follower) {
    if (follower.count > 0) {
      this.rows.remove(this.#rowOf(log, this.#rowsBefore(log, follower)));
      follower.count -= 1;
    }
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

class Block {
  head = ""; // raw text of the first line
  count = 0; // rows
  isOpen = false; // the last row is a line that is not ended
  #hasHead = false;

  constructor(start, styles) {
    this.start = start;
    this.end = start;
    this.terminal = new Terminal(styles);
  }

  keepHead(text) {
    if (this.#hasHead) return;
    const end = text.indexOf("\n") + 1;
    this.head += end > 0 ? text.slice(0, end) : text;
    this.#hasHead = end > 0;
  }

  absorb(follower) {
    this.end = follower.end;
    this.count += follower.count;
    if (!follower.#hasHead) return;
    // The first line of the follower was fed to this terminal and ended there.
    this.terminal = follower.terminal;
    this.isOpen = follower.isOpen;
  }
}
