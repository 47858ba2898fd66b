import assert from "node:assert/strict";
import { test } from "node:test";

import { Text } from "@codemirror/state";
import { KINDS, Landmarks } from "../src/rows/landmarks.js";

const found = (landmarks) =>
  Object.fromEntries(KINDS.map((kind) => [kind, landmarks.lines(kind)]).filter(([, lines]) => lines.length > 0));

const looked = (lines, ownerOf = () => 0) => {
  const landmarks = new Landmarks();
  landmarks.start(Text.of(lines), ownerOf);
  landmarks.step(Infinity);
  return landmarks;
};

const EPOCHS = {
  "Epoch 3/10": 1,
  "epoch: 3 step: 10, loss is 0.3": 1,
  "Epoch [3][10/200] loss 0.5": 1,
  "{'loss': 0.5, 'epoch': 3.2}": 1,
  "epoch=3": 1,
  "第 3 轮 损失 0.5": 1,
  "epochs: 10": 0,
  "epoch_time 12 s": 0,
  "the first epoch of 3 begins": 0,
};

for (const [line, count] of Object.entries(EPOCHS)) {
  test(`${count === 0 ? "no epoch" : "an epoch"}: ${line}`, () => {
    assert.equal(looked([line]).count("epoch"), count);
  });
}

test("errors, warnings, epochs and a start from the beginning are told by their lines", () => {
  const lines = Array.from({ length: 1000 }, (_, n) => `epoch ${Math.floor(n / 100) % 5} step ${n}`);
  lines[250] = "ERROR: lost";
  lines[251] = "ERROR: lost again";
  lines[700] = "WARNING: slow";
  const landmarks = looked(lines);
  const told = found(landmarks);
  assert.deepEqual(told.error, [250]);
  assert.equal(landmarks.count("error"), 2);
  assert.deepEqual(told.warning, [700]);
  assert.deepEqual(told.restart, [500]);
  assert.deepEqual(told.epoch, [0, 100, 200, 300, 400, 600, 701, 800, 900]);
});

test("what changes is looked at again, and what is searched for apart", () => {
  const lines = Array.from({ length: 300 }, (_, n) => `line ${n}`);
  const landmarks = looked(lines);
  assert.deepEqual(found(landmarks), {});
  const matcher = { knows: () => true, test: (text) => text.endsWith("7") };
  landmarks.search(matcher);
  landmarks.step(Infinity);
  assert.equal(landmarks.count("match"), 30);
  lines[200] = "ERROR 7";
  landmarks.changed(Text.of([...lines, "line 307"]), 200);
  assert.equal(landmarks.isDone, false);
  landmarks.step(Infinity);
  assert.deepEqual([landmarks.count("error"), landmarks.count("match")], [1, 32]);
  landmarks.search(null);
  landmarks.step(Infinity);
  assert.deepEqual(found(landmarks), { error: [200] });
});

test("of several logs the epochs of the first count, so that one behind is no new start", () => {
  const lines = ["epoch 5", "epoch 4", "epoch 6"];
  const landmarks = looked(lines, (line) => line % 2);
  assert.deepEqual(found(landmarks), { epoch: [0] });
  assert.equal(landmarks.count("epoch"), 2);
});
