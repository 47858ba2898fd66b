import assert from "node:assert/strict";
import { test } from "node:test";

import { LONGEST } from "../src/terminal/line.js";
import { BOLD, CONTROL, RGB, Styles } from "../src/terminal/styles.js";
import { Terminal } from "../src/terminal/terminal.js";

function shown(...pieces) {
  const terminal = new Terminal(new Styles());
  const lines = pieces.flatMap((piece) => terminal.feed(piece).lines);
  return terminal.open === null ? lines : [...lines, terminal.open.text];
}

const SHOWN = {
  "plain lines": [["a\nb\n"], ["a", "b"]],
  "an open line": [["a\nb"], ["a", "b"]],
  "a line in two pieces": [["a\nbc", "d\n"], ["a", "bcd"]],
  "empty lines": [["\n\na\n"], ["", "", "a"]],
  "windows line ends": [["a\r\nb\r", "\nc"], ["a", "b", "c"]],
  "progress overwrites": [["10%\r20%\r100%\n"], ["100%"]],
  "a shorter text leaves the rest": [["abcdef\rxy\n"], ["xycdef"]],
  "progress across pieces": [["10%", "\r", "20", "%\r30%", "\ndone"], ["30%", "done"]],
  "half of an overwritten pair is a space": [["a😀b\rxy\n"], ["xy b"]],
  backspace: [["abc\b\bX\n"], ["aXc"]],
  "erase to the end": [["abcdef\rxy\x1b[K\n"], ["xy"]],
  "erase the line": [["abcdef\x1b[2K\rxy\n"], ["xy"]],
  "erase to the cursor": [["abcdef\r\x1b[2C\x1b[1Kx\n"], ["  xdef"]],
  "a sequence in two pieces": [["a\x1b", "[3", "1mb\x1b[0m\n"], ["ab"]],
  "the cursor is hidden silently": [["\x1b[?25la\x1b[?25h\n"], ["a"]],
  "a terminal query": [["\x1b[6na\x1b[c\n"], ["^[[6na^[[c"]],
  "a hyperlink": [
    ["\x1b]8;;javascript:alert(1)\x1b\\x\x1b]8;;\x07\n"],
    ["^[]8;;javascript:alert(1)^[\\x^[]8;;^G"],
  ],
  "zero bytes and overrides": [["a\0b\u202ec\n"], ["a^@b<U+202E>c"]],
  "separators are no lines": [["a\u2028b\x0bc\n"], ["a<U+2028>b^Kc"]],
  "an endless colour is text": [
    [`\x1b[${"1".repeat(10_000)}m\n`],
    [`^[[${"1".repeat(10_000)}m`.slice(0, LONGEST)],
  ],
  "a tab stays": [["a\tb\n"], ["a\tb"]],
};

for (const [name, [pieces, lines]] of Object.entries(SHOWN)) {
  test(`shows ${name}`, () => assert.deepEqual(shown(...pieces), lines));
}

test("the same text shows the same, however it is cut", () => {
  const text = "a\x1b[31mred\x1b[0m\r\n1%\r22%\x1b[K\b\bX\nhé中文😀\n\x1b[1;4mbold\n\x1b[38;2;1;2;3mx";
  const whole = shown(text);
  for (let at = 1; at < text.length; at += 1) {
    if (/[\udc00-\udfff]/.test(text[at])) continue;
    assert.deepEqual(shown(text.slice(0, at), text.slice(at)), whole, `cut at ${at}`);
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
  assert.equal(style("38;2;300;2;3").fg, null);
  assert.equal(style("97").fg, 15);
  assert.equal(style("1;31;0").fg, null);
});

test("a megabyte line is cut, and what is missing is counted", () => {
  for (const pieces of [["x".repeat(1_000_000), "\n"], ["x".repeat(1_000_000) + "\n"]]) {
    const terminal = new Terminal(new Styles());
    const done = pieces.map((piece) => terminal.feed(piece));
    assert.equal(done.at(-1).lines[0].length, LONGEST);
    assert.equal(done.at(-1).extras[0][0], 1_000_000 - LONGEST);
  }
});

test("visible controls have a style of their own", () => {
  const { extras } = new Terminal(new Styles()).feed("a\0b\n");
  assert.deepEqual(extras, [[0, 1, 3, CONTROL]]);
});
