import assert from "node:assert/strict";
import { test } from "node:test";

import { GuardedMatches, quickLength } from "../src/view/guard.js";
import { matcher } from "../src/view/query.js";

// Runs the program of the worker here, a moment later.
function startHere(program) {
  const worker = { terminate: () => (worker.isEnded = true), postMessage: (data) => handle({ data }) };
  const answer = (data) => queueMicrotask(() => worker.isEnded || worker.onmessage({ data }));
  const handle = new Function("postMessage", `let onmessage; ${program}; return onmessage;`)(answer);
  return worker;
}

const moment = () => new Promise((resolve) => setTimeout(resolve));

test("what may take for ever is not run at once, what is usual is", () => {
  for (const source of ["(a+)+$", "(a|aa)*b", "(a|aa){30}", "(\\w+\\s?)+$", "(.)\\1", "a?".repeat(30)]) {
    assert.ok(quickLength(source) < 30, source);
  }
  for (const source of ["loss", "^line \\d*7$", "loss=[0-9.]+", "error|warning", "a{2,3}", "\\(x\\)", "[*+]"]) {
    assert.ok(quickLength(source) > 200, source);
  }
  assert.ok(quickLength("a.*b.*c") < 100);
});

test("matches are known after an answer, all lines of a turn in one", async () => {
  let answers = 0;
  const hooks = { onAnswer: () => (answers += 1), onSlow: assert.fail, start: startHere };
  const guarded = new GuardedMatches("(?:ab)+|$", "gi", hooks);
  const texts = ["abAB ab", "none", ""];
  assert.deepEqual(texts.map((text) => guarded.in(text)), [null, null, null]);
  await moment();
  assert.deepEqual(texts.map((text) => guarded.in(text)), [[[0, 4], [5, 7]], [], []]);
  assert.equal(answers, 1);
});

test("without an answer in time the worker is ended, and nothing is asked any more", async () => {
  const asked = [];
  const worker = { postMessage: (data) => asked.push(data), terminate: () => (worker.isEnded = true) };
  const slow = new Promise((onSlow) => {
    const hooks = { onAnswer: assert.fail, onSlow, start: () => worker, limit: 1 };
    const guarded = new GuardedMatches("(a+)+$", "g", hooks);
    assert.equal(guarded.in("aaaa!"), null);
    assert.equal(guarded.in("aaaa?"), null);
  });
  await slow;
  assert.ok(worker.isEnded);
  assert.deepEqual(asked.map(({ texts }) => texts), [["aaaa!", "aaaa?"]]);
});

test("a page that forbids workers gives up, and one that was closed asks nothing", async () => {
  let isSlow = false;
  const forbidden = () => {
    throw new Error("worker-src");
  };
  const hooks = { onAnswer: assert.fail, onSlow: () => (isSlow = true), start: forbidden };
  new GuardedMatches("(a+)+$", "g", hooks).in("a");
  await moment();
  assert.ok(isSlow);
  const closed = new GuardedMatches("(a+)+$", "g", { ...hooks, onSlow: assert.fail, start: assert.fail });
  closed.in("a");
  closed.close();
  await moment();
});

test("plain text and quick patterns are known at once", () => {
  const query = { pattern: "(a+)+$", isRegexp: false, isCaseSensitive: true };
  assert.deepEqual([...matcher(query, {}).in("x (a+)+$")], [[2, 8]]);
  const quick = matcher({ pattern: "a+", isRegexp: true, isCaseSensitive: false }, {});
  assert.ok(quick.knows(["b aA"]));
  assert.equal(quick.count("aa b A"), 2);
  assert.equal(matcher({ ...query, pattern: "(", isRegexp: true }, {}), undefined);
});
