// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { cellText, fromPlain, type Item, itemFromPlain, itemToPlain } from "./attribute";

const kItem: Item = {
  id: { S: "a" },
  count: { N: "12345678901234567890.5" },
  on: { BOOL: false },
  none: { NULL: true },
  tags: { SS: ["x", "y"] },
  sizes: { NS: ["1", "2.50"] },
  data: { B: "AAEC" },
  deep: { M: { list: { L: [{ N: "1" }, { S: "b" }, { SS: ["z"] }] } } },
};

test("an item edited as plain JSON keeps what plain JSON cannot say", () => {
  expect(itemFromPlain(JSON.parse(JSON.stringify(itemToPlain(kItem))) as Record<string, unknown>, kItem)).toEqual(kItem);
});

test("a changed number is the new one, a changed set stays a set", () => {
  const plain = { ...itemToPlain(kItem), count: 2, tags: ["x"], sizes: [2.5, 7] };
  const item = itemFromPlain(plain, kItem);
  expect(item.count).toEqual({ N: "2" });
  expect(item.tags).toEqual({ SS: ["x"] });
  expect(item.sizes).toEqual({ NS: ["2.50", "7"] });
});

test("a set cannot be empty: it becomes a list", () => {
  expect(fromPlain([], { SS: ["x"] })).toEqual({ L: [] });
});

test("a member called __proto__ is but a member", () => {
  const item = itemFromPlain(JSON.parse('{"__proto__": 1, "constructor": "c"}') as Record<string, unknown>, {});
  expect(Object.entries(item)).toEqual([
    ["__proto__", { N: "1" }],
    ["constructor", { S: "c" }],
  ]);
});

test("cells are short", () => {
  expect(Object.values(kItem).map(cellText)).toEqual(["a", "12345678901234567890.5", "false", "null", "{x, y}", "{1, 2.50}", "<3 bytes>", '{"list":[1,"b",["z"]]}']);
});
