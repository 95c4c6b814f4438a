// SPDX-License-Identifier: Apache-2.0
// One state of the picture: icon, name, second line, and how it stands.
import { memo } from "react";
import { lookOf, secondLine } from "./looks";
import { fitText } from "./text-width";
import type { ChangeMark, GraphNode, IterationCounts, StateStatus, StateView } from "./types";
import { kStatusWords } from "./types";

interface Props {
  node: GraphNode;
  index: number;
  /** Absent: nothing is known of an execution. */
  view: StateView | undefined;
  mark: ChangeMark | undefined;
  isSelected: boolean;
  isFocused: boolean;
}

// As src/graph/layout.h has it, which sizes the box.
const kTextX = 50;
const kRightMargin = 16;
const kIconSize = 30;

const kMarkIcons: Record<StateStatus, string> = {
  NotEntered: "",
  Succeeded: "M-3.4 .2-1 2.6 3.6-2.4",
  Running: "M-3.6 0a3.6 3.6 0 0 1 7.2 0",
  Retrying: "M3-1.6A3.4 3.4 0 1 0 3.4 .6M3.2-3.6V-1.4H1",
  Caught: "M0-3.4V.6M0 3.1v.1",
  Aborted: "M-2.2-2.2h4.4v4.4h-4.4z",
  Failed: "M-2.6-2.6 2.6 2.6M2.6-2.6-2.6 2.6",
};

const kChangeSigns: Record<ChangeMark, string> = { added: "+", removed: "−", changed: "~" };

/** What a screen reader says, and a pointer that rests sees. */
export function describe(node: GraphNode, view: StateView | undefined, mark?: ChangeMark): string {
  const parts = [`${node.name ?? ""}, ${secondLine(node)}`];
  if (mark !== undefined) parts.push(mark);
  if (view !== undefined) parts.push(kStatusWords[view.status]);
  if (view?.visits !== undefined && view.visits > 1) parts.push(`entered ${view.visits} times`);
  if (view?.retries !== undefined && view.retries > 0) parts.push(view.retries === 1 ? "1 retry" : `${view.retries} retries`);
  if (view?.iterations !== undefined) parts.push(describeIterations(view.iterations));
  if (node.retryAttempts !== undefined) parts.push(`retried up to ${node.retryAttempts} times`);
  return parts.join(", ");
}

export function describeIterations(counts: IterationCounts): string {
  const parts = [`${counts.succeeded.toLocaleString("en")} of ${counts.total.toLocaleString("en")} succeeded`];
  if (counts.failed > 0) parts.push(`${counts.failed.toLocaleString("en")} failed`);
  if (counts.aborted > 0) parts.push(`${counts.aborted.toLocaleString("en")} aborted`);
  if (counts.running > 0) parts.push(`${counts.running.toLocaleString("en")} running`);
  return parts.join(", ");
}

