// SPDX-License-Identifier: Apache-2.0
// The parts of the picture that are no states: clusters, edges, their labels, Start, End and joins.
import { memo } from "react";
import type { ChangeMark, GraphCluster, GraphEdge, GraphNode, Point } from "./types";

const at = ([x, y]: Point) => `${x} ${y}`;

export const ClusterBox = memo(function ClusterBox({ cluster }: { cluster: GraphCluster }) {
  // A branch's cluster only keeps its states together.
  if (cluster.kind === "Branch") return null;
  const { x, y, width, height } = cluster;
  const kind = cluster.kind.toLowerCase();
  return <rect className={`pawl-cluster pawl-cluster-${kind}${cluster.distributed === true ? " pawl-cluster-distributed" : ""}`} x={x} y={y} width={width} height={height} rx={12} />;
});

function curveOf(points: Point[]): string {
  let path = `M${at(points[0] as Point)}`;
  for (let i = 1; i + 2 < points.length; i += 3) path += `C${at(points[i] as Point)} ${at(points[i + 1] as Point)} ${at(points[i + 2] as Point)}`;
  return path;
}

const kArrowHalfWidth = 4.2;

function arrowOf(base: Point, tip: Point): string {
  const [dx, dy] = [tip[0] - base[0], tip[1] - base[1]];
  const length = Math.hypot(dx, dy);
  if (length === 0) return "";
  const [x, y] = [(-dy / length) * kArrowHalfWidth, (dx / length) * kArrowHalfWidth];
  return `M${at(tip)}L${at([base[0] + x, base[1] + y])}L${at([base[0] - x, base[1] - y])}z`;
}

/** `isTaken`: undefined if nothing is known of an execution. */
export const EdgeLine = memo(function EdgeLine({ edge, endsInJoin, isTaken, mark }: { edge: GraphEdge; endsInJoin: boolean; isTaken: boolean | undefined; mark: ChangeMark | undefined }) {
  const last = edge.points.at(-1);
  if (last === undefined || edge.points.length < 4) return null;
  const taken = isTaken === undefined ? "" : isTaken ? " pawl-edge-taken" : " pawl-edge-not-taken";
  const change = mark === undefined ? "" : ` pawl-edge-${mark}`;
  return (
    <g className={`pawl-edge pawl-edge-${edge.kind.toLowerCase()}${taken}${change}`}>
      <path className="pawl-edge-line" d={curveOf(edge.points) + (endsInJoin ? `L${at(edge.tip)}` : "")} />
      {!endsInJoin && <path className="pawl-edge-arrow" d={arrowOf(last, edge.tip)} />}
    </g>
  );
});

const kLabelLineHeight = 15;

export const EdgeLabel = memo(function EdgeLabel({ edge, isTaken }: { edge: GraphEdge; isTaken: boolean | undefined }) {
  const { labelBox: box, labelLines: lines } = edge;
  if (box === undefined || lines === undefined || lines.length === 0) return null;
  return (
    <g className={`pawl-edge-label pawl-edge-label-${edge.kind.toLowerCase()}${isTaken === false ? " pawl-edge-not-taken" : ""}`}>
      <title>{edge.label}</title>
      <rect x={box.x} y={box.y} width={box.width} height={box.height} rx={6} />
      {lines.map((line, index) => (
        <text key={index} x={box.x + box.width / 2} y={box.y + kLabelLineHeight * (index + 1)}>
          {line}
        </text>
      ))}
    </g>
  );
});

export const Terminal = memo(function Terminal({ node, isReached }: { node: GraphNode; isReached: boolean | undefined }) {
  const [x, y] = [node.x + node.width / 2, node.y + node.height / 2];
  if (node.kind === "Join") return <circle className="pawl-join" cx={x} cy={y} r={node.width / 2 - 1.5} />;
  return (
    <g className={`pawl-terminal pawl-terminal-${node.kind.toLowerCase()}${isReached === true ? " pawl-terminal-reached" : ""}`}>
      <circle cx={x} cy={y} r={node.width / 2 - 1} />
      <text x={x} y={y + 4}>
        {node.kind}
      </text>
    </g>
  );
});
