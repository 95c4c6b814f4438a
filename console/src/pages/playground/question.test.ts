// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { kExamples } from "./examples";
import { bodyOf, fromAddress, kFirst, kKinds, toAddress, withLanguage } from "./question";

describe("a question", () => {
  it("goes into an address and comes back, whatever is written in it", () => {
    const question = { ...kFirst, text: "'é 🙂 ‮ <b>' & \"/+=\"" };
    expect(fromAddress(toAddress(question) ?? "")).toEqual(question);
    expect(toAddress({ ...kFirst, input: "x".repeat(9_000) })).toBeUndefined();
  });
  it("is not made of what nobody packed", () => {
    for (const wrong of [null, "", "%%", "e30", btoa('{"language":"SQL"}'), btoa('{"language":"JSONata","kind":"path","text":1}'), btoa("\xff")]) expect(fromAddress(wrong)).toBeUndefined();
  });
  it("is sent as values, and says which text is none", () => {
    expect(bodyOf({ ...kFirst, input: "[1]", context: "", variables: '{"a":1}', states: "{}" })).toMatchObject({ body: { input: [1], context: {}, variables: { a: 1 } } });
    expect(bodyOf({ ...kFirst, input: "{" })).toEqual({ wrong: "input" });
    expect(bodyOf({ ...kFirst, variables: "[]" })).toEqual({ wrong: "variables" });
    expect(bodyOf({ ...kFirst, input: "null" })).toMatchObject({ body: { input: null } });
  });
  it("keeps a kind that both languages have", () => {
    expect(withLanguage({ ...kFirst, kind: "template" }, "JSONPath").kind).toBe("template");
    expect(withLanguage({ ...kFirst, kind: "expression" }, "JSONPath").kind).toBe("path");
  });
});

describe("examples", () => {
  it("are whole questions with names of their own", () => {
    const all = kExamples.flatMap((group) => group.items);
    expect(new Set(all.map((each) => each.id)).size).toBe(all.length);
    for (const { question } of all) {
      expect(bodyOf(question)).toHaveProperty("body");
      expect(kKinds[question.language].map((each) => each.id)).toContain(question.kind);
      if (question.kind === "template") expect(() => JSON.parse(question.text) as unknown).not.toThrow();
    }
  });
});
