// Lines that are shown as one: the rest stands behind a word, and comes back with a click on it.

import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, WidgetType } from "@codemirror/view";

import { Folds } from "../rows/folds.js";
import { number } from "../text/format.js";
import { element } from "./dom.js";

const SHARE = 4; // ms of a frame
const SHARE_ANEW = 10; // ms of one in which what was folded is folded anew

/** Fold anew from position `from` on, or with null on: {from, added: ranges}. */
const setFolds = StateEffect.define();
/** Show what is folded between two positions: {from, to}. */
export const unfold = StateEffect.define();
/** Show the lines of a fold. */
const open = StateEffect.define();

class Label extends WidgetType {
  constructor(text) {
    super();
    this.text = text;
  }

  eq(other) {
    return other.text === this.text;
  }

  toDOM(view) {
    const onmousedown = (event) => {
      const at = view.posAtDOM(made);
      let fold = null;
      view.state.field(folded).between(at, at, (_start, _end, { spec }) => {
        if (spec.widget) ({ fold } = spec);
      });
      view.dispatch({ effects: open.of(fold) });
      event.preventDefault();
    };
    const made = element("span", { class: "mm-folded", onmousedown }, this.text);
    return made;
  }

  ignoreEvent() {
    return true;
  }
}

const folded = StateField.define({
  create: () => Decoration.none,
  update(folds, transaction) {
    let now = folds.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(setFolds)) now = changed(now, effect.value);
      if (effect.is(unfold)) now = without(now, hiding(now, effect.value));
      if (effect.is(open)) now = without(now, new Set([effect.value]));
    }
    return now;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function changed(folds, { from, added }) {
  const kept = from === null ? folds : folds.update({ filter: (_start, end) => end < from, filterFrom: from });
  return added.length === 0 ? kept : kept.update({ add: added, sort: true });
}

/** The folds of which a line between two positions is hidden. */
function hiding(folds, { from, to }) {
  const found = new Set();
  folds.between(from, to, (start, end, { spec }) => {
    // Behind a line that is shown begins what is hidden: the line itself is not.
    if (end > start && (to > start || start === 0)) found.add(spec.fold);
  });
  return found;
}

function without(folds, gone) {
  return gone.size === 0 ? folds : folds.update({ filter: (_start, _end, { spec }) => !gone.has(spec.fold) });
}

/** @param {{words: () => Function, frames: Frames, view: () => EditorView, onFolded: () => void}} options */
export class Folding {
  extension = folded;
  #folds = null;
  #isStale = false; // what is drawn is of another document, or of none

  constructor({ words, frames, view, onFolded }) {
    Object.assign(this, { words, frames, view, onFolded });
    frames.add((deadline) => this.#step(deadline));
  }

  get isOn() {
    return this.#folds !== null;
  }

  /** Fold the lines of the document, as it is and as it comes, or show all. */
  start(isOn, ownerOf) {
    this.#folds = isOn ? new Folds(this.view().state.doc, ownerOf) : null;
    this.#isStale = false;
    this.view().dispatch({ effects: setFolds.of({ from: 0, added: [] }) });
    this.frames.wake();
  }

  /** The document changed from a position on. */
  changed(position) {
    if (!this.isOn) return;
    const { doc } = this.view().state;
    this.#folds.changed(doc, doc.lineAt(position).number - 1);
    this.#isStale = true;
    this.frames.wake();
  }

  #step(deadline) {
    if (!this.isOn || this.#folds.isDone) return false;
    const { doc } = this.view().state;
    // What is drawn anew is to be all there at once, as it mostly is.
    const [from, share] = this.#isStale ? [doc.line(this.#folds.seen + 1).from, SHARE_ANEW] : [null, SHARE];
    const found = this.#folds.step(Math.min(deadline, performance.now() + share));
    const added = found.flatMap((fold) => this.#ranges(fold));
    if (added.length > 0 || this.#isStale) this.view().dispatch({ effects: setFolds.of({ from, added }) });
    this.#isStale = false;
    if (added.length > 0) this.onFolded();
    return !this.#folds.isDone;
  }

  #ranges(fold) {
    const { doc } = this.view().state;
    const lineOf = (line) => doc.line(line + 1);
    const label = ({ kind, count }) => new Label(this.#said(kind, count));
    const [{ kind }] = fold.shown;
    if (kind === "traceback") { // its last line goes on behind its first
      const widget = label(fold.shown[0]);
      return [Decoration.replace({ widget, fold, inclusiveEnd: true }).range(lineOf(fold.first).to, lineOf(fold.last).from)];
    }
    const labels = fold.shown.map((shown) => {
      const { from, to } = lineOf(shown.line);
      const isBefore = shown.kind === "bar";
      return Decoration.widget({ widget: label(shown), side: isBefore ? 0 : 1, fold }).range(isBefore ? from : to);
    });
    const gone = fold.hidden.map(([first, last]) => {
      if (first === 0) return Decoration.replace({ fold }).range(0, lineOf(last + 1).from);
      // With what stands at its end: the name of the task of an empty line.
      return Decoration.replace({ fold, inclusiveEnd: true }).range(lineOf(first - 1).to, lineOf(last).to);
    });
    return [...labels, ...gone];
  }

  #said(kind, count) {
    const words = this.words();
    if (kind === "traceback") return words("foldedLines", { n: number(count - 2) });
    const key = { bar: "foldedBefore", platform: "foldedPlatform", repeated: "foldedTimes" }[kind];
    return words(key, { n: number(count - 1) });
  }
}
