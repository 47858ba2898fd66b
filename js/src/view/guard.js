// Regular expressions that may take for ever: run by a worker, which is ended after a second.
//
// A page that runs one stands still, and nothing can stop it. A worker can be ended, and matches as
// the page does; an engine of our own that takes linear time would be another language. Its answers
// come later, so they are asked for, and known or not. What cannot take long is matched at once.

import { matchesIn } from "./matches.js";

const LIMIT = 1000; // ms
const MOST_KNOWN = 200_000; // lines
const MOST_STEPS = 2e5; // in a line that is matched at once

const PROGRAM = `const matchesIn = ${matchesIn};
onmessage = ({ data: { source, flags, texts } }) => {
  const regexp = new RegExp(source, flags);
  postMessage(texts.map((text) => [...matchesIn(regexp, text)]));
};`;

/** How long a line may be in which a pattern cannot take long; 0 where that is not known. */
export function quickLength(source) {
  const atoms = source.replace(/\\[^1-9k]|\[(?:\\.|[^\]\\])*\]/g, "a");
  if (/\)[*+{]|\\[1-9k]/.test(atoms)) return 0; // what is repeated may repeat something itself
  const counts = atoms.match(/[*+?]|\{\d+(?:,\d*)?\}/g) ?? [];
  const isShort = (count) => count === "?" || /^\{[0-3](?:,[0-3])?\}$/.test(count);
  const short = counts.filter(isShort).length;
  return Math.floor((MOST_STEPS / 2 ** short) ** (1 / (1 + counts.length - short)));
}

export class GuardedMatches {
  #known = new Map(); // text -> matches
  #wanted = new Set();
  #worker = null;
  #timer = 0;
  #isWaiting = false;
  #isClosed = false;

  /** @param {{onAnswer: () => void, onSlow: () => void, start?: (program: string) => Worker,
   *   limit?: number}} hooks limit: ms for an answer */
  constructor(source, flags, { onAnswer, onSlow, start = startWorker, limit = LIMIT }) {
    Object.assign(this, { source, flags, onAnswer, onSlow, start, limit });
  }

  /** The matches in a line, or null while they are not known. */
  in(text) {
    const known = this.#known.get(text);
    if (known === undefined && !this.#wanted.has(text)) {
      this.#wanted.add(text);
      if (!this.#isWaiting) this.#ask();
    }
    return known ?? null;
  }

  close() {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = null;
    this.#isClosed = true;
  }

  #ask() {
    this.#isWaiting = true;
    // All that is wanted in this turn is one question.
    queueMicrotask(() => {
      if (this.#isClosed) return;
      const texts = [...this.#wanted];
      try {
        this.#worker ??= this.start(PROGRAM);
      } catch {
        this.#giveUp(); // a page may forbid workers
        return;
      }
      this.#worker.onmessage = ({ data }) => this.#learn(texts, data);
      this.#worker.onerror = () => this.#giveUp();
      this.#worker.postMessage({ source: this.source, flags: this.flags, texts });
      this.#timer = setTimeout(() => this.#giveUp(), this.limit);
    });
  }

  #learn(texts, matches) {
    clearTimeout(this.#timer);
    this.#isWaiting = false;
    texts.forEach((text, index) => {
      this.#wanted.delete(text);
      this.#known.set(text, matches[index]);
    });
    for (const text of this.#known.keys()) {
      if (this.#known.size <= MOST_KNOWN) break;
      this.#known.delete(text);
    }
    if (this.#wanted.size > 0) this.#ask();
    this.onAnswer();
  }

  #giveUp() {
    this.close();
    this.onSlow();
  }
}

function startWorker(program) {
  const url = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
  try {
    return new Worker(url);
  } finally {
    URL.revokeObjectURL(url);
  }
}
