// Only the matching rows of a log, as rows of their own.

import { Rows } from "../rows/rows.js";

const BLOCK = 256; // rows between two looks at the clock

/** Let `[first, last]` go on telling the same rows when some before them, or among them, become others. */
export function shift(range, { row, removed, lines }) {
  const [first, last] = range;
  const by = lines.length - removed;
  if (row > last) return;
  if (row + removed <= first) range[0] = first + by;
  else range[0] = Math.min(first, row);
  range[1] = row + removed > last + 1 ? row + lines.length - 1 : last + by;
}

export class Filter {
  /** What is shown; `extras` holds for each row the row of the log that it is. */
  shown = new Rows({ isMerged: false });
  #seen = 0; // rows of the log that were looked at
  #again = 0; // rows that are shown, from the end of which is to be looked at again

  /** `matcher.test(line, row, owner)`; with `takeNews` it may tell that a line is shown no longer. */
  constructor(rows, matcher) {
    this.rows = rows;
    this.matcher = matcher;
  }

  /** Follow changes of the log. */
  apply(splices) {
    for (const { row, removed, lines, owner } of splices) {
      if (row >= this.#seen) continue;
      const gone = Math.min(removed, this.#seen - row);
      let at = this.lineOf(row);
      // What is not known yet is looked at in its turn, with all after it.
      if (!this.matcher.knows(lines)) {
        while (at < this.shown.count) this.shown.remove(at);
        this.#seen = row;
        continue;
      }
      while (at < this.shown.count && this.shown.extras[at] < row + gone) this.shown.remove(at);
      // What was taken out at the end is looked at again in its turn.
      if (row + gone === this.#seen) {
        this.#seen = row;
        continue;
      }
      for (let later = at; later < this.shown.count; later += 1) {
        this.shown.extras[later] += lines.length - removed;
      }
      this.#seen += lines.length - removed;
      this.#show(at, row, lines, () => owner);
    }
  }

  /** Look on until `deadline`; returns whether there is more. */
  step(deadline) {
    while (this.#seen < this.rows.count && performance.now() < deadline) {
      const end = Math.min(this.rows.count, this.#seen + BLOCK);
      const texts = [...this.rows.doc.iterLines(this.#seen + 1, end + 1)];
      if (!this.matcher.knows(texts)) return true;
      this.#show(this.shown.count, this.#seen, texts, this.#ownerOf);
      this.#seen = end;
    }
    if (this.#seen < this.rows.count) return true;
    return this.#lookAgain(deadline);
  }

  /** Whether a row of the log was looked at; of one that is not there, whether all were. */
  hasSeen(row) {
    return this.#seen > row || this.#seen >= this.rows.count;
  }

  #ownerOf = (row) => this.rows.owners?.[row];

  /** Take out what is to be shown no longer. */
  #lookAgain(deadline) {
    if (this.matcher.takeNews?.()) this.#again = this.shown.count;
    while (this.#again > 0 && performance.now() < deadline) {
      const first = Math.max(0, this.#again - BLOCK);
      const texts = [...this.shown.doc.iterLines(first + 1, this.#again + 1)];
      for (let at = this.#again - 1; at >= first; at -= 1) {
        const row = this.shown.extras[at];
        if (!this.matcher.test(texts[at - first], row, this.#ownerOf(row))) this.shown.remove(at);
      }
      this.#again = first;
    }
    return this.#again > 0;
  }

  /** The line in `shown` of a row of the log, or of the next one that is shown. */
  lineOf(row) {
    let low = 0;
    let high = this.shown.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.shown.extras[middle] >= row) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #show(at, from, texts, ownerOf) {
    const lines = [];
    const origins = [];
    let row = from;
    for (const text of texts) {
      if (this.matcher.test(text, row, ownerOf(row))) {
        lines.push(text);
        origins.push(row);
      }
      row += 1;
    }
    this.shown.insert(at, lines, origins);
  }
}
