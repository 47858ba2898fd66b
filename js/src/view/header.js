// What the log belongs to and how it stands: title, status, times, sizes, trouble.

import { place, value } from "../charts/numbers.js";
import { clock, number, roughly, size } from "../text/format.js";
import { element, write } from "./dom.js";

const PHASES = new Set(["unknown", "waiting", "running", "succeeded", "stopped", "failed"]);
const SIGNS = { unknown: "?", waiting: "…", running: "▶", succeeded: "✓", stopped: "■", failed: "✗" };
// By the letters of columns.
const PLACES = {
  e: { word: "chartAt_epoch", way: "epoch" },
  s: { word: "chartAt_step", way: "step" },
  l: { word: "chartAt_line", way: "line" },
};

export class Header {
  #state = {};
  #receivedAt = 0;

  constructor({ words }) {
    this.words = words;
    this.title = element("strong", { class: "mm-title", dir: "auto" });
    this.version = element("span", { class: "mm-version", dir: "auto" });
    this.about = element("span", { class: "mm-about", dir: "auto" });
    this.sign = element("span", { "aria-hidden": "true" });
    this.status = element("span");
    this.chip = element("span", { class: "mm-chip", role: "status" }, this.sign, " ", this.status);
    this.bar = element("progress", { class: "mm-bar", max: "1", hidden: true });
    this.progress = element("span", { class: "mm-progress" });
    this.metrics = element("span", { class: "mm-metrics" });
    this.elapsed = element("span", { class: "mm-elapsed" });
    this.size = element("span", { class: "mm-size" });
    this.updated = element("span", { class: "mm-updated" });
    this.trouble = element("div", { class: "mm-strip mm-trouble", role: "status", hidden: true });
    this.outcome = element("span");
    this.element = element(
      "div",
      { class: "mm-header" },
      this.title,
      this.version,
      this.chip,
      this.about,
      element("span", { class: "mm-done" }, this.bar, this.progress),
      this.metrics,
      this.elapsed,
      this.size,
      this.updated,
    );
  }

  show(state) {
    this.#state = state;
    this.#receivedAt = performance.now();
    const phase = PHASES.has(state.phase) ? state.phase : "unknown";
    write(this.title, state.title ?? "");
    write(this.version, state.version ?? "");
    write(this.about, state.about ?? "");
    this.chip.dataset.phase = phase;
    write(this.sign, SIGNS[phase]);
    write(this.status, state.status_text || this.words()(phase));
    this.chip.setAttribute("aria-label", this.words()("status", { status: this.status.textContent }));
    const lines = number(state.lines ?? 0);
    write(this.size, this.words()("size", { bytes: size(state.bytes ?? 0), lines }));
    write(this.trouble, state.trouble ?? "");
    this.trouble.hidden = !state.trouble;
    this.tick();
  }

  /** The last value of the first metrics, and the best one where it is known which that is. */
  showMetrics(told) {
    while (this.metrics.children.length > told.length) this.metrics.lastElementChild.remove();
    told.forEach((one, at) => {
      const { name, last, best } = one;
      const shown = this.metrics.children[at] ?? this.metrics.appendChild(metric());
      const [label, now, most, more] = shown.children;
      write(label, name);
      write(now, value(last));
      write(most, best === null ? "" : this.words()("best", { value: value(best) }));
      const about = this.#aboutMetric(one);
      write(more, about.join(this.words()("comma")));
      const line = [name, now.textContent, most.textContent].filter(Boolean).join(" ");
      shown.title = [line, ...about].join("\n");
    });
  }

  /** Where the best value stands, and whose values they are. */
  #aboutMetric({ at, file, files, isOfRanks }) {
    const words = this.words();
    const told = Object.entries(at).map(([letter, x]) => words(PLACES[letter].word, { x: place(x, PLACES[letter].way) }));
    return [
      told.length > 0 && words("bestAt", { place: told.join(words("comma")) }),
      files > 1 ? words("meanOf", { n: number(files) }) : file && words("logOf", { file }),
      isOfRanks && words("meanOfRanks"),
    ].filter(Boolean);
  }

  /** Let the times go on. */
  tick() {
    const { elapsed_ms: elapsed, elapsed_running: isRunning, updated_ms: updated } = this.#state;
    const passed = isRunning ? performance.now() - this.#receivedAt : 0;
    const isKnown = Number.isFinite(elapsed);
    write(this.elapsed, isKnown ? this.words()("elapsed", { time: clock(elapsed + passed) }) : "");
    const time = roughly(Date.now() - updated, this.words());
    this.#showProgress(passed);
    write(this.updated, updated > 0 ? this.words()("updated", { time }) : "");
  }

  #showProgress(passed) {
    const { progress } = this.#state;
    this.bar.hidden = !progress;
    if (!progress) return write(this.progress, "");
    const { done, epoch, epochs, left_ms: left } = progress;
    const words = this.words();
    this.bar.value = done;
    const told = [`${Math.floor(done * 100)} %`];
    if (epoch !== null) told.unshift(words("epochOf", { n: epoch, of: epochs }));
    if (left !== null && left >= passed) told.push(words("left", { time: roughly(left - passed, words) }));
    write(this.progress, told.join(", "));
    this.bar.setAttribute("aria-label", this.progress.textContent);
  }
}

function metric() {
  return element(
    "span",
    { class: "mm-metric" },
    element("span", { class: "mm-metric-name", dir: "auto" }),
    element("b"),
    element("span", { class: "mm-quiet" }),
    element("span", { class: "mm-unseen" }),
  );
}
