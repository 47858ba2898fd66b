// What arrived of the logs, each byte once, in an order that can be shown.
//
// The wire loses, repeats and reorders. `journal` is what may be shown: pieces without overlap, in
// the order in which they became showable, their colours beside their text. A piece beyond a gap
// waits until the gap is filled, or until `LONGEST_WAIT` is over; views then show a marker for it.

import { apart, whole } from "../text/colours.js";
import { Spans } from "./spans.js";
import { cut } from "./utf8.js";

export const LONGEST_WAIT = 3000; // ms
const LEAST = 500; // characters; for fewer the places of colours take more than they save

export class Feed {
  epoch = null;
  generation = 0; // counts when the journal became another one, so that a view sees it
  journal = [];
  begins = {}; // file -> byte at which a log begins, if not at 0; null where nobody knows
  #files = new Map();
  #listeners = new Set();

  /** @param {{now?: () => number}} clock */
  constructor({ now = () => performance.now() } = {}) {
    this.now = now;
  }

  get names() {
    return [...this.#files.keys()];
  }

  /** Ranges of a file that are here, shown or waiting; undefined for an unknown file. */
  spans(file) {
    return this.#files.get(file)?.here;
  }

  /** The byte at which a log begins; what is surely before it where nobody knows. */
  beginning(file) {
    return this.begins[file] ?? 0;
  }

  /** How much is before what is here of a file; Infinity where nobody knows. */
  before(file) {
    const first = this.spans(file)?.first;
    if (first === undefined) return 0;
    return this.begins[file] === null ? Infinity : first[0] - this.beginning(file);
  }

  /** What of a file is not here, but for its end: its beginning, and gaps. */
  holes(file) {
    const spans = this.spans(file);
    if (spans?.first === undefined) return [];
    const head = [this.beginning(file), spans.first[0]];
    return [...(head[0] < head[1] ? [head] : []), ...spans.gaps];
  }

  /** The text of a file as it came, from the byte of a piece on, as far as it is here without a gap. */
  *textFrom(file, byte) {
    const own = this.journal.filter((piece) => piece.file === file && piece.start >= byte);
    own.sort((one, other) => one.start - other.start);
    let end = byte;
    for (const piece of own) {
      if (piece.start !== end) return;
      yield { start: piece.start, text: whole(piece) };
      end = piece.end;
    }
  }

  /** Ranges of a file that nobody is to ask for unasked, and those that are shown as they come. */
  asides(file) {
    return this.#files.get(file);
  }

  /** Pieces that wait behind a gap. */
  get isWaiting() {
    return [...this.#files.values()].some(({ waiting }) => waiting.length > 0);
  }

  /** Call `listener` after each change; returns what ends that. */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Text of any kind: new, an answer, or the tail. Pieces of an older epoch are dropped. */
  add(epoch, pieces) {
    if (this.#isOld(epoch)) return;
    this.#enter(epoch);
    for (const piece of pieces) this.#addPiece(piece);
    this.#changed();
  }

  /** The log starts anew; nothing of older epochs counts any more. */
  reset(epoch) {
    if (this.#isOld(epoch) || epoch === this.epoch) return;
    this.#enter(epoch);
    this.#changed();
  }

  /** Bytes that are here. */
  get bytes() {
    return [...this.#files.values()].reduce((sum, { here }) => sum + here.bytes, 0);
  }

  /**
   * Let go of the beginnings of logs until about `most` bytes are here. As what was never loaded,
   * they can be asked for again.
   */
  trim(most) {
    let excess = this.bytes - most;
    if (excess <= 0) return;
    for (const [name, file] of this.#files) {
      const share = Math.min(excess, Math.max(0, file.here.bytes - most / this.#files.size));
      if (share > 0) this.#trimFile(name, file, share);
      excess -= share;
    }
    this.generation += 1;
    this.#changed();
  }

  #trimFile(name, file, bytes) {
    const own = this.journal.filter((piece) => piece.file === name);
    own.sort((one, other) => one.start - other.start);
    let left = bytes;
    const gone = own.findIndex(({ start, end }) => (left -= end - start) <= 0);
    const first = own[gone + 1] ?? own[own.length - 1];
    this.journal = this.journal.filter((piece) => piece.file !== name || piece.start >= first.start);
    file.here.cutBefore(first.start);
    file.shown.cutBefore(first.start);
    file.leftOut.cutBefore(first.start);
    file.expected = new Spans();
    file.waiting = file.waiting.filter(({ start }) => start >= first.start);
  }

  /** Show what waited too long behind a gap. */
  tick() {
    let changed = false;
    for (const file of this.#files.values()) {
      if (file.waiting.length === 0 || this.now() - file.waitsSince < LONGEST_WAIT) continue;
      const waiting = file.waiting.sort((a, b) => a.start - b.start);
      file.waiting = [];
      for (const piece of waiting) this.#show(file, piece);
      changed = true;
    }
    if (changed) this.#changed();
  }

  #isOld(epoch) {
    return this.epoch !== null && epoch < this.epoch;
  }

  #enter(epoch) {
    if (epoch === this.epoch) return;
    const isFirst = this.epoch === null;
    this.epoch = epoch;
    if (isFirst) return;
    this.generation += 1;
    this.journal = [];
    this.#files.clear();
  }

  #addPiece(piece) {
    if (!(piece.end > piece.start) || typeof piece.text !== "string") return;
    const file = this.#file(piece.file);
    for (const [start, end] of file.here.missing(piece.start, piece.end)) {
      const part = cut(piece, start, end);
      const fresh = part.text.length < LEAST ? part : { ...part, ...apart(part.text) };
      file.here.add(start, end);
      const isAwaited = file.expected.missing(start, end).length === 0;
      if (isAwaited || file.shown.list.length === 0 || file.shown.touches(start, end)) {
        this.#show(file, fresh);
      } else this.#wait(file, fresh);
    }
    this.#showWhatTouches(file);
  }

  #file(name) {
    if (!this.#files.has(name)) {
      const spans = () => new Spans();
      this.#files.set(name, {
        here: spans(),
        shown: spans(),
        leftOut: spans(),
        expected: spans(),
        waiting: [],
        waitsSince: 0,
      });
    }
    return this.#files.get(name);
  }

  #wait(file, piece) {
    if (file.waiting.length === 0) file.waitsSince = this.now();
    file.waiting.push(piece);
  }

  #show(file, piece) {
    file.shown.add(piece.start, piece.end);
    this.journal.push(piece);
  }

  #showWhatTouches(file) {
    if (file.waiting.length === 0) return;
    file.waiting.sort((a, b) => a.start - b.start);
    let before;
    do {
      before = file.waiting.length;
      file.waiting = file.waiting.filter((piece) => {
        if (!file.shown.touches(piece.start, piece.end)) return true;
        this.#show(file, piece);
        return false;
      });
    } while (file.waiting.length < before && file.waiting.length > 0);
  }

  #changed() {
    for (const listener of this.#listeners) listener();
  }
}
