import assert from "node:assert/strict";
import { test } from "node:test";

import watch from "../src/watch.js";
import { LOOKS } from "../src/wire/presence.js";

const PAUSE = 1000; // ms between looks
const GONE = LOOKS * PAUSE;

/** An output that holds the picture of a panel. */
const picture = (id) => ({
  type: "display_data",
  data: { "text/html": `<div data-modelarts-panel="${id}"><style></style>the log</div>` },
});
const printed = {
  type: "stream",
  get data() {
    throw Error("all that was printed is copied for nothing");
  },
};
const OTHERS = [[], undefined, [{ type: "execute_result", data: { "text/plain": "1" } }, printed]];

/** A list as JupyterLab's: `outputs` of each cell, undefined for a cell of text. */
const listOf = (items) => ({ length: items.length, get: (place) => items[place] });
const FRONT_ENDS = {
  JupyterLab: (held) => {
    const cell = (outputs) => (outputs ? { outputs: listOf(outputs) } : {});
    const model = { get cells() { return listOf(held.now.map(cell)); } };
    return { context: { model, isDisposed: false } };
  },
  "Notebook 6": (held) => {
    const cell = (outputs) => (outputs ? { output_area: { outputs: outputs.map(plain) } } : {});
    const plain = (output) => (output === printed ? { output_type: "stream" } : output);
    return { notebook: { get_cells: () => held.now.map(cell) } };
  },
};

/** A notebook as a front end shows it to widgets, and what is told to its kernel. */
function opened(t, held, front = FRONT_ENDS.JupyterLab) {
  const ticks = new Set(); // each of them comes once a second
  t.mock.method(globalThis, "setInterval", (tick) => ticks.add(tick) && tick);
  t.mock.method(globalThis, "clearInterval", (tick) => ticks.delete(tick));
  const notebook = { now: held };
  const manager = front(notebook);
  const told = [];
  const model = { widget_manager: manager, send: (message) => told.push(message) };
  const end = watch.initialize({ model });
  const pass = (ms) => {
    for (let time = 0; time < ms; time += PAUSE) for (const tick of ticks) tick();
  };
  const hold = (...now) => {
    notebook.now = now;
  };
  pass(PAUSE);
  return { manager, told, hold, pass, end };
}

for (const [name, front] of Object.entries(FRONT_ENDS)) {
  test(`a panel whose output was cleared is told of once, after a while: ${name}`, (t) => {
    const { told, hold, pass } = opened(t, [...OTHERS, [picture("a")], [picture("b")]], front);
    hold(...OTHERS, [], [picture("b")]);
    pass(GONE - PAUSE);
    assert.deepEqual(told, []);
    pass(PAUSE);
    assert.deepEqual(told, [{ kind: "gone", panels: ["a"] }]);
    hold(...OTHERS, [picture("b")]);
    pass(3 * GONE);
    assert.equal(told.length, 1);
  });
}

test("a cell that is moved, or cut and pasted, keeps its panel, each time", (t) => {
  const { told, hold, pass } = opened(t, [[picture("a")], ...OTHERS]);
  for (let time = 0; time < 5; time += 1) {
    hold(...OTHERS);
    pass(GONE - PAUSE);
    hold(...OTHERS, [picture("a")]);
    pass(PAUSE);
  }
  assert.deepEqual(told, []);
});

test("a panel that is shown in two cells is there until both are cleared", (t) => {
  const { told, hold, pass } = opened(t, [[picture("a")], [picture("a")]]);
  hold([], [picture("a")]);
  pass(2 * GONE);
  assert.deepEqual(told, []);
  hold();
  pass(GONE);
  assert.deepEqual(told, [{ kind: "gone", panels: ["a"] }]);
});

test("a notebook that is closed says nothing, whatever goes with it", (t) => {
  const { manager, told, hold, pass } = opened(t, [[picture("a")]]);
  hold();
  pass(PAUSE);
  manager.context.isDisposed = true;
  pass(3 * GONE);
  assert.deepEqual(told, []);
});

test("a page that is loaded anew misses nothing that it never had", (t) => {
  const { told, hold, pass } = opened(t, OTHERS);
  pass(3 * GONE);
  hold([]);
  pass(3 * GONE);
  assert.deepEqual(told, []);
});

test("a kernel that was restarted knows nothing of what was there, and is told nothing", (t) => {
  const { manager, told, hold, pass } = opened(t, [[picture("a")]], (held) => ({
    ...FRONT_ENDS.JupyterLab(held),
    kernel: { id: "one" },
  }));
  manager.kernel = { id: "another" };
  hold();
  pass(3 * GONE);
  assert.deepEqual(told, []);
});

test("it ends with its widget", (t) => {
  const { told, hold, pass, end } = opened(t, [[picture("a")]]);
  hold();
  end();
  pass(3 * GONE);
  assert.deepEqual(told, []);
});

for (const manager of [undefined, {}, { context: {} }, { context: { model: null } }]) {
  test(`where the notebook is not shown to it all stays: ${JSON.stringify(manager)}`, (t) => {
    const { told, pass } = opened(t, [], () => manager);
    pass(3 * GONE);
    assert.deepEqual(told, []);
  });
}
