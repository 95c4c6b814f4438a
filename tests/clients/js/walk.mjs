// SPDX-License-Identifier: Apache-2.0
// All walks in one process; at the end every operation of the SDK must have answered.
import assert from "node:assert/strict";
import { after } from "node:test";
import { answered, sdk, thrown } from "./client.mjs";
import "./machines.mjs";
import "./executions.mjs";
import "./tasks.mjs";

after(() => {
  const operations = Object.keys(sdk).filter((name) => /^[A-Z].*Command$/.test(name)).map((name) => name.slice(0, -"Command".length));
  console.log(`${answered.size} of ${operations.length} operations answered, ${thrown.size} error classes were thrown`);
  assert.deepEqual(operations.filter((name) => !answered.has(name)), []);
});
