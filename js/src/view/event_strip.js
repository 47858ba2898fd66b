// What the service tells of the job beside its log: time, level, words. The kernel asks for it.

import { element } from "./dom.js";

const LEVELS = { warning: "warning", error: "error", fatal: "error" };

/** A table that comes when it is wanted; its end is in sight. */
export function eventStrip({ words }) {
  const body = element("div", {
    class: "mm-events",
    role: "region",
    tabindex: "0",
    "aria-label": words("events"),
    hidden: true,
  });

  return {
    element: body,
    /** Open it, until the kernel tells what stands in it; or close it. */
    open(isOpen) {
      body.hidden = !isOpen;
      if (isOpen) body.replaceChildren(words("reading"));
    },
    /** Take what the kernel tells; whether there is something to look at. */
    hear(events) {
      const isOpen = Array.isArray(events);
      body.hidden = !isOpen;
      if (!isOpen) return false;
      body.replaceChildren(events.length > 0 ? table(events, words) : words("noEvents"));
      body.scrollTop = body.scrollHeight;
      return true;
    },
  };
}

function table(events, words) {
  const head = ["time", "level", "event"].map((key) => element("th", { scope: "col" }, words(key)));
  const rows = events.map(([time, level, message]) =>
    element(
      "tr",
      {},
      element("td", {}, time),
      element("td", { class: "mm-level", "data-level": LEVELS[level.toLowerCase()] }, level),
      element("td", { dir: "auto" }, message),
    ),
  );
  return element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...rows),
  );
}
