// SPDX-License-Identifier: Apache-2.0
// Activities and their workers, Map Runs, TestState.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PREFIX, ROLE, all, call, client, definition, ended, machine, refused, sdk, until } from "./client.mjs";

const CONCURRENCY = 2;

test("activities are made, described, listed and deleted", async () => {
  const made = await call("CreateActivity", { name: "work", tags: [{ key: "k", value: "v" }] });
  assert.equal(made.activityArn, PREFIX + "activity:work");
  assert.deepEqual((await call("CreateActivity", { name: "work" })).creationDate, made.creationDate);
  const described = await call("DescribeActivity", { activityArn: made.activityArn });
  assert.deepEqual([described.name, described.creationDate], ["work", made.creationDate]);
  for (const name of ["work-b", "work-c"]) await call("CreateActivity", { name });
  const { found } = await all(sdk.paginateListActivities({ client, pageSize: 1 }, {}), "activities");
  for (const name of ["work", "work-b", "work-c"]) assert.equal(found.filter((each) => each.name === name).length, 1);
  await call("ListActivities");
  await call("DeleteActivity", { activityArn: made.activityArn });
  await refused("ActivityDoesNotExist", "DescribeActivity", { activityArn: made.activityArn });
  await refused("ActivityDoesNotExist", "GetActivityTask", { activityArn: made.activityArn });
  await refused("InvalidName", "CreateActivity", { name: "a b" });
});

test("a worker that asks first gets the task as soon as there is one", async () => {
  const { activityArn } = await call("CreateActivity", { name: "polled" });
  const { stateMachineArn } = await machine("polled", { T: { Type: "Task", Resource: activityArn, TimeoutSeconds: 600, HeartbeatSeconds: 300, End: true } });
  const waiting = call("GetActivityTask", { activityArn, workerName: "worker" });
  const { executionArn } = await call("StartExecution", { stateMachineArn, input: '{"a":1}' });
  const { taskToken, input } = await waiting;
  assert.deepEqual(JSON.parse(input), { a: 1 });
  await call("SendTaskHeartbeat", { taskToken });
  await refused("InvalidOutput", "SendTaskSuccess", { taskToken, output: "{" });
  await refused("InvalidToken", "SendTaskSuccess", { taskToken: "invented", output: "{}" });
  await call("SendTaskSuccess", { taskToken, output: '{"b":2}' });
  assert.equal((await ended(executionArn)).output, '{"b":2}');
  await refused("TaskTimedOut", "SendTaskHeartbeat", { taskToken });
  const { events } = await call("GetExecutionHistory", { executionArn });
  assert.deepEqual(events.map((each) => each.type), ["ExecutionStarted", "TaskStateEntered", "ActivityScheduled", "ActivityStarted",
    "ActivitySucceeded", "TaskStateExited", "ExecutionSucceeded"]);
  assert.deepEqual(events[3].activityStartedEventDetails, { workerName: "worker" });
});

