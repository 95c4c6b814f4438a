// SPDX-License-Identifier: Apache-2.0
// Executions: started, repeated, stopped, described, listed, told, redriven; EXPRESS ones at once.
import assert from "node:assert/strict";
import http from "node:http";
import { test } from "node:test";
import { PREFIX, all, call, client, definition, ended, machine, pass, refused, sdk, settings } from "./client.mjs";

const WAIT = { W: { Type: "Wait", Seconds: 100000, End: true } };

test("the same start twice is one execution", async () => {
  const { stateMachineArn } = await machine("once", WAIT);
  const first = await call("StartExecution", { stateMachineArn, name: "n", input: '{"a": 1}' });
  assert.equal(first.executionArn, PREFIX + "execution:once:n");
  const second = await call("StartExecution", { stateMachineArn, name: "n", input: '{"a": 1}' });
  assert.deepEqual([second.executionArn, second.startDate], [first.executionArn, first.startDate]);
  await refused("ExecutionAlreadyExists", "StartExecution", { stateMachineArn, name: "n", input: '{"a": 2}' });
  await refused("InvalidName", "StartExecution", { stateMachineArn, name: "a b" });
  await refused("InvalidExecutionInput", "StartExecution", { stateMachineArn, input: "{" });
  await refused("StateMachineDoesNotExist", "StartExecution", { stateMachineArn: PREFIX + "stateMachine:nobody" });
  const { stopDate } = await call("StopExecution", { executionArn: first.executionArn, error: "E", cause: "C" });
  assert.ok(stopDate instanceof Date);
  const stopped = await ended(first.executionArn);
  assert.deepEqual([stopped.status, stopped.error, stopped.cause, stopped.input], ["ABORTED", "E", "C", '{"a": 1}']);
  assert.deepEqual(stopped.stopDate, stopDate);
  await refused("ExecutionAlreadyExists", "StartExecution", { stateMachineArn, name: "n", input: '{"a": 1}' });
  await refused("ExecutionDoesNotExist", "StopExecution", { executionArn: PREFIX + "execution:once:nobody" });
  const { definition: run } = await call("DescribeStateMachineForExecution", { executionArn: first.executionArn });
  assert.equal(run, definition(WAIT));
  const metadata = await call("DescribeExecution", { executionArn: first.executionArn, includedData: "METADATA_ONLY" });
  assert.deepEqual([metadata.input, metadata.inputDetails], [undefined, { included: false }]);
});

test("executions are listed by status, page by page", async () => {
  const { stateMachineArn } = await machine("listed", {
    C: { Type: "Choice", Default: "F", Choices: [{ Variable: "$", NumericEquals: 0, Next: "S" }, { Variable: "$", NumericEquals: 1, Next: "W" }] },
    S: { Type: "Succeed" }, W: { Type: "Wait", Seconds: 100000, End: true }, F: { Type: "Fail", Error: "E", Cause: "C" },
  });
  const arns = [];
  for (let i = 0; i < 12; i += 1) {
    arns.push((await call("StartExecution", { stateMachineArn, name: `n${i}`, input: String(i % 3) })).executionArn);
  }
  for (const [i, arn] of arns.entries()) if (i % 3 !== 1) await ended(arn);
  const list = async (more) => (await call("ListExecutions", { stateMachineArn, ...more })).executions;
  const names = (remainder) => [...Array(12).keys()].filter((i) => i % 3 === remainder).map((i) => `n${i}`).reverse();
  for (const [statusFilter, remainder] of [["SUCCEEDED", 0], ["RUNNING", 1], ["FAILED", 2]]) {
    const found = await list({ statusFilter });
    assert.deepEqual(found.map((each) => each.name), names(remainder));
    for (const each of found) assert.equal(each.stopDate === undefined, statusFilter === "RUNNING");
  }
  assert.deepEqual(await list({ statusFilter: "TIMED_OUT" }), []);
  assert.deepEqual(await list({ statusFilter: "PENDING_REDRIVE" }), []);
  assert.deepEqual(await list({ redriveFilter: "REDRIVEN" }), []);
  assert.equal((await list({ redriveFilter: "NOT_REDRIVEN" })).length, 12);
  const { found, count } = await all(sdk.paginateListExecutions({ client, pageSize: 5 }, { stateMachineArn }), "executions");
  assert.equal(count, 3);
  assert.deepEqual(found.map((each) => each.executionArn), [...arns].reverse());
  await refused("ValidationException", "ListExecutions", {});
  await refused("StateMachineDoesNotExist", "ListExecutions", { stateMachineArn: PREFIX + "stateMachine:nobody" });
});

