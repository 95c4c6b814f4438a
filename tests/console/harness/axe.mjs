// SPDX-License-Identifier: Apache-2.0
// axe-core on a page: its serious and critical faults, a line each.
import { createRequire } from "node:module";

const kAxe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

export async function seriousFaults(page) {
  // Evaluated by the debugger's protocol, which the Content-Security-Policy does not concern.
  const { readFileSync } = await import("node:fs");
  await page.evaluate(readFileSync(kAxe, "utf8"));
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, impact, nodes }) => nodes.map((node) => `${impact} ${id}: ${node.target.join(" ")} ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`));
}