test("a Map Run is described while it runs, changed, and ends with its counts", async () => {
  const { activityArn } = await call("CreateActivity", { name: "mapped" });
  const { stateMachineArn } = await machine("mapped", { M: { Type: "Map", Label: "Each", MaxConcurrency: CONCURRENCY, ToleratedFailureCount: 1, End: true,
    ItemProcessor: { ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" }, StartAt: "T",
      States: { T: { Type: "Task", Resource: activityArn, End: true } } } } });
  const { executionArn } = await call("StartExecution", { stateMachineArn, input: "[0,1,2,3,4]" });
  const run = await until("the Map Run", async () => (await call("ListMapRuns", { executionArn })).mapRuns[0]);
  const { mapRunArn } = run;
  assert.match(mapRunArn, /:mapRun:mapped\/Each:[0-9a-f-]{36}$/);
  assert.deepEqual([run.executionArn, run.stateMachineArn, run.stopDate], [executionArn, stateMachineArn, undefined]);
  const counted = (member, value) => until(`${value} ${member}`, async () => {
    const found = await call("DescribeMapRun", { mapRunArn });
    return found.itemCounts[member] === value && found;
  });
  const begun = await counted("running", CONCURRENCY);
  assert.deepEqual([begun.status, begun.maxConcurrency, begun.toleratedFailureCount, begun.toleratedFailurePercentage], ["RUNNING", CONCURRENCY, 1, 0]);
  assert.deepEqual([begun.itemCounts.total, begun.itemCounts.pending, begun.stopDate], [5, 3, undefined]);
  await call("UpdateMapRun", { mapRunArn, maxConcurrency: 4, toleratedFailureCount: 2 });
  assert.deepEqual((({ maxConcurrency, toleratedFailureCount }) => [maxConcurrency, toleratedFailureCount])(await counted("running", 4)), [4, 2]);
  const children = await call("ListExecutions", { mapRunArn, statusFilter: "RUNNING" });
  assert.equal(children.executions.length, 4);
  for (const child of children.executions) assert.equal(child.mapRunArn, mapRunArn);
  for (let i = 0; i < 5; i += 1) {
    const { taskToken, input } = await call("GetActivityTask", { activityArn });
    if (input === "3") await call("SendTaskFailure", { taskToken, error: "E", cause: "C" });
    else await call("SendTaskSuccess", { taskToken, output: input });
  }
  const done = await ended(executionArn);
  assert.equal(done.status, "SUCCEEDED");
  assert.deepEqual(JSON.parse(done.output).filter((each) => typeof each === "number"), [0, 1, 2, 4]);
  const last = await call("DescribeMapRun", { mapRunArn });
  assert.deepEqual([last.status, last.itemCounts.succeeded, last.itemCounts.failed, last.executionCounts.total], ["SUCCEEDED", 4, 1, 5]);
  assert.ok(last.stopDate instanceof Date);
  const { found } = await all(sdk.paginateListMapRuns({ client, pageSize: 1 }, { executionArn }), "mapRuns");
  assert.equal(found.length, 1);
  const child = await call("DescribeExecution", { executionArn: children.executions[0].executionArn });
  assert.equal(child.mapRunArn, mapRunArn);
  await refused("ResourceNotFound", "DescribeMapRun", { mapRunArn: mapRunArn.replace(/.{4}$/, "0000") });
  await refused("ValidationException", "UpdateMapRun", { mapRunArn, maxConcurrency: -1 });
});

test("TestState runs a state alone, with a mock of what it calls", async () => {
  const state = (fields) => JSON.stringify({ Type: "Task", Resource: "arn:aws:states:::lambda:invoke", Parameters: { FunctionName: "f", "Payload.$": "$.in" }, End: true, ...fields });
  const plain = await call("TestState", { roleArn: ROLE, definition: '{"Type":"Pass","Parameters":{"b.$":"$.a"},"Next":"N"}', input: '{"a":1}', inspectionLevel: "DEBUG" });
  assert.deepEqual([plain.status, plain.output, plain.nextState], ["SUCCEEDED", '{"b":1}', "N"]);
  assert.deepEqual([plain.inspectionData.input, plain.inspectionData.afterParameters], ['{"a":1}', '{"b":1}']);
  const result = JSON.stringify({ Payload: { x: 1 }, StatusCode: 200 });
  const mocked = await call("TestState", { definition: state({ OutputPath: "$.Payload" }), input: '{"in":1}', mock: { result, fieldValidationMode: "STRICT" } });
  assert.deepEqual([mocked.status, mocked.output], ["SUCCEEDED", '{"x":1}']);
  await refused("ValidationException", "TestState", { definition: state(), input: '{"in":1}', mock: { result: '{"StatusCode":"no number"}', fieldValidationMode: "STRICT" } });
  const errorOutput = { error: "Lambda.TooManyRequestsException", cause: "busy" };
  const retry = { Retry: [{ ErrorEquals: ["Lambda.TooManyRequestsException"], IntervalSeconds: 3, MaxAttempts: 2 }] };
  const again = await call("TestState", { definition: state(retry), input: '{"in":1}', mock: { errorOutput }, inspectionLevel: "DEBUG", stateConfiguration: { retrierRetryCount: 1 } });
  assert.deepEqual([again.status, again.error, again.inspectionData.errorDetails.retryBackoffIntervalSeconds], ["RETRIABLE", errorOutput.error, 6]);
  const caught = await call("TestState", { definition: state({ Catch: [{ ErrorEquals: ["States.ALL"], Next: "Sorry" }] }), input: '{"in":1}', mock: { errorOutput } });
  assert.deepEqual([caught.status, caught.nextState], ["CAUGHT_ERROR", "Sorry"]);
  const whole = definition({ A: { Type: "Pass", Next: "B" }, B: { Type: "Pass", Result: 7, End: true } });
  assert.equal((await call("TestState", { definition: whole, stateName: "B", roleArn: ROLE })).output, "7");
  await refused("InvalidDefinition", "TestState", { definition: '{"Type":"Teapot"}', roleArn: ROLE });
});
