// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { completeJson, hoverJson, snippetOf, type Suggestion } from "./asl-language";
import { completeYaml, hoverYaml } from "./asl-yaml";

const split = (text: string): [string, number] => [text.replace("|", ""), text.indexOf("|")];
const labels = (items: Suggestion[]) => items.map((item) => item.label);
function accept(text: string, item: Suggestion | undefined): string {
  return item === undefined ? "" : text.slice(0, item.from) + item.insert + text.slice(item.to);
}
async function acceptJson(marked: string, label: string): Promise<string> {
  const [text, offset] = split(marked);
  return accept(text, (await completeJson(text, offset)).find((item) => item.label === label));
}
async function acceptYaml(marked: string, label: string): Promise<string> {
  const [text, offset] = split(marked);
  return accept(text, (await completeYaml(text, offset)).find((item) => item.label === label));
}

describe("JSON", () => {
  it("has the fields of a state", async () => {
    expect(await acceptJson('{"States":{"A":{"Type":"Task","Ti|"}}}', "TimeoutSeconds")).toContain('"TimeoutSeconds": ');
  });
  it("has the states that can come next", async () => {
    expect(await acceptJson('{"States":{"A":{"Next":"|"},"B c":{"Type":"Pass"}}}', "B c")).toBe('{"States":{"A":{"Next":"B c"},"B c":{"Type":"Pass"}}}');
    expect(await acceptJson('{"States":{"A":{"Next":|},"B":{"Type":"Pass"}}}', "B")).toBe('{"States":{"A":{"Next": "B"},"B":{"Type":"Pass"}}}');
  });
  it("has snippets of states", async () => {
    const [text, offset] = split('{"StartAt":"A","States":{|}}');
    const task = (await completeJson(text, offset)).find((item) => item.label === "Lambda Task State");
    expect(task?.isSnippet).toBe(true);
    expect(task?.insert).toContain("${1:Invoke Lambda function}");
  });
  it("has $states", async () => {
    const [text, offset] = split('{"QueryLanguage":"JSONata","States":{"A":{"Type":"Pass","Output":"{% $states.context.Execution.I| %}"}}}');
    expect(labels(await completeJson(text, offset))).toContain("Input");
  });
  it("has the fields of the query language", async () => {
    const machine = (language: string) => split(`{"QueryLanguage":"${language}","States":{"A":{"Type":"Pass","|"}}}`);
    const jsonata = labels(await completeJson(...machine("JSONata")));
    expect(jsonata).toEqual(expect.arrayContaining(["Assign", "Output", "Next"]));
    expect(jsonata).not.toContain("ResultPath");
    const path = labels(await completeJson(...machine("JSONPath")));
    expect(path).toEqual(expect.arrayContaining(["Assign", "ResultPath", "Next"]));
    expect(path).not.toContain("Output");
  });
  it("says what a field means", async () => {
    const [text, offset] = split('{"StartAt":"A","States":{"A":{"Ty|pe":"Task"}}}');
    expect((await hoverJson(text, offset))?.text).toBe("The state's type.");
  });
  it("has nothing for an empty text", async () => expect(await completeJson("", 0)).toEqual([]));
});

describe("YAML", () => {
  const yaml = "StartAt: A\nStates:\n  A:\n    Type: Task\n    |\n  B c:\n    Type: Pass\n";
  it("has the fields of a state", async () => {
    expect(await acceptYaml(yaml, "TimeoutSeconds")).toContain("    Type: Task\n    TimeoutSeconds: \n");
    expect(await acceptYaml(yaml.replace("|", "Tim|"), "TimeoutSeconds")).toContain("    Type: Task\n    TimeoutSeconds: \n");
  });
  it("has the states that can come next", async () => {
    expect(await acceptYaml(yaml.replace("|", "Next: |"), "B c")).toContain("    Next: B c\n");
  });
  it("has the types", async () => {
    expect(await acceptYaml("States:\n  A:\n    Type: P|\n", "Parallel")).toBe("States:\n  A:\n    Type: Parallel\n");
  });
  it("has snippets of states", async () => {
    const made = await acceptYaml("StartAt: A\nStates:\n  A:\n    Type: Pass\n  |\n", "Pass State");
    // The editor adds the indent of the line to those that follow.
    expect(made).toContain("\n  ${1:PassState}:\n  Type: Pass\n");
  });
  it("says what a field means", async () => {
    const [text, offset] = split("StartAt: A\nStates:\n  A:\n    Ty|pe: Task\n");
    expect((await hoverYaml(text, offset))?.text).toBe("The state's type.");
  });
});

it("reads snippets", () => {
  expect(snippetOf('"a": $1, "b": ${2:x}$0 \\$.y ${3|p,q|}')).toBe('"a": ${1}, "b": ${2:x}${} $.y ${3:p}');
});
