// Lines that are shown as one: the rest stands behind a word, and comes back with a click on it.

import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, WidgetType } from "@codemirror/view";

import { Folds, LEAST } from "../rows/folds.js";
import { number } from "../text/format.js";
import { element } from "./dom.js";

const SHARE = 4; // ms of a frame

/** Fold anew from position `from` on: {from, added: [{from, to, label}]}. */
const setFolds = StateEffect.define();
/** Show what is folded between two positions: {from, to}. */
export const unfold = StateEffect.define();

class Folded extends WidgetType {
  constructor(label) {
    super();
    this.label = label;
  }

  eq(other) {
    return other.label === this.label;
  }

  toDOM(view) {
    const open = (event) => {
      const at = view.posAtDOM(made);
      view.dispatch({ effects: unfold.of({ from: at, to: at }) });
      event.preventDefault();
    };
    const made = element("span", { class: "mm-folded", onmousedown: open }, this.label);
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
      if (effect.is(unfold)) {
        const { from, to } = effect.value;
        now = now.update({ filter: (start, end) => end < from || start > to });
      }
    }
    return now;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function changed(folds, { from, added }) {
  const kept = from === null ? folds : folds.update({ filter: (_start, end) => end < from, filterFrom: from });
  const ranges = added.map(({ from: start, to, label }) =>
    Decoration.replace({ widget: new Folded(label) }).range(start, to),
  );
  return ranges.length === 0 ? kept : kept.update({ add: ranges, sort: true });
}

/** @param {{words: () => Function, frames: Frames, view: () => EditorView, onFolded: () => void}} options */
export class Folding {
  extension = folded;
  #folds = null;
  #ownerOf = () => 0;

  constructor({ words, frames, view, onFolded }) {
    Object.assign(this, { words, frames, view, onFolded });
    frames.add((deadline) => this.#step(deadline));
  }

  get isOn() {
    return this.#folds !== null;
  }

  /** Fold the lines of the document, as it is and as it comes, or show all. */
  start(isOn, ownerOf) {
    this.#ownerOf = ownerOf;
    this.#folds = isOn ? new Folds(this.view().state.doc, ownerOf) : null;
    this.view().dispatch({ effects: setFolds.of({ from: 0, added: [] }) });
    this.frames.wake();
  }

  /** The document changed from a position on. */
  changed(position) {
    if (!this.isOn) return;
    const { state } = this.view();
    // What was too short for a fold may be long enough now.
    const { number: line } = state.doc.lineAt(position);
    const near = state.doc.line(Math.max(1, line - LEAST)).from;
    let first = near;
    state.field(folded).between(near, position, (start) => {
      first = Math.min(first, start);
    });
    const anew = this.#folds.changed(state.doc, state.doc.lineAt(first).number - 1);
    const { from } = state.doc.line(anew + 1);
    this.view().dispatch({ effects: setFolds.of({ from, added: [] }) });
    this.frames.wake();
  }

  #step(deadline) {
    if (!this.isOn || this.#folds.isDone) return false;
    const found = this.#folds.step(Math.min(deadline, performance.now() + SHARE));
    if (found.length > 0) {
      const added = found.map((fold) => this.#range(fold));
      this.view().dispatch({ effects: setFolds.of({ from: null, added }) });
      this.onFolded();
    }
    return !this.#folds.isDone;
  }

  #range({ kind, first, last }) {
    const { doc } = this.view().state;
    const [head, end] = [doc.line(first + 1), doc.line(last + 1)];
    const words = this.words();
    if (kind === "bar") {
      return { from: head.from, to: end.from, label: words("foldedBefore", { n: number(last - first) }) };
    }
    if (kind === "traceback") {
      return { from: head.to, to: end.from, label: words("foldedLines", { n: number(last - first - 1) }) };
    }
    const key = kind === "platform" ? "foldedPlatform" : "foldedTimes";
    return { from: head.to, to: end.to, label: words(key, { n: number(last - first) }) };
  }
}
