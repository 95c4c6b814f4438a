// SPDX-License-Identifier: Apache-2.0
// Executions: their list, and each of them while it runs and afterwards.
import assert from "node:assert/strict";
import { until } from "./harness/server.mjs";
import { consoleTests } from "./harness/console-test.mjs";
import { executionPath, writeInto } from "./harness/pages.mjs";
import { hasStatus, isIn, seedExecutions, start } from "./seed/executions.mjs";
import { kDefinitions, makeMachine } from "./seed/machines.mjs";

const console = consoleTests({ seed: seedExecutions });

const state = (page, name) => page.getByRole("option", { name: new RegExp(`^${name}, `) });
const tile = (page, name) => page.getByRole("group", { name: "Executions by status" }).getByRole("button", { name });
const select = async (page, name) => {
  // As a screen reader does: the picture may have it out of sight.
  await state(page, name).evaluate((option) => option.click());
  await page.locator(".pawl-panel-name", { hasText: name }).waitFor();
};

console.test("the list shows what there is, filtered by status, name and machine", async ({ open }) => {
  const { page } = await open("/executions");
  const table = page.getByRole("grid", { name: "Executions" });
  await table.getByRole("link", { name: "waiting-for-a-token" }).waitFor();
  await tile(page, "Running").filter({ hasText: "3" }).waitFor();
  await tile(page, "Running").click();
  await table.getByRole("link", { name: "caught", exact: true }).waitFor({ state: "detached" });
  assert.match(page.url(), /status=RUNNING/);
  await page.reload();
  await table.getByRole("link", { name: "retrying" }).waitFor();
  assert.equal(await table.getByRole("link", { name: "caught", exact: true }).count(), 0);
  await tile(page, "All").click();
  await page.getByRole("searchbox", { name: "Find executions by name" }).fill("abort");
  await table.getByRole("link", { name: "aborted" }).waitFor();
  await table.getByRole("link", { name: "retrying" }).waitFor({ state: "detached" });
});

console.test("counts and rows change while one looks", async ({ open, server, seeded }) => {
  const { page } = await open("/executions");
  const table = page.getByRole("grid", { name: "Executions" });
  await table.getByRole("link", { name: "retrying" }).waitFor();
  const failed = tile(page, /Failed/);
  const before = Number((await failed.locator(".pawl-tile-count").innerText()).replace(/\D/g, ""));
  await start(server, seeded.machines.fails, "while-you-look");
  await table.getByRole("link", { name: "while-you-look" }).waitFor();
  await failed.filter({ hasText: String(before + 1) }).waitFor();
});

console.test("an execution is followed while it runs, and stopped", async ({ open, server, seeded }) => {
  const arn = await start(server, seeded.machines.waits, "followed");
  const { page } = await open(executionPath(arn));
  await page.getByRole("heading", { level: 1, name: "followed" }).waitFor();
  await state(page, "Sleep").filter({ hasText: /running/i }).waitFor({ state: "attached" });
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Error").fill("Operator");
  await dialog.getByLabel("Cause").fill("Not needed");
  await dialog.getByRole("button", { name: "Stop execution" }).click();
  await page.locator(".pawl-exec-title").getByText("Aborted", { exact: true }).waitFor();
  await state(page, "Sleep").filter({ hasText: /aborted/i }).waitFor({ state: "attached" });
  const { error, cause } = await server.call("stepfunctions", "DescribeExecution", { executionArn: arn });
  assert.deepEqual([error, cause], ["Operator", "Not needed"]);
});

console.test("what is caught, branched and iterated is seen in the graph", async ({ open, seeded }) => {
  const { page } = await open(executionPath(seeded.executions.caught));
  await state(page, "Settle").filter({ hasText: /caught/i }).waitFor({ state: "attached" });
  await state(page, "Settle by hand").filter({ hasText: /succeeded/i }).waitFor({ state: "attached" });
  await state(page, "Too many").filter({ hasText: /not entered/i }).waitFor({ state: "attached" });
  await select(page, "Pack items");
  const iterations = page.getByRole("region", { name: "Iterations" });
  await iterations.getByRole("grid", { name: "Iterations" }).getByRole("row").nth(3).waitFor();
  await iterations.getByRole("grid", { name: "Iterations" }).getByRole("row").nth(2).click();
  await select(page, "Pack");
  await page.locator(".pawl-panel").getByText(/Pack items/).first().waitFor();
});

