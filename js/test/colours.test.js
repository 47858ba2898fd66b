import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { Transcript } from "../src/rows/transcript.js";
import { Styles } from "../src/terminal/styles.js";
import { apart, split, whole } from "../src/text/colours.js";
import { wholeLog } from "../src/view/export.js";
import { Reader } from "../src/view/reader.js";
import { Feed } from "../src/wire/feed.js";

const WORDS = [
  "plain words, and more of them", "\n", "\n", "\x1b[32m", "\x1b[0m", "\x1b[38;2;1;2;3m", "\x1b[m", "\x1b[31",
  "\x1b[1m\x1b[4m", "\r", "\r\n", "\x1b[K", "\x1b[A", "\x1b]8;;x", "\x07", "中文", "🚀", "\x1b", "[31m", "1m", "\b",
];

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc");

function random(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function textOf(next, words) {
  let text = "";
  for (let left = next(60); left > 0; left -= 1) text += words[next(words.length)];
  return text;
}

/** What a view shows of pieces: text, and the looks of each row, by what they are. */
function shown(pieces) {
  const styles = new Styles();
  const transcript = new Transcript({ styles, isMerged: false });
  for (const piece of pieces) transcript.add(piece);
  const { doc, extras } = transcript.rows;
  const looks = extras.map((extra) => extra?.map((value, at) => (at % 3 || at === 0 ? value : styles.get(value))));
  return { text: doc.toString(), looks };
}

function piecesOf(next, text) {
  const pieces = [];
  for (let start = 0; start < text.length; ) {
    const end = Math.min(text.length, start + 1 + next(80));
    pieces.push({ file: "a", start, end, text: text.slice(start, end) });
    start = end;
  }
  return pieces;
}

test("text comes back as it came, whole or in parts", () => {
  for (let seed = 1; seed <= 500; seed += 1) {
    const next = random(seed);
    const text = textOf(next, WORDS);
    const taken = apart(text);
    assert.equal(whole(taken), text);
    const parts = split(taken, next(taken.text.length + 1));
    assert.equal(parts.map(whole).join(""), text);
  }
});

test("lines look the same, whether their colours are within them or beside them", () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const next = random(seed);
    const pieces = piecesOf(next, textOf(next, WORDS));
    const beside = pieces.map((piece) => ({ ...piece, ...apart(piece.text) }));
    assert.deepEqual(shown(beside), shown(pieces), `seed ${seed}`);
  }
});

test("a log that arrived with colours is shown without them, and saved with them", () => {
  const lines = Array.from({ length: 5000 }, (_, line) => `\x1b[3${line % 8}mstep\x1b[0m ${line} of many\n`);
  const log = lines.join("");
  const feed = new Feed({ now: () => 0 });
  feed.add(1, [{ file: "a", start: 0, end: log.length, text: log }]);
  const reader = new Reader(feed);
  reader.step(Infinity, () => {});
  const { rows } = reader.transcript;
  assert.equal(rows.count, lines.length);
  assert.equal(rows.doc.line(4242).text, "step 4241 of many");
  assert.equal(reader.styles.get(rows.extras[4241][3]).fg, 1);
  assert.equal(wholeLog(feed, "a").join(""), log);
});

test("a log with colours takes little more memory than one without", () => {
  const [plain, coloured] = ["INFO", "\x1b[32mINFO\x1b[0m"].map(heapOf);
  assert.ok(coloured < 1.3 * plain, `${coloured} bytes, without colours ${plain}`);
});

/** Bytes that a view of some megabytes takes whose lines all have this level. */
function heapOf(level) {
  const before = usedHeap();
  const feed = new Feed();
  const reader = new Reader(feed);
  for (let start = 0; start < 200; start += 1) {
    const lines = Array.from({ length: 200 }, (_, line) => `${level} step ${start}${line} ${"of words ".repeat(10)}\n`);
    const text = JSON.parse(JSON.stringify(lines.join(""))); // in one piece, as the wire gives it
    feed.add(1, [{ file: "a", start, end: start + 1, text }]);
    reader.step(Infinity, () => {});
    reader.transcript.rows.takeChanges();
  }
  const bytes = usedHeap() - before;
  assert.equal(reader.transcript.rows.count, 200 * 200);
  return bytes;
}

function usedHeap() {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test("what a log has of colours is bounded, and what is beyond is shown, too", () => {
  const colours = Array.from({ length: 5000 }, (_, n) => `38;2;${n >> 8};${n & 255};7`);
  const text = colours.map((parameters) => `\x1b[${parameters}mx\x1b[0m\n`).join("");
  const taken = apart(text);
  assert.ok(taken.text.includes("\x1b["));
  assert.equal(whole(taken), text);
  const last = shown([{ file: "a", start: 0, end: 1, ...apart(`\x1b[${colours[4999]}mx\n`) }]);
  assert.equal(last.text, "x");
  assert.deepEqual(last.looks[0].length, 4);
});
