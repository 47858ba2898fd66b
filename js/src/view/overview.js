// The whole log beside the scroll bar: marks for what is worth a look, which one clicks.

import { KINDS, Landmarks } from "../rows/landmarks.js";
import { number } from "../text/format.js";
import { element } from "./dom.js";

const SHARE = 4; // ms of a frame
const PAUSE = 300; // ms between two drawings
const HEIGHT = 3; // px of a mark
const REACH = 8; // px around a mark in which it is meant
const SVG = "http://www.w3.org/2000/svg";
// Where a mark of a kind begins and ends, so that one tells them without colours: px of 12.
const PLACES = { epoch: [0, 12], restart: [0, 12], warning: [1, 5], match: [7, 11], error: [1, 11] };

/**
 * @param {{words: () => Function, frames: Frames, view: () => EditorView, signal: AbortSignal,
 *   onGo: (line: number) => void, onScroll: (share: number) => void}} options lines from 0
 */
export class Overview {
  #landmarks = new Landmarks();
  #paths = new Map();
  #marks = []; // {kind, line, y}
  #drawnAt = -Infinity;
  #timer = 0;
  #isStale = false;

  constructor({ words, frames, view, signal, onGo, onScroll }) {
    Object.assign(this, { words, frames, view, onGo, onScroll });
    const picture = document.createElementNS(SVG, "svg");
    picture.setAttribute("aria-hidden", "true");
    for (const kind of Object.keys(PLACES)) {
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("class", `mm-mark-${kind}`);
      picture.append(path);
      this.#paths.set(kind, path);
    }
    this.element = element("div", { class: "mm-overview", role: "img" }, picture);
    this.element.addEventListener("pointermove", (event) => this.#tell(event));
    this.element.addEventListener("click", (event) => this.#go(event));
    const sizes = new ResizeObserver(() => this.#drawSoon());
    sizes.observe(this.element);
    frames.add((deadline) => this.#step(deadline));
    signal.addEventListener("abort", () => {
      sizes.disconnect();
      clearTimeout(this.#timer);
    });
  }

  start(doc, ownerOf) {
    this.#landmarks.start(doc, ownerOf);
    this.#drawSoon();
  }

  changed(doc, line) {
    this.#landmarks.changed(doc, line);
    this.#drawSoon();
  }

  search(matcher) {
    this.#landmarks.search(matcher);
    this.#drawSoon();
  }

  #step(deadline) {
    if (this.#landmarks.isDone) return false;
    const { isNew, isMore } = this.#landmarks.step(Math.min(deadline, performance.now() + SHARE));
    if (isNew) this.#drawSoon();
    return isMore;
  }

  #drawSoon() {
    this.frames.wake();
    if (this.#isStale) return;
    this.#isStale = true;
    const wait = Math.max(0, this.#drawnAt + PAUSE - performance.now());
    this.#timer = setTimeout(() => this.#draw(), wait);
  }

  #draw() {
    this.#isStale = false;
    this.#drawnAt = performance.now();
    const view = this.view();
    const { doc } = view.state;
    const room = this.element.clientHeight - HEIGHT;
    this.#marks = [];
    for (const [kind, [left, right]] of Object.entries(PLACES)) {
      const drawn = new Set();
      for (const line of this.#landmarks.lines(kind)) {
        if (line >= doc.lines) break;
        const { top } = view.lineBlockAt(doc.line(line + 1).from);
        const y = Math.round((top / Math.max(1, view.contentHeight, view.scrollDOM.clientHeight)) * room);
        const place = y - (y % HEIGHT);
        if (drawn.has(place)) continue;
        drawn.add(place);
        this.#marks.push({ kind, line, y: place });
      }
      const rectangle = (y) => `M${left} ${y}H${right}V${y + (kind === "epoch" ? 1 : 2)}H${left}Z`;
      this.#paths.get(kind).setAttribute("d", [...drawn].map(rectangle).join(""));
    }
    const counts = Object.fromEntries(KINDS.map((kind) => [kind, number(this.#landmarks.count(kind))]));
    this.element.setAttribute("aria-label", this.words()("overview", counts));
  }

  /** The mark that the pointer means; of several at a place the worst. */
  #at({ clientY }) {
    const y = clientY - this.element.getBoundingClientRect().top;
    const near = this.#marks.filter((mark) => Math.abs(mark.y + 1 - y) <= REACH);
    const distance = (mark) => Math.abs(mark.y + 1 - y) + KINDS.indexOf(mark.kind) / 10;
    return near.reduce((one, other) => (one && distance(one) <= distance(other) ? one : other), null);
  }

  #tell(event) {
    const mark = this.#at(event);
    const { doc } = this.view().state;
    this.element.style.cursor = mark ? "pointer" : "";
    if (mark === null || mark.line >= doc.lines) return this.element.removeAttribute("title");
    const text = doc.line(mark.line + 1).text.trim().slice(0, 200);
    this.element.title = `${this.words()(mark.kind)}: ${text}`;
  }

  #go(event) {
    const mark = this.#at(event);
    const { top, height } = this.element.getBoundingClientRect();
    if (mark) this.onGo(mark.line);
    else this.onScroll((event.clientY - top) / height);
  }
}
