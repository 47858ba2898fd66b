import assert from "node:assert/strict";
import { test } from "node:test";

import { meant } from "../src/view/file_choice.js";

test("a part of a name means the file of that name, or that ends with it, or has it", () => {
  const files = Array.from({ length: 512 }, (_, number) => `worker-${number}`);
  const cases = { "worker-3": "worker-3", 377: "worker-377", " Worker-3 ": "worker-3", "-51": "worker-51", "er-4": "worker-4" };
  for (const [typed, file] of Object.entries(cases)) assert.equal(meant(files, typed), file, typed);
  assert.equal(meant(files, "server"), undefined);
  assert.equal(meant([], "1"), undefined);
});
