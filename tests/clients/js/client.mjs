// SPDX-License-Identifier: Apache-2.0
// What the walks share: one client whose calls are counted, how to wait for a state of things, definitions.
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import * as sdk from "@aws-sdk/client-sfn";

export { sdk };
export const ROLE = "arn:aws:iam::000000000000:role/worker";
export const PREFIX = "arn:aws:states:us-east-1:000000000000:";
const WAIT_MS_MAX = 30_000;

export const settings = {
  endpoint: process.env.PAWL_ENDPOINT,
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
  maxAttempts: 1,
};
export const client = new sdk.SFNClient({ ...settings, disableHostPrefix: true });

/** The operations that have answered with success, and the error classes that were thrown. */
export const answered = new Set();
export const thrown = new Set();

/** `call("StartExecution", {...})` sends a StartExecutionCommand. */
export async function call(operation, input = {}, through = client) {
  const output = await through.send(new sdk[operation + "Command"](input));
  assert.equal(output.$metadata.httpStatusCode, 200);
  answered.add(operation);
  return output;
}

/** The call must fail with the SDK's class of that name; the error. */
export async function refused(errorName, operation, input = {}, message = undefined) {
  const error = await client.send(new sdk[operation + "Command"](input)).then(
    () => assert.fail(`${operation} succeeded, ${errorName} was expected`),
    (caught) => caught,
  );
  assert.equal(error.name, errorName, `${operation}: ${error.name}: ${error.message}`);
  assert.ok(error instanceof sdk[errorName], `${errorName} is no class of the SDK's`);
  assert.ok(error instanceof sdk.SFNServiceException);
  assert.equal(error.$metadata.httpStatusCode, 400);
  assert.equal(error.$fault, "client");
  assert.match(error.$metadata.requestId, /^[0-9a-f-]{36}$/);
  if (message !== undefined) assert.match(error.message, message);
  thrown.add(errorName);
  return error;
}

export async function until(what, read) {
  const limit = Date.now() + WAIT_MS_MAX;
  for (;;) {
    const value = await read();
    if (value) return value;
    if (Date.now() > limit) assert.fail(`did not happen: ${what}`);
    await pause(5);
  }
}

export const ended = (executionArn) =>
  until(`the end of ${executionArn}`, async () => {
    const execution = await call("DescribeExecution", { executionArn });
    return execution.status === "RUNNING" ? undefined : execution;
  });

export const machine = (name, states, more = {}) =>
  call("CreateStateMachine", { name, roleArn: ROLE, definition: definition(states), ...more });

export const definition = (states) => JSON.stringify({ StartAt: Object.keys(states)[0], States: states });

export const pass = (result) => ({ P: { Type: "Pass", Result: result, End: true } });

export const all = async (pages, member) => {
  const found = [];
  let count = 0;
  for await (const page of pages) {
    found.push(...page[member]);
    count += 1;
  }
  return { found, count };
};
