import assert from "node:assert/strict";
import { test } from "node:test";

import { Text } from "@codemirror/state";
import { Folds } from "../src/rows/folds.js";

const told = ({ shown, hidden }) => [shown.map(({ kind, line, count }) => [kind, line, count]), hidden];
const folds = (lines, ownerOf = () => 0) => new Folds(Text.of(lines), ownerOf).step(Infinity).map(told);
const one = (kind, line, count, ...hidden) => [[[[kind, line, count]], hidden]];

const traceback = ["Traceback (most recent call last):", '  File "a.py"', "    f()", "ValueError: no", "on it goes"];
const bar = (percent, name = "train") => `${name}: ${percent}%|██▎  | ${percent}/100`;
const slow = (n) => `WARNING: slow step ${n}`;
const platform = (n) => `[ModelArts Service Log] ${n}`;
const times = (n, of) => Array.from({ length: n }, (_, at) => of(at + 1)).flat();

const CASES = {
  "a traceback, with the line that says what it was": [["before", ...traceback], one("traceback", 1, 4, [2, 3])],
  "a traceback that has no end yet": [traceback.slice(0, 3), []],
  "a warning that comes again with other numbers": [times(4, slow), one("repeated", 0, 4, [1, 3])],
  "lines of a training are what one reads": [times(4, (n) => `step ${n} loss 0.${n}`), []],
  "the same line again and again": [["a", "b", "b", "b", "c"], one("repeated", 1, 3, [2, 3])],
  "two alike are read as fast as a fold": [["a", "b", "b", "c"], []],
  "empty lines": [["", "", "", ""], []],
  "the history of a bar": [[bar(3), bar(50), bar(99), bar(9, "val")], one("bar", 2, 3, [0, 1])],
  "bars that were at their end are what one reads": [times(4, () => [bar(100), bar(100, "val")]), []],
  "a bar that begins again is another one": [
    [bar(3), bar(50), bar(100), bar(3), bar(50), bar(98)],
    [[[["bar", 2, 3], ["bar", 5, 3]], [[0, 1], [3, 4]]]],
  ],
  "what the platform tells": [[...times(3, platform), "x"], one("platform", 0, 3, [1, 2])],

  "a warning in turns with a bar": [
    ["begin", ...times(4, (n) => [bar(20 * n), slow(n)]), "end"],
    [[[["repeated", 2, 4], ["bar", 7, 4]], [[1, 1], [3, 6], [8, 8]]]],
  ],
  "a warning in turns with the lines of code that it tells": [
    times(3, (n) => [`a.py:${n}: UserWarning: old`, "  warnings.warn(old)"]),
    [[[["repeated", 0, 3], ["repeated", 1, 3]], [[2, 5]]]],
  ],
  "a warning far from the one before, behind a long history of a bar": [
    times(3, () => [...times(50, (n) => bar(2 * n)), slow(1)]).slice(50),
    [[[["repeated", 0, 3], ["bar", 50, 50], ["bar", 101, 50]], [[1, 49], [51, 100], [102, 102]]]],
  ],
  "a warning in turns with what the platform tells, and empty lines": [
    times(3, (n) => [slow(n), "", platform(n), ""]),
    [[[["repeated", 0, 3], ["platform", 2, 3]], [[4, 11]]]],
  ],
  "a bar among which something comes twice": [
    [bar(1), "saved", bar(2), "saved", bar(3)],
    one("bar", 4, 3, [0, 0], [2, 2]),
  ],
  "a line that comes once parts what comes again": [
    [...times(3, slow), "epoch 1", ...times(3, slow)],
    [...one("repeated", 0, 3, [1, 2]), ...one("repeated", 4, 3, [5, 6])],
  ],
  "a traceback parts what comes again": [
    [slow(1), slow(2), ...traceback.slice(0, 4), slow(3), slow(4)],
    one("traceback", 2, 4, [3, 4]),
  ],
  "lines of two logs are counted each by itself": [
    times(3, (n) => [slow(n), slow(n)]),
    [...one("repeated", 0, 3, [2, 2], [4, 4]), ...one("repeated", 1, 3, [3, 3], [5, 5])],
    (line) => line % 2,
  ],
  "a line that comes once parts those of its own log only": [
    [...times(3, (n) => [slow(n), `epoch ${n}`]), slow(4), "end"],
    one("repeated", 0, 4, [2, 2], [4, 4], [6, 6]),
    (line) => line % 2,
  ],
  "a traceback among the lines of another log": [traceback.slice(0, 4), [], (line) => line % 2],
};

