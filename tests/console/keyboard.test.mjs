// SPDX-License-Identifier: Apache-2.0
// The console without a mouse: Tab reaches everything and is never caught, each stop has a name and is seen.
import assert from "node:assert/strict";
import { consoleTests } from "./harness/console-test.mjs";
import { executionPath, machinePath, settled } from "./harness/pages.mjs";
import { hasStatus, start } from "./seed/executions.mjs";
import { kDefinitions, makeMachine } from "./seed/machines.mjs";

const console = consoleTests({
  seed: async (server) => {
    const machine = await makeMachine(server, "loop", kDefinitions.loop);
    const execution = await start(server, machine, "counted", { until: 5 });
    await hasStatus(server, execution, "SUCCEEDED");
    return { machine, execution };
  },
});

/** What has the focus now: its name, whether it is seen. */
function focused(page) {
  return page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    if (element === null || element === document.body) return null;
    const { width, height } = element.getBoundingClientRect();
    const labelled = (element.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
    const label = element.labels?.[0]?.textContent ?? "";
    const name = [element.getAttribute("aria-label"), labelled, label, element.textContent, element.getAttribute("placeholder"), element.title].find((text) => (text ?? "").trim() !== "");
    return { name: (name ?? "").trim().slice(0, 60), tag: element.tagName, isSeen: width > 0 && height > 0, html: element.outerHTML.slice(0, 160) };
  });
}

/** All stops from the first to the last; fails where Tab stands still. */
async function walk(page, stopsMax = 250) {
  const stops = [];
  await page.evaluate(() => document.activeElement?.blur());
  for (let index = 0; index < stopsMax; index += 1) {
    await page.keyboard.press("Tab");
    const stop = await focused(page);
    if (stop === null) return stops;
    if (stops.length > 0 && stop.html === stops[0].html && stop.name === stops[0].name && index > 5) return stops;
    stops.push(stop);
  }
  throw new Error(`Tab does not end: ${stops.slice(-5).map(({ html }) => html)}`);
}

function check(stops, ...names) {
  for (const stop of stops) {
    assert.notEqual(stop.name, "", `a stop without a name: ${stop.html}`);
    assert.ok(stop.isSeen, `a stop that is not seen: ${stop.html}`);
  }
  for (const name of names)
    assert.ok(
      stops.some((stop) => (name instanceof RegExp ? name.test(stop.name) : stop.name === name)),
      `Tab does not reach ${name}: ${stops.map((stop) => stop.name).join(" | ")}`,
    );
}

console.test("the overview", async ({ open }) => {
  const { page } = await open("/");
  await page.getByRole("table", { name: "Recent executions" }).waitFor();
  check(await walk(page), "State machines", "Buckets", "Stacks", /^Region/, "Appearance", /^Throughput/, "counted");
});

console.test("the list of state machines, and from it to one", async ({ open }) => {
  const { page } = await open("/state-machines");
  await page.getByRole("link", { name: "loop" }).waitFor();
  check(await walk(page), "Create state machine", "Find state machines", "loop");
  await page.getByRole("link", { name: "loop" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "loop" }).waitFor();
});

console.test("a state machine", async ({ open, seeded }) => {
  const { page } = await open(machinePath(seeded.machine));
  await page.getByRole("link", { name: "counted" }).waitFor();
  check(await walk(page), "Start execution", "Edit", "counted");
});

console.test("an execution: its graph, its states and its events", async ({ open, seeded }) => {
  const { page } = await open(executionPath(seeded.execution));
  await page.getByRole("grid", { name: "Events" }).getByText("ExecutionStarted").waitFor();
  check(await walk(page), "Start again", "Events", "Find events");
  const graph = page.getByRole("listbox").first();
  await graph.focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.locator(".pawl-panel-name").waitFor();
  const events = page.getByRole("grid", { name: "Events" });
  await events.focus();
  await page.keyboard.press("ArrowDown");
  await events.locator('[aria-selected="true"]').waitFor();
});

console.test("Escape, then Tab, leaves the editor", async ({ open, seeded }) => {
  const { page } = await open(`${machinePath(seeded.machine)}/edit`);
  const editor = page.getByRole("textbox", { name: "Definition" });
  await editor.click();
  await page.keyboard.press("Tab");
  await page.getByText("Not saved yet").waitFor();
  await page.keyboard.press("Control+Z");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  await settled(page);
  assert.equal(await editor.evaluate((element) => element.getRootNode().activeElement === element), false);
});

console.test("a dialog holds the focus, and gives it back", async ({ open, seeded }) => {
  const { page } = await open(machinePath(seeded.machine));
  const button = page.getByRole("button", { name: "Start execution" }).first();
  await button.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  for (let index = 0; index < 30; index += 1) {
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.closest('[role="dialog"]') !== null || document.activeElement === document.body), true);
  }
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal(await button.evaluate((element) => element === document.activeElement), true);
});
