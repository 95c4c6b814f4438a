// SPDX-License-Identifier: Apache-2.0
// Executions in every status there is.
import { until } from "../harness/server.mjs";
import { kDefinitions, makeMachine } from "./machines.mjs";

export async function start(server, stateMachineArn, name, input = {}) {
  const started = await server.call("stepfunctions", "StartExecution", { stateMachineArn, name, input: JSON.stringify(input) });
  return started.executionArn;
}

/** What DescribeExecution says when it has that status. */
export function hasStatus(server, executionArn, status) {
  return until(`${executionArn} ${status}`, async () => {
    const told = await server.call("stepfunctions", "DescribeExecution", { executionArn });
    if (told.status !== status && told.status !== "RUNNING") throw new Error(`${executionArn} is ${told.status}: ${told.cause}`);
    return told.status === status && told;
  });
}

/** When a state of that name has been entered. */
export function isIn(server, executionArn, state) {
  return until(`${executionArn} in ${state}`, async () => {
    const { events } = await server.call("stepfunctions", "GetExecutionHistory", { executionArn, reverseOrder: true, maxResults: 20 });
    return events.some((event) => event.stateEnteredEventDetails?.name === state);
  });
}

const kOrder = (id, quantity) => ({ order: { id, quantity, price: 20, items: ["pen", "book", "lamp", "cup"].slice(0, quantity) } });

/** ARNs by what they are. */
export async function seedExecutions(server) {
  const machine = (name) => makeMachine(server, name, kDefinitions[name]);
  const names = ["orders", "loop", "fails", "ledger", "retries", "approval", "waits"];
  const machines = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await machine(name)])));
  machines.parent = await makeMachine(server, "parent", kDefinitions.parent(machines.orders));
  machines.express = await makeMachine(server, "express", kDefinitions.loop, { type: "EXPRESS" });
  const { QueueUrl: queue } = await server.call("sqs", "CreateQueue", { QueueName: "approvals" });

  const executions = {
    caught: await start(server, machines.orders, "caught", kOrder("o-1", 3)),
    choiceFailed: await start(server, machines.orders, "too-many", kOrder("o-2", 101)),
    skipped: await start(server, machines.orders, "nothing", kOrder("o-3", 0)),
    succeeded: await start(server, machines.loop, "counted", { until: 12 }),
    failed: await start(server, machines.fails, "failed", { job: 1 }),
    redriven: await start(server, machines.ledger, "redriven"),
    retrying: await start(server, machines.retries, "retrying"),
    token: await start(server, machines.approval, "waiting-for-a-token", { queue, what: "12 chairs" }),
    running: await start(server, machines.waits, "running"),
    aborted: await start(server, machines.waits, "aborted"),
    parent: await start(server, machines.parent, "parent", kOrder("o-4", 2)),
  };
  await hasStatus(server, executions.redriven, "FAILED");
  await server.call("dynamodb", "CreateTable", {
    TableName: "ledger",
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    BillingMode: "PAY_PER_REQUEST",
  });
  await server.call("stepfunctions", "RedriveExecution", { executionArn: executions.redriven });
  await server.call("stepfunctions", "StopExecution", { executionArn: executions.aborted, error: "Operator", cause: "Not needed" });
  await Promise.all([
    hasStatus(server, executions.caught, "SUCCEEDED"),
    hasStatus(server, executions.choiceFailed, "FAILED"),
    hasStatus(server, executions.succeeded, "SUCCEEDED"),
    hasStatus(server, executions.failed, "FAILED"),
    hasStatus(server, executions.redriven, "SUCCEEDED"),
    hasStatus(server, executions.aborted, "ABORTED"),
    hasStatus(server, executions.parent, "SUCCEEDED"),
    isIn(server, executions.running, "Sleep"),
    isIn(server, executions.token, "Ask"),
  ]);
  return { machines, executions, queue };
}

/** An execution of nearly 25,000 events, which AWS does not go beyond. */
export async function seedLong(server, turns = 6_240) {
  const machine = await makeMachine(server, "long-loop", kDefinitions.loop);
  const execution = await start(server, machine, "long", { until: turns });
  await hasStatus(server, execution, "SUCCEEDED");
  return execution;
}

/** A Map Run of so many items. */
export async function seedMapRun(server, count = 10_000) {
  const machine = await makeMachine(server, "map-of-many", kDefinitions.distributed);
  const execution = await start(server, machine, "many", { count });
  await hasStatus(server, execution, "SUCCEEDED");
  const { mapRuns } = await server.call("stepfunctions", "ListMapRuns", { executionArn: execution });
  return { execution, mapRun: mapRuns[0].mapRunArn };
}
