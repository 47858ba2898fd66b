// What of a document is worth a look from afar: errors, warnings, matches, epochs, restarts. Of each
// kind it is known how many lines of a block tell of it, and which is the first of them.

import { epochOf, levelOf } from "../text/levels.js";

const BLOCK = 64; // lines

export const KINDS = ["error", "warning", "match", "epoch", "restart"];

export class Landmarks {
  #doc = null;
  #matcher = null;
  #ownerOf = () => 0;
  #looked = 0; // lines
  #matched = 0; // lines
  #blocks = []; // {error: {first, count}, ...}
  #epochs = []; // the last epoch that was told as far as the end of a block

  /** Begin anew, with another document; `ownerOf` tells of which log a line is. */
  start(doc, ownerOf) {
    this.#doc = doc;
    this.#ownerOf = ownerOf;
    this.#forgetFrom(0);
  }

  /** The document changed from line `line` on, from 0. */
  changed(doc, line) {
    this.#doc = doc;
    this.#forgetFrom(line);
  }

  /** Something else is searched for; null for nothing. */
  search(matcher) {
    this.#matcher = matcher;
    this.#matched = 0;
    for (const block of this.#blocks) delete block.match;
  }

  get isDone() {
    return this.#looked >= this.#doc.lines && this.#isMatched;
  }

  get #isMatched() {
    return !this.#matcher || this.#matched >= this.#doc.lines;
  }

  /** Look on until `deadline`; returns whether something was found out, and whether there is more. */
  step(deadline) {
    const before = this.#looked + this.#matched;
    while (this.#looked < this.#doc.lines && performance.now() < deadline) this.#look();
    let isKnown = true;
    while (isKnown && !this.#isMatched && performance.now() < deadline) isKnown = this.#match();
    return { isNew: this.#looked + this.#matched > before, isMore: !this.isDone && isKnown };
  }

  /** Lines of a kind, from 0: the first of each block. */
  lines(kind) {
    const found = [];
    this.#blocks.forEach((block, index) => block[kind] && found.push(index * BLOCK + block[kind].first));
    return found;
  }

  /** How many lines there are of a kind. */
  count(kind) {
    return this.#blocks.reduce((sum, block) => sum + (block[kind]?.count ?? 0), 0);
  }

  #look() {
    const { index, texts, end } = this.#next(this.#looked);
    const block = { ...(this.#blocks[index]?.match && { match: this.#blocks[index].match }) };
    let epoch = this.#epochs[index - 1] ?? null;
    texts.forEach((text, number) => {
      const level = levelOf(text);
      if (level !== null) note(block, level, number);
      const told = this.#ownerOf(index * BLOCK + number) === 0 ? epochOf(text) : null;
      if (told === null || told === epoch) return;
      note(block, epoch !== null && told < epoch ? "restart" : "epoch", number);
      epoch = told;
    });
    this.#blocks[index] = block;
    this.#epochs[index] = epoch;
    this.#looked = end;
  }

  /** Whether the matches of a block were known. */
  #match() {
    const { index, texts, end } = this.#next(this.#matched);
    if (!this.#matcher.knows(texts)) return false;
    const block = (this.#blocks[index] ??= {});
    delete block.match;
    texts.forEach((text, number) => this.#matcher.test(text) && note(block, "match", number));
    this.#matched = end;
    return true;
  }

  /** The whole block in which a line is. */
  #next(line) {
    const index = Math.floor(line / BLOCK);
    const end = Math.min(this.#doc.lines, (index + 1) * BLOCK);
    return { index, end, texts: [...this.#doc.iterLines(index * BLOCK + 1, end + 1)] };
  }

  #forgetFrom(line) {
    const block = Math.floor(line / BLOCK);
    this.#blocks.length = Math.min(this.#blocks.length, block);
    this.#epochs.length = Math.min(this.#epochs.length, block);
    this.#looked = Math.min(this.#looked, block * BLOCK);
    this.#matched = Math.min(this.#matched, block * BLOCK);
  }
}

function note(block, kind, number) {
  block[kind] ??= { first: number, count: 0 };
  block[kind].count += 1;
}
