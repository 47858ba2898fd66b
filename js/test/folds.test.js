import assert from "node:assert/strict";
import { test } from "node:test";

import { Text } from "@codemirror/state";
import { Folds } from "../src/rows/folds.js";

const folds = (lines, ownerOf = () => 0) =>
  new Folds(Text.of(lines), ownerOf).step(Infinity).map(({ kind, first, last }) => [kind, first, last]);

const traceback = ["Traceback (most recent call last):", '  File "a.py"', "    f()", "ValueError: no", "on it goes"];
const CASES = {
  "a traceback, with the line that says what it was": [["before", ...traceback], [["traceback", 1, 4]]],
  "a traceback that has no end yet": [traceback.slice(0, 3), []],
  "a warning that comes again with other numbers": [
    [1, 2, 3, 4].map((n) => `WARNING: slow step ${n}`),
    [["repeated", 0, 3]],
  ],
  "lines of a training are what one reads": [[1, 2, 3, 4].map((n) => `step ${n} loss 0.${n}`), []],
  "the same line again and again": [["a", "b", "b", "b", "c"], [["repeated", 1, 3]]],
  "two alike are read as fast as a fold": [["a", "b", "b", "c"], []],
  "empty lines": [["", "", "", ""], []],
  "the history of a bar": [
    ["train:  3%|▎  | 3/100", "train: 50%|██ | 50/100", "train: 99%|███| 99/100", "val:  9%|▎ | 9/100"],
    [["bar", 0, 2]],
  ],
  "what the platform tells": [
    ["[ModelArts Service Log] one", "[ModelArts Service Log] two", "[ModelArts Service Log] three", "x"],
    [["platform", 0, 2]],
  ],
};

for (const [name, [lines, found]] of Object.entries(CASES)) {
  test(`${found.length === 0 ? "no fold" : "a fold"}: ${name}`, () => assert.deepEqual(folds(lines), found));
}

test("lines of two logs are not one", () => {
  const same = Array.from({ length: 8 }, () => "the same");
  assert.deepEqual(folds(same, (line) => line % 2), []);
  assert.deepEqual(folds(["Traceback (most recent call last):", "  x", "  y", "z"], (line) => line % 2), []);
});

test("what goes on is told again from where it began, and nothing else", () => {
  const lines = ["x", "x", "x", "other", "again", "again", "again"];
  const made = new Folds(Text.of(lines), () => 0);
  assert.equal(made.step(Infinity).length, 2);
  assert.equal(made.changed(Text.of([...lines, "again"]), 7), 4);
  assert.deepEqual(made.step(Infinity), [{ kind: "repeated", first: 4, last: 7 }]);
});
