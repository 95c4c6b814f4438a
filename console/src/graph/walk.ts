// SPDX-License-Identifier: Apache-2.0
// From state to state by arrow keys: along the edges where there are some that way, else to what lies there.
import type { Box, LaidOutGraph } from "./types";

export type Direction = "ArrowDown" | "ArrowUp" | "ArrowLeft" | "ArrowRight";

/** The states in the order in which they are read: nodes' indexes, from the top, then from the left. */
export function readingOrder(graph: LaidOutGraph): number[] {
  return graph.nodes
    .map((node, index) => ({ node, index }))
    .filter(({ node }) => node.kind === "State")
    .sort((a, b) => a.node.y - b.node.y || a.node.x - b.node.x)
    .map(({ index }) => index);
}

/** The states that edges lead to from `index` (or, backwards, come from), through joins. */
export function neighbours(graph: LaidOutGraph, index: number, isForward: boolean): number[] {
  const found: number[] = [];
  const seen = new Set<number>([index]);
  const queue = [index];
  for (let at = 0; at < queue.length; ++at) {
    for (const edge of graph.edges) {
      const [from, to] = isForward ? [edge.from, edge.to] : [edge.to, edge.from];
      if (from !== queue[at] || seen.has(to)) continue;
      seen.add(to);
      const kind = graph.nodes[to]?.kind;
      if (kind === "State") found.push(to);
      else if (kind === "Join") queue.push(to);
    }
  }
  return found;
}

const middle = (box: Box): [number, number] => [box.x + box.width / 2, box.y + box.height / 2];

/** Where `direction` leads to from the state `index`; itself if nothing lies there. */
export function step(graph: LaidOutGraph, index: number, direction: Direction): number {
  const here = graph.nodes[index];
  if (here === undefined) return index;
  const isVertical = direction === "ArrowDown" || direction === "ArrowUp";
  const sign = direction === "ArrowDown" || direction === "ArrowRight" ? 1 : -1;
  const [x, y] = middle(here);
  let best = index;
  let least = Infinity;
  const linked = isVertical ? new Set(neighbours(graph, index, sign > 0)) : new Set<number>();
  graph.nodes.forEach((node, at) => {
    if (node.kind !== "State" || at === index) return;
    const [otherX, otherY] = middle(node);
    const along = sign * (isVertical ? otherY - y : otherX - x);
    const across = Math.abs(isVertical ? otherX - x : otherY - y);
    if (along <= 1 || (!isVertical && across > along * 2)) return;
    // What an edge leads to is nearer than whatever else is there.
    const distance = along + 2 * across + (isVertical && !linked.has(at) ? 100_000 : 0);
    if (distance < least) {
      least = distance;
      best = at;
    }
  });
  return best;
}
