// SPDX-License-Identifier: Apache-2.0
// What is done in the services: buckets and objects, tables, queues, topics and mails, functions and their logs.
import assert from "node:assert/strict";
import { consoleTests } from "./harness/console-test.mjs";
import { fits } from "./harness/pages.mjs";
import { kHostile } from "./seed/machines.mjs";
import { seedBuckets, seedFunction, seedMessages, seedTables } from "./seed/services.mjs";

const console = consoleTests({
  seed: async (server) => {
    const messages = await seedMessages(server);
    await Promise.all([seedBuckets(server), seedTables(server), seedFunction(server)]);
    return messages;
  },
});

console.test("a bucket is created, and its folders lead to a picture that is shown", async ({ open, server }) => {
  const { page } = await open("/s3");
  await page.getByRole("button", { name: "Create bucket" }).first().click();
  await page.getByRole("dialog").getByLabel("Bucket name").fill("made-here");
  await page.getByRole("dialog").getByRole("button", { name: "Create bucket" }).click();
  await page.getByRole("link", { name: "made-here" }).waitFor();
  const { Buckets } = await server.call("s3", "ListBuckets");
  assert.ok(Buckets.some(({ Name }) => Name === "made-here"));
  await page.getByRole("link", { name: "pictures" }).click();
  await page.getByRole("link", { name: "cats/" }).click();
  await page.getByRole("link", { name: "tabby.png" }).click();
  const picture = page.getByRole("main").locator('img[src^="blob:"]').first();
  await picture.waitFor();
  await page.waitForFunction((element) => element.complete && element.naturalWidth === 320, await picture.elementHandle());
});

console.test("objects with hostile names, an HTML page, an SVG with a script: text and pictures only", async ({ open, server }) => {
  const { page } = await open("/s3/pictures?prefix=hostile%2F");
  for (const name of [kHostile.markup, kHostile.rtl, kHostile.emoji, kHostile.long]) await page.getByText(name).first().waitFor();
  await fits(page);
  for (const key of ["page.html", "drawing.svg"]) {
    await page.goto(`${server.console}/s3/pictures/object?key=${key}`);
    await page.getByText(key).first().waitFor();
    await page.getByText(/image\/svg|text\/html/).first().waitFor();
  }
});

console.test("the items of a table, hostile ones too", async ({ open }) => {
  const { page } = await open("/dynamodb/users");
  const items = page.getByRole("grid", { name: "Items" });
  for (const name of ["grace", kHostile.markup, kHostile.emoji]) await items.getByText(name).first().waitFor();
  await fits(page);
});

console.test("a queue's messages are received and shown", async ({ open }) => {
  const { page } = await open("/sqs/jobs");
  await page.getByRole("tab", { name: /Messages/ }).click();
  await page.getByRole("button", { name: /Receive|Poll/ }).first().click();
  await page.getByRole("grid", { name: "Messages" }).getByText(/first|It works|job/).first().waitFor();
});

console.test("the mailbox shows who was to confirm what", async ({ open }) => {
  const { page } = await open("/mailbox");
  await page.getByText(/Subscription Confirmation/).first().click();
  await page.getByText(/ada@example.com/).first().waitFor();
  await page.getByText(/arn:aws:sns:us-east-1:000000000000:news/).first().waitFor();
});

console.test("a function is tested, and its log read", async ({ open }) => {
  const { page } = await open("/lambda/double?tab=test");
  await page.getByRole("button", { name: "Invoke", exact: true }).click();
  await page.getByText(/doubled/).first().waitFor();
  await page.goto(page.url().replace(/\/lambda\/.*/, `/logs/${encodeURIComponent("/aws/lambda/double")}/events`));
  await page.getByText(/onerror/).first().waitFor();
});
