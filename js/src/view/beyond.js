// Matches in text that is not here: the browser has let go of it, or never had it. The kernel looks
// for them in what it has read, and tells in which lines they are.

let searches = Math.floor(Math.random() * 2 ** 40); // of all views of all pages

export class Beyond {
  isDone = true;
  problem = "";
  #number = 0;
  #lines = new Map(); // file -> bytes at which lines begin

  /** @param {{connection: object, onChange: () => void}} options */
  constructor({ connection, onChange }) {
    Object.assign(this, { connection, onChange });
  }

  /** Look for something else in these files, or, with an empty pattern, for nothing. */
  start({ pattern, isRegexp, isCaseSensitive }, files) {
    const { feed } = this.connection;
    const holes = pattern === "" ? [] : files.map((file) => [file, feed.holes(file)]);
    const ranges = holes.flatMap(([file, found]) => found.map((range) => [file, ...range]));
    const isOver = this.isDone && ranges.length === 0;
    searches += 1;
    this.#number = searches;
    this.#lines.clear();
    this.problem = "";
    this.isDone = ranges.length === 0;
    if (isOver) return;
    const { epoch } = feed;
    const how = { is_regexp: isRegexp, is_exact: isCaseSensitive };
    this.connection.send({ kind: "search", number: searches, epoch, pattern, ...how, ranges });
  }

  /** Take in what the kernel has found. */
  hear({ number, lines, is_done: isDone, problem }) {
    if (number !== this.#number) return;
    for (const [file, found] of Object.entries(lines)) {
      this.#lines.set(file, [...(this.#lines.get(file) ?? []), ...found]);
    }
    this.isDone = isDone;
    this.problem = problem;
    this.onChange();
  }

  /** How many lines there are that are still not here. */
  get count() {
    let count = 0;
    for (const file of this.#lines.keys()) count += this.#missing(file, 0, Infinity).length;
    return count;
  }

  /** Where the first line in a hole begins, or the last one; null when there is none. */
  in({ file, start, end }, isForward) {
    const found = this.#missing(file, start, end);
    const nearest = isForward ? Math.min : Math.max;
    return found.length === 0 ? null : found.reduce((one, other) => nearest(one, other));
  }

  #missing(file, start, end) {
    const spans = this.connection.feed.spans(file);
    const isMissing = (byte) => spans === undefined || spans.missing(byte, byte + 1).length > 0;
    return (this.#lines.get(file) ?? []).filter((byte) => byte >= start && byte < end && isMissing(byte));
  }
}

/** The holes on the way from `position` to `match`, or all around, each where its row begins. */
export function crossed(holes, { position, match, isForward, length }) {
  const around = (distance) => (distance < 0 ? distance + length + 1 : distance);
  // What is missing lies before its row: going forward from there it is left behind.
  const distance = (at) => around(isForward ? at - position - 1 : position - at);
  const way = () => around(isForward ? match.from - position : position - match.from - 1);
  const end = match === null ? Infinity : way() + (isForward ? 0 : 1);
  return holes
    .map((hole) => ({ ...hole, distance: distance(hole.at) }))
    .filter((hole) => hole.distance < end)
    .sort((one, other) => one.distance - other.distance);
}
