// The search of one view: counts and finds in slices, and knows the match where the reader is.

import { matcher, NOTHING } from "./query.js";
import { Search, WAITING } from "./search.js";

export class Finder {
  query = NOTHING;
  matcher = null; // undefined for a pattern that is none, or takes too long
  isSlow = false;
  current = null; // {from, to}
  #search = new Search();
  #looking = null; // a search for the next match, under way
  #steps = []; // asked for while a search is under way: forward or not
  #from = 0; // where that search began
  #isForward = true;
  #isStep = false; // from one match to the next
  #isNone = false;

  /**
   * @param {{onFound: (match) => void, onChange: () => void, onKnown: () => void, onSlow: () => void,
   *   goesBeyond: (position: number, match, isForward: boolean) => boolean}} hooks onKnown: more matches
   *   are known; onSlow: the pattern is given up; goesBeyond: whether the next match is one before
   *   `match`, in text that is not here, to which somebody goes then
   */
  constructor(hooks) {
    Object.assign(this, hooks);
  }

  start(query, doc) {
    this.close();
    this.query = query;
    this.isSlow = false;
    this.matcher = matcher(query, { onAnswer: () => this.onKnown(), onSlow: () => this.#giveUp() });
    this.restart(doc);
  }

  /** Another document is shown. */
  restart(doc) {
    this.current = null;
    this.#stop();
    this.#search.start(this.matcher ?? null, doc);
    this.onChange();
  }

  /** The shown document changed. */
  follow(changes, doc) {
    let first = Infinity;
    changes.iterChangedRanges((from, _to, fromNew) => {
      first = Math.min(first, fromNew);
    });
    if (first === Infinity) return;
    this.#search.changed(doc, doc.lineAt(first).number - 1);
    if (this.current) {
      const from = changes.mapPos(this.current.from, 1);
      const to = changes.mapPos(this.current.to, -1);
      this.current = to > from ? { from, to } : null;
    }
    if (this.#looking) this.#find(Math.min(changes.mapPos(this.#from), doc.length));
    this.#isNone = false;
  }

  find(position, isForward) {
    this.#isStep = false;
    this.#isForward = isForward;
    this.#find(position);
  }

  #find(position) {
    if (!this.matcher) return;
    this.#from = position;
    this.#looking = this.#search.find(position, this.#isForward);
  }

  next(position, isForward) {
    if (this.#looking) {
      this.#steps.push(isForward);
      return;
    }
    this.#isStep = true;
    this.#isForward = isForward;
    this.#find(this.current ? (isForward ? this.current.to : this.current.from) : position);
  }

  /** What is known: {n, total, isDone}; n is null while it is not known. */
  get result() {
    const { isDone, total } = this.#search;
    const n = this.current && isDone ? this.#search.rank(this.current.from) : null;
    return { n, total, isDone, isNone: this.#isNone, isSlow: this.isSlow };
  }

  step(deadline) {
    const wasDone = this.#search.isDone;
    const isLooking = this.#look(deadline);
    const isCounting = this.#search.step(deadline);
    if (isLooking !== null || !wasDone) this.onChange();
    return isLooking === true || isCounting;
  }

  /** True while looking, false at the end of it, null when nothing was looked for. */
  #look(deadline) {
    if (this.#looking === null) return null;
    let step;
    do step = this.#looking.next();
    while (!step.done && step.value !== WAITING && performance.now() < deadline);
    if (!step.done) return true;
    this.#looking = null;
    if (this.#isStep && this.goesBeyond(this.#from, step.value, this.#isForward)) {
      this.#steps = [];
      return false;
    }
    this.current = step.value;
    this.#isNone = step.value === null;
    if (step.value) this.onFound(step.value);
    if (this.#steps.length === 0) return false;
    this.next(this.#from, this.#steps.shift());
    return true;
  }

  close() {
    this.matcher?.close();
  }

  #giveUp() {
    this.matcher = undefined;
    this.isSlow = true;
    this.current = null;
    this.#stop();
    this.#search.matcher = null;
    this.onSlow();
  }

  #stop() {
    this.#looking = null;
    this.#steps = [];
    this.#isNone = false;
  }
}
