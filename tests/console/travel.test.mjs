// SPDX-License-Identifier: Apache-2.0
// Time travel, the playground and the test of a state: `execution/at` and `evaluate` over HTTP, and their pages.
import assert from "node:assert/strict";
import { seriousFaults } from "./harness/axe.mjs";
import { consoleTests } from "./harness/console-test.mjs";
import { until } from "./harness/server.mjs";

const kRole = "arn:aws:iam::000000000000:role/r";

/** A loop, a Map and a Parallel, with variables, retries by nobody, and an error that is caught. */
const kJsonPath = {
  StartAt: "Prepare",
  States: {
    Prepare: { Type: "Pass", Parameters: { "n.$": "States.ArrayLength($.list)", "list.$": "$.list" }, Assign: { total: 0 }, Next: "Each" },
    Each: {
      Type: "Map", ItemsPath: "$.list", MaxConcurrency: 2, ItemSelector: { "i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value" },
      ItemProcessor: { StartAt: "One", States: { One: { Type: "Pass", Parameters: { "text.$": "States.Format('{}:{}', $.i, $.v)" }, End: true } } },
      ResultSelector: { "first.$": "$[0].text" }, ResultPath: "$.each", Next: "Both",
    },
    Both: {
      Type: "Parallel", ResultPath: "$.both", Catch: [{ ErrorEquals: ["Odd"], ResultPath: "$.error", Assign: { "why.$": "$.Cause" }, Next: "Count" }],
      Branches: [
        { StartAt: "Left", States: { Left: { Type: "Wait", Seconds: 0, End: true } } },
        { StartAt: "Right", States: { Right: { Type: "Fail", Error: "Odd", Cause: "it is" } } },
      ],
      Next: "Count",
    },
    Count: { Type: "Pass", Parameters: { "next.$": "States.MathAdd($total, 1)" }, Assign: { "total.$": "$.next" }, ResultPath: "$.count", Next: "Enough" },
    Enough: { Type: "Choice", Choices: [{ Variable: "$total", NumericLessThan: 5, Next: "Count" }], Default: "Done" },
    Done: { Type: "Succeed", OutputPath: "$.count" },
  },
};

const kJsonata = {
  QueryLanguage: "JSONata", StartAt: "Shape",
  States: {
    Shape: { Type: "Pass", Assign: { big: "{% $states.input.list[$ > 1] %}", id: "{% $uuid() %}" }, Output: { sum: "{% $sum($states.input.list) %}" }, Next: "Table" },
    Table: {
      Type: "Task", Resource: "arn:aws:states:::aws-sdk:dynamodb:describeTable", Arguments: { TableName: "{% 'none-' & $states.input.sum %}" },
      Output: "{% $states.result.Table %}", Catch: [{ ErrorEquals: ["States.ALL"], Output: "{% $states.errorOutput.Error %}", Next: "Wait" }], Next: "Wait",
    },
    Wait: { Type: "Wait", Seconds: "{% $count($big) - 2 %}", Next: "Bad" },
    Bad: { Type: "Pass", Output: "{% $number($states.input) %}", End: true },
  },
};

async function run(server, name, definition, input) {
  const made = await server.call("stepfunctions", "CreateStateMachine", { name, roleArn: kRole, definition: JSON.stringify(definition) });
  const { executionArn } = await server.call("stepfunctions", "StartExecution", { stateMachineArn: made.stateMachineArn, name: "one", input: JSON.stringify(input) });
  await until(`${name} ends`, async () => (await server.call("stepfunctions", "DescribeExecution", { executionArn })).status !== "RUNNING");
  return { executionArn, stateMachineArn: made.stateMachineArn, definition };
}

const console = consoleTests({
  seed: async (server) => ({
    path: await run(server, "paths", kJsonPath, { list: ["a", "b", "c"] }),
    jsonata: await run(server, "jsonata-<b>&\u202egniht", kJsonata, { list: [1, 2, 3] }).catch(() => run(server, "jsonata", kJsonata, { list: [1, 2, 3] })),
  }),
});

const found = (root, pointer) => pointer.split("/").slice(1).reduce((value, token) => value?.[token.replaceAll("~1", "/").replaceAll("~0", "~")], root);

