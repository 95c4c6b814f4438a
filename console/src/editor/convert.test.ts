// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { asJson, jsonToYaml, languageOf, yamlToJson } from "./convert";

const machine = `{
  "StartAt": "2",
  "States": {
    "2": {
      "Type": "Pass",
      "Result": {
        "big": 12345678901234567890,
        "tiny": 1e-400,
        "text": "no",
        "lines": "a\\n  b\\n",
        "colon": "a: b # c",
        "empty": "",
        "star": "*x",
        "list": [],
        "none": {},
        "dollar.$": "$.x",
        "emoji": "🦆 שלום",
        "time": "2020-01-01",
        "octal": "0o17",
        "tab": "a\\tb"
      },
      "Next": "1"
    },
    "1": {
      "Type": "Choice",
      "Choices": [
        {
          "Next": "2",
          "Condition": "{% $x = 1 %}"
        }
      ]
    }
  }
}`;

it("goes to YAML and back without loss", () => {
  const yaml = jsonToYaml(machine).text ?? "";
  expect(yaml).toContain('\n  "2":\n    Type: Pass\n');
  expect(yaml).toContain("big: 12345678901234567890\n");
  expect(yaml).not.toContain("{ ");
  expect(yamlToJson(yaml).text).toBe(machine);
});

describe("yamlToJson", () => {
  it("has aliases", () => expect(JSON.parse(yamlToJson("a: &x {b: 1}\nc: *x").text ?? "")).toEqual({ a: { b: 1 }, c: { b: 1 } }));
  it("takes an anchor's last meaning, and no endless one", () => {
    expect(JSON.parse(yamlToJson("a: &x 1\nb: *x\nc: &x 2\nd: *x").text ?? "")).toEqual({ a: 1, b: 1, c: 2, d: 2 });
    expect(yamlToJson("a: &x [*x]").mistake).toBeTruthy();
  });
  it("keeps dates and words as they are written", () => {
    expect(JSON.parse(yamlToJson("a: 2020-01-01\nb: yes\nc: 0x10\nd: .inf\n1: x").text ?? "")).toEqual({ a: "2020-01-01", b: "yes", c: 16, d: ".inf", 1: "x" });
  });
  it("says what is wrong and where", () => {
    expect(yamlToJson("a: [1, 2\nb: 3").mistake?.message).toBeTruthy();
    expect(yamlToJson("a: 1\na: 2").mistake).toMatchObject({ offset: 5, message: "Map keys must be unique" });
    expect(yamlToJson("").mistake?.message).toMatch(/empty/);
  });
  it("refuses a text that grows without end", () => {
    let bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
    for (let i = 1; i < 9; i += 1) bomb += `a${i}: &a${i} [${Array(10).fill(`*a${i - 1}`).join(",")}]\n`;
    expect(yamlToJson(bomb).mistake).toBeTruthy();
  });
});

it("leaves JSON as it is written", () => {
  expect(asJson('{"a":  1}', "JSON").text).toBe('{"a":  1}');
  expect(asJson('{"a":', "JSON").mistake?.offset).toBe(5);
});

it("tells the languages apart", () => {
  expect([" {}", "[1]", "", "a: 1", "# c\na: 1", "---\n{}"].map(languageOf)).toEqual(["JSON", "JSON", "JSON", "YAML", "YAML", "YAML"]);
});
