// Work in slices, one for each frame, so that the page never stands still.

const SHARE = 10; // ms of one frame, for all tasks together

export class Frames {
  #tasks = [];
  #request = 0;
  #isClosed = false;

  /** `task(deadline)` does some work, until about `deadline`, and returns whether there is more. */
  add(task) {
    this.#tasks.push(task);
  }

  /** There is something to do. */
  wake() {
    if (this.#request === 0 && !this.#isClosed) {
      this.#request = requestAnimationFrame(() => this.#run());
    }
  }

  close() {
    this.#isClosed = true;
    cancelAnimationFrame(this.#request);
  }

  #run() {
    this.#request = 0;
    const deadline = performance.now() + SHARE;
    let isMore = false;
    for (const task of this.#tasks) isMore = task(deadline) || isMore;
    if (isMore) this.wake();
  }
}
