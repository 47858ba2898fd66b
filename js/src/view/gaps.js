// Markers between lines for what has not arrived.

import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, WidgetType } from "@codemirror/view";

import { element } from "./dom.js";

/** Show these gaps and no others: [{position, label}], sorted. */
export const setGaps = StateEffect.define();

class Gap extends WidgetType {
  constructor(label) {
    super();
    this.label = label;
  }

  eq(other) {
    return other.label === this.label;
  }

  toDOM() {
    return element("div", { class: "mm-gap", role: "note" }, this.label);
  }
}

export const gapMarkers = StateField.define({
  create: () => Decoration.none,
  update(markers, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(setGaps)) return Decoration.set(effect.value.map(marker));
    }
    return markers.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

function marker({ position, label }) {
  return Decoration.widget({ widget: new Gap(label), block: true, side: -1 }).range(position);
}
