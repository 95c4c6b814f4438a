// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { isOurs, partsOf } from "./mail";

const kHere = { hostname: "127.0.0.1", port: "4566", protocol: "http:" };

test("links are told apart from text, without what ends the sentence", () => {
  expect(partsOf('Approve (http://localhost:4566/a?b=1&c=2), or see https://example.org/x. <a href="http://localhost:4566/y">', kHere)).toEqual([
    { text: "Approve (" },
    { text: "http://localhost:4566/a?b=1&c=2", url: "http://localhost:4566/a?b=1&c=2", isOurs: true },
    { text: "), or see " },
    { text: "https://example.org/x", url: "https://example.org/x", isOurs: false },
    { text: '. <a href="' },
    { text: "http://localhost:4566/y", url: "http://localhost:4566/y", isOurs: true },
    { text: '">' },
  ]);
});

test.each([
  ["http://127.0.0.1:4566/x", true],
  ["http://abc.execute-api.localhost:4566/x", true],
  ["http://127.0.0.1:9999/x", false],
  ["https://example.org:4566/x", false],
  ["http://localhost.example.org:4566/", false],
  ["javascript:alert(1)", false],
])("%s is ours: %s", (url, is) => expect(isOurs(url, kHere)).toBe(is));
