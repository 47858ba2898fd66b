// Which missing bytes to ask the kernel for, and when: it may be busy, and an answer may be lost.

export const LARGEST = 1 << 20; // bytes of one question
const SMALL_HEAD = 256 << 10; // a beginning this small is asked for unasked
const FIRST_AFTER = 250; // ms: what comes in the wrong order needs no question
const SLOWEST = 30_000; // ms between two questions
const AT_ONCE = 8; // files that are asked about in one tick

export class Needs {
  #asked = new Map(); // file -> {start, end, left, at, tries}
  #gapSince = new Map(); // file -> ms
  #wanted = new Map(); // file -> byte from which on its beginning is wanted

  constructor(feed, send) {
    this.feed = feed;
    this.send = send;
    this.generation = feed.generation;
  }

  /** The user wants the whole beginning of these files. */
  wantAll(files) {
    for (const file of files) this.#wanted.set(file, 0);
    this.tick();
  }

  /** The user wants one more piece before what is here. */
  wantEarlier(files) {
    for (const file of files) {
      const head = this.feed.spans(file)?.first?.[0] ?? 0;
      const from = Math.max(0, head - LARGEST);
      if (from < (this.#wanted.get(file) ?? Infinity)) this.#wanted.set(file, from);
    }
    this.tick();
  }

  /** Whether the beginning of a file was asked for and is not all here. */
  isLoading(file) {
    const head = this.feed.spans(file)?.first?.[0] ?? 0;
    return head > (this.#wanted.get(file) ?? Infinity);
  }

  tick() {
    if (this.generation !== this.feed.generation) this.#forget();
    let questions = 0;
    for (const file of this.feed.names) {
      if (questions < AT_ONCE && this.#askAbout(file)) questions += 1;
    }
  }

  #forget() {
    this.generation = this.feed.generation;
    this.#asked.clear();
    this.#gapSince.clear();
    this.#wanted.clear();
  }

  #askAbout(file) {
    const now = this.feed.now();
    const range = this.#missing(file, now);
    if (range === null) return false;
    const asked = this.#asked.get(file);
    if (asked && !this.#isDue(file, asked, now)) return false;
    const isSame = asked && asked.start === range[0] && asked.end === range[1];
    const tries = isSame ? asked.tries + 1 : 0;
    const left = range[1] - range[0];
    this.#asked.set(file, { start: range[0], end: range[1], left, at: now, tries });
    this.send({ kind: "need", epoch: this.feed.epoch, file, start: range[0], end: range[1] });
    return true;
  }

  // A question is due again when it was answered in full, or when nothing came for some time.
  #isDue(file, asked, now) {
    const missing = this.feed.spans(file).missing(asked.start, asked.end);
    const left = missing.reduce((sum, [start, end]) => sum + end - start, 0);
    if (left === 0) return true;
    if (left < asked.left) Object.assign(asked, { left, at: now });
    return now - asked.at >= Math.min(SLOWEST, 1000 * 2 ** asked.tries);
  }

  #missing(file, now) {
    const spans = this.feed.spans(file);
    const gap = spans.gaps[0];
    if (gap === undefined) this.#gapSince.delete(file);
    else if (this.#isOldEnough(file, now)) return [gap[0], Math.min(gap[1], gap[0] + LARGEST)];
    const head = spans.first?.[0] ?? 0;
    const from = this.#wanted.get(file) ?? (head <= SMALL_HEAD ? 0 : Infinity);
    return head > from ? [Math.max(from, head - LARGEST), head] : null;
  }

  #isOldEnough(file, now) {
    if (!this.#gapSince.has(file)) this.#gapSince.set(file, now);
    return now - this.#gapSince.get(file) >= FIRST_AFTER;
  }
}
