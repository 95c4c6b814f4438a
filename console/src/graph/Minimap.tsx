// SPDX-License-Identifier: Apache-2.0
// The whole picture in a corner with the part that is seen, while not all of it is. Press or drag moves there.
import { type PointerEvent, memo } from "react";
import type { LaidOutGraph, StateStatus } from "./types";
import { type Viewport, useView } from "./use-viewport";

const kWidth = 150;
const kHeight = 130;
/** A picture that is much longer than wide, or wider than long, is drawn out. */
const kLeast = 40;

interface Props {
  graph: LaidOutGraph;
  viewport: Viewport;
  statusOf: (index: number) => StateStatus | undefined;
}

export function Minimap({ graph, viewport, statusOf }: Props) {
  const view = useView(viewport);
  const { width, height } = viewport.size();
  const isWhole = view.x >= -1 && view.y >= -1 && view.x + graph.width * view.scale <= width + 1 && view.y + graph.height * view.scale <= height + 1;
  if (isWhole || width < 2.5 * kWidth || height < 2 * kHeight) return null;
  const scale = Math.min(kWidth / graph.width, kHeight / graph.height);
  const [mapWidth, mapHeight] = [Math.max(graph.width * scale, kLeast), Math.max(graph.height * scale, kLeast)];
  const move = (event: PointerEvent<SVGSVGElement>) => {
    if ((event.buttons & 1) === 0) return;
    if (event.type === "pointerdown") event.currentTarget.setPointerCapture(event.pointerId);
    const box = event.currentTarget.getBoundingClientRect();
    viewport.centre(((event.clientX - box.left) / mapWidth) * graph.width, ((event.clientY - box.top) / mapHeight) * graph.height);
  };
  return (
    <svg className="pawl-minimap" width={mapWidth} height={mapHeight} preserveAspectRatio="none" viewBox={`0 0 ${graph.width} ${graph.height}`} aria-hidden onPointerDown={move} onPointerMove={move}>
      <States graph={graph} statusOf={statusOf} />
      <rect className="pawl-minimap-view" x={-view.x / view.scale} y={-view.y / view.scale} width={width / view.scale} height={height / view.scale} strokeWidth={1.5} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

const States = memo(function States({ graph, statusOf }: Pick<Props, "graph" | "statusOf">) {
  return graph.nodes.map((node, index) => <rect key={index} className={`pawl-mini-${statusOf(index) ?? "plain"}`} x={node.x} y={node.y} width={node.width} height={node.height} rx={9} />);
});
