// Tells the kernel which panels were cleared from the notebook, so that they end.
//
// The model of the notebook is asked, not what is drawn: a view also goes when it is scrolled out of
// sight, when its cell is moved, or with the notebook that is closed while its kernel goes on.

import { watchKernel } from "./wire/kernel.js";
import { Presence } from "./wire/presence.js";

const PICTURE = /^<div data-modelarts-panel="(\w+)"/;
const PAUSE = 1000; // ms between looks: outputs that change are no change of the notebook

/** anywidget calls this once for each page. */
export default {
  initialize({ model }) {
    const presence = new Presence();
    const look = () => {
      const outputs = outputsIn(model.widget_manager ?? {});
      const gone = outputs ? presence.look(panelsIn(outputs)) : [];
      if (gone.length > 0) model.send({ kind: "gone", panels: gone });
    };
    const closing = new AbortController();
    const timer = setInterval(look, PAUSE);
    closing.signal.addEventListener("abort", () => clearInterval(timer));
    watchKernel(model, closing.signal, () => closing.abort());
    return () => closing.abort();
  },
};

/** All outputs of the notebook; undefined where a front end does not show them, or it is closed. */
function outputsIn({ context, notebook }) {
  if (context?.isDisposed) return undefined;
  const cells = context?.model?.cells; // JupyterLab, Notebook 7
  if (cells) return listed(cells).flatMap((cell) => listed(cell.outputs));
  return notebook?.get_cells?.().flatMap((cell) => cell.output_area?.outputs ?? []); // Notebook 6
}

function listed(list) {
  return Array.from({ length: list?.length ?? 0 }, (_nothing, place) => list.get(place));
}

/** The panels of which the picture is in an output; every panel has one, below what is live. */
function panelsIn(outputs) {
  const pictures = outputs.filter(({ type }) => type !== "stream"); // it would be copied
  const found = pictures.map(({ data }) => String(data?.["text/html"] ?? "").match(PICTURE)?.[1]);
  return new Set(found.filter(Boolean));
}
