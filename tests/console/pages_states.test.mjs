// SPDX-License-Identifier: Apache-2.0
// Every page of Step Functions, looked over: see checkPage.
import { consoleTests } from "./harness/console-test.mjs";
import { checkPage } from "./harness/page-checks.mjs";
import { executionPath, machinePath, mapRunPath } from "./harness/pages.mjs";
import { seedExecutions, seedMapRun } from "./seed/executions.mjs";

const console = consoleTests({ seed: async (server) => ({ ...(await seedExecutions(server)), ...(await seedMapRun(server, 60)) }) });

/** What it is called, its path, what is read on it. */
const kPages = [
  ["the list of state machines", () => "/state-machines", "approval"],
  ["a new state machine", () => "/state-machines/new", "Create state machine"],
  ["a state machine", ({ machines }) => machinePath(machines.orders), "caught"],
  ["its definition", ({ machines }) => `${machinePath(machines.orders)}?tab=definition`, "StartAt"],
  ["its versions", ({ machines }) => `${machinePath(machines.orders)}?tab=versions`, "No versions"],
  ["its comparison", ({ machines }) => `${machinePath(machines.orders)}?tab=compare`, "Current revision"],
  ["its editor", ({ machines }) => `${machinePath(machines.orders)}/edit`, "No mistakes"],
  ["the list of executions", () => "/executions", "waiting-for-a-token"],
  ["an execution", ({ executions }) => executionPath(executions.caught), "ExecutionStarted"],
  ["its timeline", ({ executions }) => `${executionPath(executions.caught)}?tab=timeline`, "Timeline"],
  ["its time travel", ({ executions }) => `${executionPath(executions.succeeded)}?tab=travel`, "Time travel"],
  ["a failed execution", ({ executions }) => executionPath(executions.failed), "Work.Impossible"],
  ["a Map Run", ({ mapRun }) => mapRunPath(mapRun), "Child executions"],
  ["the test of a state", () => "/test-state", "Test"],
  ["the playground", () => "/playground", "Playground"],
];

for (const [name, path, text] of kPages) console.test(name, async ({ open, seeded }) => checkPage(await open(path(seeded)), text));
