// What the log view makes of texts, for scripts/fuzz.py: a line of JSON for each line of JSON.

import { createInterface } from "node:readline";

import { CONTROL, Styles } from "../js/src/terminal/styles.js";
import { Terminal } from "../js/src/terminal/terminal.js";

/** The rows of a text that comes in pieces. */
function shown(pieces) {
  const styles = new Styles();
  const terminal = new Terminal(styles);
  const rows = [];
  for (const piece of pieces) {
    const { first, lines, extras } = terminal.feed(piece);
    rows.splice(first, Infinity, ...lines.map((text, place) => told(text, extras[place], styles)));
  }
  return rows;
}

/** Its text, the columns that are not shown, and its runs of a style: text, colours, flags. */
function told(text, extra, styles) {
  const [more, ...numbers] = extra ?? [0];
  const runs = [];
  const add = (from, to, { fg, bg, flags }) => {
    const style = [fg, bg, flags & ~CONTROL];
    const last = runs.at(-1);
    if (last && String(last.slice(1)) === String(style)) last[0] += text.slice(from, to);
    else if (to > from) runs.push([text.slice(from, to), ...style]);
  };
  let at = 0;
  for (let place = 0; place < numbers.length; place += 3) {
    const [from, to, style] = numbers.slice(place, place + 3);
    add(at, from, styles.get(0));
    add(from, to, styles.get(style));
    at = to;
  }
  add(at, text.length, styles.get(0));
  return { more, runs };
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const pieces = JSON.parse(line);
  const rows = shown([pieces.join("")]);
  const isSame = JSON.stringify(rows) === JSON.stringify(shown(pieces));
  process.stdout.write(`${JSON.stringify({ rows, isSame })}\n`);
}
