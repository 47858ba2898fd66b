// Several logs side by side: a column for each, what they tell of one moment at one height.
//
// It stands over the editor and shows the lines of its document, whichever these are. It scrolls by
// lines, as terminals do: what is in sight is drawn from the first line on, however high each of them
// is, so that long lines can wrap, and no height is ever guessed.

import { Lanes } from "../rows/lanes.js";
import { Levels } from "../text/levels.js";
import { momentOf, timeOfDay } from "../text/moments.js";
import { inOrder } from "../text/format.js";
import { element, write } from "./dom.js";
import { linesChanged } from "./lines_changed.js";
import { COLOURS, styleOf } from "./looks.js";

const MOST = 4; // columns
const WIDE = 210; // px of a column, at least
const CLOCK = 80; // px
const LINE = 18; // px of a line, at least
const TALLEST = 5e6; // px; no browser scrolls over more than some 17 million
const NEAR = 2; // px from the end that count as the end
const MOST_RANGES = 16; // of lines that move others; what is behind the first of more is read again
const BLOCK = 1024; // lines between two looks at the clock
const SEEN = 500; // characters of a line; the rest of a longer one is in the merged log
const BEFORE = 100; // lines of a log that are read for the start of a traceback
const MOST_MATCHES = 100; // marked in one line

export class LaneView {
  #isOn = false;
  #files = []; // one for each column
  #count = 0; // of all that could be one
  #lanes = new Lanes(0);
  #seen = 0; // lines of the document that have their places
  #columns = []; // of the logs, by their numbers
  #top = 0; // the first row in sight
  #isDirty = false;
  #fit = 1; // rows at the end that are seen together
  #scrolledTo = 0; // px
  #drawn = new Map(); // row -> {node, clock, cells} as it was drawn
  #shown = -1; // the line that somebody went to
  #isAllChosen = false; // to be copied, whether it is in sight or not
  #headTold = "";
  #goal = null; // the line that is to be in sight, as soon as it has its place: {line, isChosen}
  room = 0; // how many columns there is room for

