// SPDX-License-Identifier: Apache-2.0
// The overview: of a new server, of one at work, of one that goes and comes back.
import assert from "node:assert/strict";
import { seriousFaults } from "./harness/axe.mjs";
import { consoleTests } from "./harness/console-test.mjs";
import { downSign } from "./harness/pages.mjs";
import { hasStatus, seedExecutions, start } from "./seed/executions.mjs";
import { kDefinitions, makeMachine } from "./seed/machines.mjs";

const console = consoleTests();

const figure = (page, label) => page.locator(".overview-figure", { hasText: label }).locator(".overview-figure-value");
const shows = (locator, text) => locator.filter({ hasText: text }).waitFor();

console.test("a new server says how to begin", async ({ open }) => {
  const { page } = await open("/");
  await page.getByRole("heading", { name: "Begin here" }).waitFor();
  await page.getByText("Nothing has failed in the last 15 minutes.").waitFor();
  await page.getByRole("button", { name: "Create state machine" }).click();
  await page.waitForURL("**/state-machines/new");
});

console.test("what happens is shown while it happens", async ({ open, server }) => {
  const { page } = await open("/");
  await shows(figure(page, "Running now"), /^0$/);
  const { executions, machines } = await seedExecutions(server);
  await shows(figure(page, "Running now"), /^3$/);
  await page.getByRole("heading", { name: "Begin here" }).waitFor({ state: "detached" });
  const failures = page.getByRole("table", { name: "Failures by state machine" });
  await failures.getByRole("link", { name: "fails", exact: true }).waitFor();
  await failures.getByRole("link", { name: "Work.Impossible" }).waitFor();
  const recent = page.getByRole("table", { name: "Recent executions" });
  await recent.getByRole("link", { name: "redriven" }).waitFor();
  await page.getByRole("table", { name: "Slowest state machines" }).getByRole("link", { name: "ledger" }).waitFor();
  // The console's own calls are not counted, those of clients are.
  await fetch(`${server.url}/no-such-bucket`);
  await page.getByRole("table", { name: "Requests by service" }).getByText("s3", { exact: true }).waitFor();

  const failed = await start(server, machines.fails, "failed-again");
  await hasStatus(server, failed, "FAILED");
  await recent.getByRole("row").nth(1).getByRole("link", { name: "failed-again" }).waitFor();
  await server.call("stepfunctions", "StopExecution", { executionArn: executions.running });
  await shows(figure(page, "Running now"), /^2$/);
});

console.test("the last error leads to its execution", async ({ open }) => {
  const { page } = await open("/");
  await page.getByRole("link", { name: "Work.Impossible" }).click();
  await page.waitForURL("**/executions/**");
});

console.test("the chart is read by keyboard", async ({ open }) => {
  const { page } = await open("/");
  const chart = page.getByRole("img", { name: /^Throughput/ });
  await chart.focus();
  await page.keyboard.press("End");
  await page.getByRole("status").filter({ hasText: "Started" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("status").filter({ hasText: "Started" }).waitFor({ state: "detached" });
  await page.getByRole("radio", { name: "State transitions" }).or(page.getByRole("button", { name: "State transitions" })).first().click();
  await page.getByRole("img", { name: /State transitions: .* a second/ }).waitFor();
});

for (const theme of ["light", "dark"])
  for (const width of [1440, 1000])
    console.test(`no serious fault of axe, nothing wider than the page: ${theme}, ${width}`, async ({ open }) => {
      const { page } = await open("/", { theme, width, height: 700 });
      await page.getByRole("table", { name: "Recent executions" }).waitFor();
      assert.deepEqual(await seriousFaults(page), []);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
    });

console.test("the server goes and comes back", async ({ open, server }) => {
  const watched = await open("/");
  const { page } = watched;
  watched.allow(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/);
  await shows(figure(page, "Running now"), /^2$/);
  await server.stop();
  await downSign(page).waitFor();
  await server.start();
  await downSign(page).waitFor({ state: "detached" });
  const more = await makeMachine(server, "more", kDefinitions.waits);
  await start(server, more, "after");
  await shows(figure(page, "Running now"), /^3$/);
});
