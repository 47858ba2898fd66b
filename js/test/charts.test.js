import assert from "node:assert/strict";
import { test } from "node:test";

import { mapping, nearest, trace } from "../src/charts/drawing.js";
import { csv } from "../src/charts/export.js";
import { coreExtent, extent, extentOf, goneOn, holds, padded, widest } from "../src/charts/extent.js";
import { keptOf, restored } from "../src/charts/kept.js";
import { mark, place, value } from "../src/charts/numbers.js";
import { SeriesStore } from "../src/charts/series.js";
import { better, Standing } from "../src/charts/standing.js";
import { smoothed } from "../src/charts/smoothing.js";
import { along, chartsOf, pointOf, splitOf, waysAlong } from "../src/charts/traces.js";

const WHOLE = Array.of(0); // one segment

let versions = 0;

/** A message as the kernel sends it, and its buffer: parts are [id, keep, {letter: numbers}, segments]. */
function news({ since = 0, now = (versions += 1), added = [], gone = [], parts = [] }) {
  const numbers = parts.flatMap(([, , columns]) => Object.values(columns).flat());
  const padding = 4; // buffers begin anywhere
  const bytes = new Uint8Array(padding + numbers.length * 8);
  bytes.set(new Uint8Array(Float64Array.from(numbers).buffer), padding);
  const told = parts.map(([id, keep, columns, segments]) => [
    id,
    keep,
    Object.values(columns)[0].length,
    Object.keys(columns).join(""),
    segments,
  ]);
  return [{ since, now, added, gone, parts: told }, new DataView(bytes.buffer, padding)];
}

function stored(...series) {
  const store = new SeriesStore();
  const added = series.map(([name, file, , , job], id) => [id, name, file, "", job]);
  const parts = series.map(([, , columns, segments = WHOLE], id) => [id, 0, columns, segments]);
  store.take(...news({ added, parts }));
  return store.all;
}

test("only what is new is told, and what is told twice changes nothing", () => {
  const store = new SeriesStore();
  store.take(...news({ now: 1, added: [[7, "loss", "w", ""]], parts: [[7, 0, { v: [3, 2, 9], s: [1, 2, 3] }, WHOLE]] }));
  const second = news({ since: 1, now: 2, parts: [[7, 2, { v: [1, 0.5], s: [3, 1] }, [3]]] });
  assert.ok(store.take(...second));
  assert.ok(store.take(...second));
  const [series] = store.all;
  assert.deepEqual([...series.column("v")], [3, 2, 1, 0.5]);
  assert.deepEqual([...series.column("s")], [1, 2, 3, 1]);
  assert.deepEqual(series.segments, [0, 3]);
  assert.equal(store.take(...news({ since: 5, now: 6 })), false, "something was lost before");
  assert.equal(store.version, 2);
  store.take(...news({ since: 2, now: 3, gone: [7] }));
  assert.deepEqual(store.all, []);
});

test("columns may come and go, and a series grows without end", () => {
  const store = new SeriesStore();
  store.take(...news({ now: 1, added: [[1, "a", "", ""]], parts: [[1, 0, { v: [1], s: [1] }, WHOLE]] }));
  for (let n = 1; n < 500; n += 1) store.take(...news({ since: n, now: n + 1, parts: [[1, n, { v: [n], s: [n] }, []]] }));
  assert.equal(store.all[0].column("v").length, 500);
  assert.equal(store.all[0].column("v")[499], 499);
  store.take(...news({ since: 500, now: 501, parts: [[1, 0, { v: [5] }, WHOLE]] }));
  assert.equal(store.all[0].column("s"), undefined);
});

test("what is better of a metric is known by its name, or not at all", () => {
  const names = ["loss", "valid/top1_error", "mAP50", "eval_accuracy", "验证损失", "rewardLoss", "F1", "cross_entropy"];
  assert.deepEqual(names.map(better), [-1, -1, 1, 1, -1, -1, 1, -1]);
  assert.deepEqual(["lr", "grad_norm", "tokens/s", "", "constructor"].map(better), [0, 0, 0, 0, 0]);
});

test("the first metrics stand as their last and their best value tell", () => {
  const series = stored(
    ["lr", "a", { v: [0.1, 0.2] }],
    ["loss", "a", { v: [3, NaN, 1, 2], s: [10, 20, 30, 40], l: [1, 2, 3, 4] }],
    ["acc", "a", { v: [0.5, 0.9, 0.7], s: [100, 200, 300], e: [0, 1, 2] }],
    ["acc", "a", { v: [1] }, WHOLE, "other"],
  );
  const told = new Standing().of(chartsOf(series));
  assert.deepEqual(told.map(({ name, last, best, at, file }) => [name, last, best, at, file]), [
    ["loss", 2, 1, { s: 30 }, "a"],
    ["acc", 0.7, 0.9, { e: 1, s: 200 }, "a"],
    ["lr", 0.2, null, {}, "a"],
  ]);
});

