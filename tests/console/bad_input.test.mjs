// SPDX-License-Identifier: Apache-2.0
// What must not break a page: a server that goes, executions that are deleted, payloads of megabytes, hostile names.
import assert from "node:assert/strict";
import { consoleTests } from "./harness/console-test.mjs";
import { downSign, executionPath, fits, machinePath } from "./harness/pages.mjs";
import { hasStatus, isIn, start } from "./seed/executions.mjs";
import { kDefinitions, kHostile, makeMachine } from "./seed/machines.mjs";
import { putObject } from "./seed/services.mjs";

const kGone = /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_SOCKET/;
const console = consoleTests({
  seed: async (server) => {
    const machines = {};
    for (const name of ["waits", "hostile", "loop"]) machines[name] = await makeMachine(server, name, kDefinitions[name]);
    machines.long = await makeMachine(server, kHostile.long, kDefinitions.waits);
    await server.call("s3", "CreateBucket", { Bucket: "things" });
    return machines;
  },
});

console.test("the server goes and is back: the page says so and goes on by itself", async ({ open, server, seeded }) => {
  const arn = await start(server, seeded.waits, "survivor");
  await isIn(server, arn, "Sleep");
  const execution = await open(executionPath(arn));
  const list = await open("/state-machines");
  for (const watched of [execution, list]) watched.allow(kGone);
  await execution.page.locator(".pawl-exec-title").getByText("Running", { exact: true }).waitFor();
  await list.page.getByRole("link", { name: "loop", exact: true }).waitFor();
  await server.stop();
  await downSign(execution.page).waitFor();
  await server.start();
  await makeMachine(server, "made-meanwhile", kDefinitions.waits);
  await server.call("stepfunctions", "StopExecution", { executionArn: arn });
  await execution.page.locator(".pawl-exec-title").getByText("Aborted", { exact: true }).waitFor();
  await downSign(execution.page).waitFor({ state: "detached" });
  await list.page.getByRole("button", { name: "Load again" }).first().click();
  await list.page.getByRole("link", { name: "made-meanwhile" }).waitFor();
});

console.test("an execution that is deleted while it is watched", async ({ open, server, seeded }) => {
  const arn = await start(server, seeded.waits, "doomed");
  await isIn(server, arn, "Sleep");
  const watched = await open("/");
  // Executions are kept for 90 days: what the stream tells then is told now (src/console/live_test.cc has the server's side).
  const history = await server.post("execution/history", { executionArn: arn, after: 0, limit: 100 });
  const execution = await server.call("stepfunctions", "DescribeExecution", { executionArn: arn });
  const event = (name, data) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
  await watched.page.route("**/api/execution/watch", (route) =>
    route.fulfill({ contentType: "text/event-stream", body: event("history", history) + event("execution", execution) + event("gone", {}) }),
  );
  await watched.page.goto(server.console + executionPath(arn));
  await watched.page.getByText("This execution was deleted").waitFor();
  await watched.page.getByRole("option", { name: /^Sleep, / }).waitFor({ state: "attached" });
  await watched.page.getByRole("grid", { name: "Events" }).getByText("WaitStateEntered").waitFor();
});

console.test("names with markup, of the other direction, emoji, 80 letters: text, and nothing else", async ({ open, server, seeded }) => {
  const arn = await start(server, seeded.hostile, "hostile-run", kHostile);
  await hasStatus(server, arn, "FAILED");
  const { page } = await open(executionPath(arn));
  for (const name of [kHostile.markup, kHostile.rtl, kHostile.emoji, kHostile.long]) {
    await page.getByRole("option", { name }).first().waitFor({ state: "attached" });
    await page.getByRole("grid", { name: "Events" }).getByText(name).first().waitFor();
  }
  await page.getByRole("option", { name: kHostile.markup }).first().evaluate((element) => element.click());
  await page.locator(".pawl-panel-name").getByText(kHostile.markup).waitFor();
  await page.getByText(kHostile.script).first().waitFor();
  assert.equal(await page.locator("img[src=x]").count(), 0);
  await fits(page);
  for (const tab of ["Timeline", "States", "Definition"]) {
    await page.getByRole("tab", { name: tab }).first().click();
    await page.getByText(kHostile.emoji).first().waitFor();
    await fits(page);
  }
  for (const path of ["/", "/executions", "/state-machines", machinePath(seeded.long)]) {
    await page.goto(server.console + path);
    await page.getByText(kHostile.long.slice(0, 20)).or(page.getByText("hostile")).first().waitFor();
    await fits(page);
  }
});

console.test("a payload of 5 MB, and an input of 256 KB", async ({ open, server, seeded }) => {
  const rows = Array.from({ length: 60_000 }, (_, index) => ({ index, name: `row ${index}`, text: "x".repeat(40) }));
  const text = JSON.stringify({ rows });
  assert.ok(text.length > 5 * 2 ** 20 - 400_000, String(text.length));
  await putObject(server, "things", "large.json", text, "application/json");
  const { page } = await open("/s3/things/object?key=large.json");
  await page.getByText(/MB/).first().waitFor();

  const input = JSON.stringify({ until: 1, padding: "y".repeat(262_000 - 100) });
  const { executionArn } = await server.call("stepfunctions", "StartExecution", { stateMachineArn: seeded.loop, name: "heavy", input });
  await hasStatus(server, executionArn, "SUCCEEDED");
  await page.goto(server.console + executionPath(executionArn));
  await page.locator(".pawl-exec-title").getByText("Succeeded", { exact: true }).waitFor();
  await page.getByRole("option", { name: /^Begin, / }).evaluate((option) => option.click());
  await page.getByRole("tablist", { name: "Data of the visit" }).getByRole("tab", { name: "Input" }).click();
  await page.getByRole("tree", { name: "Input" }).getByText("yyyyyyyy").first().waitFor();
  await fits(page);
});

console.test("a page of S3 is nobody's page: its scripts reach nothing", async ({ open, server }) => {
  await putObject(server, "things", "page.html", "<script>parent.pwned=1;window.opener&&(opener.pwned=1);document.title=self.origin</script>", "text/html");
  const { page } = await open("/s3/things/object?key=page.html");
  await page.getByText("page.html").first().waitFor();
  const direct = await page.context().newPage();
  await direct.goto(`${server.url}/things/page.html`);
  assert.equal(await direct.evaluate(() => self.origin), "null", "an object of S3 has the console's origin");
});

console.test("a definition that does not parse is shown as what it is", async ({ server }) => {
  const answer = await server.post("graph", { definition: '{"StartAt": ' });
  assert.equal(answer.graph, null);
  assert.equal(answer.result, "FAIL");
  assert.ok(answer.diagnostics.length > 0);
});