  /**
   * @param {{words: () => Function, frames: Frames, signal: AbortSignal, source: object,
   *   follow: {isOn: boolean, set: (isOn: boolean) => void}, onMove: () => void, onTop: () => void,
   *   onRoom: () => void, onChoose: (line: number) => void, allText: () => string}} options
   *   source: what is known of the lines of the document, as that of `looks`, and `doc`, `ownerOf`, `gaps`,
   *   and of the logs: `names` of those with text, by their numbers, and `files`; onMove: the user scrolls;
   *   onTop: earlier text is wanted; onRoom: `room` is another one; onChoose: a line was clicked on; allText: of all that is shown
   */
  constructor({ words, frames, signal, source, follow, onMove, onTop, onRoom, onChoose, allText }) {
    Object.assign(this, { words, frames, source, follow, onMove, onTop });
    this.head = element("div", { class: "mm-lane-row mm-lane-head", role: "row", "aria-rowindex": 1 });
    this.body = element("div", { class: "mm-lane-body", role: "rowgroup" });
    const page = element(
      "div",
      { class: "mm-lane-page" },
      element("div", { role: "rowgroup" }, this.head),
      this.body,
    );
    this.spacer = element("div", { class: "mm-lane-spacer" });
    this.element = element(
      "div",
      {
        class: "mm-lanes mm-cut",
        role: "table",
        tabindex: "0",
        "aria-label": words()("lanes"),
        translate: "no",
        hidden: true,
        onscroll: () => this.#scrolled(),
        onpointerdown: ({ target }) => this.#choose(target),
        onclick: ({ target }) => this.selected === "" && this.lineAt(target) >= 0 && onChoose(this.lineAt(target)),
        onkeydown: (event) => this.#onKey(event),
        oncopy: (event) => {
          if (!this.#isAllChosen) return;
          event.clipboardData.setData("text/plain", allText());
          event.preventDefault();
        },
      },
      page,
      this.spacer,
    );
    const sizes = new ResizeObserver(([{ contentRect }]) => {
      const room = Math.min(MOST, Math.floor((contentRect.width - CLOCK) / WIDE));
      if (contentRect.width > 0 && room !== this.room) {
        this.room = room;
        onRoom();
      }
      this.redraw();
    });
    this.watch = (box) => sizes.observe(box);
    const heights = new ResizeObserver(() => this.redraw()); // as that of the head changes with a theme
    heights.observe(this.body);
    signal.addEventListener("abort", () => {
      sizes.disconnect();
      heights.disconnect();
    });
    const isTop = () => this.#height > 0 && this.element.scrollTop === 0;
    const onWheel = ({ deltaY }) => deltaY < 0 && isTop() && onTop(); // no scroll tells of it
    this.element.addEventListener("wheel", onWheel, { signal, passive: true });
    frames.add((deadline) => this.#step(deadline));
  }

  get isOn() {
    return this.#isOn;
  }

  /** Show the first of these logs, or those that were chosen, or none. */
  open(isOn) {
    const isStaying = isOn && this.#isOn;
    this.#isOn = isOn;
    this.element.hidden = !isOn;
    this.#isAllChosen &&= isOn;
    if (!isOn) return;
    const files = inOrder(this.source.files());
    const kept = this.#files.filter((file) => files.includes(file));
    const others = files.filter((file) => !kept.includes(file));
    this.#count = files.length;
    this.#files = [...kept, ...others].slice(0, Math.min(files.length, this.room));
    if (kept.length < this.#files.length) this.#files = inOrder(this.#files);
    if (isStaying) this.#startAgain();
    else this.start();
  }

  #startAgain() {
    const line = this.topLine;
    this.start();
    if (!this.follow.isOn) this.#goal = { line, isChosen: false };
  }

  /** Show another document. */
  start() {
    if (!this.#isOn) return;
    this.#lanes = new Lanes(this.#files.length);
    this.#seen = 0;
    this.#top = 0;
    this.#shown = -1;
    this.#goal = null;
    this.#columns = [];
    this.#drawn.clear(); // rows of as many columns as there were
    this.element.style.setProperty("--mm-lanes", this.#files.length);
    this.redraw();
  }

  /** Follow changes of the document. */
  changed(changes, before, after) {
    if (!this.#isOn) return;
    // The first row may be joined with earlier text, so the one after it is what stays.
    const lineOf = (row) => this.#lanes.cellsOf(row).find((line) => line >= 0);
    let anchor = lineOf(this.#top + 1) ?? -1;
    const ranges = linesChanged(changes, before, after);
    const isMuch = ranges.filter(({ removed, added }) => removed !== added).length > MOST_RANGES;
    for (const { from, removed, added } of ranges) {
      if (from >= this.#seen) break;
      if (from + removed >= this.#seen || isMuch) {
        this.#lanes.splice(from, this.#seen - from, []);
        this.#seen = from;
        break;
      }
      this.#lanes.splice(from, removed, this.#cells(after, from, from + added));
      this.#seen += added - removed;
      if (anchor >= from + removed) anchor += added - removed;
      if (this.#shown >= from + removed) this.#shown += added - removed;
      if (this.#goal?.line >= from + removed) this.#goal.line += added - removed;
    }
    if (anchor >= 0) this.#top = Math.max(0, this.#lanes.rowOf(anchor) - 1);
    this.redraw();
  }

  /** Wrap long lines, or cut them, but for one that was chosen. */
  wrap(isOn) {
    this.element.classList.toggle("mm-cut", !isOn);
    this.redraw();
  }

  /** Tell one line from the others. */
  choose(line) {
    this.#shown = line;
    this.redraw();
  }

  /** Show a line of the document: as the one that is chosen, among others, or at the top. */
  show(line, { isChosen = true } = {}) {
    if (!this.#isOn) return;
    if (isChosen) this.#shown = line;
    this.#goal = { line, isChosen };
    this.redraw();
  }

  /** Matches are other ones. */
  restyle() {
    this.#drawn.clear();
    this.redraw();
  }

  /** Draw soon. */
  redraw() {
    this.#isDirty = this.#isOn;
    if (this.#isOn) this.frames.wake();
  }

  /** The first line of the document that is in sight. */
  get topLine() {
    const row = this.follow.isOn ? this.#lanes.count - this.#fit : this.#top;
    return Math.max(0, this.#lanes.cellsOf(Math.max(0, row)).find((line) => line >= 0) ?? 0);
  }

  /** The line of the document on which something is; -1 for none. */
  lineAt(target) {
    const line = Number(target.closest?.(".mm-lane[data-line]")?.dataset.line ?? -1);
    return line < this.#seen ? line : -1; // it may be gone, and not drawn anew
  }

  isInSight(line) {
    return this.body.querySelector(`[data-line="${line}"]`) !== null;
  }

  /** What is selected here, "" for nothing, or all. */
  get selected() {
    const selection = getSelection();
    const isHere = this.#isOn && this.body.contains(selection.anchorNode) && this.body.contains(selection.focusNode);
    return isHere && !this.#isAllChosen ? selection.toString() : "";
  }

  // ---- where the lines stand ---------------------------------------------------------------------

  #step(deadline) {
    if (!this.#isOn) return false;
    if (this.source.files().length !== this.#count) this.open(true);
    const isMore = this.#read(deadline);
    const isArrived = !isMore || this.#goal === null || this.#goal.line < this.#seen;
    if (this.#isDirty && isArrived) this.#draw();
    return isMore;
  }

  #read(deadline) {
    const doc = this.source.doc();
    const end = doc.lines;
    while (this.#seen < end && performance.now() < deadline) {
      const next = Math.min(end, this.#seen + BLOCK);
      this.#lanes.splice(this.#seen, 0, this.#cells(doc, this.#seen, next));
      this.#seen = next;
      this.#isDirty = true;
    }
    return this.#seen < end;
  }

  #cells(doc, from, end) {
    const cells = [];
    if (from === end) return cells;
    let line = from;
    for (const text of doc.iterLines(from + 1, end + 1)) {
      const column = this.#columnOf(line);
      cells.push({ column, told: column < 0 ? NaN : momentOf(text) });
      line += 1;
    }
    return cells;
  }

  #columnOf(line) {
    const owner = this.source.ownerOf(line);
    if (owner === undefined) return -1;
    if (this.#columns[owner] === undefined) {
      this.#columns = this.source.names().map((name) => this.#files.indexOf(name));
    }
    return this.#columns[owner] ?? -1;
  }

  // ---- scrolling ---------------------------------------------------------------------------------

  get #last() {
    return Math.max(0, this.#lanes.count - this.#fit);
  }

  get #height() {
    return Math.min(TALLEST, this.#last * LINE);
  }

  #rowAt(scrollTop) {
    return Math.round((scrollTop / Math.max(1, this.#height)) * this.#last);
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    if (clientHeight === 0) return; // it was hidden since
    if (Math.abs(scrollTop - this.#scrolledTo) < 1) return;
    const isUp = scrollTop < this.#scrolledTo;
    this.#scrolledTo = scrollTop;
    this.#top = this.#rowAt(scrollTop);
    if (scrollHeight - clientHeight - scrollTop <= NEAR) this.follow.set(true);
    else if (isUp) this.follow.set(false);
    this.onMove();
    if (isUp && scrollTop === 0) this.onTop();
    this.#draw({ isScrolled: true });
  }

  #place() {
    this.spacer.style.height = `${this.#height}px`;
    if (this.follow.isOn) this.element.scrollTop = this.#height;
    else if (this.#rowAt(this.element.scrollTop) !== this.#top) { // somebody may scroll by less than a line
      this.element.scrollTop = (this.#top / Math.max(1, this.#last)) * this.#height;
    }
    this.#scrolledTo = this.element.scrollTop;
  }

  #onKey(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.key === "Home" || event.key === "End") {
      this.#top = 0;
      this.onMove();
      this.follow.set(event.key === "End");
      this.redraw();
    } else if (event.key.toLowerCase() === "a") {
      this.#isAllChosen = true;
      delete this.element.dataset.chosen;
      getSelection().selectAllChildren(this.body);
    } else return;
    event.preventDefault();
  }

  /** What is selected stays in the column in which that began. */
  #choose(target) {
    this.#isAllChosen = false;
    const cell = target.closest(".mm-lane");
    if (cell) this.element.dataset.chosen = [...cell.parentElement.children].indexOf(cell);
  }

  // ---- drawing -----------------------------------------------------------------------------------

  #draw({ isScrolled = false } = {}) {
    this.#isDirty = false;
    const { count } = this.#lanes;
    const isAtEnd = this.follow.isOn;
    const room = Math.ceil(this.body.clientHeight / LINE) + 1;
    const goal = this.#goal && { row: this.#lanes.rowOf(this.#goal.line), isChosen: this.#goal.isChosen };
    this.#goal = null;
    if (goal) this.#top = Math.max(0, goal.row - (goal.isChosen ? Math.floor(room / 3) : 0));
    this.#top = Math.min(this.#top, this.#last);
    const first = isAtEnd ? Math.max(0, count - room) : this.#top;
    const rows = Array.from({ length: Math.min(room, count - first) }, (_, at) => first + at);
    this.#drawHead(count);
    const about = { levels: [], gaps: this.source.gaps(), first };
    const drawn = new Map(rows.map((row) => [row, this.#row(row, about)]));
    const nodes = rows.map((row) => drawn.get(row).node);
    const shown = [...this.body.children];
    if (nodes.length !== shown.length || nodes.some((node, at) => node !== shown[at])) this.#exchange(nodes);
    this.#drawn = drawn;
    this.body.classList.toggle("mm-lane-end", isAtEnd);
    const { top, bottom } = this.body.getBoundingClientRect();
    if (isAtEnd) {
      this.#fit = Math.max(1, nodes.filter((node) => node.getBoundingClientRect().top >= top - 1).length);
    } else if (goal?.isChosen && !(drawn.get(goal.row)?.node.getBoundingClientRect().bottom <= bottom)) {
      this.#goal = { line: this.#shown, isChosen: false }; // long lines are before it: it goes to the top
      return this.#draw();
    }
    if (!isScrolled) this.#place();
    if (about.gaps.size > 0) this.source.onDrawn();
  }

  /** Put rows in the place of those that are there; one that stays is not touched, and what is selected in it. */
  #exchange(nodes) {
    const staying = new Set(nodes);
    for (const child of [...this.body.children]) if (!staying.has(child)) child.remove();
    let next = this.body.firstChild;
    for (const node of nodes) {
      if (node === next) next = next.nextSibling;
      else this.body.insertBefore(node, next);
    }
  }

  #row(row, { levels, gaps, first }) {
    const { doc } = this.source;
    const time = this.#lanes.timeOf(row);
    const isNew = row === first || time !== this.#lanes.timeOf(row - 1);
    const current = this.source.current();
    const cells = this.#lanes.cellsOf(row).map((line, column) => {
      if (line < 0) return null;
      const { text, from, to } = doc().line(line + 1);
      levels[column] ??= this.#levelsBefore(column, line);
      return {
        line,
        text,
        level: levels[column].next(text),
        extra: this.source.extraOf(line),
        gap: gaps.get(line) ?? null,
        isShown: line === this.#shown,
        matcher: this.source.matcher(),
        current: current && current.from >= from && current.to <= to ? current.from - from : -1,
      };
    });
    const before = this.#drawn.get(row);
    const clock = isNew && time > -Infinity ? timeOfDay(time) : "";
    if (before?.clock === clock && cells.every((cell, column) => isSame(cell, before.cells[column]))) return before;
    const node = element(
      "div",
      { class: "mm-lane-row", role: "row", "aria-rowindex": row + 2 },
      element("div", { class: "mm-lane-clock", role: clock === "" ? "cell" : "rowheader" }, clock),
      ...cells.map((cell) => this.#cell(cell)),
    );
    return { node, clock, cells };
  }

  #levelsBefore(column, line) {
    const levels = new Levels();
    for (const before of this.#lanes.linesBefore(column, line, BEFORE)) {
      levels.next(this.source.doc().line(before + 1).text);
    }
    return levels;
  }

  #cell(cell) {
    if (cell === null) return element("div", { class: "mm-lane", role: "cell" });
    const { line, text, level, extra, gap, current, isShown } = cell;
    const [from, to] = part(text, current);
    const left = (extra?.[0] ?? 0) + text.length - to;
    return element(
      "div",
      {
        class: `mm-lane${level ? ` mm-line-${level}` : ""}`,
        role: "cell",
        "data-line": line,
        "aria-current": isShown ? "true" : null,
      },
      gap && element("div", { class: "mm-gap", role: "note" }, gap),
      from > 0 ? element("span", { class: "mm-more" }, "… ") : null,
      ...this.#pieces(cell, from, to),
      left > 0 ? element("span", { class: "mm-more" }, this.words()("more", { n: left.toLocaleString("en") })) : null,
    );
  }

  /** The text of a cell in its colours, with its matches. */
  #pieces({ text, extra, matcher, current }, from, to) {
    const colours = [];
    for (let at = 1; at < (extra?.length ?? 0); at += 3) {
      if (extra[at] < to && extra[at + 1] > from) colours.push([extra[at], extra[at + 1], extra[at + 2]]);
    }
    const coloured = (start, end) => {
      const nodes = [];
      let at = start;
      for (const [first, last, style] of colours) {
        const [begin, stop] = [Math.max(at, first), Math.min(end, last)];
        if (stop <= begin) continue;
        const { class: name, style: look } = styleOf(this.source.styles, style);
        nodes.push(text.slice(at, begin), element("span", { class: name, style: look }, text.slice(begin, stop)));
        at = stop;
      }
      return [...nodes, text.slice(at, end)];
    };
    const pieces = [];
    let at = from;
    let count = 0;
    for (const [start, end] of matcher?.in(text) ?? []) {
      if (start >= to || count >= MOST_MATCHES) break;
      const [begin, stop] = [Math.max(at, start), Math.min(end, to)];
      if (stop <= begin) continue;
      const name = start === current ? "mm-match mm-match-current" : "mm-match";
      pieces.push(...coloured(at, begin), element("span", { class: name }, ...coloured(begin, stop)));
      at = stop;
      count += 1;
    }
    return [...pieces, ...coloured(at, to)];
  }

  #drawHead(count) {
    const words = this.words();
    const files = inOrder(this.source.files());
    this.element.setAttribute("aria-rowcount", count + 1);
    const told = [this.source.names().length, ...files, "", ...this.#files].join("\n");
    if (told !== this.#headTold) {
      this.#headTold = told;
      const columns = this.#files.map((file, column) => this.#columnHead(files, file, column));
      const clock = element("div", { class: "mm-lane-clock", role: "columnheader" }, words("time"));
      this.head.replaceChildren(clock, ...columns);
    }
    [...this.head.children].slice(1).forEach((head, column) => {
      const isWithout = this.#seen > 0 && !this.#lanes.tells(column);
      write(head.querySelector(".mm-lane-note"), isWithout ? words("laneWithoutTimes") : "");
    });
  }

  #columnHead(files, file, column) {
    const isAll = files.length === this.#files.length;
    const name = isAll ? element("span", {}, file) : this.#choice(files, column);
    name.classList.add("mm-lane-name");
    const note = element("span", { class: "mm-lane-note" });
    const colour = Math.max(0, this.source.names().indexOf(file)) % COLOURS;
    const properties = { class: `mm-lane mm-worker-${colour}`, role: "columnheader", title: file };
    return element("div", properties, name, note);
  }

  /** Which log a column shows, where there are more than columns. */
  #choice(files, column) {
    const select = element(
      "select",
      {
        "aria-label": this.words()("laneOf", { n: column + 1 }),
        onchange: () => {
          const other = this.#files.indexOf(select.value);
          if (other >= 0) this.#files[other] = this.#files[column];
          this.#files[column] = select.value;
          this.#startAgain();
        },
      },
      ...files.map((file) => element("option", { value: file }, file)),
    );
    select.value = this.#files[column];
    return select;
  }
}

function isSame(one, other) {
  if (one === null || other === null) return one === other;
  return Object.keys(one).every((key) => one[key] === other[key]);
}

/** Which part of a line is shown: its beginning, or that around a match. */
function part(text, current) {
  const from = current > SEEN / 2 ? current - SEEN / 5 : 0;
  return [whole(text, from), whole(text, Math.min(text.length, from + SEEN))];
}

/** A place that is not within a character. */
function whole(text, at) {
  return /[\udc00-\udfff]/.test(text[at] ?? "") ? at + 1 : at;
}