test("of several tasks the mean stands, with the step and the epoch of the best one", () => {
  const steps = { s: [10, 20, 30], e: [1, 2, 3] };
  const series = stored(
    ["acc", "a", { v: [0.5, 0.9, 0.7], ...steps }],
    ["acc", "b", { v: [0.9, 0.9, 0.3], ...steps }],
    ["f1", "a", { v: [0.1, 0.3, 0.2], s: [1, 2, 3], e: [1, 2, 3] }],
    ["loss", "b", { v: [3, 1, 2], l: [4, 8, 12] }],
  );
  const standing = new Standing();
  const told = (charts) => standing.of(charts).map(({ best, at, file, files }) => [best, at, file, files]);
  assert.deepEqual(told(chartsOf(series, { merges: true })), [
    [0.9, { e: 2, s: 20 }, "", 2],
    [0.3, { e: 2 }, "a", 1],
    [1, { l: 8 }, "b", 1],
  ]);
  assert.deepEqual(told(chartsOf(series.slice(1, 2))), [[0.9, { e: 1, s: 10 }, "b", 1]], "of one of them");
  const [{ traces: [{ source }] }] = chartsOf(series, { merges: true });
  assert.deepEqual(along(source, "epoch"), [1, 2, 3]);
});

test("how one looks at charts is kept, and what is kept may be anything", () => {
  const kept = { way: "epoch", isLog: true, hidden: ["a"], zooms: [["__proto__", 1, 2]] };
  const { look, hidden, zooms } = restored(JSON.parse(JSON.stringify(keptOf(restored(kept)))));
  assert.deepEqual(look, { way: "epoch", isLog: true, weight: 0, isCore: false, isMerged: true });
  assert.deepEqual([[...hidden], [...zooms]], [["a"], [["__proto__", [1, 2]]]]);
  for (const odd of [undefined, null, 7, [], { way: 1, hidden: 3, zooms: [1, ["a", "b", null]], constructor: 1 }]) {
    assert.deepEqual(restored(odd), restored({}));
  }
});

test("names are text and never properties", () => {
  const names = ["__proto__", "constructor", "toString", "<img src=x onerror=alert(1)>"];
  const series = stored(...names.map((name) => [name, "w", { v: [1, 2], s: [1, 2] }]));
  assert.deepEqual(chartsOf(series).map(({ title }) => title), names);
  assert.equal({}.v, undefined);
});

test("smoothing is TensorBoard's: corrected for its beginning, blind to what is no number", () => {
  assert.deepEqual([...smoothed([1, 2, 3], 0.5)], [1, 5 / 3, 17 / 7]);
  assert.deepEqual([...smoothed([4, 4, 4], 0.9)], [4, 4, 4]);
  const odd = smoothed([1, NaN, 3], 0.5);
  assert.ok(Number.isNaN(odd[1]));
  assert.equal(odd[2], 7 / 3);
  assert.equal(smoothed([1, 2, 9, 8], 0.5, [0, 2])[2], 9, "a restart begins anew");
});

test("train and validation of a metric are one chart", () => {
  assert.deepEqual(splitOf("val_loss"), { base: "loss", split: "valid" });
  assert.deepEqual(splitOf("train/acc"), { base: "acc", split: "train" });
  assert.deepEqual(splitOf("valuation"), { base: "valuation", split: "" });
  const charts = chartsOf(stored(["loss", "w", { v: [1] }], ["val_loss", "w", { v: [2] }], ["lr", "w", { v: [1] }]));
  assert.deepEqual(charts.map(({ title, traces }) => [title, traces.length]), [["loss", 2], ["lr", 1]]);
});

test("a chart tells the unit that its lines have in common", () => {
  const store = new SeriesStore();
  const added = [[0, "speed", "a", "it/s"], [1, "speed", "b", "it/s"], [2, "acc", "a", "%"], [3, "val_acc", "a", ""]];
  store.take(...news({ added, parts: added.map(([id]) => [id, 0, { v: [1] }, WHOLE]) }));
  assert.deepEqual(chartsOf(store.all).map(({ title }) => title), ["speed (it/s)", "acc"]);
});

