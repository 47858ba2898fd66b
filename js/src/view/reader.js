// Reads the journal of the feed into rows, a little in each frame, for one view.

import { Styles } from "../terminal/styles.js";
import { Transcript } from "../rows/transcript.js";
import { split } from "../text/colours.js";

const LARGEST = 64 << 10; // characters that are read at once

export class Reader {
  styles = new Styles();
  file = ""; // "" is all of them
  isPaused = false;
  #read = 0;
  #floors = new Map(); // file -> byte before which nothing is shown
  #rest = null; // the part of a large piece that is not read yet

  constructor(feed) {
    this.feed = feed;
    this.restart();
  }

  get files() {
    return this.file === "" ? this.feed.names : [this.file];
  }

  /** Read everything again, into new rows. */
  restart() {
    this.generation = this.feed.generation;
    this.epoch = this.feed.epoch;
    const isMerged = this.files.length > 1;
    const beginning = (file) => this.feed.beginning(file);
    this.transcript = new Transcript({ styles: this.styles, isMerged, beginning });
    this.#read = 0;
    this.#rest = null;
  }

  /** Show only what comes from now on; `false` shows all again. */
  clear(isCleared = true) {
    this.#floors.clear();
    if (isCleared) {
      for (const name of this.feed.names) this.#floors.set(name, this.feed.spans(name).last?.[1] ?? 0);
    }
    this.restart();
  }

  get isCleared() {
    return this.#floors.size > 0;
  }

  /** The rows are not what the feed holds: it was reset, or a second log came. */
  get isStale() {
    const isMerged = this.transcript.rows.owners !== null;
    return this.generation !== this.feed.generation || isMerged !== this.files.length > 1;
  }

  /** A piece was read in part: what is missing after it is here already. */
  get isMidPiece() {
    return this.#rest !== null;
  }

  get isBehind() {
    return !this.isPaused && (this.#rest !== null || this.#read < this.feed.journal.length);
  }

  /** Read on until `deadline`; `onRows` is called with the splices of each step. */
  step(deadline, onRows) {
    while (this.isBehind) {
      const piece = this.#next();
      if (piece !== null) {
        this.transcript.add(piece);
        onRows(this.transcript.rows.takeSplices());
      }
      if (performance.now() >= deadline) break;
    }
  }

  /** Bytes before and between what is here, of the shown files, that nobody has asked for; or Infinity. */
  get missing() {
    let missing = 0;
    for (const name of this.files) {
      missing += this.feed.before(name);
      missing += this.feed.asides(name)?.leftOut.bytes ?? 0;
    }
    return missing;
  }

  /** A new log begins: what was cleared is of the old one. */
  forget() {
    this.#floors.clear();
  }

  // Pieces that continue each other are read together, as long as they are small.
  #next() {
    const { journal } = this.feed;
    let piece = this.#rest ?? journal[this.#read++];
    this.#rest = null;
    if (!this.#isShown(piece)) return null;
    if (piece.text.length > LARGEST) return this.#part(piece);
    const texts = [piece]; // not joined: lines are parts of the text that the journal holds
    let { end } = piece;
    let length = piece.text.length;
    while (this.#read < journal.length && length < LARGEST) {
      const other = journal[this.#read];
      if (other.file !== piece.file || other.start !== end) break;
      if (other.text.length > LARGEST) break;
      texts.push(other);
      length += other.text.length;
      end = other.end;
      this.#read += 1;
    }
    return { ...piece, end, texts };
  }

  #isShown({ file, start }) {
    if (this.file !== "" && file !== this.file) return false;
    return start >= (this.#floors.get(file) ?? 0);
  }

  // Offsets of parts only have to be in order and to meet at their ends.
  #part(piece) {
    let cut = piece.text.lastIndexOf("\n", LARGEST) + 1;
    if (cut === 0) cut = LARGEST;
    if (/[\ud800-\udbff]/.test(piece.text[cut - 1])) cut += 1;
    const left = piece.text.length - cut;
    if (left <= 0) return piece;
    const middle = piece.end - left * ((piece.end - piece.start) / piece.text.length);
    const [before, rest] = split(piece, cut);
    this.#rest = { ...piece, ...rest, start: middle, isRest: true };
    return { ...piece, ...before, end: middle };
  }
}
