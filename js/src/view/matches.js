// Where a regular expression matches in a line.

/**
 * Matches as [from, to); empty ones are no matches. A worker has the source of this function, so it
 * needs nothing around it.
 */
export function* matchesIn(regexp, text) {
  regexp.lastIndex = 0;
  for (let found = regexp.exec(text); found !== null; found = regexp.exec(text)) {
    const end = found.index + found[0].length;
    if (end > found.index) yield [found.index, end];
    // A caller may have searched elsewhere meanwhile.
    regexp.lastIndex = end > found.index ? end : end + 1;
  }
}
