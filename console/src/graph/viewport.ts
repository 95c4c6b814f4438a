// SPDX-License-Identifier: Apache-2.0
// What part of the picture is seen, and how large. It is kept outside of React: moving must not render anything.
import type { Box, LaidOutGraph } from "./types";

export interface View {
  /** The picture's origin on the screen, in CSS pixels. */
  x: number;
  y: number;
  scale: number;
}

export interface Size {
  width: number;
  height: number;
}

export const kScaleMin = 0.05;
export const kScaleMax = 3;

const clamp = (value: number, least: number, most: number) => Math.min(Math.max(value, least), most);

/** All of the picture, never larger than it is. */
export function fitView(graph: Size, window: Size): View {
  const scale = clamp(Math.min(window.width / graph.width, window.height / graph.height), kScaleMin, 1);
  return { scale, x: (window.width - graph.width * scale) / 2, y: Math.max((window.height - graph.height * scale) / 2, 0) };
}

/** As fitView, but what is too small to be read then begins at its top instead. */
export function firstView(graph: Size, window: Size): View {
  const whole = fitView(graph, window);
  if (whole.scale >= 0.45) return whole;
  const scale = clamp(window.width / graph.width, 0.45, 0.85);
  return { scale, x: (window.width - graph.width * scale) / 2, y: 0 };
}

/** `factor` times as large; what is at (x, y) of the screen stays there. */
export function zoomAt(view: View, factor: number, x: number, y: number): View {
  const scale = clamp(view.scale * factor, kScaleMin, kScaleMax);
  const real = scale / view.scale;
  return { scale, x: x - (x - view.x) * real, y: y - (y - view.y) * real };
}

/** Moves as little as is needed for `box` to be seen. */
export function reveal(view: View, box: Box, window: Size, margin = 24): View {
  const shift = (from: number, length: number, room: number) => {
    if (length + 2 * margin > room) return room / 2 - (from + length / 2);
    if (from < margin) return margin - from;
    return Math.min(room - margin - (from + length), 0);
  };
  const x = view.x + shift(view.x + box.x * view.scale, box.width * view.scale, window.width);
  const y = view.y + shift(view.y + box.y * view.scale, box.height * view.scale, window.height);
  return { ...view, x, y };
}

/** At least a bit of the picture stays in sight. */
export function keepInSight(view: View, graph: Size, window: Size): View {
  const kept = 60;
  return {
    ...view,
    x: clamp(view.x, kept - graph.width * view.scale, window.width - kept),
    y: clamp(view.y, kept - graph.height * view.scale, window.height - kept),
  };
}

/** After the picture changed: the state that is looked at stays where it was on the screen. */
export function follow(view: View, before: LaidOutGraph, after: LaidOutGraph, pointer: string | undefined): View {
  const find = (graph: LaidOutGraph) => graph.nodes.find((node) => node.kind === "State" && node.pointer === pointer);
  const old = pointer === undefined ? undefined : find(before);
  const now = pointer === undefined ? undefined : find(after);
  if (old === undefined || now === undefined) return { ...view, x: view.x + ((before.width - after.width) / 2) * view.scale };
  return { ...view, x: view.x + (old.x - now.x) * view.scale, y: view.y + (old.y - now.y) * view.scale };
}
