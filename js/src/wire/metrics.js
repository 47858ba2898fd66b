// What the kernel tells of the curves of a log, as long as somebody looks at them.

import { SeriesStore } from "../charts/series.js";

export class MetricsFeed {
  store = new SeriesStore();
  #looking = 0; // views
  #listeners = new Set();

  constructor(send) {
    this.send = send;
  }

  /** Call `listener` after each news; returns what ends that. */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A view looks at the curves from now on, or no longer. */
  look(isLooking) {
    const before = this.#looking;
    this.#looking += isLooking ? 1 : -1;
    if (before === 0 || this.#looking === 0) this.#ask();
  }

  /** News; without parts another page has told that it looks no longer. */
  hear(message, buffers) {
    if (message.parts === undefined) return void (this.#looking > 0 && this.#ask());
    if (!this.store.take(message, buffers[0])) return this.#ask();
    for (const listener of this.#listeners) listener();
    return undefined;
  }

  #ask() {
    this.send({ kind: "metrics", since: this.#looking > 0 ? this.store.version : null });
  }
}
