// SPDX-License-Identifier: Apache-2.0
// What surrounds every page: navigation, appearance, addresses that are no page.
import assert from "node:assert/strict";
import { seriousFaults } from "./harness/axe.mjs";
import { consoleTests } from "./harness/console-test.mjs";

const console = consoleTests();

console.test("the root leads to the overview", async ({ open, server }) => {
  const { page } = await open("");
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  assert.equal(new URL(page.url()).origin, server.url);
});

console.test("an address that is no page says so, with a way out", async ({ open }) => {
  const { page } = await open("/no-such-page");
  await page.getByText("There is no such page").waitFor();
  await page.getByRole("main").getByRole("link", { name: "Overview" }).click();
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
});

console.test("the appearance that was chosen stays", async ({ open }) => {
  const { page } = await open("/");
  const isDark = () => page.evaluate(() => document.body.classList.contains("awsui-dark-mode"));
  await page.getByRole("button", { name: "Appearance" }).click();
  await page.getByRole("menuitemcheckbox", { name: "Dark" }).click();
  assert.equal(await isDark(), true);
  await page.reload();
  await page.getByRole("heading", { level: 1 }).waitFor();
  assert.equal(await isDark(), true);
});

for (const theme of ["light", "dark"])
  console.test(`axe finds no serious fault in the ${theme} frame`, async ({ open }) => {
    const { page } = await open("/no-such-page", { theme });
    await page.getByText("There is no such page").waitFor();
    assert.deepEqual(await seriousFaults(page), []);
  });
