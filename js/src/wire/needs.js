// Which missing bytes to ask the kernel for, and when: it may be busy, and an answer may be lost.

export const LARGEST = 1 << 20; // bytes of one question
const SMALL_HEAD = 256 << 10; // a beginning this small is asked for unasked
const FIRST_AFTER = 250; // ms: what comes in the wrong order needs no question
const SLOWEST = 30_000; // ms between two questions
const AT_ONCE = 8; // questions of one tick
const FIRST_WAIT = 1000; // ms until a question is asked again; each time twice as long

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
    let left = AT_ONCE;
    for (const file of this.feed.names) {
      if (left > 0) left -= this.#askAbout(file, left);
    }
  }

  #forget() {
    this.generation = this.feed.generation;
    this.#asked.clear();
    this.#gapSince.clear();
    this.#wanted.clear();
  }

  /** Ask about a file, at most `most` questions; returns how many it were. */
  #askAbout(file, most) {
    const now = this.feed.now();
    const before = this.#asked.get(file) ?? [];
    const asked = this.#missing(file, now).map((range) => this.#known(before, range, now));
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
  #missing(file, now) {
    const spans = this.feed.spans(file);
    const { gaps } = spans;
    if (gaps.length === 0) this.#gapSince.delete(file);
    const found = gaps.length > 0 && this.#isOldEnough(file, now) ? gaps.map(part) : [];
    const head = spans.first?.[0] ?? 0;
    const from = this.#wanted.get(file) ?? (head <= SMALL_HEAD ? 0 : Infinity);
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
