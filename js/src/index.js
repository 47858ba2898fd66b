// The widget: one connection to the kernel for each model, any number of views of it.

import { swapIntoBox } from "./swap.js";
import { openPanel } from "./view/panel.js";
import { connect } from "./wire/connection.js";

/** anywidget calls this once for each model. */
export default function logView() {
  let connection = null;

  return {
    initialize({ model }) {
      const closing = new AbortController();
      connection = connect(model, closing.signal);
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
      openPanel({ model, el, connection, signal: closing.signal });
      return () => closing.abort();
    },
  };
}
