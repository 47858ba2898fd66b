import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { COLUMNS } from "../src/terminal/row.js";
import { BOLD, RGB, Styles } from "../src/terminal/styles.js";
import { Terminal } from "../src/terminal/terminal.js";

// The same table tests the forms that Python makes.
const TABLE = JSON.parse(await readFile(new URL("terminal.json", import.meta.url), "utf8"));

function shown(...pieces) {
  const terminal = new Terminal(new Styles());
  const rows = [];
  for (const piece of pieces) {
    const { first, lines } = terminal.feed(piece);
    rows.splice(first, rows.length, ...lines);
  }
  return rows;
}

test("lines are what a terminal shows", () => {
  for (const [text, lines] of TABLE) assert.deepEqual(shown(text), lines, JSON.stringify(text));
});

test("the same text shows the same, however it is cut", () => {
  for (const [text, lines] of TABLE) {
    for (let at = 1; at < text.length; at += 1) {
      if (/[\udc00-\udfff]/.test(text[at])) continue;
      assert.deepEqual(shown(text.slice(0, at), text.slice(at)), lines, `${JSON.stringify(text)} ${at}`);
    }
  }
});

test("colours are runs of styles, and last over line ends", () => {
  const styles = new Styles();
  const terminal = new Terminal(styles);
  const { lines, extras } = terminal.feed("a\x1b[1;31mbc\nde\x1b[mf\n");
  assert.deepEqual(lines, ["abc", "def"]);
  const red = styles.number({ fg: 1, bg: null, flags: BOLD });
  assert.deepEqual(extras, [[0, 1, 3, red], [0, 0, 2, red]]);
});

test("an overwritten part takes the new style", () => {
  const styles = new Styles();
  const terminal = new Terminal(styles);
  const { extras } = terminal.feed("\x1b[31mabcdef\r\x1b[0m\x1b[2Cxy\n");
  const red = styles.number({ fg: 1, bg: null, flags: 0 });
  assert.deepEqual(extras, [[0, 0, 2, red, 4, 6, red]]);
});

test("256 colours and true colours, with semicolons and with colons", () => {
  const styles = new Styles();
  const style = (parameters) => styles.get(styles.change(0, parameters));
  assert.equal(style("38;5;200").fg, 200);
  assert.equal(style("48;2;1;2;3").bg, RGB + 0x010203);
  assert.equal(style("38:2::1:2:3").fg, RGB + 0x010203);
  assert.equal(style("38:5:7;1").flags, BOLD);
  assert.equal(style("38;5;200;1").flags, BOLD);
  assert.equal(style("38;2;300;2;3").fg, RGB + 0xff0203);
  assert.equal(style("97").fg, 15);
  assert.equal(style("1;31;0").fg, null);
});

test("a megabyte line is cut, and what is missing is counted", () => {
  for (const pieces of [["x".repeat(1_000_000), "\n"], ["x".repeat(1_000_000) + "\n"]]) {
    const terminal = new Terminal(new Styles());
    const { lines, extras } = terminal.feed(pieces.join(""));
    assert.equal(lines[0].length, COLUMNS);
    assert.equal(extras[0][0], 1_000_000 - COLUMNS);
  }
});

test("visible controls have a style of their own", () => {
  const styles = new Styles();
  const { lines, extras } = new Terminal(styles).feed("a\0b\n");
  assert.deepEqual(lines, ["a␀b"]);
  assert.deepEqual(extras, [[0, 1, 2, styles.ofControl(0)]]);
});
