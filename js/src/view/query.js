// What is searched for, and where it stands in a line.

import { GuardedMatches, quickLength } from "./guard.js";
import { matchesIn } from "./matches.js";

export const NOTHING = Object.freeze({ pattern: "", isRegexp: false, isCaseSensitive: false });

/**
 * A matcher for a query: null when there is nothing to search for, undefined when the pattern is
 * no regular expression.
 *
 * @param {{onAnswer: () => void, onSlow: () => void}} hooks are told when more is known, and when
 *   the pattern takes too long
 */
export function matcher({ pattern, isRegexp, isCaseSensitive }, hooks) {
  if (pattern === "") return null;
  const source = isRegexp ? pattern : pattern.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  const flags = isCaseSensitive ? "g" : "gi";
  try {
    const guarded = isRegexp ? new GuardedMatches(source, flags, hooks) : null;
    return new Matcher(new RegExp(source, flags), guarded);
  } catch {
    return undefined;
  }
}

class Matcher {
  #regexp;
  #guarded;
  #quickLength;

  constructor(regexp, guarded) {
    this.#regexp = regexp;
    this.#guarded = guarded;
    this.#quickLength = guarded ? quickLength(guarded.source) : Infinity;
  }

  /** Whether the matches in some lines are known; they are asked for otherwise. */
  knows(texts) {
    let isKnown = true;
    for (const text of texts) {
      if (this.#isGuarded(text) && this.#guarded.in(text) === null) isKnown = false;
    }
    return isKnown;
  }

  test(text) {
    for (const _ of this.in(text)) return true;
    return false;
  }

  count(text) {
    let count = 0;
    for (const _ of this.in(text)) count += 1;
    return count;
  }

  /** Matches in one line as [from, to), as far as they are known. */
  in(text) {
    if (this.#isGuarded(text)) return this.#guarded.in(text) ?? [];
    return matchesIn(this.#regexp, text);
  }

  close() {
    this.#guarded?.close();
  }

  #isGuarded(text) {
    return text.length > this.#quickLength;
  }
}
