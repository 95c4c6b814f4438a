// SPDX-License-Identifier: Apache-2.0
// A server with --credentials: the console asks for keys, and signs.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { consoleTests } from "./harness/console-test.mjs";

const console = consoleTests({
  arguments: (folder) => {
    const file = join(folder, "credentials");
    writeFileSync(file, "[ada]\naws_access_key_id = AKIAADA\naws_secret_access_key = secret-of-ada\n");
    return ["--credentials", file];
  },
});

const signIn = async (page, id, secret) => {
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Access key ID").fill(id);
  await dialog.getByLabel("Secret access key").fill(secret);
  await dialog.getByRole("button", { name: "Use these keys" }).click();
};

console.test("without keys it asks for them; wrong ones are refused; with the right ones it works", async ({ open }) => {
  const watched = await open("/state-machines");
  watched.allow(/status of 40[013]/);
  const { page } = watched;
  await page.getByText("This server wants signed requests.").waitFor();
  await signIn(page, "AKIAADA", "not-her-secret");
  await page.getByText("The server refuses these keys.").waitFor();
  await signIn(page, "AKIANOBODY", "secret-of-ada");
  await page.getByText("The server refuses these keys.").waitFor();
  await signIn(page, "AKIAADA", "secret-of-ada");
  await page.getByRole("heading", { name: /State machines/ }).first().waitFor();
  await page.getByText("No state machines").first().waitFor();
  assert.equal(await page.getByRole("dialog").count(), 0);
  assert.equal(await page.evaluate(() => JSON.stringify(localStorage).includes("secret-of-ada")), false);
});
