// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { LaidOutGraph } from "../../graph/types";
import { compareDefinitions, differingEdges } from "./definition-diff";

const pass = (next?: string) => (next === undefined ? { Type: "Pass", End: true } : { Type: "Pass", Next: next });
const text = (machine: object) => JSON.stringify(machine);

describe("compareDefinitions", () => {
  it("is blind to white space and order", () => {
    const a = '{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}';
    const b = '{ "States": {"A": {"End": true, "Type": "Pass"}}, "StartAt": "A" }';
    expect(compareDefinitions(a, b)).toEqual({ states: [], fields: [], before: {}, after: {}, isSame: true });
  });
  it("tells added, removed and changed states", () => {
    const diff = compareDefinitions(
      text({ StartAt: "A", States: { A: pass("B"), B: pass("C/d"), "C/d": pass() } }),
      text({ StartAt: "A", Comment: "x", States: { A: pass("B"), B: { ...pass("E"), Comment: "new" }, E: pass() } }),
    );
    expect(diff.states.map(({ kind, name, fields }) => [kind, name, fields])).toEqual([
      ["removed", "C/d", []],
      ["changed", "B", ["Next", "Comment"]],
      ["added", "E", []],
    ]);
    expect(diff.before).toEqual({ "/States/C~1d": "removed", "/States/B": "changed" });
    expect(diff.after).toEqual({ "/States/B": "changed", "/States/E": "added" });
    expect(diff.fields).toEqual(["Comment"]);
  });
  it("compares what is inside of Map and Parallel for itself", () => {
    const machine = (inner: object) => text({ StartAt: "M", States: { M: { Type: "Map", ItemProcessor: { StartAt: "X", States: inner }, End: true } } });
    const diff = compareDefinitions(machine({ X: pass() }), machine({ X: pass("Y"), Y: pass() }));
    expect(diff.after).toEqual({ "/States/M/ItemProcessor/States/X": "changed", "/States/M/ItemProcessor/States/Y": "added" });
  });
  it("finds a state that moved", () => {
    const diff = compareDefinitions(
      text({ States: { P: { Type: "Parallel", Branches: [{ StartAt: "A", States: { A: pass() } }, { StartAt: "B", States: { B: pass() } }] } } }),
      text({ States: { P: { Type: "Parallel", Branches: [{ StartAt: "B", States: { B: pass() } }, { StartAt: "A", States: { A: pass() } }] } } }),
    );
    expect(diff.states.map((state) => [state.name, state.fields])).toEqual([["P", ["Branches"]]]);
  });
  it("takes what is no definition", () => {
    expect(compareDefinitions("[]", "3").states).toEqual([]);
    expect(compareDefinitions('{"States": {"A": 1}}', "{}").states).toEqual([]);
    expect(() => compareDefinitions("{", "{}")).toThrow(SyntaxError);
  });
});

it("tells which ways differ", () => {
  const box = { x: 0, y: 0, width: 1, height: 1 };
  const graph = (edges: [number, number][]): LaidOutGraph => ({
    width: 1, height: 1, clusters: [],
    nodes: ["A", "B", "C"].map((name) => ({ ...box, kind: "State" as const, name })),
    edges: edges.map(([from, to]) => ({ kind: "Next" as const, from, to, points: [], tip: [0, 0] as [number, number] })),
  });
  expect([...differingEdges(graph([[0, 1], [1, 2], [1, 2]]), graph([[0, 1], [1, 2]]))]).toEqual([2]);
  expect([...differingEdges(graph([[0, 1]]), graph([[1, 0]]))]).toEqual([0]);
});
