import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { Levels, levelOf } from "../src/text/levels.js";

// The same table tests the view of core widgets, in Python.
const TABLE = JSON.parse(await readFile(new URL("levels.json", import.meta.url), "utf8"));

test("levels of single lines", () => {
  assert.deepEqual(TABLE.map(([text]) => [text, levelOf(text)]), TABLE);
});

test("only the beginning of a line is looked at", () => {
  assert.equal(levelOf(`${" ".repeat(400)}ERROR`), null);
});

test("a traceback goes on to the line that says what it was", () => {
  const levels = new Levels();
  const lines = ["ok", "Traceback (most recent call last):", "  File x", "", "OSError: full", "ok"];
  const found = lines.map((line) => levels.next(line));
  assert.deepEqual(found, [null, "error", "error", "error", "error", null]);
});
