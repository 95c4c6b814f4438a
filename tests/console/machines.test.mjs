// SPDX-License-Identifier: Apache-2.0
// State machines: the list, the editor with its diagnostics and graph, versions, aliases, comparison, the start form.
import assert from "node:assert/strict";
import { consoleTests } from "./harness/console-test.mjs";
import { machinePath, writeInto } from "./harness/pages.mjs";
import { hasStatus, start } from "./seed/executions.mjs";
import { kDefinitions, makeMachine } from "./seed/machines.mjs";

const console = consoleTests({
  seed: async (server) => {
    const machines = {};
    for (const name of ["orders", "loop", "fails", "waits"]) machines[name] = await makeMachine(server, name, kDefinitions[name]);
    machines.express = await makeMachine(server, "quick", kDefinitions.loop, { type: "EXPRESS" });
    await hasStatus(server, await start(server, machines.fails, "failed"), "FAILED");
    return machines;
  },
});

const kWrong = JSON.stringify({ StartAt: "First", States: { First: { Type: "Pass", Next: "Nowhere" } } }, null, 2);
const kGood = JSON.stringify({ StartAt: "First", States: { First: { Type: "Pass", Next: "Second" }, Second: { Type: "Succeed" } } }, null, 2);
const state = (page, name) => page.getByRole("option", { name: new RegExp(`^${name}, `) });

console.test("the list: name, type, what runs, found by name", async ({ open }) => {
  const { page } = await open("/state-machines");
  const table = page.getByRole("table", { name: "State machines" });
  await table.getByRole("link", { name: "orders" }).waitFor();
  await table.getByRole("row", { name: /quick/ }).getByText("Express").waitFor();
  await page.getByRole("searchbox", { name: "Find state machines" }).fill("loop");
  await table.getByRole("link", { name: "orders" }).waitFor({ state: "detached" });
  await table.getByRole("link", { name: "loop" }).click();
  await page.getByRole("heading", { level: 1, name: "loop" }).waitFor();
});

console.test("mistakes are shown as one types, mended, saved and started", async ({ open, server }) => {
  const { page } = await open("/state-machines/new");
  await page.getByRole("textbox", { name: "Name" }).fill("typed");
  await writeInto(page, "Definition", kWrong);
  await page.getByText("2 mistakes").waitFor();
  await page.getByText(/Nowhere/).first().waitFor();
  const create = page.getByRole("button", { name: "Create", exact: true });
  assert.equal(await create.isDisabled(), true);
  await writeInto(page, "Definition", "{ this is no JSON");
  await page.getByText(/mistake/).first().waitFor();
  assert.equal(await create.isDisabled(), true);
  await writeInto(page, "Definition", kGood);
  await page.getByText("No mistakes").waitFor();
  await state(page, "Second").waitFor({ state: "attached" });
  await page.getByRole("combobox", { name: "IAM role" }).fill("arn:aws:iam::000000000000:role/typed");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Create and start" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Start execution" }).click();
  await page.waitForURL("**/executions/**");
  await page.locator(".pawl-exec-title").getByText("Succeeded", { exact: true }).waitFor();
  const { definition } = await server.call("stepfunctions", "DescribeStateMachine", { stateMachineArn: "arn:aws:states:us-east-1:000000000000:stateMachine:typed" });
  assert.equal(JSON.parse(definition).States.Second.Type, "Succeed");
});

console.test("a definition is edited, published, routed by an alias and compared", async ({ open, server, seeded }) => {
  const { page } = await open(machinePath(seeded.fails));
  await page.getByRole("tab", { name: "Versions" }).click();
  await page.getByRole("button", { name: "Publish version" }).first().click();
  await page.getByRole("dialog").getByRole("textbox", { name: "Description" }).fill("the first");
  await page.getByRole("dialog").getByRole("button", { name: "Publish" }).click();
  await page.getByText("the first").waitFor();

  await page.getByRole("button", { name: "Edit" }).click();
  const definition = JSON.parse(kDefinitions.fails);
  definition.States.Work.Next = "Try again";
  definition.States["Try again"] = { Type: "Wait", Seconds: 1, Next: "Give up" };
  await writeInto(page, "Definition", JSON.stringify(definition, null, 2));
  await state(page, "Try again").waitFor({ state: "attached" });
  await page.getByRole("radio", { name: "What changed" }).or(page.getByRole("button", { name: "What changed" })).first().click();
  await page.getByText(/Try again/).first().waitFor();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("The state machine was saved.").waitFor();
  const saved = await server.call("stepfunctions", "DescribeStateMachine", { stateMachineArn: seeded.fails });
  assert.ok("Try again" in JSON.parse(saved.definition).States);

  await page.goto(`${server.console}${machinePath(seeded.fails)}?tab=compare`);
  await page.getByRole("region", { name: "Version 1" }).getByRole("option", { name: /^Work, .*changed/ }).waitFor({ state: "attached" });
  await page.getByRole("region", { name: "Current revision" }).getByRole("option", { name: /^Try again, .*added/ }).waitFor({ state: "attached" });

  await page.goto(`${server.console}${machinePath(seeded.fails)}?tab=aliases`);
  await page.getByRole("button", { name: "Create alias" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Name" }).fill("PROD");
  await dialog.getByRole("button", { name: "Create alias" }).click();
  await page.getByText("Alias PROD was created.").waitFor();
  const { stateMachineAliases } = await server.call("stepfunctions", "ListStateMachineAliases", { stateMachineArn: seeded.fails });
  assert.match(stateMachineAliases[0].stateMachineAliasArn, /:PROD$/);
});

console.test("what is not saved is not lost by a click", async ({ open, seeded }) => {
  const { page } = await open(`${machinePath(seeded.waits)}/edit`);
  await state(page, "Sleep").waitFor({ state: "attached" });
  await writeInto(page, "Definition", kGood);
  await page.getByText("Not saved yet").waitFor();
  await page.getByRole("navigation", { name: /Pages|Side/ }).first().getByRole("link", { name: "Overview" }).click();
  await page.getByRole("dialog").waitFor();
  assert.match(page.url(), /\/edit/);
});

console.test("the start form refuses what the API would refuse", async ({ open, seeded }) => {
  const { page } = await open(machinePath(seeded.loop));
  await page.getByRole("button", { name: "Start execution" }).first().click();
  const dialog = page.getByRole("dialog");
  const begin = dialog.getByRole("button", { name: "Start execution" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("not allowed");
  await dialog.getByText("No white space.").waitFor();
  assert.equal(await begin.isDisabled(), true);
  await dialog.getByRole("textbox", { name: "Name" }).fill("started-here");
  await writeInto(page, "Input", '{"until": ');
  await page.waitForFunction((button) => button.disabled || button.getAttribute("aria-disabled") === "true", await begin.elementHandle());
  await writeInto(page, "Input", '{"until": 3}');
  await begin.click();
  await page.getByRole("heading", { level: 1, name: "started-here" }).waitFor();
  await page.locator(".pawl-exec-title").getByText("Succeeded", { exact: true }).waitFor();
});

console.test("an EXPRESS machine answers at once", async ({ open, seeded }) => {
  const { page } = await open(machinePath(seeded.express));
  await page.getByRole("button", { name: "Start execution" }).first().click();
  await writeInto(page, "Input", '{"until": 2}');
  await page.getByRole("dialog").getByRole("button", { name: "Start execution" }).click();
  await page.getByRole("dialog").getByText("counted").waitFor();
});
