// Charts beside each other, and how to look at them: smoothing, scale, x axis, what is hidden.

import uplotCss from "uplot/dist/uPlot.min.css";

import { Frames } from "../view/frames.js";
import { element, write } from "../view/dom.js";
import { Card } from "./card.js";
import css from "./style.css";
import { keptOf, restored } from "./kept.js";
import { Standing } from "./standing.js";
import { themeOf } from "./theme.js";
import { chartsOf, waysAlong } from "./traces.js";
import { listenToKeys } from "./keys.js";

const MOST_WEIGHT = 0.99;
const KEPT_AFTER = 300; // ms after the last change

/**
 * A set of charts, until `signal` is aborted.
 *
 * `themed` is the element whose classes tell the theme; `merges` makes files one line with a band.
 * `links` lead from a point to its line in a log: `pick({file, byte, line})`, and
 * `filter([{file, from, to}])` with the bytes of what is selected; without it there is no log. The log
 * is that of the job whose series tell no name: `job()` is its name, `file()` the file of it that is read,
 * "" for all, and `onStanding(told)` is called with how its first metrics stand there. `kept` is what `onKept(kept)` told of how one looked at them before.
 */
export function chartSet({
  words,
  themed,
  signal,
  merges = false,
  links = null,
  job = () => "",
  file = () => "",
  onStanding = () => {},
  kept = {},
  onKept = () => {},
}) {
  const standing = new Standing();
  const cards = new Map(); // base -> Card
  const frames = new Frames();
  const { look, hidden, zooms } = restored(kept); // hidden are keys of traces, zooms ranges by base
  look.isHidden = (key) => hidden.has(key);
  let keeping = 0;
  const keep = () => {
    clearTimeout(keeping);
    keeping = setTimeout(() => {
      for (const [base, { plot }] of cards) {
        if (plot.zoom === null) zooms.delete(base);
        else zooms.set(base, plot.zoom);
      }
      onKept(keptOf({ look, hidden, zooms }));
    }, KEPT_AFTER);
  };
  let series = [];
  let isStale = false;
  let pointer = null;
  let isPointerStale = false;
  const waiting = []; // for the pointer to be where it is to be

  const tools = toolsOf({
    words,
    merges,
    look,
    onChange(change) {
      if ("way" in change) zooms.clear();
      Object.assign(look, change);
      keep();
      isStale = true;
      frames.wake();
    },
  });
  const grid = element("div", { class: "mm-chart-grid" });
  const heard = element("div", { class: "mm-heard", role: "status" });
  const root = element(
    "div",
    { class: "mm-charts" },
    element("style", {}, `${uplotCss}\n${css}`),
    tools.element,
    grid,
    heard,
  );

  const theme = themeOf(root);
  const said = { words, look: () => look, theme, links, isHidden: look.isHidden };
  const redraw = () => {
    for (const card of cards.values()) card.redraw();
    frames.wake();
  };
  const acts = {
    wake() {
      keep(); // a card wakes for another zoom
      frames.wake();
    },
    later(act) {
      waiting.push(act);
      frames.wake();
    },
    point(x) {
      pointer = x;
      isPointerStale = true;
      frames.wake();
    },
    say: (text) => write(heard, text),
    toggle(key) {
      if (!hidden.delete(key)) hidden.add(key);
      keep();
      redraw();
    },
    isolate(key) {
      const others = [...keysOf(cards)].filter((one) => one !== key);
      const isAlone = !hidden.has(key) && others.every((one) => hidden.has(one));
      hidden.clear();
      if (!isAlone) for (const other of others) hidden.add(other);
      keep();
      redraw();
    },
  };

  const cardOf = new WeakMap(); // of an element that is observed
  const sight = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) cardOf.get(target).isInSight = isIntersecting;
    frames.wake();
  });
  // The page tells sizes: to read one behind a change of another chart would lay all of them out anew.
  const sizes = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) cardOf.get(target).room = Math.floor(contentRect.width);
    frames.wake();
  });

  const arrange = () => {
    const ways = waysAlong(series);
    const isMerged = merges && look.isMerged;
    if (series.length > 0 && !ways.includes(look.way)) look.way = ways[0];
    const files = filesOf(series);
    tools.show({ ways, way: look.way, files });
    const charts = chartsOf(series, { merges: isMerged });
    theme.arrange(charts);
    const jobs = new Set(series.map((one) => one.job));
    const [isManyJobs, isManyFiles] = [jobs.size > 1, !isMerged && files > 1];
    const nameOf = (one) => one || job();
    for (const chart of charts) {
      const told = (trace) => [isManyJobs && nameOf(trace.job), isManyFiles && trace.file];
      chart.label = (trace) => theme.label(trace, chart, told(trace));
      const has = new Set(chart.traces.map((trace) => trace.job));
      chart.missing = [...jobs].filter((one) => !has.has(one)).map(nameOf);
    }
    onStanding(standing.of(standingCharts(charts, isMerged)));
    const bases = new Set(charts.map(({ base }) => base));
    for (const [base, card] of cards) if (!bases.has(base)) drop(base, card);
    for (const chart of charts) {
      if (!cards.has(chart.base)) add(chart.base);
      cards.get(chart.base).take(chart);
    }
  };
  // Those of the file that is read, if it tells any; else of all files together.
  const standingCharts = (charts, isMerged) => {
    const own = series.filter((one) => one.job === "");
    const read = own.filter((one) => one.file === file());
    if (read.length > 0) return chartsOf(read);
    return isMerged ? charts : chartsOf(own, { merges });
  };
  const add = (base) => {
    const card = new Card(said, acts);
    cards.set(base, card);
    if (zooms.has(base)) {
      card.plot.zoom = zooms.get(base);
      card.all.hidden = false;
    }
    grid.append(card.element);
    for (const observed of [card.element, card.place]) cardOf.set(observed, card);
    sight.observe(card.element);
    sizes.observe(card.place);
  };
  const drop = (base, card) => {
    sight.unobserve(card.element);
    sizes.unobserve(card.place);
    card.close();
    cards.delete(base);
  };

  frames.add(() => {
    if (isStale) arrange();
    isStale = false;
    return false;
  });
  frames.add((deadline) => {
    const inSight = [...cards.values()].filter((card) => card.isInSight && card.room > 0);
    for (const card of inSight) {
      if (!card.isStale) continue;
      if (performance.now() >= deadline) return true;
      card.draw();
    }
    if (isPointerStale) for (const card of inSight) card.point(pointer);
    isPointerStale = false;
    for (const act of waiting.splice(0)) act();
    return false;
  });

  const themes = new MutationObserver(() => {
    theme.forget();
    redraw();
  });
  themes.observe(themed, { attributes: true, attributeFilter: ["class"] });
  listenToKeys(root, signal);
  signal.addEventListener("abort", () => {
    clearTimeout(keeping);
    frames.close();
    for (const one of [sight, sizes, themes]) one.disconnect();
    for (const card of cards.values()) card.close();
    root.remove();
  });

  return {
    element: root,
    /** Show these series, which may be the same with more points. */
    show(all) {
      series = all;
      isStale = true;
      frames.wake();
    },
    /** Mark what a line of a log tells: the last point at or before the byte, if it is of that line. */
    mark(file, from, to) {
      for (const card of cards.values()) {
        const x = card.placeOf(file, from, to);
        if (x !== null) return acts.point(x);
      }
      return undefined;
    },
  };
}

