// The curves of the log above its text: a point leads to its line, a line marks its points.

import { keeper } from "../wire/keeper.js";
import { shelved } from "../wire/shelf.js";
import { element } from "./dom.js";

/**
 * A strip that appears when there is something to draw. `onThere()` is called then, and `onStanding()`
 * when it is known how the metrics stand, with nothing when nobody looks any more; `job` is the name of
 * the job, `file` the log file that is read, `text` the LogText of the view, as soon as there is one.
 */
export function chartStrip({ words, model, connection, themed, job, file, text, signal, onThere, onStanding }) {
  const { metrics } = connection;
  const box = element("div", {
    class: "mm-chart-strip",
    role: "region",
    tabindex: "0",
    "aria-label": words("charts"),
    hidden: true,
  });
  let isOpen = true;
  let set = null;
  let isAsked = false;
  let lastPlace = "";

  const links = {
    pick: ({ file, byte }) => text().goToByte(file, byte),
    filter: (ranges) => text().showRanges(ranges),
  };
  const make = (open) => {
    if (signal.aborted) return;
    const { chartSet } = open();
    const [kept, onKept] = [model.get("kept"), keeper(model)];
    set = chartSet({ words, themed, signal, merges: true, links, job, file, onStanding, kept, onKept });
    box.append(set.element);
    set.show(metrics.store.all);
    box.hidden = !isOpen;
    onThere();
  };
  const update = () => {
    const { all } = metrics.store;
    set?.show(all);
    const name = model.get("charts");
    if (set !== null || isAsked || !name || !all.some(({ length }) => length > 0)) return;
    isAsked = true;
    shelved(name).taken.then(make);
  };
  const ends = [metrics.listen(update)];
  model.on("change:charts", update);
  metrics.look(true);
  update(); // another view may have asked for all that there is
  signal.addEventListener("abort", () => {
    ends.forEach((end) => end());
    model.off("change:charts", update);
    if (isOpen) metrics.look(false);
  });

  return {
    element: box,
    get isThere() {
      return set !== null;
    },
    /** Another log file is read. */
    fileChosen: () => set?.show(metrics.store.all),
    open(isNowOpen) {
      if (isNowOpen === isOpen) return;
      isOpen = isNowOpen;
      box.hidden = !isOpen || set === null;
      metrics.look(isOpen);
      if (!isOpen) onStanding([]);
    },
    /** The pointer is over a line of the log, which may tell points. */
    over(event) {
      if (set === null || !isOpen) return;
      const place = text().rangeAt(event);
      const key = JSON.stringify(place);
      if (key === lastPlace) return;
      lastPlace = key;
      if (place !== null) set.mark(place.file, place.from, place.to);
    },
  };
}
