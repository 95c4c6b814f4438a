// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { linesOf, openAtFirst, pointerOf } from "./json-lines";

describe("linesOf", () => {
  it("has a line for each member and each end", () => {
    const root = { a: 1, b: [true, null], "c/~": {} };
    const lines = linesOf(root, openAtFirst(root));
    expect(lines.map((line) => `${line.label ?? ""}:${line.text}${line.hasComma ? "," : ""}`)).toEqual([
      ":{", "a:1,", "b:[", "0:true,", "1:null", ":],", "c/~:{", ":}",
    ]);
    expect(lines[6]?.pointer).toBe("/c~1~0");
  });

  it("shows nothing inside what is folded", () => {
    expect(linesOf({ a: { b: 1 } }, new Set([""]))).toHaveLength(3);
  });
});

describe("openAtFirst", () => {
  it("opens the root of a document however wide it is, and little more", () => {
    const wide = Array.from({ length: 100_000 }, (_, i) => ({ i }));
    expect([...openAtFirst(wide)]).toEqual([""]);
  });
  it("goes from the outside in", () => {
    const deep = { a: { b: { c: 1 } } };
    expect([...openAtFirst(deep, 5)]).toEqual(["", "/a"]);
  });
});

it("escapes pointers as RFC 6901 says", () => {
  expect(pointerOf("", "m~n/o")).toBe("/m~0n~1o");
});
