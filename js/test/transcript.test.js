import assert from "node:assert/strict";
import { test } from "node:test";

import { Transcript } from "../src/rows/transcript.js";
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