async function everyMoment(server, { executionArn, definition }) {
  const moments = [];
  for (let event = 1, last = 1; event <= last; event++) {
    const moment = await server.post("execution/at", { executionArn, event });
    last = moment.lastEvent;
    assert.equal(moment.event.id, event);
    for (const line of moment.lines) {
      assert.equal(found(definition, line.pointer)?.Type, line.type, line.pointer);
      for (const each of line.expressions ?? []) {
        assert.notEqual(found(definition, each.pointer), undefined, each.pointer);
        assert.equal(["value", "truncated", "error", "pending"].filter((name) => name in each).length, 1, JSON.stringify(each));
      }
    }
    moments.push(moment);
  }
  return moments;
}

console.test("every event of a JSONPath execution shows lines, variables and expressions", async ({ server, seeded }) => {
  const moments = await everyMoment(server, seeded.path);
  const totals = moments.flatMap((moment) => moment.lines.filter((line) => line.assigned.includes("total")).map((line) => line.variables.total.value));
  assert.deepEqual(totals, [0, 1, 2, 3, 4, 5]);
  const iteration = moments.find((moment) => moment.event.type === "MapIterationStarted" && moment.event.mapIterationStartedEventDetails.index === 2);
  const map = iteration.lines.find((line) => line.state === "Each");
  assert.equal(map.expressions.find((each) => each.pointer.endsWith("/ItemSelector/v.$")).value, "c");
  const left = moments.find((moment) => moment.event.type === "MapStateExited");
  assert.equal(left.lines[0].expressions.find((each) => each.pointer.endsWith("/ResultSelector/first.$")).value, "0:a");
  const caught = moments.find((moment) => moment.event.type === "ParallelStateExited");
  assert.deepEqual(caught.lines[0].error, { error: "Odd", cause: "it is" });
  assert.equal(caught.lines[0].expressions.find((each) => each.pointer.endsWith("/Catch/0/Assign/why.$")).value, "it is");
  const chosen = moments.findLast((moment) => moment.event.type === "ChoiceStateEntered");
  assert.equal(chosen.lines[0].expressions.find((each) => each.kind === "rule").value, false);
});

console.test("every event of a JSONata execution shows lines, variables and expressions", async ({ server, seeded }) => {
  const moments = await everyMoment(server, seeded.jsonata);
  const shaped = moments.find((moment) => moment.event.type === "PassStateExited").lines[0];
  const id = shaped.expressions.find((each) => each.pointer === "/States/Shape/Assign/id");
  assert.equal(id.value, shaped.variables.id.value);
  assert.deepEqual([id.random, id.recorded], [true, true]);
  const caught = moments.find((moment) => moment.event.type === "TaskStateExited").lines[0];
  assert.equal(caught.output.value, "DynamoDb.ResourceNotFoundException");
  assert.match(caught.expressions.find((each) => each.pointer === "/States/Table/Output").pending, /has failed/);
  const bad = moments.at(-1).lines[0];
  assert.equal(bad.stage, "failed");
  assert.equal(bad.expressions[0].error.error, "States.QueryEvaluationError");
});

console.test("what cannot be looked at is refused", async ({ server, seeded }) => {
  const { executionArn } = seeded.path;
  const refused = async (body, name) => assert.rejects(server.post("execution/at", body), (error) => error.name === name || assert.fail(`${error.name}: ${error.message}`));
  for (const event of [0, -1, 99_999, 1.5, "1", null]) await refused({ executionArn, event }, "ValidationException");
  await refused({ event: 1 }, "ValidationException");
  await refused({ executionArn: 7, event: 1 }, "ValidationException");
  await refused({ executionArn: "arn:x", event: 1 }, "InvalidArn");
  await refused({ executionArn: `${executionArn}-no`, event: 1 }, "ExecutionDoesNotExist");
  await refused({ executionArn: executionArn.replace(":execution:", ":express:") + ":id", event: 1 }, "ExecutionDoesNotExist");
  for (const whole of ["x", "/lines/0", "/lines/99/input", "/event"]) await refused({ executionArn, event: 2, whole }, "ValidationException");
  assert.deepEqual(await server.post("execution/at", { executionArn, event: 2, whole: "/lines/0/input" }), { value: { list: ["a", "b", "c"] } });
});

