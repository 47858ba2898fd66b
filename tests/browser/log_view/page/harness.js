// A page around the log view that plays the kernel: a model, views of it, and what a wire does.

import logView from "./log_view.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** What anywidget gives a view, with the events of the real model. */
class Model {
  sent = [];
  #values;
  #listeners = new Map();

  constructor(values) {
    this.#values = values;
  }

  get(name) {
    return this.#values[name];
  }

  set(name, value) {
    this.#values[name] = value;
    this.#emit(`change:${name}`, this, value);
  }

  on(name, listener) {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
  }

  off(name, listener) {
    const kept = (this.#listeners.get(name) ?? []).filter((other) => other !== listener);
    this.#listeners.set(name, kept);
  }

  get listening() {
    return [...this.#listeners.values()].reduce((sum, some) => sum + some.length, 0);
  }

  save_changes() {}

  send(message) {
    this.sent.push(message);
    this.onSend?.(message);
  }

  receive(message, buffers = []) {
    this.#emit("msg:custom", message, buffers);
  }

  #emit(name, ...values) {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(...values);
  }
}

const STATE = {
  title: "train-mnist",
  version: "V0001",
  status: 8,
  phase: "running",
  status_text: "",
  elapsed_ms: 61_000,
  elapsed_running: true,
  bytes: 0,
  lines: 0,
  updated_ms: Date.now(),
  trouble: "",
  following: true,
  paused: false,
  finished: false,
  reason: "",
  files: ["worker-0.log"],
  can_stop_job: false,
};

class Kernel {
  epoch = 1;
  files = {}; // name -> bytes
  views = [];

  /** Begin anew: a model with these values, and one view. */
  open({ state = {}, options = {}, tail, box_id, get_model, jupyter } = {}) {
    for (const dispose of this.views.splice(0)) dispose();
    this.closeModel?.();
    document.body.replaceChildren();
    this.model = new Model({
      state: { ...STATE, ...state },
      options: { language: "en", height: "300px", file: "", ...options },
      tail: tail ?? { epoch: this.epoch, files: {} },
      box_id,
    });
    this.jupyter = jupyter;
    this.model.widget_manager = { get_model, kernel: jupyter };
    this.widget = logView();
    this.closeModel = this.widget.initialize({ model: this.model });
    return this.view();
  }

  view() {
    const el = document.createElement("div");
    document.body.append(el);
    this.views.push(this.widget.render({ model: this.model, el }));
    return this.views.length - 1;
  }

  state(change) {
    this.model.set("state", { ...this.model.get("state"), ...change });
  }

  options(change) {
    this.model.set("options", { ...this.model.get("options"), ...change });
  }

  /** The log grows; nobody is told. */
  grow(text, file = "worker-0.log") {
    const old = this.files[file] ?? new Uint8Array();
    const added = encoder.encode(text);
    const grown = new Uint8Array(old.length + added.length);
    grown.set(old);
    grown.set(added, old.length);
    this.files[file] = grown;
    return this.piece(old.length, grown.length, file);
  }

  piece(start, end, file = "worker-0.log") {
    return { file, start, end, text: decoder.decode(this.files[file].subarray(start, end)) };
  }

  text(...pieces) {
    this.model.receive({ kind: "text", epoch: this.epoch, pieces });
  }

  /** Pieces as the kernel packs them, with what moves in the head. */
  async packed(pieces, moving) {
    const texts = pieces.map(({ text }) => encoder.encode(text));
    const packing = new Blob(texts).stream().pipeThrough(new CompressionStream("deflate"));
    const buffer = new DataView(await new Response(packing).arrayBuffer());
    const told = pieces.map(({ text: _text, ...piece }, n) => ({ ...piece, size: texts[n].length }));
    this.model.receive({ kind: "text", epoch: this.epoch, pieces: told, moving }, [buffer]);
  }

  /** The log grows, and the view is told. */
  say(text, file) {
    this.text(this.grow(text, file));
  }

  reset() {
    this.epoch += 1;
    this.files = {};
    this.model.receive({ kind: "reset", epoch: this.epoch });
  }

  tail(bytes = 65_536) {
    const files = {};
    for (const [name, all] of Object.entries(this.files)) {
      let start = Math.max(0, all.length - bytes);
      while ((all[start] & 0xc0) === 0x80) start += 1;
      const { end, text } = this.piece(start, all.length, name);
      files[name] = { start, end, text };
    }
    this.model.set("tail", { epoch: this.epoch, files });
  }

  /** From now on answer questions. */
  answer() {
    this.model.onSend = (message) => {
      if (message.kind === "search") this.#search(message);
      if (message.kind !== "need") return;
      const { file, start, end } = message;
      const pieces = [this.piece(start, Math.min(end, this.files[file].length), file)];
      setTimeout(() => this.model.receive({ kind: "answer", epoch: this.epoch, pieces }), 5);
    };
  }

  #search({ number, pattern, ranges }) {
    const lines = {};
    for (const [file, start, end] of ranges) {
      const text = decoder.decode(this.files[file].subarray(start, end)); // ASCII, and whole lines
      const found = [...text.matchAll(/[^\n]+/g)].filter(([line]) => line.includes(pattern));
      lines[file] = [...(lines[file] ?? []), ...found.map(({ index }) => start + index).reverse()];
    }
    const message = { kind: "found", number, lines, is_done: true, problem: "" };
    setTimeout(() => this.model.receive(message), 5);
  }

  saving(said, files, contents) {
    const buffers = contents.map((text) => new DataView(encoder.encode(text).buffer));
    this.model.receive({ kind: "saving", said, files }, buffers);
  }

  sent(kind) {
    return this.model.sent.filter((message) => message.kind === kind);
  }
}

window.kernel = new Kernel();