test("runs of jobs that are named after a split are told apart by it", () => {
  const series = stored(
    ["loss", "train", { v: [1] }, WHOLE, "a"],
    ["loss", "logs/Validation", { v: [2] }, WHOLE, "a"],
    ["loss", "trainee", { v: [2] }, WHOLE, "b"],
  );
  const [{ traces }] = chartsOf(series);
  assert.deepEqual(traces.map(({ job, split }) => [job, split]), [["a", "train"], ["a", "valid"], ["b", ""]]);
});

test("ranks are one line with a band, and each point knows its line of a log", () => {
  const series = stored(
    ["loss", "rank0", { v: [1, 2], s: [10, 20], b: [5, 6], l: [0, 1] }],
    ["loss", "rank1", { v: [3, 6], s: [10, 20], b: [7, 8], l: [0, 1] }],
  );
  const [{ traces }] = chartsOf(series, { merges: true });
  const [{ source }] = traces;
  assert.equal(traces.length, 1);
  assert.deepEqual([source.column("v"), source.column("m"), source.column("M")], [[2, 4], [1, 2], [3, 6]]);
  assert.deepEqual([source.files, source.column("b")], [["rank0", "rank0"], [5, 6]]);
  const cases = [["rank0", 5, 6, 0], ["rank1", 8, 9, 1], ["rank1", 9, 20, -1], ["rank2", 0, 20, -1]];
  for (const [file, from, to, point] of cases) assert.equal(pointOf(source, file, from, to), point, `${file} ${from}`);
  const apart = chartsOf(series)[0].traces;
  assert.deepEqual(apart.map(({ source }) => pointOf(source, "rank1", 0, 20)), [-1, 1]);
});

test("ranks of another job lead to no line of the log", () => {
  const told = (file) => ["loss", file, { v: [1, 2], s: [10, 20], l: [0, 1] }, WHOLE, "other"];
  const [{ traces }] = chartsOf(stored(told("rank0"), told("rank1")), { merges: true });
  assert.equal(traces[0].source.column("b"), undefined);
  assert.deepEqual(traces[0].source.column("v"), [1, 2]);
});

test("a restart of all ranks is a new segment of their line", () => {
  const columns = { v: [1, 2, 3], s: [1, 2, 1], b: [1, 2, 3], l: [1, 2, 3] };
  const series = stored(["loss", "a", columns, [0, 2]], ["loss", "b", columns, [0, 2]]);
  const [{ traces }] = chartsOf(series, { merges: true });
  assert.deepEqual(traces[0].source.segments, [0, 2]);
  assert.deepEqual(traces[0].source.column("s"), [1, 2, 1]);
  assert.deepEqual([1, 2, 3].map((byte) => pointOf(traces[0].source, "b", byte, byte + 1)), [0, 1, 2]);
});

test("the x axis is what is told", () => {
  const [told] = stored(["loss", "w", { v: [1, 2], s: [5, 6], w: [100, 160] }]);
  assert.deepEqual(waysAlong([told]), ["step", "relative", "wall"]);
  assert.deepEqual([...along(told, "relative")], [0, 60]);
  const [bare] = stored(["loss", "w", { v: [1, 2], l: [3, 9] }]);
  assert.deepEqual(waysAlong([bare]), ["line"]);
  const [timed] = stored(["CPU (%)", "w", { v: [1, 2], w: [100, 160] }]);
  assert.deepEqual(waysAlong([timed]), ["wall", "relative"], "what has no step is told by the clock");
});

test("a scale has all, or leaves outliers out; a logarithmic one is above zero", () => {
  const each = (values) => (tell) => values.forEach(tell);
  assert.deepEqual(extent(each([3, NaN, -1, Infinity])), [-1, 3]);
  assert.equal(extent(each([NaN])), null);
  assert.deepEqual(extentOf([[3, NaN, -1], [Infinity, 7]]), [-1, 7]);
  assert.deepEqual(extentOf([[3, 0, -1, 0.5]], 0), [0.5, 3], "what is above zero");
  assert.equal(extentOf([[NaN, -1]], 0), null);
  assert.deepEqual(widest([[1, 2], null, [-1, 0]]), [-1, 2]);
  const values = [...Array(100).keys(), 1e9];
  assert.deepEqual(coreExtent(each(values), values.length), [5, 95]);
  for (const found of [null, [5, 5], [0, 1], [1e-300, 1e300]]) {
    for (const isLog of [false, true]) {
      const usable = isLog && found?.[0] === 0 ? [1e-9, 1] : found;
      const [low, high] = padded(usable, isLog);
      assert.ok(low < high && Number.isFinite(high - low) && (!isLog || low > 0), `${found} ${isLog}`);
    }
  }
});

