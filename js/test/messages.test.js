import assert from "node:assert/strict";
import { test } from "node:test";

import SHARED from "../../modelarts_magics/core/locale/shared.json" with { type: "json" };
import { roughly } from "../src/text/format.js";
import { MESSAGES, translator } from "../src/text/messages.js";

test("every word is there in both languages, with the same values", () => {
  const values = (text) => (text.match(/\{\w+\}/g) ?? []).sort();
  for (const [english, chinese] of Object.values(MESSAGES)) {
    assert.deepEqual(values(chinese), values(english), english);
  }
});

test("a word that Python shows too is that of the shared table, and none is left over", () => {
  const shown = Object.values(MESSAGES).filter(([english]) => english in SHARED);
  assert.deepEqual(Object.fromEntries(shown), SHARED);
});

test("a rough length of time", () => {
  const lengths = [-5, 59_999, 60_000, 3_599_000, 3_600_000, 86_399_000, 3 * 86_400_000];
  const said = (language) => lengths.map((ms) => roughly(ms, translator(language)));
  assert.deepEqual(said("en"), ["0 s", "59 s", "1 min", "59 min", "1 h", "23 h", "3 d"]);
  assert.deepEqual(said("zh"), ["0 秒", "59 秒", "1 分钟", "59 分钟", "1 小时", "23 小时", "3 天"]);
});
