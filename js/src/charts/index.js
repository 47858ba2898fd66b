// The widget of charts: the second module of the front end, which comes when there is a chart.

import { followTheme, themeCss } from "../view/theme.js";
import { element } from "../view/dom.js";
import { swapIntoBox } from "../swap.js";
import { translator } from "../text/messages.js";
import { keeper } from "../wire/keeper.js";
import { shelved } from "../wire/shelf.js";
import { chartSet } from "./chart_set.js";
import { SeriesStore } from "./series.js";

/** anywidget calls this once for each model; the one that brings this file puts it on the shelf. */
export default function charts() {
  let fed = null;

  return {
    chartSet,
    SeriesStore,

    initialize({ model, early = [] }) {
      if (model.get("state") === undefined) {
        shelved(model.get("shelf")).put(charts);
        return undefined;
      }
      fed = feed(model, early);
      try {
        swapIntoBox(model);
      } catch (error) {
        console.debug("charts: the pictures stay", error);
      }
      return fed.close;
    },

    render({ model, el }) {
      const closing = new AbortController();
      const { signal } = closing;
      const { store, listen } = fed;
      const { language, hiding } = model.get("options");
      const words = translator(language);
      const head = element("div", { class: "mm-curves-head" });
      const notes = element("div", { class: "mm-chart-notes" });
      const root = element(
        "section",
        { class: "mm-curves", lang: language === "zh" ? "zh-CN" : "en", "aria-label": words("charts") },
        element("style", {}, `${hiding}\n${themeCss("mm-curves")}`),
        head,
      );
      el.append(root);
      followTheme(root, signal);
      const set = chartSet({ words, themed: root, signal, kept: model.get("kept"), onKept: keeper(model) });
      root.append(set.element, notes);
      const tell = () => {
        const { words: told = [], notes: said = [], title = "" } = model.get("state");
        head.replaceChildren(element("b", { dir: "auto" }, title), ...told.map((one) => ` · ${one}`));
        notes.replaceChildren(...said.map((one) => element("div", { dir: "auto" }, one)));
      };
      const show = () => set.show(store.all);
      const end = listen(show);
      model.on("change:state", tell);
      signal.addEventListener("abort", () => {
        end();
        model.off("change:state", tell);
        root.remove();
      });
      tell();
      show();
      return () => closing.abort();
    },
  };
}

/** What the kernel tells of series; all views of a model look at the same. */
function feed(model, early) {
  const store = new SeriesStore();
  const listeners = new Set();
  const ask = () => model.send({ kind: "metrics", since: store.version });
  const onMessage = (message, buffers) => {
    if (message?.kind !== "metrics") return;
    if (!store.take(message, buffers?.[0])) ask();
    else for (const listener of listeners) listener();
  };
  model.on("msg:custom", onMessage);
  for (const message of early) onMessage(...message);
  model.send({ kind: "ready" });
  ask();
  return {
    store,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => model.off("msg:custom", onMessage),
  };
}
