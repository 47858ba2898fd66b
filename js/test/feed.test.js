import assert from "node:assert/strict";
import { test } from "node:test";

import { Transcript } from "../src/rows/transcript.js";
import { Styles } from "../src/terminal/styles.js";
import { Feed, LONGEST_WAIT } from "../src/wire/feed.js";
import { Needs } from "../src/wire/needs.js";
import { Spans } from "../src/wire/spans.js";
import { byteLength, cut } from "../src/wire/utf8.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function pieceOf(bytes, start, end, file = "a") {
  return { file, start, end, text: decoder.decode(bytes.subarray(start, end)) };
}

function textOf(feed, { isMerged = false } = {}) {
  const transcript = new Transcript({ styles: new Styles(), isMerged });
  for (const piece of feed.journal) transcript.add(piece);
  return transcript.rows.doc.toString();
}

function random(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Offsets at which no character of `bytes` is cut. */
function boundaries(bytes) {
  const found = [];
  for (let at = 0; at <= bytes.length; at += 1) if ((bytes[at] & 0xc0) !== 0x80) found.push(at);
  return found;
}

function clock() {
  let time = 0;
  return { now: () => time, pass: (ms) => (time += ms) };
}

test("byte lengths and cuts", () => {
  for (const text of ["", "abc", "é", "中文", "😀", "a中😀b", "\ud800"]) {
    assert.equal(byteLength(text), text === "\ud800" ? 2 : encoder.encode(text).length);
  }
  const bytes = encoder.encode("a中😀b\n");
  const whole = pieceOf(bytes, 0, bytes.length);
  assert.equal(cut(whole, 1, 8).text, "中😀");
  assert.equal(cut(whole, 4, bytes.length).text, "😀b\n");
});

test("a piece that is no UTF-8 is cut in proportion", () => {
  const piece = { file: "a", start: 100, end: 110, text: "\ufffd".repeat(10) };
  assert.equal(cut(piece, 104, 110).text.length, 6);
});

test("spans join, and know what is missing", () => {
  const spans = new Spans();
  for (const [start, end] of [[10, 20], [30, 40], [20, 25], [5, 10]]) spans.add(start, end);
  assert.deepEqual(spans.list, [[5, 25], [30, 40]]);
  assert.deepEqual(spans.missing(0, 50), [[0, 5], [25, 30], [40, 50]]);
  assert.deepEqual(spans.gaps, [[25, 30]]);
  assert.ok(spans.touches(25, 26) && spans.touches(28, 30) && !spans.touches(26, 29));
  spans.add(0, 100);
  assert.deepEqual(spans.list, [[0, 100]]);
});

test("repeats and overlaps are cut", () => {
  const feed = new Feed({ now: () => 0 });
  const bytes = encoder.encode("one\n二\nthree\n");
  feed.add(1, [pieceOf(bytes, 0, 8), pieceOf(bytes, 0, 8), pieceOf(bytes, 4, bytes.length)]);
  assert.equal(textOf(feed), "one\n二\nthree");
});

test("what is behind a gap waits, and is shown when it waited too long", () => {
  const time = clock();
  const feed = new Feed(time);
  const bytes = encoder.encode("one\ntwo\nthree\n");
  feed.add(1, [pieceOf(bytes, 0, 4), pieceOf(bytes, 8, 14)]);
  assert.equal(textOf(feed), "one");
  assert.ok(feed.isWaiting);
  time.pass(LONGEST_WAIT);
  feed.tick();
  const transcript = new Transcript({ styles: new Styles(), isMerged: false });
  feed.journal.forEach((piece) => transcript.add(piece));
  assert.deepEqual(transcript.gaps(), [{ row: 1, start: 4, end: 8, file: "a" }]);
  feed.add(1, [pieceOf(bytes, 4, 8)]);
  transcript.add(feed.journal.at(-1));
  assert.equal(transcript.rows.doc.toString(), "one\ntwo\nthree");
  assert.deepEqual(transcript.gaps(), []);
});

test("older epochs are dropped, a newer one starts anew", () => {
  const feed = new Feed({ now: () => 0 });
  feed.add(2, [{ file: "a", start: 0, end: 4, text: "old\n" }]);
  feed.add(1, [{ file: "a", start: 4, end: 8, text: "bad\n" }]);
  feed.reset(3);
  feed.reset(3);
  feed.add(2, [{ file: "a", start: 4, end: 8, text: "bad\n" }]);
  feed.add(3, [{ file: "a", start: 0, end: 4, text: "new\n" }]);
  assert.equal(textOf(feed), "new");
  assert.equal(feed.generation, 1);
});

test("a gap is asked for, again with back-off, and never after it was filled", () => {
  const time = clock();
  const feed = new Feed(time);
  const asked = [];
  const needs = new Needs(feed, ({ start, end }) => asked.push([time.now(), start, end]));
  feed.add(1, [{ file: "a", start: 0, end: 1, text: "a" }, { file: "a", start: 3, end: 4, text: "d" }]);
  for (let step = 0; step < 40; step += 1) {
    needs.tick();
    time.pass(250);
  }
  assert.deepEqual(asked, [[250, 1, 3], [1250, 1, 3], [3250, 1, 3], [7250, 1, 3]]);
  feed.add(1, [{ file: "a", start: 1, end: 3, text: "bc" }]);
  for (let step = 0; step < 400; step += 1) {
    needs.tick();
    time.pass(250);
  }
  assert.equal(asked.length, 4);
});

test("the beginning is asked for in pieces, from the nearest to the first", () => {
  const time = clock();
  const feed = new Feed(time);
  const size = 2.5 * (1 << 20);
  const asked = [];
  const needs = new Needs(feed, (need) => {
    asked.push([need.start, need.end]);
    const text = "x".repeat(need.end - need.start);
    queueMicrotask(() => feed.add(1, [{ file: "a", start: need.start, end: need.end, text }]));
  });
  feed.add(1, [{ file: "a", start: size, end: size + 1, text: "y" }]);
  needs.tick();
  assert.deepEqual(asked, []);
  needs.wantEarlier(["a"]);
  assert.deepEqual(asked, [[size - (1 << 20), size]]);
  assert.ok(needs.isLoading("a"));
});

test("earlier text is shown as it comes, the nearest first, and not asked for meanwhile", () => {
  const time = clock();
  const feed = new Feed(time);
  const asked = [];
  const needs = new Needs(feed, ({ start, end }) => asked.push([start, end]));
  const size = 4 << 20;
  feed.add(1, [{ file: "a", start: size, end: size + 1, text: "y" }]);
  needs.wantEarlier(["a"]);
  for (let end = size; end > size - (1 << 20); end -= 32 << 10) {
    time.pass(250);
    const start = end - (32 << 10);
    feed.add(1, [{ file: "a", start, end, text: "x".repeat(end - start) }]);
    assert.equal(feed.journal.at(-1).start, start); // it does not wait for what is before it
    needs.tick();
  }
  assert.deepEqual(asked, [[size - (1 << 20), size]]);
  assert.ok(!needs.isLoading("a"));
});

test("what is too much goes from the beginnings of the largest logs, and can be asked for again", () => {
  const time = clock();
  const feed = new Feed(time);
  const sent = [];
  const needs = new Needs(feed, (need) => sent.push(need));
  const say = (file, start, text) => feed.add(1, [{ file, start, end: start + text.length, text }]);
  for (let at = 0; at < 4_000_000; at += 1000) say("a", at, `${at}\n`.padStart(1000, "x"));
  say("b", 0, "small\n");
  feed.trim(1_000_000);
  assert.ok(feed.bytes <= 1_000_000 && feed.bytes > 400_000);
  assert.equal(feed.spans("a").last[1], 4_000_000);
  assert.equal(feed.spans("a").list.length, 1);
  assert.equal(feed.spans("b").bytes, 6);
  assert.equal(feed.generation, 1);
  const head = feed.spans("a").first[0];
  assert.ok(textOf({ journal: feed.journal.filter(({ file }) => file === "a") }).endsWith("x3999000"));
  needs.tick();
  time.pass(60_000);
  needs.tick();
  assert.deepEqual(sent, []);
  needs.wantEarlier(["a"]);
  assert.deepEqual(sent.map(({ file, end }) => [file, end]), [["a", head]]);
  say("a", head - 1000, "y".repeat(1000));
  assert.equal(feed.spans("a").first[0], head - 1000);
});

test("who goes far back gets what is around that place, and a gap is filled where somebody comes to it", () => {
  const time = clock();
  const feed = new Feed(time);
  let sent = [];
  const needs = new Needs(feed, (need) => sent.push(need));
  const size = 100 << 20;
  const [at, window, mib] = [50 << 20, 256 << 10, 1 << 20];
  const say = (start, end) => feed.add(1, [{ file: "a", start, end, text: "x".repeat(end - start) }]);
  const asked = () => {
    time.pass(500); // not so long that a question is asked again
    needs.tick();
    const found = sent.map(({ start, end }) => [start, end]);
    sent = [];
    return found;
  };
  say(size - 1000, size);
  assert.deepEqual(feed.holes("a"), [[0, size - 1000]]);
  needs.wantAt("a", at, [0, size - 1000]);
  assert.deepEqual(asked(), [[at, at + window]]);
  say(at, at + window);
  assert.equal(feed.journal.at(-1).start, at); // it is shown at once, though there is a gap
  assert.deepEqual(asked(), []);
  needs.wantGap("a", [at + window, size - 1000]);
  assert.deepEqual(asked(), [
    [at + window, at + window + mib],
    [size - 1000 - mib, size - 1000],
  ]);
  say(at + window, at + window + mib);
  say(size - 1000 - mib, size - 1000);
  assert.deepEqual(asked(), []);
  feed.trim(1000);
  assert.deepEqual(feed.holes("a").length, 1);
  assert.deepEqual(asked(), []);
});

test("rows that are here stay where they are when what is before them comes", () => {
  const text = Array.from({ length: 2000 }, (_, index) => `line ${index}\n`).join("");
  const bytes = encoder.encode(text);
  const half = bytes.length / 2 + 3; // inside a line
  const transcript = new Transcript({ styles: new Styles(), isMerged: false });
  transcript.add(pieceOf(bytes, half, bytes.length));
  const { rows } = transcript;
  rows.takeChanges();
  const { from, text: read } = rows.doc.line(3);
  transcript.add(pieceOf(bytes, 0, half));
  assert.equal(rows.doc.toString(), text.slice(0, -1));
  assert.equal(rows.doc.lineAt(rows.takeChanges().mapPos(from, 1)).text, read);
});

test("random wires: what is shown is the file", () => {
  for (let seed = 1; seed <= 150; seed += 1) {
    const next = random(seed);
    const words = ["", "plain", "\x1b[31mred\x1b[0m", "50%\r100%", "中文", "😀", "a\r", "\tb", "e\x1b[K", "\x1b[D", "\x1b[3G"];
    let text = "";
    for (let line = next(3) ? 40 : 400; line > 0; line -= 1) {
      for (let word = next(4); word > 0; word -= 1) text += words[next(words.length)];
      text += "\n";
    }
    if (next(2)) text += "open";
    const bytes = encoder.encode(text);
    const at = boundaries(bytes);
    const pieces = [];
    for (let from = 0; from < at.length - 1; ) {
      const to = Math.min(at.length - 1, from + 1 + next(seed % 3 ? 30 : 400));
      const lead = Math.max(0, from - (next(3) ? 0 : next(20)));
      pieces.push(pieceOf(bytes, at[lead], at[to]));
      if (!next(5)) pieces.push(pieces[next(pieces.length)]);
      from = to;
    }
    for (let swap = next(20); swap > 0; swap -= 1) {
      const [one, other] = [next(pieces.length), next(pieces.length)];
      [pieces[one], pieces[other]] = [pieces[other], pieces[one]];
    }
    const time = clock();
    const feed = new Feed(time);
    const isMerged = seed % 2 === 0;
    const transcript = new Transcript({ styles: new Styles(), isMerged });
    let read = 0;
    const show = () => {
      while (read < feed.journal.length) transcript.add(feed.journal[read++]);
    };
    for (const piece of pieces) {
      if (next(4)) feed.add(1, [piece]); // the others are lost
      if (isMerged && !next(3)) feed.add(1, [{ file: "b", start: read, end: read + 1, text: "b" }]);
      time.pass(next(1500));
      feed.tick();
      show();
    }
    // The tail, with a part before it lost for good, then an answer for each gap.
    feed.add(1, [pieceOf(bytes, at[next(at.length - 1)], bytes.length)]);
    for (const [start, end] of feed.spans("a").missing(0, bytes.length)) {
      feed.add(1, [pieceOf(bytes, start, end)]);
    }
    show();
    const whole = new Transcript({ styles: new Styles(), isMerged: false });
    whole.add(pieceOf(bytes, 0, bytes.length));
    const { rows } = transcript;
    const lines = rows.doc.toString().split("\n");
    const a = transcript.names.indexOf("a");
    const own = lines.filter((_, row) => rows.owners === null || rows.owners[row] === a);
    assert.equal(own.join("\n"), whole.rows.doc.toString(), `seed ${seed}`);
  }
});

test("of a log of which nobody knows where it begins a page is asked for, and it ends where it begins", () => {
  const asked = [];
  const time = clock();
  const feed = new Feed(time);
  const needs = new Needs(feed, (need) => asked.push(need));
  const far = 2 ** 40;
  feed.begins = { a: null };
  feed.add(0, [{ file: "a", start: far, end: far + 4, text: "end\n" }]);
  needs.tick();
  assert.deepEqual([feed.before("a"), asked], [Infinity, []]); // unasked nothing is read
  needs.wantEarlier(["a"]);
  assert.deepEqual(asked.map(({ start, end }) => [start, end]), [[far - (1 << 20), far]]);
  const from = needs.wantBefore("a", far); // a reader who is there
  assert.ok(from < far - 8);
  feed.add(0, [{ file: "a", start: far - 8, end: far, text: "1\n2\n3\n4\n" }]);
  feed.begins = { a: far - 8 };
  asked.length = 0;
  time.pass(120_000);
  needs.tick();
  assert.deepEqual([asked, needs.isLoading("a"), feed.before("a"), feed.holes("a")], [[], false, 0, []]);
});

test("of very many files little is asked for at once, and beginnings unasked only if all are small", () => {
  const time = clock();
  const feed = new Feed(time);
  const sent = [];
  const needs = new Needs(feed, ({ file, start, end }) => {
    sent.push([file, end - start]);
    feed.add(1, [{ file, start, end, text: "y".repeat(end - start) }]);
  });
  const names = Array.from({ length: 512 }, (_, number) => `worker-${number}`);
  const text = "x".repeat(100);
  feed.add(1, names.map((file) => ({ file, start: 90_000, end: 90_100, text })));
  const wait = (ticks) => {
    for (let tick = 0; tick < ticks; tick += 1) {
      time.pass(1000);
      needs.tick();
    }
  };
  wait(20);
  assert.deepEqual(sent, [], "each beginning is small, but all of them are 46 MB");
  needs.wantEarlier(names);
  wait(64);
  assert.deepEqual(sent, names.map((file) => [file, 16 << 10]));
});
