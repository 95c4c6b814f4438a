// SPDX-License-Identifier: Apache-2.0
// Addresses of pages, and what is done on many of them.
import assert from "node:assert/strict";

export const executionPath = (arn) => `/executions/${encodeURIComponent(arn)}`;
export const machinePath = (arn) => `/state-machines/${encodeURIComponent(arn)}`;
export const mapRunPath = (arn) => `/map-runs/${encodeURIComponent(arn)}`;

/** What the bar at the top says while the server is away. */
export const downSign = (page) => page.getByRole("button", { name: /server does not answer/i });

/** Pastes a text into a code editor instead of what is there. */
export async function writeInto(page, label, text) {
  await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
  await page.getByRole("textbox", { name: label }).click();
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Control+V");
}

/** The page has said all it has to say: nothing loads any more. */
export async function settled(page) {
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await page.waitForFunction(() => document.querySelector('[class*="awsui_spinner"], [class*="awsui_loading"]') === null);
}

/** Nothing makes the page itself wider than the window. */
export async function fits(page) {
  const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(wide <= room, `the page is ${wide} wide in ${room}`);
}
