// A chart with its name, its buttons and what its lines have at the pointer.

import { save } from "../view/export.js";
import { element, iconButton, write } from "../view/dom.js";
import { csv, png } from "./export.js";
import { IN_PLOT } from "./keys.js";
import { place, value } from "./numbers.js";
import { Plot } from "./plot.js";
import { DASHES, pointOf } from "./traces.js";

const SVG = "http://www.w3.org/2000/svg";
const LONGEST_NAME = 60; // characters of a file

export class Card {
  chart = { base: "", title: "", sourceName: "", traces: [] };
  isStale = false;
  isInSight = false;
  #isAnew = true;
  #room = 0;
  #rows = new Map(); // trace key -> {button, value, ...}

  constructor({ words, look, theme, links }, acts) {
    Object.assign(this, { words, look, theme, links, acts });
    this.title = element("h4", { dir: "auto" });
    this.value = element("b", { class: "mm-chart-value" });
    this.at = element("span", { class: "mm-chart-at" });
    const tool = (picture, key, act) => iconButton(picture, words(key), act, { "data-chart": key });
    this.all = tool("zoomOut", "chartAll", () => this.#zoom(null));
    this.lines = tool("filter", "chartLines", () => this.#filterLog());
    this.large = tool("fullScreen", "chartLarge", () => this.#enlarge());
    this.large.setAttribute("aria-pressed", "false");
    const picture = tool("picture", "chartPng", () => this.#savePicture());
    const table = tool("table", "chartCsv", () => this.#saveTable());
    this.all.hidden = this.lines.hidden = true;
    this.place = element("div", { class: "mm-plot", role: "group", tabindex: "0" });
    this.place.addEventListener("keydown", (event) => this.#onKey(event));
    this.place.addEventListener("blur", () => acts.point(null));
    this.keys = element("div", { class: "mm-chart-keys" });
    this.note = element("div", { class: "mm-chart-at", hidden: true });
    const buttons = [this.all, this.lines, picture, table, this.large];
    this.element = element(
      "article",
      { class: "mm-chart" },
      element(
        "div",
        { class: "mm-chart-head" },
        this.title,
        element("span", { class: "mm-chart-buttons" }, ...buttons),
      ),
      this.place,
      element("div", { class: "mm-chart-foot" }, this.at, this.value),
      this.keys,
      this.note,
    );
    this.plot = new Plot({
      parent: this.place,
      look,
      colours: () => theme.colours(),
      onPointer: (x) => acts.point(x),
      onPick: (trace, index) => this.#pick(trace, index),
      onZoom: (range) => this.#zoom(range),
    });
  }

  /** Show a chart as it is now; it is drawn when its turn comes. */
  take(chart) {
    const isGrown = chart.traces.some((one, at) => one.changes !== this.chart.traces[at]?.changes);
    const before = this.#facts;
    this.chart = chart;
    this.#facts = this.#factsNow;
    if (this.#facts !== before || this.#looked !== this.#lookNow) this.redraw();
    this.isStale ||= isGrown;
    write(this.title, chart.title);
    this.title.title = chart.sourceName;
  }

  /** All of it is drawn when its turn comes. */
  redraw() {
    this.isStale = this.#isAnew = true;
  }

  draw() {
    const { zoom } = this.plot;
    this.plot.draw(this.chart.traces, this.#room, { isAnew: this.#isAnew });
    this.isStale = this.#isAnew = false;
    if (zoom !== null && this.plot.zoom === null) this.#zoom(null); // along another x axis all is shown
    this.#looked = this.#lookNow;
    this.#showKeys();
    this.#showValues();
    const last = this.plot.drawn.map(({ trace, raw }) => `${this.#label(trace)} ${value(raw[raw.length - 1])}`);
    const words = this.words("chartOf", { name: this.chart.title, values: last.join(", ").trim() });
    attribute(this.place, "aria-label", words);
    const missing = this.chart.missing ?? [];
    this.note.hidden = missing.length === 0;
    write(this.note, missing.length > 0 ? this.words("chartMissing", { jobs: missing.join(", ") }) : "");
  }

  /** Pixels across; 0 as long as there are none, as in a page that changes its theme. */
  get room() {
    return this.#room;
  }

  set room(width) {
    this.isStale ||= width !== this.#room;
    this.#room = width;
  }

  /** Put the pointer at a place along x. */
  point(x) {
    this.plot.point(x);
    this.#showValues();
  }

  /** Where along x a point lies that is told between two bytes of a file; null for nowhere. */
  placeOf(file, from, to) {
    for (const { trace, xs } of this.plot.drawn) {
      const at = pointOf(trace.source, file, from, to);
      if (at >= 0) return xs[at];
    }
    return null;
  }

  close() {
    this.plot.close();
    this.element.remove();
  }

  #looked = "";
  #facts = ""; // what is drawn besides points

  get #factsNow() {
    const { title, traces, missing } = this.chart;
    const { of } = this.theme.colours();
    return JSON.stringify([title, missing, traces.map((one) => [one.key, this.#label(one), of(one)])]);
  }

  get #lookNow() {
    const { way, isLog, weight, isCore } = this.look();
    return JSON.stringify([way, isLog, weight, isCore]);
  }

  #label(trace) {
    return this.chart.label?.(trace) ?? "";
  }

  #showKeys() {
    const labelled = this.chart.traces.filter((trace) => this.#label(trace) !== "");
    const wanted = new Set(labelled.map(({ key }) => key));
    for (const [key, { button }] of this.#rows) {
      if (wanted.has(key)) continue;
      button.remove();
      this.#rows.delete(key);
    }
    for (const trace of labelled) {
      if (!this.#rows.has(trace.key)) this.#addKey(trace);
      const { button, name, line } = this.#rows.get(trace.key);
      const label = this.#label(trace);
      if (name.textContent !== label) {
        write(name, label);
        button.title = `${label}\n${this.words("chartKey")}`;
      }
      attribute(line, "stroke", this.theme.colours().of(trace));
      attribute(button, "aria-pressed", String(!this.look().isHidden(trace.key)));
    }
  }

  #addKey(trace) {
    const { key } = trace;
    const line = document.createElementNS(SVG, "path");
    line.setAttribute("d", "M0 4h18");
    line.setAttribute("stroke-width", "2.5");
    line.setAttribute("stroke-dasharray", (DASHES.get(trace.split) ?? []).map((n) => n / 1.5).join(" "));
    const sign = document.createElementNS(SVG, "svg");
    sign.setAttribute("viewBox", "0 0 18 8");
    sign.setAttribute("aria-hidden", "true");
    sign.append(line);
    const name = element("span", { class: "mm-key-name", dir: "auto" });
    const told = element("span", { class: "mm-chart-value" });
    const button = element(
      "button",
      {
        type: "button",
        class: "mm-key",
        onclick: (event) => (event.shiftKey ? this.acts.isolate(key) : this.acts.toggle(key)),
        ondblclick: () => this.acts.isolate(key),
      },
      sign,
      name,
      told,
    );
    this.#rows.set(key, { button, name, told, line });
    this.keys.append(button);
  }

  /** At the pointer, or the last ones. */
  #showValues() {
    const { way } = this.look();
    const pointed = this.plot.pointed;
    const shown =
      pointed.length > 0
        ? pointed
        : this.plot.drawn.map(({ trace, xs, ys, raw }) => {
            const at = xs.length - 1;
            return { trace, x: xs[at], raw: raw[at], shown: ys[at] };
          });
    const words = new Map(shown.map((one) => [one.trace.key, valueOf(one)]));
    for (const [key, { told }] of this.#rows) write(told, words.get(key) ?? "");
    const [first] = shown;
    write(this.value, this.#rows.size === 0 && first ? valueOf(first) : "");
    const places = shown.map((one) => one.x);
    const away = (one) => Math.abs(one - this.plot.pointer);
    const x = pointed.length > 0 ? places.sort((a, b) => away(a) - away(b))[0] : Math.max(...places);
    write(this.at, shown.length > 0 ? this.words(`chartAt_${way}`, { x: place(x, way) }) : "");
  }

  #onKey(event) {
    const { key, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey) return;
    if (Object.hasOwn(IN_PLOT, key)) IN_PLOT[key](this.plot);
    else if (key === "Escape") this.acts.point(null);
    else if (key === "Enter" && this.plot.pointed.length > 0) {
      const [{ trace, index }] = this.plot.pointed;
      this.#pick(trace, index);
    } else return;
    event.preventDefault();
    this.acts.later(() => this.#say());
  }

  #say() {
    const { way } = this.look();
    if (this.plot.pointer === null) return;
    const at = this.words(`chartAt_${way}`, { x: place(this.plot.pointer, way) });
    const values = this.plot.pointed.map((one) => `${this.#label(one.trace)} ${valueOf(one)}`.trim());
    this.acts.say(`${this.chart.title}, ${at}: ${values.join("; ")}`);
  }

  #pick(trace, index) {
    const byte = trace.source.column("b")?.[index];
    if (this.links === null || byte === undefined) return;
    const file = trace.source.files?.[index] ?? trace.file;
    this.links.pick({ file, byte, line: trace.source.column("l")?.[index] });
  }

  #zoom(range) {
    this.plot.zoom = range;
    this.all.hidden = range === null;
    this.lines.hidden = range === null || this.links?.filter === undefined;
    if (range === null) this.links?.filter(null);
    this.redraw();
    this.acts.wake();
  }

  #filterLog() {
    const [from, to] = this.plot.range;
    const ranges = new Map(); // file -> [first byte, last byte]
    for (const { trace, xs } of this.plot.drawn) {
      const bytes = trace.source.column("b");
      if (bytes === undefined) continue;
      for (let at = 0; at < xs.length; at += 1) {
        if (!(xs[at] >= from && xs[at] <= to)) continue;
        const file = trace.source.files?.[at] ?? trace.file;
        const [low, high] = ranges.get(file) ?? [Infinity, -Infinity];
        ranges.set(file, [Math.min(low, bytes[at]), Math.max(high, bytes[at])]);
      }
    }
    this.links.filter([...ranges].map(([file, [low, high]]) => ({ file, from: low, to: high })));
  }

  #enlarge() {
    this.plot.isLarge = !this.plot.isLarge;
    this.large.setAttribute("aria-pressed", String(this.plot.isLarge));
    this.element.classList.toggle("mm-chart-large", this.plot.isLarge);
    this.redraw();
    this.acts.wake();
  }

  async #savePicture() {
    const { canvas, drawn } = this.plot;
    if (canvas === null) return;
    const picture = await png(canvas, {
      title: this.chart.title,
      drawn,
      labels: (trace) => this.#label(trace),
      colours: this.theme.colours(),
      ratio: canvas.width / canvas.clientWidth || 1,
    });
    save([picture], `${this.#fileName}.png`, "image/png");
  }

  #saveTable() {
    const text = csv(this.plot.drawn, (trace) => this.#label(trace), this.plot.range);
    save([text], `${this.#fileName}.csv`, "text/csv;charset=utf-8");
  }

  get #fileName() {
    const name = this.chart.title.replace(/[^\p{L}\p{N}._-]+/gu, "_").replace(/^[._]+/, "");
    return name.slice(0, LONGEST_NAME) || "chart";
  }
}

/** Put an attribute where it is another one: to put it costs a look at the styles. */
function attribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

function valueOf({ raw, shown }) {
  return raw === shown || Number.isNaN(raw) ? value(raw) : `${value(shown)} (${value(raw)})`;
}
