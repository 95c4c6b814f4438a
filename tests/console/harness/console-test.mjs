// SPDX-License-Identifier: Apache-2.0
// What each test file begins with: a server, a browser, and pages that are closed and checked after each test.
import { after, before, test } from "node:test";
import { openPage, startBrowser } from "./browser.mjs";
import { startServer } from "./server.mjs";

const kTestMs = 150_000;

/**
 * const console = consoleTests({ seed: async (server) => {...} });
 * console.test("name", async ({ open, server, seeded }) => { const { page } = await open("/executions"); ... });
 */
export function consoleTests({ seed = async () => undefined, ...options } = {}) {
  const now = { server: undefined, browser: undefined, seeded: undefined };

  before(
    async () => {
      // One after the other: what has begun can be ended if the next fails.
      now.server = await startServer(options);
      now.browser = await startBrowser();
      now.seeded = await seed(now.server);
    },
    { timeout: kTestMs },
  );
  after(async () => {
    await now.browser?.close();
    await now.server?.close();
  });

  return {
    test(name, body) {
      test(name, { timeout: kTestMs }, async () => {
        const opened = [];
        /** The page at a path of the console: "/executions?status=FAILED". */
        const open = async (path, pageOptions) => {
          const watched = await openPage(now.browser, now.server, pageOptions);
          opened.push(watched);
          await watched.page.goto(now.server.console + path, { waitUntil: "domcontentloaded" });
          return watched;
        };
        try {
          await body({ open, server: now.server, seeded: now.seeded });
          for (const watched of opened) await watched.check();
        } catch (failure) {
          for (const watched of opened) console.log(await told(watched));
          throw failure;
        } finally {
          for (const watched of opened) await watched.close();
        }
      });
    },
  };
}

async function told(watched) {
  const { page, wrong } = watched;
  const name = `${process.env.PAWL_PICTURES ?? ""}failed-${Date.now()}.png`;
  if (process.env.PAWL_PICTURES) await page.screenshot({ path: name }).catch(() => undefined);
  const text = await page.locator("body").innerText({ timeout: 1000 }).catch((failure) => String(failure));
  return `${page.url()}\n${wrong.join("\n")}\n${text.slice(0, 3000)}`;
}
