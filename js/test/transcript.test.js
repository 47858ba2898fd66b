import assert from "node:assert/strict";
import { test } from "node:test";

import { Transcript } from "../src/rows/transcript.js";
import { Feed } from "../src/wire/feed.js";
import { Styles } from "../src/terminal/styles.js";

const lines = (first, count) =>
  Array.from({ length: count }, (_, index) => `line ${first + index} `.padEnd(19, ".") + "\n").join("");

for (const shown of [20, 5000]) {
  test(`only what comes at the end of a log of ${shown} lines is new, not what was before it`, () => {
    const transcript = new Transcript({ styles: new Styles(), isMerged: false });
    const add = (first, count) => {
      const before = transcript.grown;
      const [start, end] = [first * 20, (first + count) * 20];
      transcript.add({ file: "a", start, end, text: lines(first, count) });
      return transcript.grown - before;
    };
    assert.equal(add(10_000, shown), shown);
    assert.equal(add(9000, 1000), 0); // a reader scrolls up
    assert.equal(add(10_000 + shown, 3), 3);
    assert.equal(add(8000, 1000), 0);
    assert.equal(add(7000, 500), 0); // with a gap behind it
    assert.equal(add(7500, 500), 0);
    assert.equal(transcript.rows.count, 3000 + shown + 3);
  });
}

test("a bar that rewrites itself at the end is one new line", () => {
  const transcript = new Transcript({ styles: new Styles(), isMerged: false });
  const texts = ["10%", "\r50%", "\r99%\ndone", "\x1b[1A\r100%"];
  let start = 0;
  const grown = texts.map((text) => {
    transcript.add({ file: "a", start, end: start + text.length, text });
    start += text.length;
    return transcript.grown;
  });
  assert.deepEqual(grown, [1, 1, 2, 2]);
});

test("each row has its byte, and each byte its row, whatever moves and comes late", () => {
  const feed = new Feed();
  const transcript = new Transcript({ styles: new Styles(), isMerged: false });
  const parts = [
    lines(0, 2000),
    "训练开始\n\x1b[31mred\x1b[0m\n",
    "bar 1\nbar 2\n\x1b[2A",
    "\rBAR 1\n",
    "BAR 2\n",
    lines(2000, 2000),
  ];
  const pieces = [];
  let end = 0;
  for (const text of parts) {
    const start = end;
    end += Buffer.byteLength(text);
    pieces.push({ file: "a", start, end, text });
  }
  for (const piece of [...pieces.slice(1), pieces[0]]) { // the beginning comes last
    feed.add(1, [piece]);
    transcript.add(piece);
  }
  const textFrom = (file, byte) => feed.textFrom(file, byte);
  const all = Buffer.from(parts.join(""));
  const whole = ["line 0 ", "line 1999 ", "训练", "\x1b[31mred", "BAR 1", "BAR 2", "line 2000 ", "line 3999 "];
  const rows = [0, 1999, 2000, 2001, 2002, 2003, 2004, 4003];
  whole.forEach((beginning, number) => {
    const { byte, line, file } = transcript.placeOf(rows[number], textFrom);
    assert.deepEqual([file, line], ["a", rows[number] + 1]);
    const told = all.subarray(byte).toString();
    assert.ok(told.startsWith(beginning) || told.startsWith(beginning.toLowerCase()), `${beginning}: ${told.slice(0, 9)}`);
    assert.equal(transcript.rowOfByte("a", all.indexOf(beginning) + 2, textFrom), rows[number]);
    assert.equal(transcript.rowOfLine("a", line), rows[number]);
  });
  assert.equal(transcript.placeOf(0, textFrom).end, transcript.placeOf(1, textFrom).byte);
  assert.equal(transcript.placeOf(4003, textFrom).end, end);
  assert.equal(transcript.rowOfByte("a", end, textFrom), null);
  assert.equal(transcript.rowOfByte("b", 0, textFrom), null);
});

test("of merged logs a row ends where the next one of its own log begins", () => {
  const [feed, transcript] = [new Feed(), new Transcript({ styles: new Styles(), isMerged: true })];
  const piece = (file, start, text) => ({ file, start, end: start + text.length, text });
  for (const one of [piece("a", 0, "one\n"), piece("b", 0, "two\nthree\n"), piece("a", 4, "four\n")]) {
    feed.add(1, [one]);
    transcript.add(one);
  }
  const textFrom = (file, byte) => feed.textFrom(file, byte);
  const places = [0, 1, 2, 3].map((row) => transcript.placeOf(row, textFrom));
  assert.deepEqual(places.map(({ file, byte, end }) => [file, byte, end]), [["a", 0, 4], ["b", 0, 4], ["b", 4, 10], ["a", 4, 9]]);
});
