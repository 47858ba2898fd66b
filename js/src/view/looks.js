// How the visible lines look: levels, colours of terminals, workers, matches. Only what is on
// screen is looked at, so that a million lines cost as much as a hundred.

import { StateEffect } from "@codemirror/state";
import { Decoration, ViewPlugin, WidgetType } from "@codemirror/view";

import { colours } from "../terminal/palette.js";
import { BOLD, CONTROL, DIM, INVERSE, ITALIC, STRIKE, UNDERLINE } from "../terminal/styles.js";
import { Levels } from "../text/levels.js";
import { element } from "./dom.js";

/** Something about the looks changed that is no change of the text. */
export const redraw = StateEffect.define();

const BEFORE = 100; // lines above the visible ones that are read for the start of a traceback
const MOST_MATCHES = 500; // marked in one line

/**
 * @param {{
 *   styles: Styles, words: () => Function,
 *   extraOf: (line: number) => number[]|null, workerOf: (line: number) => object|null,
 *   matcher: () => Matcher|null, current: () => {from: number, to: number}|null,
 * }} source what is known of lines, by their numbers in the document, from 0
 */
export function looks(source) {
  const marks = new Map(); // style number -> Decoration
  const markOf = (style) => {
    if (!marks.has(style)) marks.set(style, styleMark(source.styles, style));
    return marks.get(style);
  };

  return ViewPlugin.define(
    (view) => ({
      decorations: draw(view, source, markOf),
      update(update) {
        const isOther = update.transactions.some((transaction) =>
          transaction.effects.some((effect) => effect.is(redraw)),
        );
        if (update.docChanged || update.viewportChanged || isOther) {
          this.decorations = draw(update.view, source, markOf);
        }
      },
    }),
    { decorations: (plugin) => plugin.decorations },
  );
}

function draw(view, source, markOf) {
  const { doc } = view.state;
  const found = [];
  const levels = new Levels();
  let drawn = 0; // the last line that was
  for (const { from, to } of view.visibleRanges) { // not what is folded
    const first = Math.max(drawn + 1, doc.lineAt(from).number);
    const last = doc.lineAt(to).number;
    let line = drawn === 0 ? Math.max(1, first - BEFORE) : first;
    if (line > last) continue;
    let position = doc.line(line).from;
    for (const text of doc.iterLines(line, last + 1)) {
      const worker = source.workerOf(line - 1);
      const level = levels.next(text, worker?.number);
      if (line >= first) {
        if (level !== null) found.push(LEVELS[level].range(position));
        if (worker !== null) found.push(worker.decoration.range(position));
        drawExtra(found, source, line - 1, position, text.length, markOf);
        drawMatches(found, source, position, text, view.visibleRanges);
      }
      position += text.length + 1;
      line += 1;
    }
    drawn = last;
  }
  return Decoration.set(found, true);
}

const LEVELS = {
  error: Decoration.line({ class: "mm-line-error" }),
  warning: Decoration.line({ class: "mm-line-warning" }),
};

function drawExtra(found, source, line, position, length, markOf) {
  const extra = source.extraOf(line);
  if (!extra) return;
  for (let at = 1; at < extra.length; at += 3) {
    const [from, to, style] = [extra[at], Math.min(extra[at + 1], length), extra[at + 2]];
    if (to > from) found.push(markOf(style).range(position + from, position + to));
  }
  if (extra[0] > 0) {
    const widget = new More(source.words()("more", { n: extra[0].toLocaleString("en") }));
    found.push(Decoration.widget({ widget, side: 1 }).range(position + length));
  }
}

const MATCH = Decoration.mark({ class: "mm-match" });
const CURRENT = Decoration.mark({ class: "mm-match mm-match-current" });

function drawMatches(found, source, position, text, visible) {
  const matcher = source.matcher();
  if (!matcher) return;
  const current = source.current();
  let count = 0;
  for (const [start, end] of matcher.in(text)) {
    const [from, to] = [position + start, position + end];
    if (!visible.some((range) => range.from <= to && range.to >= from)) continue;
    const isCurrent = current?.from === from && current.to === to;
    found.push((isCurrent ? CURRENT : MATCH).range(from, to));
    count += 1;
    if (count >= MOST_MATCHES) break;
  }
}

function styleMark(styles, number) {
  const { class: name, style } = styleOf(styles, number);
  return Decoration.mark({ class: name, attributes: style ? { style } : {} });
}

/** Class and style of text in colours of a terminal. */
export function styleOf(styles, number) {
  const { fg, bg, flags } = styles.get(number);
  const classes = ["mm-sgr"];
  if (flags & CONTROL) classes.push("mm-control");
  if (flags & BOLD) classes.push("mm-bold");
  if (flags & ITALIC) classes.push("mm-italic");
  if (flags & UNDERLINE) classes.push("mm-underline");
  if (flags & STRIKE) classes.push("mm-strike");
  const [isInverse, isDim] = [INVERSE, DIM].map((flag) => (flags & flag) !== 0);
  const { light, dark } = colours({ fg, bg, isInverse, isDim });
  const style = [
    ["--mm-fg-light", light.color],
    ["--mm-fg-dark", dark.color],
    ["--mm-bg-light", light.background],
    ["--mm-bg-dark", dark.background],
  ]
    .filter(([, value]) => value)
    .map(([name, value]) => `${name}: ${value}`)
    .join("; ");
  return { class: classes.join(" "), style: style || null };
}

class More extends WidgetType {
  constructor(label) {
    super();
    this.label = label;
  }

  eq(other) {
    return other.label === this.label;
  }

  toDOM() {
    return element("span", { class: "mm-more" }, this.label);
  }
}

class WorkerName extends WidgetType {
  constructor(name, colour) {
    super();
    this.name = name;
    this.colour = colour;
  }

  eq(other) {
    return other.name === this.name && other.colour === this.colour;
  }

  toDOM() {
    return element("span", { class: `mm-worker mm-worker-${this.colour}` }, this.name);
  }
}

export const COLOURS = 8; // of workers

/** The coloured prefix of one worker's lines. */
export function workerPrefix(number, name, width) {
  const widget = new WorkerName(`${name.padEnd(width)} `, number % COLOURS);
  return { number, name, decoration: Decoration.widget({ widget, side: -1 }) };
}
