import assert from "node:assert/strict";
import { test } from "node:test";

import { ChangeSet, Text } from "@codemirror/state";

import { Lanes } from "../src/rows/lanes.js";
import { Rows } from "../src/rows/rows.js";
import { DAY, momentOf, timeOfDay } from "../src/text/moments.js";
import { linesChanged } from "../src/view/lines_changed.js";

function random(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const rowsOf = (lanes) => Array.from({ length: lanes.count }, (_, row) => lanes.cellsOf(row));
const timesOf = (lanes) => Array.from({ length: lanes.count }, (_, row) => lanes.timeOf(row));

/** The lanes of lines like "a 5": the column, and the second that is told. */
function lanesOf(...lines) {
  const lanes = new Lanes(3);
  lanes.splice(0, 0, lines.map(cellOf));
  return lanes;
}

function cellOf(line) {
  const [name, second] = line.split(" ");
  return { column: "abc".indexOf(name), told: second === undefined ? NaN : DAY * 400 + Number(second) };
}

test("a line tells when it was written", () => {
  const at = (text) => Date.parse(text) / 1000;
  assert.equal(momentOf("2026-01-02 03:04:05,678 INFO go"), at("2026-01-02T03:04:05Z"));
  assert.equal(momentOf("[rank0]: 2026-01-02T11:04:05+08:00 go"), at("2026-01-02T03:04:05Z"));
  assert.equal(momentOf("INFO 03:04:05 go"), 3 * 3600 + 4 * 60 + 5);
  assert.equal(momentOf("03:04:05"), 3 * 3600 + 4 * 60 + 5);
  for (const none of ["", "step 3", "took 03:04:05", "2026-13-02 03:04:05", "10%| 3/9 [00:10<00:20]", "03:04:05:06"]) {
    assert.ok(Number.isNaN(momentOf(none)), none);
  }
  assert.equal(timeOfDay(at("2026-01-02T03:04:05Z")), "03:04:05");
});

test("what is told of one second stands at one height, the first beside the first", () => {
  const lanes = lanesOf("a 1", "a 1", "a 3", "b 1", "b 2", "b 3");
  assert.deepEqual(rowsOf(lanes), [[0, 3, -1], [1, -1, -1], [-1, 4, -1], [2, 5, -1]]);
  assert.deepEqual(timesOf(lanes).map((time) => time - DAY * 400), [1, 1, 2, 3]);
  assert.equal(lanes.timeOf(-1), undefined);
});

test("a line without a time stands with the line before it, and those before all with the first that tells one", () => {
  assert.deepEqual(rowsOf(lanesOf("a", "a 2", "a", "b 1", "b 2", "b 3")), [
    [-1, 3, -1],
    [0, 4, -1],
    [1, -1, -1],
    [2, -1, -1],
    [-1, 5, -1],
  ]);
});

test("a log without times goes by what came before its lines; logs without any, line by line", () => {
  const lanes = lanesOf("a 1", "b", "b", "a 2", "b");
  assert.deepEqual(rowsOf(lanes), [[0, 1, -1], [-1, 2, -1], [3, 4, -1]]);
  assert.deepEqual([0, 1, 2].map((column) => lanes.tells(column)), [true, false, false]);
  const without = lanesOf("a", "a", "b", "c", "b", "b");
  assert.deepEqual(rowsOf(without), [[0, 2, 3], [1, 4, -1], [-1, 5, -1]]);
  assert.deepEqual(timesOf(without), [-Infinity, -Infinity, -Infinity]);
});

test("a time that runs back, or is of something far ahead, moves no line", () => {
  assert.deepEqual(rowsOf(lanesOf("a 5", "a 4", "a 6", "b 4", "b 5", "b 6")), [
    [-1, 3, -1],
    [0, 4, -1],
    [1, -1, -1],
    [2, 5, -1],
  ]);
  const far = lanesOf("a 5", "a 90000", "a 6", "b 6");
  assert.deepEqual(rowsOf(far), [[0, -1, -1], [1, -1, -1], [2, 3, -1]]);
  const last = lanesOf("a 90000", "b 6", "b 7");
  assert.deepEqual(rowsOf(last), [[-1, 1, -1], [-1, 2, -1], [0, -1, -1]]);
  last.splice(3, 0, [cellOf("a 7")]);
  assert.deepEqual(rowsOf(last), [[-1, 1, -1], [0, 2, -1], [3, -1, -1]]);
});

test("times of the day go on over midnight", () => {
  const lanes = new Lanes(2);
  const cell = (column, text) => ({ column, told: momentOf(text) });
  const told = ["23:59:58 one", "23:59:59 two", "00:00:01 three"];
  lanes.splice(0, 0, [...told.map((text) => cell(0, text)), ...told.map((text) => cell(1, text))]);
  assert.deepEqual(rowsOf(lanes), [[0, 3], [1, 4], [2, 5]]);
});

test("however lines change, each stands once, in its column, and no time runs back", () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const next = random(seed);
    const columns = 1 + next(4);
    const undated = next(4) === 0;
    let second = 1000;
    const line = () => {
      second += next(4) - 1;
      const told = undated ? second % DAY : DAY * 400 + second + (next(20) === 0 ? 90_000 : 0);
      return { column: next(columns + 1) - 1, told: next(3) === 0 || seed % 7 === 0 ? NaN : told };
    };
    const lanes = new Lanes(columns);
    const lines = [];
    for (let change = 0; change < 40; change += 1) {
      const isAtEnd = next(2) === 0;
      const from = isAtEnd ? lines.length - Math.min(lines.length, next(2)) : next(lines.length + 1);
      const removed = isAtEnd ? lines.length - from : Math.min(lines.length - from, next(3));
      const cells = Array.from({ length: next(5) }, line);
      lines.splice(from, removed, ...cells);
      lanes.splice(from, removed, cells);
    }
    const anew = new Lanes(columns);
    anew.splice(0, 0, lines);
    const rows = rowsOf(lanes);
    assert.deepEqual(rows, rowsOf(anew), `seed ${seed}: as if all had come at once`);
    assert.deepEqual(timesOf(lanes), timesOf(anew), `seed ${seed}`);
    assert.deepEqual(timesOf(lanes), timesOf(lanes).sort((one, other) => one - other), `seed ${seed}`);
    assert.ok(rows.every((cells) => cells.some((cell) => cell >= 0)), `seed ${seed}: no row is empty`);
    for (let column = 0; column < columns; column += 1) {
      const own = lines.flatMap((cell, at) => (cell.column === column ? [at] : []));
      const shown = rows.map((cells) => cells[column]).filter((cell) => cell >= 0);
      assert.deepEqual(shown, own, `seed ${seed}: column ${column}`);
      own.forEach((at, index) => {
        assert.equal(rows[lanes.rowOf(at)][column], at, `seed ${seed}`);
        assert.deepEqual(lanes.linesBefore(column, at, 3), own.slice(Math.max(0, index - 3), index));
        if (index > 0 && Number.isNaN(lines[at].told) && lanes.tells(column)) {
          const times = [at, own[index - 1]].map((one) => lanes.timeOf(lanes.rowOf(one)));
          assert.equal(times[0], times[1], `seed ${seed}: with the line before`);
        }
      });
    }
  }
});

