// The series that the kernel tells, point by point: what has come stays, only what is new travels.
//
// The messages are those of notebook/log/metrics.py, which tells what they hold. Names are foreign
// text, so they are keys of maps and texts of elements, and nothing else.

const LEAST_ROOM = 64; // points
const BYTES = 8; // of a number

/** The points of one series; a column goes by its letter, and is longer than the series. */
export class Series {
  length = 0;
  changes = 0;
  rewrites = 0; // how often points became others, and not only more
  segments = [];
  #columns = new Map();

  constructor({ id, name, file = "", unit = "", job = "", sourceName = "" }) {
    Object.assign(this, { id, name, file, unit, job, sourceName });
  }

  /** The numbers of a column; undefined where the series has none of this letter. */
  column(letter) {
    return this.#columns.get(letter)?.subarray(0, this.length);
  }

  has(letter) {
    return this.#columns.has(letter);
  }

  /** Keep the first points, and put others behind them: `columns` is by letter. */
  put(keep, count, columns, segments) {
    for (const letter of this.#columns.keys()) {
      if (!columns.has(letter)) this.#columns.delete(letter);
    }
    const start = Math.min(keep, this.length);
    if (start < this.length) this.rewrites += 1;
    for (const [letter, numbers] of columns) this.#room(letter, start + count).set(numbers, start);
    this.length = start + count;
    this.segments = [...this.segments.filter((at) => at < start), ...segments];
    this.changes += 1;
  }

  #room(letter, wanted) {
    const column = this.#columns.get(letter);
    if (column !== undefined && column.length >= wanted) return column;
    const grown = new Float64Array(Math.max(LEAST_ROOM, wanted + (wanted >> 1)));
    if (column !== undefined) grown.set(column.subarray(0, Math.min(this.length, wanted)));
    this.#columns.set(letter, grown);
    return grown;
  }
}

export class SeriesStore {
  version = 0;
  changes = 0;
  #series = new Map(); // number -> Series

  /** All series, in the order in which they came. */
  get all() {
    return [...this.#series.values()];
  }

  /**
   * Take a message, and the buffer that belongs to it. Whether it could be taken: if not, something
   * before it was lost, and the kernel is to be asked for what is new since `version`.
   */
  take({ since, now, added = [], gone = [], parts = [] }, buffer) {
    if (since > this.version) return false;
    if (now < this.version) return true; // late: newer ones told it all
    if (since === 0) this.#series.clear();
    for (const id of gone) this.#series.delete(id);
    for (const [id, name, file, unit, job, sourceName] of added) {
      if (!this.#series.has(id)) this.#series.set(id, new Series({ id, name, file, unit, job, sourceName }));
    }
    this.#takeParts(parts, buffer);
    this.version = now;
    this.changes += 1;
    return true;
  }

  #takeParts(parts, buffer) {
    let at = buffer?.byteOffset ?? 0;
    for (const [id, keep, count, letters, segments] of parts) {
      const columns = new Map();
      for (const letter of letters) {
        const end = at + count * BYTES;
        columns.set(letter, new Float64Array((buffer.buffer ?? buffer).slice(at, end)));
        at = end;
      }
      this.#series.get(id)?.put(keep, count, columns, segments);
    }
  }
}
