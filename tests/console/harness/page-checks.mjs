// SPDX-License-Identifier: Apache-2.0
// What holds for every page: it shows what it is for, axe finds no serious fault in light and dark, and it is no wider
// than its window.
import assert from "node:assert/strict";
import { seriousFaults } from "./axe.mjs";
import { fits, settled } from "./pages.mjs";

/** `text`: what must be read on it. */
export async function checkPage(watched, text) {
  const { page } = watched;
  await page.getByText(text).first().waitFor();
  await settled(page);
  const faults = (await seriousFaults(page)).map((fault) => `light: ${fault}`);
  await fits(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.waitForFunction(() => document.body.classList.contains("awsui-dark-mode"));
  faults.push(...(await seriousFaults(page, ["color-contrast"])).map((fault) => `dark: ${fault}`));
  await page.setViewportSize({ width: 1000, height: 700 });
  await fits(page);
  if (process.env.PAWL_PICTURES) {
    const name = new URL(page.url()).pathname.replace("/_pawl/console", "").replace(/[^\w.-]+/g, "-").slice(0, 60);
    await page.screenshot({ path: `${process.env.PAWL_PICTURES}page${name}-dark-1000.png` });
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.screenshot({ path: `${process.env.PAWL_PICTURES}page${name}-light-1440.png` });
  }
  assert.deepEqual(faults, []);
  await watched.check();
}
