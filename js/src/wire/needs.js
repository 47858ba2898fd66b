// Which missing bytes to ask the kernel for, and when: it may be busy, and an answer may be lost.

export const LARGEST = 1 << 20; // bytes of one question
const LEAST = 16 << 10; // bytes of one question, of many files
const SMALL_HEAD = 256 << 10; // beginnings that are together this small are asked for unasked
const FIRST_AFTER = 250; // ms: what comes in the wrong order needs no question
const SLOWEST = 30_000; // ms between two questions
const AT_ONCE = 8; // questions of one tick
const FIRST_WAIT = 1000; // ms until a question is asked again; each time twice as long
const AROUND = 256 << 10; // bytes from a place in the middle of what is not here
const BEFORE = 32 << 10; // bytes before it

export class Needs {
  #asked = new Map(); // file -> [{start, end, at, tries}]
  #gapSince = new Map(); // file -> ms
  #wanted = new Map(); // file -> byte from which on its beginning is wanted

  constructor(feed, send) {
    this.feed = feed;
    this.send = send;
    this.generation = feed.generation;
  }

  /** The user wants the whole beginning of these files. */
  wantAll(files) {
    for (const file of files) {
      this.#wanted.set(file, 0);
      this.feed.asides(file)?.leftOut.remove(-Infinity, Infinity);
    }
    this.tick();
  }

  /**
   * The user goes to byte `at` of a file, in [start, end), which is not here. What lies between that
   * place and the text around stays where it is, if it is much.
   */
  wantAt(file, at, [start, end]) {
    const { leftOut, expected } = this.feed.asides(file);
    const until = end - at <= LARGEST ? end : at + AROUND;
    const isGap = this.feed.spans(file).first[0] < end;
    leftOut.remove(at, until);
    if (until < end) leftOut.add(until, end);
    if (isGap && at - start > LARGEST) leftOut.add(start, at);
    expected.add(at, until);
    this.tick();
  }

  /** The user is at a place, and may look at what is a little before it: from the byte returned. */
  wantBefore(file, at) {
    const { leftOut, expected } = this.feed.asides(file);
    const from = Math.max(this.feed.beginning(file), at - BEFORE);
    leftOut.remove(from, at);
    expected.add(from, at);
    this.tick();
    return from;
  }

  /** The user has come to a gap: what is nearest to either of its sides is wanted. */
  wantGap(file, [start, end]) {
    const { leftOut } = this.feed.asides(file);
    leftOut.remove(start, start + LARGEST);
    leftOut.remove(end - LARGEST, end);
    this.tick();
  }

  /** The user wants one more piece before what is here; of many files a small one of each. */
  wantEarlier(files) {
    const size = Math.max(LEAST, Math.floor(LARGEST / files.length));
    for (const file of files) {
      const head = this.feed.spans(file)?.first?.[0] ?? 0;
      const from = Math.max(0, head - size);
      if (from < (this.#wanted.get(file) ?? Infinity)) this.#wanted.set(file, from);
    }
    this.tick();
  }

  /** Whether the beginning of a file was asked for and is not all here. */
  isLoading(file) {
    const head = this.feed.spans(file)?.first?.[0] ?? 0;
    return head > Math.max(this.feed.beginning(file), this.#wanted.get(file) ?? Infinity);
  }

  tick() {
    if (this.generation !== this.feed.generation) this.#forget();
    const heads = this.feed.names.reduce((sum, file) => sum + this.feed.before(file), 0);
    const unasked = heads <= SMALL_HEAD ? 0 : Infinity;
    let left = AT_ONCE;
    for (const file of this.feed.names) {
      if (left > 0) left -= this.#askAbout(file, left, unasked);
    }
  }

  #forget() {
    this.generation = this.feed.generation;
    this.#asked.clear();
    this.#gapSince.clear();
    this.#wanted.clear();
  }

  /**
   * Ask about a file, at most `most` questions, and for what is from byte `unasked` on though nobody
   * wants it; returns how many questions it were.
   */
  #askAbout(file, most, unasked) {
    const now = this.feed.now();
    const before = this.#asked.get(file) ?? [];
    const asked = this.#missing(file, now, unasked).map((range) => this.#known(before, range, now));
    this.#asked.set(file, asked);
    const due = asked.filter(({ at, tries }) => now - at >= waiting(tries));
    due.sort((one, other) => one.tries - other.tries);
    for (const question of due.slice(0, most)) {
      const { start, end } = question;
      Object.assign(question, { at: now, tries: question.tries + 1 });
      this.send({ kind: "need", epoch: this.feed.epoch, file, start, end });
    }
    return Math.min(due.length, most);
  }

  // The rest of something that was asked for may be on its way.
  #known(before, [start, end], now) {
    const whole = before.find((other) => other.start <= start && end <= other.end);
    if (whole === undefined) return { start, end, at: -Infinity, tries: 0 };
    if (whole.start === start && whole.end === end) return whole;
    return { start, end, at: whole.tries > 0 ? now : -Infinity, tries: Math.min(whole.tries, 1) };
  }

  /** What to ask for, if it was not asked for yet: the first part of each gap, and of the head. */
  #missing(file, now, unasked) {
    const spans = this.feed.spans(file);
    const { leftOut, expected } = this.feed.asides(file);
    const gaps = spans.gaps.flatMap(([start, end]) => leftOut.missing(start, end));
    if (gaps.length === 0) this.#gapSince.delete(file);
    const found = gaps.length > 0 && this.#isOldEnough(file, now) ? gaps.map(part) : [];
    for (const [start, end] of expected.list) {
      const first = Math.max(start, this.feed.beginning(file));
      for (const range of spans.missing(first, end).map(part)) {
        if (!gaps.some(([from, to]) => from <= range[0] && range[1] <= to)) found.push(range);
      }
    }
    const head = spans.first?.[0] ?? 0;
    const from = Math.max(this.feed.beginning(file), this.#wanted.get(file) ?? unasked);
    if (head > from) found.push([Math.max(from, head - LARGEST), head]);
    return found;
  }

  #isOldEnough(file, now) {
    if (!this.#gapSince.has(file)) this.#gapSince.set(file, now);
    return now - this.#gapSince.get(file) >= FIRST_AFTER;
  }
}

function part([start, end]) {
  return [start, Math.min(end, start + LARGEST)];
}

function waiting(tries) {
  return tries === 0 ? 0 : Math.min(SLOWEST, FIRST_WAIT * 2 ** (tries - 1));
}
