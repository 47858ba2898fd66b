// Search through the lines of a document in slices: how many matches, which is the next.

const BLOCK = 512; // lines that are counted together
export const WAITING = Symbol("waiting"); // for what a matcher does not know yet

export class Search {
  matcher = null;
  #counts = []; // matches of each whole or last block that was counted
  #counted = 0; // lines
  #doc = null;

  /** Begin anew with another matcher or another document. */
  start(matcher, doc) {
    this.matcher = matcher;
    this.#doc = doc;
    this.#forgetFrom(0);
  }

  /** The document changed from line `line` (0-based) on. */
  changed(doc, line) {
    this.#doc = doc;
    if (line < this.#counted) this.#forgetFrom(line);
  }

  get isDone() {
    return !this.matcher || this.#counted >= this.#doc.lines;
  }

  get total() {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  /** Count on until `deadline`; returns whether there is more to count. */
  step(deadline) {
    while (!this.isDone && performance.now() < deadline) {
      const block = Math.floor(this.#counted / BLOCK);
      const end = Math.min(this.#doc.lines, (block + 1) * BLOCK);
      const texts = [...this.#doc.iterLines(this.#counted + 1, end + 1)];
      if (!this.matcher.knows(texts)) return true;
      let count = this.#counts[block] ?? 0;
      for (const text of texts) count += this.matcher.count(text);
      this.#counts[block] = count;
      this.#counted = end;
    }
    return !this.isDone;
  }

  /** The number of the match at `from`, counted from 1. */
  rank(from) {
    const line = this.#doc.lineAt(from);
    const block = Math.floor((line.number - 1) / BLOCK);
    let rank = 1;
    for (let index = 0; index < block; index += 1) rank += this.#counts[index] ?? 0;
    for (const text of this.#doc.iterLines(block * BLOCK + 1, line.number)) {
      rank += this.matcher.count(text);
    }
    for (const [start] of this.matcher.in(line.text)) if (line.from + start < from) rank += 1;
    return rank;
  }

  /**
   * Look for a match from `position` on, around the end; a generator that yields now and then, so
   * that its caller can stop for a frame, or WAITING when it has to, and returns {from, to} or null.
   */
  *find(position, isForward) {
    const doc = this.#doc;
    const start = doc.lineAt(position);
    yield* this.#waitFor(start);
    const here = this.#inLine(start, isForward, (match) =>
      isForward ? match.from >= position : match.to <= position,
    );
    if (here) return here;
    const step = isForward ? 1 : -1;
    for (let done = 1; done <= doc.lines; done += 1) {
      const index = (start.number - 1 + step * done + doc.lines) % doc.lines;
      const skipped = this.#emptyLines(index, isForward);
      if (skipped > 0) {
        done += skipped - 1;
        continue;
      }
      const line = doc.line(index + 1);
      yield* this.#waitFor(line);
      const found = this.#inLine(line, isForward, () => true);
      if (found) return found;
      if (done % 64 === 0) yield;
    }
    return null;
  }

  *#waitFor(line) {
    while (!this.matcher.knows([line.text])) yield WAITING;
  }

  // Lines from `index` on, in one direction, that are known to hold no match.
  #emptyLines(index, isForward) {
    const block = Math.floor(index / BLOCK);
    const isWhole = (block + 1) * BLOCK <= this.#counted;
    if (!isWhole || this.#counts[block] > 0) return 0;
    return isForward ? (block + 1) * BLOCK - index : index - block * BLOCK + 1;
  }

  #inLine(line, isForward, isWanted) {
    let best = null;
    for (const [start, end] of this.matcher.in(line.text)) {
      const match = { from: line.from + start, to: line.from + end };
      if (!isWanted(match)) continue;
      best = match;
      if (isForward) break;
    }
    return best;
  }

  #forgetFrom(line) {
    const block = Math.floor(line / BLOCK);
    this.#counts.length = Math.min(this.#counts.length, block);
    this.#counted = Math.min(this.#counted, block * BLOCK);
  }
}
