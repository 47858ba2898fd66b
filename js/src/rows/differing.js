// Which lines of several logs differ: those that the first of them does not have.

const SEEN = 400; // characters of a line
const MOST = 1_000_000; // lines of the first log that are remembered; what comes then is as if it had them
const RANK = /\b(?:local[_ ]?|global[_ ]?)?(?:rank|worker|node|task|proc|process|gpu|npu|device)s?[ _:=#-]*\d+/gi;
const NUMBER = /\d+/g;

/**
 * Tells lines of the other logs that are not in the first one, whatever their numbers are; a filter
 * asks it of each row, those of the first log among them.
 */
export class Differing {
  #known = new Set(); // hashes of the lines of the first log
  #isNews = false;

  /** `isFirst` tells whether a number is that of the first log. */
  constructor(isFirst) {
    this.isFirst = isFirst;
  }

  /** Whether a line is to be shown, of the log that goes by a number. */
  test(line, owner) {
    const key = hashOf(line.slice(0, SEEN).replace(RANK, "").replace(NUMBER, "0").trim());
    if (!this.isFirst(owner)) return !this.#known.has(key);
    if (this.#known.size < MOST && !this.#known.has(key)) {
      this.#known.add(key);
      this.#isNews = true;
    }
    return false;
  }

  /** Whether the first log has told lines since the last call that another may have told before. */
  takeNews() {
    const isNews = this.#isNews;
    this.#isNews = false;
    return isNews;
  }
}

/** A number of 53 bits, so that two lines have the same by chance never, as far as anybody will see. */
function hashOf(text) {
  let [one, other] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    one = Math.imul(one ^ code, 2654435761);
    other = Math.imul(other ^ code, 1597334677);
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(other ^ (other >>> 13), 3266489909);
  other = Math.imul(other ^ (other >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
  return 4294967296 * (2097151 & other) + (one >>> 0);
}
