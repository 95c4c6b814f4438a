// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { type Language, parseTree, placeOf, pointerAt, pointerOfLocation, statePointerOf } from "./places";

const json = `{
  "StartAt": "A/b",
  "States": {
    "A/b": {"Type": "Choice", "Choices": [{"Next": "B"}, {"Next": "C", "Not": {"Variable": "$.x"}}]},
    "B": {"Type": "Parallel", "Branches": [{"StartAt": "States", "States": {"States": {"Type": "Pass"}}}]}
  }
}`;
const yaml = `# a machine
StartAt: "A/b"
States:
  A/b:
    Type: Choice
    Choices:
      - Next: B
      - {Next: C, Not: {Variable: $.x}}
  'B':
    Type: Parallel
    Branches:
    - StartAt: States
      States:
        States: &s
          Type: Pass
`;

const texts: [Language, string][] = [["JSON", json], ["YAML", yaml]];

describe.each(texts)("%s", (language, text) => {
  const tree = parseTree(text, language);
  const slice = (from: number, to: number) => text.slice(from, to);
  const at = (needle: string, skip = 0) => text.indexOf(needle, skip) + 1;

  it("finds the pointer of an offset", () => {
    expect(pointerAt(tree, slice, at("Choice"))).toBe("/States/A~1b/Type");
    expect(pointerAt(tree, slice, at("Next"))).toBe("/States/A~1b/Choices/0/Next");
    expect(pointerAt(tree, slice, at("$.x"))).toBe("/States/A~1b/Choices/1/Not/Variable");
    expect(pointerAt(tree, slice, at("Pass"))).toBe("/States/B/Branches/0/States/States/Type");
  });
  it.each(["/StartAt", "/States/A~1b", "/States/A~1b/Choices/1/Not/Variable", "/States/B/Branches/0/States/States/Type"])("and back: %s", (pointer) => {
    const place = placeOf(tree, slice, pointer);
    expect(place).not.toBeNull();
    expect(pointerAt(tree, slice, place!.name.from)).toBe(pointer);
  });
  it("has name and value of a member", () => {
    const place = placeOf(tree, slice, "/States/A~1b/Choices/1/Next")!;
    expect(text.slice(place.name.from, place.name.to).replaceAll('"', "")).toBe("Next");
    expect(text.slice(place.value.from, place.value.to).replaceAll('"', "")).toBe("C");
  });
  it("knows what is not there", () => {
    expect(placeOf(tree, slice, "/States/X")).toBeNull();
    expect(placeOf(tree, slice, "/States/A~1b/Choices/7")).toBeNull();
    const nearest = placeOf(tree, slice, "/States/B/Next", true)!;
    expect(text.slice(nearest.name.from, nearest.name.to)).toMatch(/B/);
  });
});

it("works on a text with mistakes", () => {
  const broken = '{"States": {"A": {"Type": "Pass" "Next": }, "B": {"End": tr';
  const tree = parseTree(broken, "JSON");
  expect(pointerAt(tree, (from, to) => broken.slice(from, to), broken.indexOf("End") + 1)).toBe("/States/B/End");
});

it("is nothing in an empty text", () => {
  for (const language of ["JSON", "YAML"] as const) {
    expect(pointerAt(parseTree("", language), () => "", 0)).toBe("");
    expect(placeOf(parseTree("", language), () => "", "/States/A")).toBeNull();
  }
});

describe("statePointerOf", () => {
  it.each([
    ["/States/A/Type", "/States/A"],
    ["/States/A", "/States/A"],
    ["/StartAt", null],
    ["/States", null],
    ["/States/B/Branches/0/States/States/Type", "/States/B/Branches/0/States/States"],
    ["/States/B/Branches/0/StartAt", "/States/B"],
    ["/States/M/ItemProcessor/States/X/Parameters/States/y", "/States/M/ItemProcessor/States/X"],
    ["/States/States/States/x", "/States/States"],
  ])("%s", (pointer, state) => expect(statePointerOf(pointer)).toBe(state));
});

it("reads AWS's locations", () => {
  expect(pointerOfLocation("/States/A/Choices[0]/Next")).toBe("/States/A/Choices/0/Next");
  expect(pointerOfLocation("/")).toBe("");
});
