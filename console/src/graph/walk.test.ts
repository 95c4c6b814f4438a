// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { GraphEdge, GraphNode, LaidOutGraph } from "./types";
import { neighbours, readingOrder, step } from "./walk";

const state = (name: string, x: number, y: number): GraphNode => ({ kind: "State", name, x, y, width: 100, height: 50 });
const edge = (from: number, to: number): GraphEdge => ({ kind: "Next", from, to, points: [], tip: [0, 0] });

// A choice, two states beside each other, a join, a state below.
const graph: LaidOutGraph = {
  width: 400,
  height: 400,
  nodes: [state("low", 100, 300), state("choice", 100, 0), state("left", 0, 100), state("right", 200, 100), { kind: "Join", x: 150, y: 200, width: 12, height: 12 }],
  edges: [edge(1, 2), edge(1, 3), edge(2, 4), edge(3, 4), edge(4, 0)],
  clusters: [],
};

describe("readingOrder", () => {
  it("goes from the top and from the left", () => expect(readingOrder(graph)).toEqual([1, 2, 3, 0]));
});

describe("neighbours", () => {
  it("looks through joins", () => {
    expect(neighbours(graph, 2, true)).toEqual([0]);
    expect(neighbours(graph, 0, false).sort()).toEqual([2, 3]);
  });
});

describe("step", () => {
  it("follows edges down and up, and goes across without", () => {
    expect(step(graph, 2, "ArrowDown")).toBe(0);
    expect(step(graph, 2, "ArrowRight")).toBe(3);
    expect(step(graph, 3, "ArrowUp")).toBe(1);
  });
  it("stays where nothing lies that way", () => {
    expect(step(graph, 0, "ArrowDown")).toBe(0);
    expect(step(graph, 2, "ArrowLeft")).toBe(2);
  });
});
