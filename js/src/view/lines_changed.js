// Which lines of a document a change put in the place of which.

/** Changes of a document by lines, one after the other: those before are done where `from` counts. */
export function linesChanged(changes, before, after) {
  const found = [];
  changes.iterChangedRanges((fromBefore, toBefore, fromAfter, toAfter) => {
    const [old, made] = [linesOf(before, fromBefore, toBefore), linesOf(after, fromAfter, toAfter)];
    // A line before which, or behind which, others come is what it was, unless it has no text to tell.
    if (old.endsBefore && made.endsBefore) for (const lines of [old, made]) lines.end -= 1;
    const isThere = old.end > old.first && made.end > made.first;
    if (isThere && old.beginsBehind && made.beginsBehind) for (const lines of [old, made]) lines.first += 1;
    const previous = found.at(-1);
    if (previous && old.first < previous.old.end) {
      previous.old.end = old.end;
      previous.made.end = made.end;
    } else found.push({ old, made });
  });
  return found.map(({ old, made }) => ({
    from: made.first,
    removed: old.end - old.first,
    added: made.end - made.first,
  }));
}

function linesOf(doc, from, to) {
  const [first, last] = [doc.lineAt(from), doc.lineAt(to)];
  return {
    first: first.number - 1,
    end: last.number,
    beginsBehind: first.length > 0 && from === first.to,
    endsBefore: last.length > 0 && to === last.from,
  };
}