test("a range that has grown has room for what comes next, so that most updates draw a few points only", () => {
  let range = [0, 999];
  let moved = 0;
  for (let last = 1000; last < 2000; last += 1) {
    const now = goneOn(range, [0, last]);
    if (now !== range) moved += 1;
    range = now;
    assert.ok(range[0] === 0 && range[1] >= last && range[1] <= last * 1.11, `${last} ${range}`);
  }
  assert.ok(moved < 20, `${moved}`);
  assert.deepEqual(goneOn([0, 1000], [5, 1000]), [5, 1000], "another beginning");
  assert.deepEqual(goneOn([0, 1000], [0, 500]), [0, 500], "much less");
  assert.ok(holds([0, 1], [0.1, 0.95]));
  assert.ok(!holds([0, 1], [0.1, 1.01]));
  assert.ok(!holds([0, 1], [0.4, 0.6]), "much less");
});

test("a series tells whether points became others", () => {
  const [series] = stored(["loss", "a", { v: [1, 2] }]);
  series.put(2, 1, new Map([["v", Float64Array.of(3)]]), []);
  assert.equal(series.rewrites, 0);
  series.put(2, 2, new Map([["v", Float64Array.of(4, 5)]]), []);
  assert.equal(series.rewrites, 1);
});

test("a gap at what is no number, a dot for what stands alone, few strokes for many points", () => {
  const drawn = [];
  const path = { moveTo: (...at) => drawn.push(["M", ...at]), lineTo: (...at) => drawn.push(["L", ...at]) };
  const frame = { left: 0, top: 0, width: 100, height: 10, x: [0, 100], y: [0, 10], isLog: false };
  const line = { xs: [0, 10, 20, 30, 40], ys: [0, 10, NaN, 5, NaN], segments: WHOLE };
  const { alone, odd } = trace(path, line, frame, mapping(frame));
  assert.deepEqual(drawn, [["M", 0, 10], ["L", 10, 0], ["M", 30, 5]]);
  assert.deepEqual([alone, odd], [[[30, 5]], [20, 40]]);
  drawn.length = 0;
  const xs = Array.from({ length: 1e5 }, (_, n) => n / 1000);
  const ys = xs.map((_, n) => (n === 54_321 ? 9 : n % 2));
  trace(path, { xs, ys, segments: WHOLE }, frame, mapping(frame));
  assert.ok(drawn.length <= 202, "two a column at most");
  assert.ok(drawn.some(([, , y]) => y === 1), "the spike is among them");
});

test("what is beyond the frame leads to its edge and no further", () => {
  const drawn = [];
  const path = { moveTo: (...at) => drawn.push(at), lineTo: (...at) => drawn.push(at) };
  const frame = { left: 0, top: 0, width: 10, height: 10, x: [40, 50], y: [0, 1], isLog: false };
  const xs = Array.from({ length: 1000 }, (_, n) => n);
  trace(path, { xs, ys: xs.map(() => 1), segments: WHOLE }, frame, mapping(frame));
  assert.ok(drawn.length < 15);
  assert.ok(drawn[0][0] < 0 && drawn.at(-1)[0] > 10);
});

test("the point that is nearest", () => {
  assert.equal(nearest([0, 10, 20], 14), 1);
  assert.equal(nearest([], 1), -1);
});

test("numbers as people read them", () => {
  assert.deepEqual([0.034251, 1e-4, 2.5e-7, 98_765.4, -3e20, 0, NaN, Infinity].map(value), [
    "0.03425", "0.0001", "2.5e-7", "98,765", "-3e20", "0", "NaN", "∞",
  ]); // prettier-ignore
  assert.equal(mark(20_000, "step", 5000), "20k");
  assert.deepEqual([place(12_345, "step"), place(0, "line"), place(90, "relative")], ["12,345", "1", "1:30"]);
});

test("a table has what is seen, and no name that is a formula", () => {
  const [series] = stored(["=cmd()", "w", { v: [1, NaN, 3], s: [1, 2, 3] }]);
  const drawn = [{ trace: { name: series.name, source: series }, xs: [1, 2, 3] }];
  const told = csv(drawn, () => 'a "b", c', [2, 3]);
  assert.equal(
    told,
    'series,step,epoch,wall_time,value\r\n"\'=cmd() · a ""b"", c",2,,,NaN\r\n"\'=cmd() · a ""b"", c",3,,,3\r\n',
  );
});