/** How many files the job has that has the most. */
function filesOf(series) {
  const files = new Map();
  for (const { job, file } of series) files.set(job, (files.get(job) ?? new Set()).add(file));
  return Math.max(0, ...[...files.values()].map(({ size }) => size));
}

function* keysOf(cards) {
  for (const { chart } of cards.values()) for (const { key } of chart.traces) yield key;
}

/** What stands above the charts. */
function toolsOf({ words, merges, look, onChange }) {
  const weight = element("input", {
    type: "range",
    min: "0",
    max: String(MOST_WEIGHT),
    step: "0.01",
    value: String(look.weight),
    "data-chart": "smoothing",
    oninput() {
      write(told, weight.value);
      onChange({ weight: Number(weight.value) });
    },
  });
  const told = element("output", {}, String(look.weight));
  const way = element("select", { "data-chart": "x", onchange: () => onChange({ way: way.value }) });
  const choice = (key, name) => {
    const box = element("input", {
      type: "checkbox",
      "data-chart": name,
      onchange: () => onChange({ [name]: box.checked }),
    });
    box.checked = look[name];
    return element("label", {}, box, words(key));
  };
  const merge = choice("chartMerged", "isMerged");
  return {
    element: element(
      "div",
      { class: "mm-chart-tools", role: "group", "aria-label": words("chartTools") },
      element("label", {}, words("smoothing"), weight, told),
      element("label", {}, words("chartX"), way),
      choice("chartLog", "isLog"),
      choice("chartCore", "isCore"),
      merge,
    ),
    show({ ways, way: chosen, files }) {
      if (way.dataset.ways !== ways.join()) {
        way.dataset.ways = ways.join();
        const words_ = { step: "chartStep", line: "chartLine", epoch: "chartEpoch", relative: "chartRelative", wall: "chartWall" };
        way.replaceChildren(...ways.map((one) => element("option", { value: one }, words(words_[one]))));
      }
      way.value = chosen;
      way.disabled = ways.length < 2;
      merge.hidden = !merges || files < 2;
    },
  };
}
