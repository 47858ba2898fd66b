// The widget model as the panel sees it: a feed of text, questions that ask themselves, actions.

import { Feed } from "./feed.js";
import { unpack } from "./inflate.js";
import { MetricsFeed } from "./metrics.js";
import { Needs } from "./needs.js";

const TICK = 250; // ms

/**
 * Listen to `model` until `signal` is aborted. One connection serves all views of a model.
 *
 * `early` are messages that came before this, each with its buffers.
 */
export function connect(model, signal, early = []) {
  const feed = new Feed();
  // A comm that is closed throws; what it was to carry is asked again or is of no use any more.
  const send = (message) => {
    try {
      model.send(message);
    } catch (error) {
      console.debug("log view: not sent", error);
    }
  };
  const needs = new Needs(feed, send);
  const metrics = new MetricsFeed(send);
  const others = new Set();

  const take = ({ kind, epoch }, pieces) => {
    if (signal.aborted) return;
    feed.add(epoch, pieces);
    if (kind === "answer") needs.tick(); // the next question, if there is one
  };
  const onMessage = (message, buffers) => {
    if (message?.kind === "text" || message?.kind === "answer") {
      // What takes longer to inflate than what comes after it finds its place by its offsets.
      if (buffers?.length > 0) {
        unpack(message.pieces, buffers[0]).then(
          (pieces) => take(message, pieces),
          (error) => console.debug("log view: lost", error), // the gap will be asked for
        );
      } else take(message, message.pieces ?? []);
      // No change for the kernel, which knows it, so that it is not saved.
      if (message.moving) model.set("state", { ...model.get("state"), ...message.moving });
    } else if (message?.kind === "metrics") metrics.hear(message, buffers ?? []);
    else if (message?.kind === "reset") feed.reset(message.epoch);
    else for (const listener of others) listener(message, buffers ?? []);
  };
  const onTail = () => {
    const tail = model.get("tail");
    if (tail?.files && Number.isFinite(tail.epoch)) feed.add(tail.epoch, piecesOf(tail.files));
  };
  const onState = () => {
    connection.toldAt = performance.now();
    feed.begins = model.get("state")?.begins ?? {};
  };
  const tick = () => {
    feed.tick();
    needs.tick();
  };

  const connection = {
    feed,
    needs,
    metrics,
    /** When the state was told, for views that are opened later; as `performance.now()` has it. */
    toldAt: 0,
    send,
    act: (name, value) => send({ kind: "action", name, ...(value === undefined ? {} : { value }) }),
    /** Hear messages that are not about text. */
    onOther(listener) {
      others.add(listener);
      return () => others.delete(listener);
    },
  };
  model.on("msg:custom", onMessage);
  model.on("change:tail", onTail);
  model.on("change:state", onState);
  const timer = setInterval(tick, TICK);
  signal.addEventListener("abort", () => {
    clearInterval(timer);
    model.off("msg:custom", onMessage);
    model.off("change:tail", onTail);
    model.off("change:state", onState);
  });
  onState();
  onTail();
  for (const message of early) onMessage(...message);
  return connection;
}

function piecesOf(files) {
  return Object.entries(files).map(([file, part]) => ({ file, ...part }));
}
