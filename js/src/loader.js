// What each panel brings along: it fetches the log view from the shelf of the page.

import { shelved } from "./wire/shelf.js";

/** anywidget calls this once for each model. */
export default function loader() {
  let view = null;
  const fetched = (model) => (view ??= shelved(model.get("shelf")).taken.then((open) => open()));

  return {
    // It must not wait: what comes for the model, and then for the whole page, would wait with it.
    initialize({ model }) {
      const closing = new AbortController();
      const early = [];
      const keep = (...message) => early.push(message);
      model.on("msg:custom", keep);
      fetched(model).then(({ initialize }) => {
        model.off("msg:custom", keep);
        if (closing.signal.aborted) return;
        const end = initialize({ model, early });
        closing.signal.addEventListener("abort", end);
      });
      return () => closing.abort();
    },

    async render(context) {
      return (await fetched(context.model)).render(context);
    },
  };
}
