// One chart: uPlot draws the axes and tells of the pointer, drawing.js draws the lines.

import uPlot from "uplot";

import { band, cross, dot, mapping, nearest, trace } from "./drawing.js";
import { coreExtent, extent, extentOf, goneOn, holds, padded, widest } from "./extent.js";
import { mark, value } from "./numbers.js";
import { smoothed } from "./smoothing.js";
import { DASHES, along } from "./traces.js";

const HEIGHT = 120; // pixels
const LARGE = 320;
const CHARACTER = 6.6; // pixels of a label
const LINE = 1.5; // pixels
const DENSE = 0.5; // points of a line for each pixel across, beyond which it is thin
const FAINT = 0.3;
const BAND = 0.18;
const FOOT = 4; // pixels between a cross and the axis
const LEAST_DRAG = 4; // pixels; less is a click
const NOTHING = [[0, 1], [0, 1]]; // uPlot draws no line of its own
const DECADES = 2; // beyond which a logarithmic axis marks powers only
const MOST_POWERS = 5;

/**
 * A chart in `parent`.
 *
 * `look()` tells how to draw: `{way, isLog, weight, isCore, isHidden(key)}`; `colours()` the theme:
 * `{ink, line, font, of(trace)}`. `onPointer(at)` hears where the pointer is, `onPick(trace, index)`
 * which point was clicked, `onZoom()` that another part is shown.
 */
export class Plot {
  zoom = null; // [from, to] along x
  pointer = null; // a place along x
  isLarge = false;
  #plot = null;
  #ranges = { x: [0, 1], y: [0, 1] };
  #drawn = []; // {trace, xs, ys, raw, lows, highs, segments}, and what is looked for once
  #isLog = false;
  #way = "";
  #marks = new Map(); // trace key -> element
  #isDragged = false;
  #cache = new Map(); // trace key -> what was made of its points

  constructor({ parent, look, colours, onPointer, onPick, onZoom }) {
    Object.assign(this, { parent, look, colours, onPointer, onPick, onZoom });
  }