for (const [name, [lines, found, ownerOf]] of Object.entries(CASES)) {
  test(`${found.length === 0 ? "no fold" : "a fold"}: ${name}`, () => assert.deepEqual(folds(lines, ownerOf), found));
}

test("no line that comes once is hidden, and of what comes again one is shown", () => {
  const kinds = [slow, platform, bar, () => "again", () => "", (n) => `once ${n}`];
  for (let seed = 1; seed <= 100; seed += 1) {
    let state = seed;
    const next = (below) => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % 65537 % below;
    const lines = times(120, (n) => kinds[next(kinds.length)](n % 100));
    const hidden = new Set();
    const ownerOf = (line) => (seed % 3) && line % (seed % 3);
    for (const fold of new Folds(Text.of(lines), ownerOf).step(Infinity)) {
      for (const [from, to] of fold.hidden) for (let line = from; line <= to; line += 1) hidden.add(line);
      for (const { line } of fold.shown) assert.ok(!hidden.has(line), `seed ${seed}`);
      assert.ok(fold.shown.every(({ line }) => fold.first <= line && line <= fold.last));
    }
    const shown = lines.filter((_, line) => !hidden.has(line));
    for (const line of lines.filter((text) => text.startsWith("once"))) assert.ok(shown.includes(line));
    for (const kind of ["again", "WARNING", "[ModelArts"]) {
      assert.equal(shown.some((text) => text.startsWith(kind)), lines.some((text) => text.startsWith(kind)));
    }
  }
});

test("what goes on is told again from where it began, and nothing else", () => {
  const lines = ["x", "x", "x", ...times(40, (n) => `other ${n}`), slow(1), bar(1), slow(2), bar(2), slow(3)];
  const made = new Folds(Text.of(lines), () => 0);
  assert.equal(made.step(Infinity).length, 2);
  made.changed(Text.of([...lines, bar(3)]), lines.length);
  assert.ok(made.seen > 2 && made.seen <= 43, String(made.seen));
  const [fold] = made.step(Infinity);
  assert.deepEqual(told(fold), [[["repeated", 43, 3], ["bar", 48, 3]], [[44, 47]]]);
});

test("folds are the same, however the lines came", () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    let state = seed;
    const next = (below) => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % 65537 % below;
    const kinds = [slow, platform, bar, () => "again", () => "", (n) => `once ${n}`, () => traceback];
    const lines = times(200 + next(400), (n) => kinds[next(3 + next(5))](n % 100));
    const owners = lines.map(() => next(1 + (seed % 3)));
    const ownerOf = (line) => owners[line];
    const wanted = new Folds(Text.of(lines), ownerOf).step(Infinity).map(told);
    const made = new Folds(Text.of(lines.slice(0, 1)), ownerOf);
    let drawn = made.step(Infinity);
    for (let count = 1; count < lines.length; ) {
      const line = Math.max(0, count - 1 - next(4));
      count = Math.min(lines.length, count + 1 + next(9));
      made.changed(Text.of(lines.slice(0, count)), line);
      drawn = drawn.filter(({ last }) => last < made.seen);
      assert.ok(drawn.every(({ first }) => first < made.seen));
      drawn.push(...made.step(Infinity));
    }
    const sorted = (folds) => folds.map((fold) => JSON.stringify(fold)).sort();
    assert.deepEqual(sorted(drawn.map(told)), sorted(wanted), `seed ${seed}`);
  }
});

test("a fold is never longer than is looked at again", () => {
  const found = new Folds(Text.of(times(5000, (n) => [slow(n), bar(1)])), () => 0).step(Infinity);
  assert.ok(found.length >= 5 && found.every(({ first, last }) => last - first < 2000));
});
