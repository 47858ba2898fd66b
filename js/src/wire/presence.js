// Which of the panels that were in a notebook are gone from it for good.

export const LOOKS = 5; // for so many a panel must be missing: what was cut may be pasted

export class Presence {
  #missed = new Map(); // panel that was here -> for how many looks it is not

  /** `here` are those that are there now; returns those that are gone. One never seen is no loss. */
  look(here) {
    for (const id of here) this.#missed.set(id, 0);
    for (const [id, looks] of this.#missed) if (!here.has(id)) this.#missed.set(id, looks + 1);
    const gone = [...this.#missed.keys()].filter((id) => this.#missed.get(id) >= LOOKS);
    for (const id of gone) this.#missed.delete(id);
    return gone;
  }
}