test("a history is read forwards, backwards and in pages", async () => {
  const states = Object.fromEntries([...Array(20).keys()].map((i) => [`S${i}`, { Type: "Pass", ...(i === 19 ? { End: true } : { Next: `S${i + 1}` }) }]));
  const { stateMachineArn } = await machine("told", states);
  const { executionArn } = await call("StartExecution", { stateMachineArn, input: '{"secret":1}' });
  await ended(executionArn);
  const { events } = await call("GetExecutionHistory", { executionArn, maxResults: 1000 });
  assert.deepEqual(events.map((each) => each.id), [...Array(42).keys()].map((i) => i + 1));
  assert.deepEqual([events[0].type, events[1].type, events.at(-1).type], ["ExecutionStarted", "PassStateEntered", "ExecutionSucceeded"]);
  assert.deepEqual(events[1].stateEnteredEventDetails, { name: "S0", input: '{"secret":1}', inputDetails: { truncated: false } });
  const read = (reverseOrder) => all(sdk.paginateGetExecutionHistory({ client, pageSize: 7 }, { executionArn, reverseOrder }), "events");
  const forwards = await read(false);
  assert.deepEqual([forwards.found, forwards.count], [events, 6]);
  const backwards = await read(true);
  assert.deepEqual(backwards.found, [...events].reverse());
  const without = await call("GetExecutionHistory", { executionArn, includeExecutionData: false, maxResults: 1000 });
  assert.ok(!JSON.stringify(without.events).includes("secret"));
  await refused("ExecutionDoesNotExist", "GetExecutionHistory", { executionArn: executionArn + "x" });
});

test("a failed execution is redriven from where it failed", async () => {
  const { activityArn } = await call("CreateActivity", { name: "redriven-worker" });
  const { stateMachineArn } = await machine("redriven", { P: { Type: "Pass", Next: "T" }, T: { Type: "Task", Resource: activityArn, End: true } });
  const { executionArn } = await call("StartExecution", { stateMachineArn });
  await refused("ExecutionNotRedrivable", "RedriveExecution", { executionArn });
  const failed = await call("GetActivityTask", { activityArn });
  await call("SendTaskFailure", { taskToken: failed.taskToken, error: "E", cause: "C" });
  const first = await ended(executionArn);
  assert.deepEqual([first.status, first.redriveStatus, first.redriveCount], ["FAILED", "REDRIVABLE", 0]);
  const { redriveDate } = await call("RedriveExecution", { executionArn });
  assert.ok(redriveDate instanceof Date);
  const { taskToken } = await call("GetActivityTask", { activityArn });
  await refused("TaskTimedOut", "SendTaskSuccess", { taskToken: failed.taskToken, output: "1" });
  await call("SendTaskSuccess", { taskToken, output: "2" });
  const second = await ended(executionArn);
  assert.deepEqual([second.status, second.output, second.redriveCount, second.redriveStatus], ["SUCCEEDED", "2", 1, "NOT_REDRIVABLE"]);
  const { events } = await call("GetExecutionHistory", { executionArn });
  assert.equal(events.filter((each) => each.type === "PassStateEntered").length, 1);
  assert.deepEqual(events.find((each) => each.type === "ExecutionRedriven").executionRedrivenEventDetails, { redriveCount: 1 });
  const { executions } = await call("ListExecutions", { stateMachineArn, redriveFilter: "REDRIVEN" });
  assert.deepEqual(executions.map((each) => [each.executionArn, each.redriveCount]), [[executionArn, 1]]);
});

test("StartSyncExecution goes through the sync- host and answers the result", async () => {
  const { stateMachineArn } = await machine("sync", { C: { Type: "Choice", Default: "P", Choices: [{ Variable: "$.fail", IsPresent: true, Next: "F" }] },
    ...pass({ done: true }), F: { Type: "Fail", Error: "E", Cause: "C" } }, { type: "EXPRESS" });
  // The SDK puts "sync-" before the host; every name here leads to the loopback.
  const hosts = [];
  const lookup = (host, options, done) => {
    hosts.push(host);
    if (options.all) done(null, [{ address: "127.0.0.1", family: 4 }]);
    else done(null, "127.0.0.1", 4);
  };
  const prefixed = new sdk.SFNClient({ ...settings, requestHandler: { httpAgent: new http.Agent({ lookup }) } });
  const done = await call("StartSyncExecution", { stateMachineArn, name: "one", input: "{}" }, prefixed);
  prefixed.destroy();
  assert.deepEqual(hosts, ["sync-127.0.0.1"]);
  assert.deepEqual([done.status, done.output, done.name, done.input], ["SUCCEEDED", '{"done":true}', "one", "{}"]);
  assert.match(done.executionArn, /:express:sync:one:[0-9a-f-]{36}$/);
  assert.equal(done.billingDetails.billedDurationInMilliseconds % 100, 0);
  assert.equal(done.billingDetails.billedMemoryUsedInMB, 64);
  const failed = await call("StartSyncExecution", { stateMachineArn, input: '{"fail":1}' });
  assert.deepEqual([failed.status, failed.error, failed.cause, failed.output], ["FAILED", "E", "C", undefined]);
  const { executionArn } = await call("StartExecution", { stateMachineArn });
  assert.match(executionArn, /:express:sync:[^:]+:[^:]+$/);
  await refused("StateMachineTypeNotSupported", "ListExecutions", { stateMachineArn });
  const standard = await machine("not-sync", pass(1));
  await refused("StateMachineTypeNotSupported", "StartSyncExecution", { stateMachineArn: standard.stateMachineArn });
});
