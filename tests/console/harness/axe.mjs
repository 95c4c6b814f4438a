// SPDX-License-Identifier: Apache-2.0
// axe-core on a page: its serious and critical faults, a line each.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const kAxe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** `rules`: only those, by axe's ids. */
export async function seriousFaults(page, rules) {
  // Evaluated by the debugger's protocol, which the Content-Security-Policy does not concern.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(kAxe);
  const { violations } = await page.evaluate(
    (only) => window.axe.run(document, { resultTypes: ["violations"], ...(only === null ? {} : { runOnly: { type: "rule", values: only } }) }),
    rules ?? null,
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, impact, nodes }) => nodes.map((node) => `${impact} ${id}: ${node.target.join(" ")} ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`));
}