  /**
   * Draw `traces` as the look says, `width` pixels across. What has only grown a little goes on where it
   * was drawn, unless all is to be drawn anew.
   */
  draw(traces, width, { isAnew = true } = {}) {
    const { way, isLog } = this.look();
    if (this.#way !== "" && way !== this.#way) this.zoom = null;
    if (this.#plot !== null && (isLog !== this.#isLog || way !== this.#way)) this.#destroy();
    [this.#isLog, this.#way] = [isLog, way];
    const [before, old] = [this.#drawn, this.#ranges];
    this.#prepare(traces);
    const x = this.#rangeOfX();
    this.#ranges = { x: isAnew || this.zoom !== null ? x : goneOn(old.x, x), y: this.#rangeOfY(x) };
    if (!isAnew && this.zoom === null && holds(old.y, this.#ranges.y)) this.#ranges.y = old.y;
    const size = { width, height: this.isLarge ? LARGE : HEIGHT };
    if (this.#plot === null) {
      this.#plot = new uPlot({ ...size, ...this.#options() }, NOTHING, this.parent);
      return;
    }
    const isSameSize = this.#plot.width === size.width && this.#plot.height === size.height;
    const isSamePlace = this.#ranges.y === old.y && this.#ranges.x === old.x;
    if (!isAnew && isSameSize && isSamePlace && this.#hasOnlyGrown(before)) this.#goOn(before);
    else {
      if (!isSameSize) this.#plot.setSize(size);
      this.#plot.setData(NOTHING); // which asks for the ranges anew
    }
    if (this.pointer !== null) this.#placeMarks();
  }

  close() {
    this.#destroy();
  }

  get drawn() {
    return this.#drawn;
  }

  get range() {
    return this.#ranges.x;
  }

  get canvas() {
    return this.#plot?.ctx.canvas ?? null;
  }

  /** What each line has at the pointer: `{trace, index, x, raw, shown}`. */
  get pointed() {
    if (this.pointer === null) return [];
    const all = this.#all();
    if (all === null || this.pointer < all[0] || this.pointer > all[1]) return []; // of another chart
    return this.#drawn.flatMap(({ trace: of, xs, ys, raw }) => {
      const index = nearest(xs, this.pointer);
      return index < 0 ? [] : [{ trace: of, index, x: xs[index], raw: raw[index], shown: ys[index] }];
    });
  }

  /** Put the pointer at a place along x; null takes it away. */
  point(x) {
    this.pointer = x;
    this.#placeMarks();
    const plot = this.#plot;
    if (plot === null) return;
    const left = x === null ? -10 : plot.valToPos(x, "x");
    plot.setCursor({ left, top: x === null ? -10 : 0 }, false);
  }

  /** Move the pointer by some points of the line that has most of them. */
  step(by) {
    const longest = this.#longest();
    if (longest === null) return;
    const { xs } = longest;
    const [from, to] = this.#ranges.x;
    const sorted = [...new Set(xs)].filter((x) => x >= from && x <= to).sort((a, b) => a - b);
    if (sorted.length === 0) return;
    const here = this.pointer === null ? (by < 0 ? sorted.length : -1) : nearest(sorted, this.pointer);
    this.onPointer(sorted[Math.max(0, Math.min(sorted.length - 1, here + by))]);
  }

  /** Show a part around the pointer, `factor` times as long as what is shown now; 0 for all. */
  zoomBy(factor) {
    const [from, to] = this.#ranges.x;
    const middle = this.pointer ?? (from + to) / 2;
    const half = ((to - from) * factor) / 2;
    const all = this.#all();
    const isAll = factor === 0 || (all !== null && half * 2 >= all[1] - all[0]);
    this.onZoom(isAll ? null : [middle - half, middle + half]);
  }

  #longest() {
    return this.#drawn.reduce((one, other) => (other.xs.length > (one?.xs.length ?? 0) ? other : one), null);
  }

  #prepare(traces) {
    const { way, weight, isHidden } = this.look();
    const cache = new Map();
    this.#drawn = [];
    for (const one of traces) {
      const key = `${one.changes} ${way} ${weight}`;
      let made = this.#cache.get(one.key);
      if (made?.key !== key) made = { key, ...prepared(one, way, weight) };
      made.trace = one;
      cache.set(one.key, made);
      if (!isHidden(one.key) && made.xs !== undefined) this.#drawn.push(made);
    }
    this.#cache = cache;
  }

  #all() {
    return widest(this.#drawn.map((one) => (one.across ??= extentOf([one.xs]))));
  }

  #rangeOfX() {
    if (this.zoom !== null) return this.zoom;
    const [low, high] = this.#all() ?? [0, 1];
    return low < high ? [low, high] : [low - 0.5, high + 0.5];
  }

  #rangeOfY([from, to]) {
    const { isCore, isLog } = this.look();
    const isAll = this.zoom === null;
    if (isAll && !isCore) return padded(widest(this.#drawn.map((one) => heightOf(one, isLog))), isLog);
    const each = (tell) => {
      for (const { xs, ys, lows, highs } of this.#drawn) {
        for (const column of isCore || !lows ? [ys] : [ys, lows, highs]) {
          for (let at = 0; at < column.length; at += 1) {
            const one = column[at];
            if ((isAll || (xs[at] >= from && xs[at] <= to)) && (!isLog || one > 0)) tell(one);
          }
        }
      }
    };
    const count = this.#drawn.reduce((sum, { ys }) => sum + ys.length, 0);
    return padded(isCore ? coreExtent(each, count) : extent(each), isLog);
  }

  #options() {
    const { font } = this.colours();
    const grid = { stroke: () => this.colours().line, width: 1 };
    const axis = { stroke: () => this.colours().ink, font, grid, ticks: { show: false }, gap: 4 };
    const isTime = this.#way === "wall";
    return {
      padding: [8, 10, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false, dist: LEAST_DRAG },
        bind: { dblclick: () => () => (this.onZoom(null), null) },
      },
      scales: {
        x: { time: isTime, range: () => this.#ranges.x },
        y: { range: () => this.#ranges.y, ...(this.#isLog ? { distr: 3, log: 10 } : {}) },
      },
      axes: [
        {
          ...axis,
          size: 24,
          space: 60,
          grid: { show: false },
          values: (_plot, splits, _axis, _space, step) => splits.map((x) => mark(x, this.#way, step)),
        },
        {
          ...axis,
          space: 26,
          size: (_plot, labels) => 12 + CHARACTER * Math.max(3, ...(labels ?? []).map((label) => label.length)),
          values: (_plot, splits) => splits.map((y) => (y === null ? "" : value(y))),
          ...(this.#isLog ? { splits: () => decades(...this.#ranges.y) } : {}),
        },
      ],
      series: [{}, { paths: () => null, points: { show: false } }],
      hooks: {
        draw: [() => this.#paint(this.#drawn)],
        setCursor: [(plot) => this.#moved(plot)],
        setSelect: [(plot) => this.#selected(plot)],
        ready: [(plot) => this.#listen(plot)],
      },
    };
  }

  #listen(plot) {
    plot.over.addEventListener("mousedown", () => (this.#isDragged = false));
    plot.over.addEventListener("click", (event) => {
      if (this.#isDragged) return;
      const [left, top] = [event.offsetX, event.offsetY];
      this.pointer = this.#nearestTo(plot.posToVal(left, "x"));
      const away = ({ x, shown }) =>
        Math.hypot(plot.valToPos(x, "x") - left, (plot.valToPos(shown, "y") - top) || 0);
      const [found] = this.pointed.sort((one, other) => away(one) - away(other));
      if (found !== undefined) this.onPick(found.trace, found.index);
    });
    plot.over.addEventListener("mouseleave", () => this.onPointer(null));
  }

  #moved(plot) {
    const { left } = plot.cursor;
    if (left < 0) return;
    const x = this.#nearestTo(plot.posToVal(left, "x"));
    if (x !== null && x !== this.pointer) this.onPointer(x);
  }

  /** The place of the point that is nearest along x; null where there is none. */
  #nearestTo(x) {
    const points = this.#drawn.flatMap(({ xs }) => {
      const index = nearest(xs, x);
      return index < 0 ? [] : [xs[index]];
    });
    return points.sort((one, other) => Math.abs(one - x) - Math.abs(other - x))[0] ?? null;
  }

  #selected(plot) {
    const { left, width } = plot.select;
    if (width < LEAST_DRAG) return;
    this.#isDragged = true;
    const found = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    this.onZoom(found);
  }

  #placeMarks() {
    const plot = this.#plot;
    if (plot === null) return;
    const kept = new Set();
    for (const { trace: of, x, shown } of this.pointed) {
      const [left, top] = [plot.valToPos(x, "x"), plot.valToPos(shown, "y")];
      if (!(left >= 0 && left <= plot.over.clientWidth) || !Number.isFinite(top)) continue;
      kept.add(of.key);
      let made = this.#marks.get(of.key);
      if (made === undefined) {
        made = document.createElement("span");
        made.className = "mm-point";
        this.#marks.set(of.key, made);
        plot.over.append(made);
      }
      made.style.transform = `translate(${left}px, ${top}px)`;
      made.style.background = this.colours().of(of);
    }
    for (const [key, made] of this.#marks) {
      if (kept.has(key)) continue;
      made.remove();
      this.#marks.delete(key);
    }
  }

  /** Whether the lines are those that were drawn, with some more points at their ends. */
  #hasOnlyGrown(before) {
    const isSame = (line, old) =>
      line === old ||
      (line.trace.key === old?.trace.key &&
        line.trace.source === old.trace.source &&
        line.rewrites === old.rewrites &&
        this.#isDense(old) &&
        line.raw === line.ys &&
        old.raw === old.ys &&
        !DASHES.has(line.trace.split));
    return before.length === this.#drawn.length && this.#drawn.every((line, at) => isSame(line, before[at]));
  }

  /** Draw what came behind the points of the lines as they were. */
  #goOn(before) {
    const more = this.#drawn.map((line, at) => (line === before[at] ? null : since(line, before[at].xs.length - 1)));
    this.#paint(more.filter(Boolean));
  }

  /** A line whose points fill it: it is thin, and the last of them is not marked. */
  #isDense({ all, xs }) {
    return (all ?? xs.length) > DENSE * this.#plot.bbox.width;
  }

  #paint(lines) {
    const { ctx, bbox } = this.#plot;
    const frame = { ...bbox, ...this.#ranges, isLog: this.#isLog };
    const map = mapping(frame);
    const scale = uPlot.pxRatio;
    const { of } = this.colours();
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top - 2, bbox.width, bbox.height + 4);
    ctx.clip();
    ctx.lineJoin = "bevel"; // round ones take twice the time
    for (const one of [...lines].reverse()) {
      ctx.strokeStyle = ctx.fillStyle = of(one.trace);
      ctx.setLineDash([]);
      // A line of one pixel takes a tenth of the time of a thicker one, which many points fill anyway.
      ctx.lineWidth = this.#isDense(one) ? Math.max(1, Math.floor(scale)) : LINE * scale;
      if (one.lows !== undefined) {
        ctx.globalAlpha = BAND;
        band(ctx, one, map);
      }
      if (one.raw !== one.ys) {
        ctx.globalAlpha = FAINT;
        const path = new Path2D();
        trace(path, { ...one, ys: one.raw }, frame, map);
        ctx.stroke(path);
      }
      ctx.globalAlpha = 1;
      this.#paintLine(ctx, one, frame, map, scale);
    }
    ctx.restore();
  }

  #paintLine(ctx, one, frame, map, scale) {
    const path = new Path2D();
    const { alone, odd } = trace(path, one, frame, map);
    const dashes = DASHES.get(one.trace.split) ?? [];
    ctx.setLineDash(dashes.map((length) => length * scale));
    ctx.stroke(path);
    ctx.setLineDash([]);
    const foot = frame.top + frame.height - FOOT * scale;
    for (const x of odd) cross(ctx, x, foot, scale);
    for (const [x, y] of alone) dot(ctx, x, y, 2 * scale);
    if (this.#isDense(one)) return;
    const last = one.xs.length - 1;
    const [x, y] = [map.across(one.xs[last]), map.up(one.ys[last])];
    if (Number.isFinite(y) && x <= frame.left + frame.width) dot(ctx, x, y, 2.5 * scale);
  }

  #destroy() {
    this.#plot?.destroy();
    this.#plot = null;
    this.#marks.clear();
  }
}

/** Round numbers of a logarithmic axis: powers of ten, and 2 and 5 of them where there is room. */
function decades(low, high) {
  const [first, last] = [low, high].map((one) => Math.floor(Math.log10(one)));
  const digits = last - first > DECADES ? [1] : [1, 2, 5];
  const every = Math.max(1, Math.ceil((last - first) / MOST_POWERS));
  const found = [];
  for (let power = first; power <= last; power += every) {
    found.push(...digits.map((digit) => Number(`${digit}e${power}`)).filter((one) => one >= low && one <= high));
  }
  return found;
}

/** From the least to the greatest that a line shows along y; looked for once. */
function heightOf(line, isLog) {
  const { ys, lows, highs } = line;
  const look = () => extentOf(lows === undefined ? [ys] : [ys, lows, highs], isLog ? 0 : -Infinity);
  return (line[isLog ? "positive" : "height"] ??= look());
}

/** The part of a line from a point on. */
function since(line, first) {
  const cut = (column) => column?.subarray(first);
  const [xs, ys] = [cut(line.xs), cut(line.ys)];
  const segments = [0, ...line.segments.filter((at) => at > first).map((at) => at - first)];
  return { trace: line.trace, all: line.xs.length, xs, ys, raw: ys, segments };
}

function prepared({ source }, way, weight) {
  const raw = source.column("v");
  const segments = source.segments.length > 0 ? source.segments : Array.of(0);
  const ys = weight > 0 ? smoothed(raw, weight, segments) : raw;
  const bands = source.has("m") && source.has("M");
  const [lows, highs] = bands ? [source.column("m"), source.column("M")] : [];
  const rewrites = source.rewrites ?? NaN; // which is never the same: one that is made of several
  return { xs: along(source, way), ys, raw, lows, highs, segments, rewrites };
}
