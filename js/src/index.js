// The widget: one connection to the kernel for each model, any number of views of it.

import { swapIntoBox } from "./swap.js";
import { openPanel } from "./view/panel.js";
import { connect } from "./wire/connection.js";
import { INFLATES } from "./wire/inflate.js";
import { shelved } from "./wire/shelf.js";

/** anywidget calls this once for each model; the one that brings this file puts it on the shelf. */
export default function logView() {
  let connection = null;

  return {
    initialize({ model, early = [] }) {
      const shelf = model.get("shelf");
      if (shelf) shelved(shelf).put(logView);
      if (model.get("state") === undefined) return undefined;
      if (!INFLATES) return undefined; // a browser of before 2023: the plain view stays
      const closing = new AbortController();
      connection = connect(model, closing.signal, early);
      connection.send({ kind: "ready" });
      try {
        swapIntoBox(model);
      } catch (error) {
        console.debug("log view: the plain view stays", error);
      }
      return () => closing.abort();
    },

    render({ model, el }) {
      const closing = new AbortController();
      connection ??= connect(model, closing.signal);
      el.append(hiding(model));
      openPanel({ model, el, connection, signal: closing.signal });
      return () => closing.abort();
    },
  };
}

/** What hides the picture below, which every front end can show, as long as this view is there. */
function hiding(model) {
  const style = document.createElement("style");
  style.textContent = model.get("options")?.hiding ?? "";
  return style;
}
