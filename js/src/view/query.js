// What is searched for, and where it stands in a line.

export const NOTHING = Object.freeze({ pattern: "", isRegexp: false, isCaseSensitive: false });

/**
 * A matcher for a query: null when there is nothing to search for, undefined when the pattern is
 * no regular expression.
 */
export function matcher({ pattern, isRegexp, isCaseSensitive }) {
  if (pattern === "") return null;
  const source = isRegexp ? pattern : pattern.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  try {
    return new Matcher(new RegExp(source, isCaseSensitive ? "g" : "gi"));
  } catch {
    return undefined;
  }
}

class Matcher {
  #regexp;

  constructor(regexp) {
    this.#regexp = regexp;
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

  /** Matches in one line as [from, to); empty ones are no matches. */
  *in(text) {
    const regexp = this.#regexp;
    regexp.lastIndex = 0;
    for (let found = regexp.exec(text); found !== null; found = regexp.exec(text)) {
      const end = found.index + found[0].length;
      if (end > found.index) yield [found.index, end];
      else regexp.lastIndex = end + 1;
      if (end > found.index) regexp.lastIndex = end; // a caller may have searched elsewhere
    }
  }
}
