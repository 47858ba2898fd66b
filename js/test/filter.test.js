import assert from "node:assert/strict";
import { test } from "node:test";

import { Differing } from "../src/rows/differing.js";
import { Transcript } from "../src/rows/transcript.js";
import { Styles } from "../src/terminal/styles.js";
import { Filter, shift } from "../src/view/filter.js";

function random(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test("a filter shows the rows that match, however they change", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const next = random(seed);
    const words = ["x", "y", "\n", "\n", "\r", "\x1b[A", "\x1b[2A", "\x1b[2K", "\x1b[J"];
    const text = Array.from({ length: 200 }, () => words[next(words.length)]).join("");
    const pieces = [];
    for (let at = 0; at < text.length; ) {
      const end = Math.min(text.length, at + 1 + next(40));
      pieces.push({ file: "a", start: at, end, text: text.slice(at, end) });
      at = end;
    }
    for (let swap = next(6); swap > 0; swap -= 1) {
      const [one, other] = [next(pieces.length), next(pieces.length)];
      [pieces[one], pieces[other]] = [pieces[other], pieces[one]];
    }
    const transcript = new Transcript({ styles: new Styles(), isMerged: false });
    const { rows } = transcript;
    // Of a pattern that a worker matches, some is not known yet.
    const knows = () => seed % 2 === 0 || next(3) > 0;
    const filter = new Filter(rows, { test: (line) => line.includes("x"), knows });
    for (const piece of pieces) {
      transcript.add(piece);
      filter.apply(rows.takeSplices());
      if (next(2)) while (filter.step(Infinity));
    }
    while (filter.step(Infinity));
    const lines = rows.count === 0 ? [] : rows.doc.toString().split("\n");
    const wanted = lines.flatMap((line, row) => (line.includes("x") ? [[line, row]] : []));
    const shown = filter.shown.count === 0 ? [] : filter.shown.doc.toString().split("\n");
    assert.deepEqual(shown, wanted.map(([line]) => line), `seed ${seed}`);
    assert.deepEqual(filter.shown.extras, wanted.map(([, row]) => row), `seed ${seed}`);
  }
});

test("rows that are chosen by their numbers stay chosen when others come before and among them", () => {
  const told = (range, row, removed, count) => {
    shift(range, { row, removed, lines: Array(count).fill("") });
    return range;
  };
  assert.deepEqual(told([10, 20], 0, 0, 5), [15, 25], "earlier text");
  assert.deepEqual(told([10, 20], 10, 0, 5), [15, 25], "just before them");
  assert.deepEqual(told([10, 20], 3, 4, 1), [7, 17], "fewer before them");
  assert.deepEqual(told([10, 20], 12, 1, 3), [10, 22], "more among them");
  assert.deepEqual(told([10, 20], 10, 1, 1), [10, 20], "the first is written anew");
  assert.deepEqual(told([10, 20], 20, 3, 1), [10, 20], "the last, with those behind it");
  assert.deepEqual(told([10, 20], 8, 4, 2), [8, 18], "the first, with those before it");
  assert.deepEqual(told([10, 20], 21, 0, 9), [10, 20], "behind them");
});

test("of several logs what the first one lacks is shown, whichever tells it first, whatever its numbers", () => {
  const transcript = new Transcript({ styles: new Styles(), isMerged: true });
  const { rows } = transcript;
  const differing = new Differing((owner) => owner === transcript.names.indexOf("rank-0"));
  const filter = new Filter(rows, {
    knows: () => true,
    takeNews: () => differing.takeNews(),
    test: (line, row, owner) => differing.test(line, owner),
  });
  const ends = new Map();
  const tell = (file, text) => {
    const start = ends.get(file) ?? 0;
    ends.set(file, start + text.length);
    transcript.add({ file, start, end: start + text.length, text });
    filter.apply(rows.takeSplices());
    while (filter.step(Infinity));
  };
  const shown = () => (filter.shown.count === 0 ? [] : filter.shown.doc.toString().split("\n").filter(Boolean));
  tell("rank-1", "[rank1]: step 1 loss 0.5\n");
  assert.deepEqual(shown(), ["[rank1]: step 1 loss 0.5"]);
  tell("rank-0", "[rank0]: step 1 loss 0.25\n");
  assert.deepEqual(shown(), [], "the first one has it, too");
  tell("rank-1", "[rank1]: step 2 loss 0.4\nNCCL timeout after 1800 s\n");
  tell("rank-0", "only here\n");
  assert.deepEqual(shown(), ["NCCL timeout after 1800 s"]);
  assert.deepEqual([...filter.shown.doc.iterLines()].filter(Boolean), shown());
  assert.equal(rows.doc.line(filter.shown.extras[0] + 1).text, "NCCL timeout after 1800 s");
});
