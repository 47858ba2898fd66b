// The rows of a view: their text, as a CodeMirror document, and what is known of each.
//
// A row is a line of one log. `extras[row]` is null for plain text (see terminal/line.js);
// `owners[row]`, the number of the log, exists only when several logs are merged.

import { ChangeSet, Text } from "@codemirror/state";

export class Rows {
  doc = Text.empty;
  extras = [];
  owners;
  #changes = null;
  #splices = [];

  constructor({ isMerged }) {
    this.owners = isMerged ? [] : null;
  }

  get count() {
    return this.extras.length;
  }

  /** How `doc` changed since the last call; null when it did not. */
  takeChanges() {
    const taken = this.#changes;
    this.#changes = null;
    return taken;
  }

  /**
   * Rows that changed since the last call: {row, removed, lines, owner}, one after the other; the
   * lines that were put there may have gone again since.
   */
  takeSplices() {
    const taken = this.#splices;
    this.#splices = [];
    return taken;
  }

  insert(row, lines, extras, owner) {
    if (lines.length === 0) return;
    if (this.count === 0) this.#change(0, 0, Text.of(lines));
    else if (row === this.count) this.#change(this.doc.length, this.doc.length, Text.of(["", ...lines]));
    else {
      const { from } = this.doc.line(row + 1);
      this.#change(from, from, Text.of([...lines, ""]));
    }
    this.extras = spliced(this.extras, row, 0, extras);
    if (this.owners) this.owners = spliced(this.owners, row, 0, lines.map(() => owner));
    this.#splices.push({ row, removed: 0, lines, owner });
  }

  /** Give a row another text; what both have in common stays, and a selection in it with it. */
  replace(row, text, extra) {
    const line = this.doc.line(row + 1);
    const same = commonStart(line.text, text);
    if (same < line.text.length || same < text.length) {
      this.#change(line.from + same, line.to, Text.of([text.slice(same)]));
    }
    this.extras[row] = extra;
    this.#splices.push({ row, removed: 1, lines: [text], owner: this.owners?.[row] });
  }

  remove(row) {
    const line = this.doc.line(row + 1);
    if (this.count === 1) this.#change(0, this.doc.length, Text.empty);
    else if (row === this.count - 1) this.#change(line.from - 1, line.to, Text.empty);
    else this.#change(line.from, line.to + 1, Text.empty);
    this.extras.splice(row, 1);
    this.owners?.splice(row, 1);
    this.#splices.push({ row, removed: 1, lines: [] });
  }

  #change(from, to, insert) {
    const change = ChangeSet.of({ from, to, insert }, this.doc.length);
    this.doc = change.apply(this.doc);
    this.#changes = this.#changes === null ? change : this.#changes.compose(change);
  }
}

/** `array` with a part replaced: in place at its end, a new array elsewhere. */
export function spliced(array, at, removed, inserted) {
  if (at + removed < array.length) {
    return array.slice(0, at).concat(inserted, array.slice(at + removed));
  }
  array.length = at;
  for (const item of inserted) array.push(item);
  return array;
}

function commonStart(one, other) {
  const end = Math.min(one.length, other.length);
  let index = 0;
  while (index < end && one.charCodeAt(index) === other.charCodeAt(index)) index += 1;
  return index;
}