test("a line that is written anew at its time changes nothing", () => {
  const lanes = lanesOf("a 1", "b", "a 2");
  assert.equal(lanes.splice(1, 1, [cellOf("b")]), false);
  assert.equal(lanes.splice(0, 1, [cellOf("a 1")]), false);
  assert.equal(lanes.splice(0, 1, [cellOf("a 2")]), true);
  assert.deepEqual(rowsOf(lanes), [[0, 1, -1], [2, -1, -1]]);
});

test("lines beside which others come are not told as changed", () => {
  const before = Text.of(["one", "two"]);
  const told = (at, ...insert) => {
    const change = ChangeSet.of({ from: at, insert: Text.of(insert) }, before.length);
    return linesChanged(change, before, change.apply(before));
  };
  assert.deepEqual(told(0, "zero", ""), [{ from: 0, removed: 0, added: 1 }]);
  assert.deepEqual(told(7, "", "three", "four"), [{ from: 2, removed: 0, added: 2 }]);
  assert.deepEqual(told(3, "", "more"), [{ from: 1, removed: 0, added: 1 }]);
  assert.deepEqual(told(5, "-"), [{ from: 1, removed: 1, added: 1 }]);
});

test("changes of a text are told by lines", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const next = random(seed);
    const text = (lines) => Array.from({ length: 1 + lines }, () => "xy".repeat(next(3)));
    const before = Text.of(text(next(8)));
    let [after, all] = [before, ChangeSet.empty(before.length)];
    for (let change = 0; change < 3; change += 1) {
      const from = next(after.length + 1);
      const to = from + next(after.length - from + 1);
      const one = ChangeSet.of({ from, to, insert: Text.of(text(next(3))) }, after.length);
      [after, all] = [one.apply(after), all.compose(one)];
    }
    const lines = before.toString().split("\n");
    const wanted = after.toString().split("\n");
    for (const { from, removed, added } of linesChanged(all, before, after)) {
      lines.splice(from, removed, ...wanted.slice(from, from + added));
    }
    assert.deepEqual(lines, wanted, `seed ${seed}`);
  }
});

test("whose a line is becomes known again where it can have changed, also of a blank one", () => {
  for (let seed = 1; seed <= 400; seed += 1) {
    const next = random(seed);
    const rows = new Rows({ isMerged: true });
    const change = (removes) => {
      const lines = Array.from({ length: next(3) }, () => "x".repeat(next(2)));
      if (removes && rows.count > 0) rows.remove(next(rows.count));
      else if (next(2) === 0 && rows.count > 0) rows.replace(next(rows.count), "y".repeat(next(2)), null);
      else rows.insert(next(rows.count + 1), lines, lines.map(() => null), next(3));
    };
    const owners = [undefined]; // a document without rows has a line
    for (let frame = 0; frame < 12; frame += 1) {
      const before = rows.doc;
      const removes = next(3) === 0;
      for (let at = next(4); at >= 0; at -= 1) change(removes);
      const changes = rows.takeChanges();
      if (changes === null) continue;
      for (const { from, removed, added } of linesChanged(changes, before, rows.doc)) {
        owners.splice(from, removed, ...Array.from({ length: added }, (_, at) => rows.owners[from + at]));
      }
      if (rows.doc.length > 0) assert.deepEqual(owners, rows.owners, `seed ${seed}`);
    }
  }
});
