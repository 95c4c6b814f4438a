// SPDX-License-Identifier: Apache-2.0
// Makes pictures of the pages, light and dark: `PAWL=... node pictures.mjs FOLDER [NAME...]`. Of the seeds, or with
// PAWL_URL of what runs on that server: then addresses are given as NAME=PATH.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startBrowser, openPage } from "./harness/browser.mjs";
import { executionPath, machinePath, mapRunPath, settled } from "./harness/pages.mjs";
import { startServer } from "./harness/server.mjs";
import { seedExecutions, seedMapRun, start } from "./seed/executions.mjs";
import { seedServices } from "./seed/services.mjs";

const [folder = "pictures", ...wanted] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

async function seeded(server) {
  const [{ machines, executions }, { mapRun }] = await Promise.all([seedExecutions(server), seedMapRun(server, 500), seedServices(server)]);
  for (let index = 0; index < 40; index += 1) await start(server, [machines.loop, machines.fails, machines.orders][index % 3], `more-${index}`, { until: index, order: { id: "o", quantity: 0 } });
  return {
    overview: "/",
    machines: "/state-machines",
    machine: machinePath(machines.orders),
    editor: `${machinePath(machines.orders)}/edit`,
    executions: "/executions",
    execution: executionPath(executions.caught),
    failed: executionPath(executions.choiceFailed),
    timeline: `${executionPath(executions.caught)}?tab=timeline`,
    travel: `${executionPath(executions.succeeded)}?tab=travel`,
    "map-run": mapRunPath(mapRun),
    "test-state": "/test-state",
    playground: "/playground",
    bucket: "/s3/pictures",
    picture: "/s3/pictures/object?key=cats/tabby.png",
    table: "/dynamodb/users",
    queue: "/sqs/jobs",
    mailbox: "/mailbox",
    function: "/lambda/double",
    logs: "/logs",
    rules: "/events",
    batch: "/batch",
    stacks: "/cloudformation",
  };
}

const given = process.env.PAWL_URL;
const server = given === undefined ? await startServer() : { url: given, console: `${given}/_pawl/console`, close: async () => undefined };
const browser = await startBrowser();
try {
  const pages = given === undefined ? await seeded(server) : Object.fromEntries(wanted.map((item) => [item.slice(0, item.indexOf("=")), item.slice(item.indexOf("=") + 1)]));
  for (const [name, path] of Object.entries(pages)) {
    if (given === undefined && wanted.length > 0 && !wanted.includes(name)) continue;
    for (const theme of ["light", "dark"]) {
      const watched = await openPage(browser, server, { theme });
      await watched.page.goto(server.console + path, { waitUntil: "domcontentloaded" });
      await settled(watched.page);
      await watched.page.waitForLoadState("load");
      await watched.page.evaluate(() => document.fonts.ready);
      await watched.page.screenshot({ path: join(folder, `${name}-${theme}.png`) });
      if (watched.wrong.length > 0) console.log(name, watched.wrong);
      await watched.close();
    }
    console.log(name, path);
  }
} finally {
  await browser.close();
  await server.close();
}