export const StateNode = memo(function StateNode({ node, index, view, mark, isSelected, isFocused }: Props) {
  const look = lookOf(node);
  const attempts = node.retryAttempts;
  const retryText = attempts === undefined ? "" : (view?.retries ?? 0) > 0 && (view?.retries ?? 0) <= attempts ? `${short(view?.retries ?? 0)}/${short(attempts)}` : short(Math.max(view?.retries ?? 0, attempts));
  const retryWidth = attempts === undefined ? 0 : 24 + retryText.length * 5.6;
  const room = node.width - kTextX - kRightMargin + 4 - (retryWidth > 0 ? retryWidth : 0);
  const middle = node.height / 2;
  const classes = ["pawl-state", view === undefined ? "pawl-state-plain" : `pawl-state-${view.status}`];
  if (isSelected) classes.push("pawl-state-selected");
  if (isFocused) classes.push("pawl-state-focused");
  if (mark !== undefined) classes.push(`pawl-state-${mark}`);
  const counts = view?.iterations;
  const note = view?.note ?? (counts === undefined ? secondLine(node) : `${counts.succeeded.toLocaleString("en")} of ${counts.total.toLocaleString("en")}`);
  return (
    <g className={classes.join(" ")} transform={`translate(${node.x} ${node.y})`} data-index={index} data-state={node.name}>
      <title>{describe(node, view, mark)}</title>
      <rect className="pawl-state-ring" x={-4} y={-4} width={node.width + 8} height={node.height + 8} rx={12} />
      <rect className="pawl-state-shadow" y={1.5} width={node.width} height={node.height} rx={9} />
      <rect className="pawl-state-box" width={node.width} height={node.height} rx={9} />
      <rect x={11} y={(node.height - kIconSize) / 2} width={kIconSize} height={kIconSize} rx={7} fill={`var(${look.color})`} />
      <path className="pawl-state-icon" transform={`translate(16 ${(node.height - 20) / 2})`} d={look.icon} />
      <text className="pawl-state-name" x={kTextX} y={middle - 3}>
        {fitText(node.name ?? "", room, 13, true)}
      </text>
      <text className="pawl-state-detail" x={kTextX} y={middle + 13}>
        {fitText(note, room, 11, false)}
      </text>
      {counts !== undefined && counts.total > 0 && <Bar counts={counts} x={kTextX} y={node.height - 8} width={node.width - kTextX - 12} />}
      {attempts !== undefined && <RetryMark x={node.width - retryWidth - 8} y={middle - 9} width={retryWidth} text={retryText} attempts={attempts} />}
      {view !== undefined && view.status !== "NotEntered" && <StatusMark x={node.width - 6} status={view.status} />}
      {view?.visits !== undefined && view.visits > 1 && <Visits x={node.width - 18} visits={view.visits} />}
      {mark !== undefined && (
        <g className="pawl-change-mark" transform="translate(4 2)">
          <circle r={8} />
          <text y={4}>{kChangeSigns[mark]}</text>
        </g>
      )}
    </g>
  );
});

const short = (count: number) => (count > 99 ? "99+" : String(count));

function StatusMark({ x, status }: { x: number; status: StateStatus }) {
  return (
    <g className={`pawl-mark pawl-mark-${status}`} transform={`translate(${x} 2)`}>
      <circle r={8} />
      <path d={kMarkIcons[status]} />
    </g>
  );
}

function Visits({ x, visits }: { x: number; visits: number }) {
  const text = `×${visits.toLocaleString("en")}`;
  const width = 12 + text.length * 5.8;
  return (
    <g className="pawl-visits" transform={`translate(${x - width} -6)`}>
      <rect width={width} height={16} rx={8} />
      <text x={width / 2} y={11.6}>
        {text}
      </text>
    </g>
  );
}

/** A small loop with the number of attempts, on the right where no edge ends. */
function RetryMark({ x, y, width, text, attempts }: { x: number; y: number; width: number; text: string; attempts: number }) {
  return (
    <g className="pawl-retry-mark" transform={`translate(${x} ${y})`}>
      <title>{`Retried up to ${attempts} times`}</title>
      <rect width={width} height={18} rx={9} />
      <path transform="translate(5 4)" d="M8.6 3.2A4 4 0 1 0 9 6M8.8 .9V3.5H6.2" />
      <text x={18} y={12.7}>
        {text}
      </text>
    </g>
  );
}

function Bar({ counts, x, y, width }: { counts: IterationCounts; x: number; y: number; width: number }) {
  let left = x;
  const pieces = (["succeeded", "failed", "aborted", "running"] as const).map((kind) => {
    const length = Math.min(counts[kind] / counts.total, 1) * width;
    // A single failed one of ten thousand is seen all the same.
    const shown = counts[kind] > 0 ? Math.max(length, 2) : 0;
    const piece = shown > 0 && <rect key={kind} className={`pawl-bar-${kind}`} x={left} y={y} width={shown} height={3} />;
    left += shown;
    return piece;
  });
  return (
    <g>
      <rect className="pawl-bar" x={x} y={y} width={width} height={3} />
      {pieces}
    </g>
  );
}
