// SPDX-License-Identifier: Apache-2.0
// A headless Chromium whose pages are watched: a test fails on any error in the console, anything that the
// Content-Security-Policy had to stop, any request to another origin, any exception, any dialog.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const kFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Nothing but this machine has a name.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];
// Of a machine that is busy with other tests; nothing waits longer than it must.
const kWaitMs = 30_000;
const kLoadMs = 60_000;

export function startBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: kFlags });
}

/** A page of a context of its own, with what went wrong in it. */
export class Watched {
  constructor(page, origin) {
    this.page = page;
    this.origin = origin;
    this.wrong = [];
    this.allowed = [];
    page.on("console", (message) => {
      if (message.type() === "error") this.note(`console: ${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => this.note(`exception: ${error.stack ?? error}`));
    page.on("dialog", (dialog) => {
      this.note(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.context().on("request", (request) => {
      const url = new URL(request.url());
      if (!["data:", "blob:"].includes(url.protocol) && url.origin !== origin) this.note(`request to ${request.url()}`);
    });
  }

  note(text) {
    this.wrong.push(text.slice(0, 400));
  }

  /** Expects what matches: an answer 400, a server that is gone. */
  allow(...patterns) {
    this.allowed.push(...patterns);
  }

  /** Asserts that nothing went wrong, and that no script of anybody's data ran. */
  async check() {
    const wrong = this.wrong.filter((text) => !this.allowed.some((pattern) => pattern.test(text)));
    this.wrong = [];
    assert.deepEqual(wrong, []);
    if (!this.page.isClosed()) assert.equal(await this.page.evaluate(() => typeof window.pwned), "undefined", "a script of data ran");
  }

  async close() {
    await this.page.context().close();
  }
}

/**
 * Options: theme ("light"), width (1440), height (900), and what Playwright's newContext takes. Cloudscape's animations
 * are off (reduced motion), so that pages stand still.
 */
export async function openPage(browser, server, options = {}) {
  const { theme = "light", width = 1440, height = 900, ...more } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: "reduce",
    locale: "en-US",
    timezoneId: "UTC",
    ...more,
  });
  context.setDefaultTimeout(kWaitMs);
  context.setDefaultNavigationTimeout(kLoadMs);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]).catch(() => undefined);
  const page = await context.newPage();
  const watched = new Watched(page, new URL(server.url).origin);
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) =>
      console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`),
    );
  });
  return watched;
}