console.test("expressions that never end are stopped, large input is taken", async ({ server }) => {
  const ask = (text, more = {}) => server.post("evaluate", { language: "JSONata", kind: "expression", text, ...more });
  for (const endless of ["($f := function($x) { $f($x + 1) + 1 }; $f(1))", "($f := function($x) { $f($x + 1) }; $f(1))"])
    assert.equal((await ask(endless)).error, "States.QueryEvaluationError");
  const list = Array.from({ length: 400_000 }, (_, index) => index + 1_000_000);
  assert.equal((await ask("$count($states.input)", { input: list })).value, list.length);
  const nested = { a: list.slice(0, 100_000).map((n) => ({ n })) };
  const begin = Date.now();
  const slow = await server.post("evaluate", { language: "JSONPath", kind: "path", text: "$..[?($..n == 1)]", input: nested });
  assert.ok(slow.error !== undefined || Array.isArray(slow.value));
  assert.ok(Date.now() - begin < 15_000, `${Date.now() - begin} ms`);
});

const urlOf = ({ executionArn }, query = "") => `/executions/${encodeURIComponent(executionArn)}?tab=travel${query}`;

console.test("the slider shows what every moment was", async ({ open, seeded }) => {
  const { page } = await open(urlOf(seeded.path));
  const slider = page.getByRole("slider", { name: "Event" });
  await slider.focus();
  await slider.press("Home");
  await page.getByText("ExecutionStarted").first().waitFor();
  await page.getByRole("button", { name: "Next state" }).click();
  await page.getByRole("cell", { name: "States.ArrayLength($.list)" }).waitFor();
  await slider.press("ArrowRight");
  const travel = page.getByRole("region", { name: "Time travel" });
  await travel.getByText("$total").waitFor();
  await travel.getByText("changed").first().waitFor();
  await page.getByRole("button", { name: "Next failure" }).click();
  await travel.getByText("Fail").first().waitFor();
  assert.deepEqual(await seriousFaults(page), []);
});

console.test("the playground answers as one types, in both languages", async ({ open }) => {
  const { page } = await open("/playground");
  await page.getByRole("tree", { name: "Result" }).waitFor();
  const editor = page.getByRole("textbox", { name: "Expression" });
  await editor.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("$sum($states.input.orders.total)");
  await page.getByRole("treeitem", { name: "152.45" }).waitFor();
  await page.keyboard.type(" +");
  await page.getByText("INVALID_JSONATA_EXPRESSION").waitFor();
  await until("the question is in the address", async () => Buffer.from(new URL(page.url()).searchParams.get("q") ?? "", "base64url").toString().includes("total) +"));
  await page.reload();
  await page.getByText("INVALID_JSONATA_EXPRESSION").waitFor();
  await page.getByRole("button", { name: "JSONPath", exact: true }).click();
  await page.getByText("SCHEMA_VALIDATION_FAILED").waitFor();
  assert.deepEqual(await seriousFaults(page), []);
});

console.test("the playground takes the data of an execution", async ({ open, seeded }) => {
  const { page } = await open(`/playground?execution=${encodeURIComponent(seeded.path.executionArn)}`);
  const dialog = page.getByRole("dialog", { name: "Load from an execution" });
  await dialog.getByRole("button", { name: "Event before" }).click();
  await dialog.getByRole("option").first().waitFor();
  await dialog.getByRole("button", { name: "Load", exact: true }).click();
  await page.getByRole("tab", { name: "Variables" }).click();
  await page.getByText('"total"').first().waitFor();
});

console.test("a state is tested alone, with a made-up result and error", async ({ open }) => {
  const { page } = await open("/test-state");
  await page.getByRole("button", { name: "Run test" }).click();
  await page.getByText("Ship", { exact: true }).last().waitFor();
  await page.getByRole("list", { name: "The way of the data" }).getByText("Output", { exact: true }).waitFor();
  await page.getByRole("tab", { name: "Mock: result" }).click();
  await page.getByRole("button", { name: "An error" }).click();
  await page.getByRole("button", { name: "Run test" }).click();
  await page.getByText("Would be retried").waitFor();
  assert.deepEqual(await seriousFaults(page), []);
});