console.test("per state: input, result, output, and the error with its place in the definition", async ({ open, seeded }) => {
  const { page } = await open(executionPath(seeded.executions.caught));
  await select(page, "Settle");
  await page.getByRole("group", { name: "Error" }).getByText("DynamoDB.ResourceNotFoundException").waitFor();
  const data = page.getByRole("tablist", { name: "Data of the visit" });
  await data.getByRole("tab", { name: "Arguments" }).click();
  await page.getByRole("tree", { name: "Arguments" }).getByText("no-such-table").waitFor();
  await data.getByRole("tab", { name: "Input" }).click();
  await page.getByRole("tree", { name: "Input" }).getByText('"o-1"').first().waitFor();
  await page.getByRole("button", { name: "Its place in the definition" }).click();
  await page.getByRole("tab", { name: "Definition", selected: true }).waitFor();
  await page.getByText("no-such-table").first().waitFor();
});

console.test("the table of events: kinds, text, an event of its own address", async ({ open, seeded }) => {
  const { page } = await open(executionPath(seeded.executions.succeeded));
  const table = page.getByRole("grid", { name: "Events" });
  await table.getByText("ExecutionStarted").waitFor();
  await page.getByRole("searchbox", { name: "Find events" }).fill("ChoiceStateEntered");
  await page.getByRole("status").filter({ hasText: /^13 of / }).waitFor();
  await table.getByRole("row").nth(3).click();
  await page.waitForURL(/event=\d+/);
  await page.reload();
  await page.getByRole("grid", { name: "Events" }).locator('[aria-selected="true"]').getByText("ChoiceStateEntered").waitFor();
});

console.test("an answer to a task token lets it go on", async ({ open, server, seeded }) => {
  const arn = await start(server, seeded.machines.approval, "answered", { queue: seeded.queue, what: "1 table" });
  await isIn(server, arn, "Ask");
  const { page } = await open(executionPath(arn));
  await select(page, "Ask");
  await page.getByRole("button", { name: "Answer the task token" }).click();
  const dialog = page.getByRole("dialog");
  await writeInto(page, "Output", '{"approved": ');
  await dialog.locator("button:disabled", { hasText: "Send success" }).waitFor();
  await writeInto(page, "Output", '{"approved": true}');
  await dialog.getByRole("button", { name: "Send success" }).click();
  await page.locator(".pawl-exec-title").getByText("Succeeded", { exact: true }).waitFor();
  assert.deepEqual(JSON.parse((await server.call("stepfunctions", "DescribeExecution", { executionArn: arn })).output), { approved: true });
});

console.test("a failed execution is redriven and goes on where it failed", async ({ open, server }) => {
  const definition = JSON.parse(kDefinitions.ledger);
  definition.States.Write.Parameters.TableName = "later";
  const machine = await makeMachine(server, "later", JSON.stringify(definition));
  const arn = await start(server, machine, "to-redrive");
  await hasStatus(server, arn, "FAILED");
  const { page } = await open(executionPath(arn));
  await state(page, "Write").filter({ hasText: /failed/i }).waitFor({ state: "attached" });
  await server.call("dynamodb", "CreateTable", {
    TableName: "later",
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    BillingMode: "PAY_PER_REQUEST",
  });
  await page.getByRole("button", { name: "Redrive" }).click();
  await page.locator(".pawl-exec-title").getByText("Succeeded", { exact: true }).waitFor();
  await state(page, "Write").filter({ hasText: /succeeded/i }).waitFor({ state: "attached" });
});

console.test("it is started again, with the same and with another input", async ({ open, server, seeded }) => {
  const { page } = await open(executionPath(seeded.executions.failed));
  await page.getByRole("button", { name: "Start again" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Start execution" }).click();
  await page.waitForURL((url) => !url.pathname.endsWith(encodeURIComponent(seeded.executions.failed)));
  await page.locator(".pawl-exec-title").getByText("Failed", { exact: true }).waitFor();
  const again = decodeURIComponent(new URL(page.url()).pathname.split("/").at(-1));
  assert.equal((await server.call("stepfunctions", "DescribeExecution", { executionArn: again })).input, '{"job":1}');

  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Start again with edited input" }).click();
  const dialog = page.getByRole("dialog");
  await writeInto(page, "Input", '{"job": 2}');
  await dialog.getByRole("button", { name: "Start execution" }).click();
  await page.waitForURL((url) => !url.pathname.endsWith(encodeURIComponent(again)));
  const edited = decodeURIComponent(new URL(page.url()).pathname.split("/").at(-1));
  const told = await until("the execution", () => server.call("stepfunctions", "DescribeExecution", { executionArn: edited }));
  assert.deepEqual(JSON.parse(told.input), { job: 2 });
});

console.test("an execution that does not exist says so", async ({ open, seeded }) => {
  const watched = await open("/");
  watched.allow(/status of 400/);
  await watched.page.goto(watched.page.url().replace(/\/$/, "") + executionPath(`${seeded.executions.failed}-not`));
  await watched.page.getByRole("heading", { name: "There is no such execution" }).waitFor();
});
