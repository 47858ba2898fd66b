// A set of byte ranges: sorted, half open, never touching each other.

export class Spans {
  #spans = [];

  get list() {
    return this.#spans;
  }

  get first() {
    return this.#spans[0];
  }

  get last() {
    return this.#spans[this.#spans.length - 1];
  }

  get bytes() {
    return this.#spans.reduce((sum, [start, end]) => sum + end - start, 0);
  }

  /** The parts of [start, end) that are not in the set. */
  missing(start, end) {
    const found = [];
    let from = start;
    for (let index = this.#firstEndingAfter(start); index < this.#spans.length; index += 1) {
      const [left, right] = this.#spans[index];
      if (left >= end) break;
      if (left > from) found.push([from, left]);
      from = Math.max(from, right);
    }
    if (from < end) found.push([from, end]);
    return found;
  }

  add(start, end) {
    let from = this.#firstEndingAfter(start - 1); // one that ends at `start` touches
    let to = from;
    while (to < this.#spans.length && this.#spans[to][0] <= end) {
      start = Math.min(start, this.#spans[to][0]);
      end = Math.max(end, this.#spans[to][1]);
      to += 1;
    }
    this.#spans.splice(from, to - from, [start, end]);
  }

  /** Take out what lies before `offset`. */
  cutBefore(offset) {
    this.remove(-Infinity, offset);
  }

  /** Take out [start, end). */
  remove(start, end) {
    this.#spans = this.#spans.flatMap(([left, right]) =>
      [
        [left, Math.min(right, start)],
        [Math.max(left, end), right],
      ].filter(([from, to]) => from < to),
    );
  }

  /** Whether [start, end) stands directly before or after something in the set. */
  touches(start, end) {
    const index = this.#firstEndingAfter(start - 1);
    const span = this.#spans[index];
    return span !== undefined && span[0] <= end;
  }

  /** The ranges between those of the set. */
  get gaps() {
    const spans = this.#spans;
    return spans.slice(1).map(([start], index) => [spans[index][1], start]);
  }

  #firstEndingAfter(offset) {
    let low = 0;
    let high = this.#spans.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#spans[middle][1] > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
