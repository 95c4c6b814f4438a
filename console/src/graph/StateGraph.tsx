// SPDX-License-Identifier: Apache-2.0
// The picture of a state machine, as the server lays it out and `pawl graph` draws it. Drag or Shift and arrows move
// it, Ctrl and the wheel or + and - zoom, arrows go from state to state, Enter selects. Screen readers get the states
// as a list.
import Button from "@cloudscape-design/components/button";
import { type KeyboardEvent, type MouseEvent, useCallback, useEffect, useId, useMemo, useRef, useState } from "react";
import "./graph.css";
import { ClusterBox, EdgeLabel, EdgeLine, Terminal } from "./GraphParts";
import { Minimap } from "./Minimap";
import { describe, StateNode } from "./StateNode";
import type { ChangeMark, LaidOutGraph, StateView, StateViews } from "./types";
import { useView, useViewport, type Viewport } from "./use-viewport";
import { type Direction, readingOrder, step } from "./walk";

export interface StateGraphProps {
  graph: LaidOutGraph;
  ariaLabel: string;
  /** Of an execution; without, nothing is coloured. */
  statuses?: StateViews | undefined;
  /** The edges it took: indexes into graph.edges. */
  taken?: ReadonlySet<number> | undefined;
  /** How states differ from another version's, by pointer or name. */
  marks?: Readonly<Record<string, ChangeMark>> | undefined;
  /** And how edges do: by their indexes in graph.edges. */
  edgeMarks?: ReadonlyMap<number, ChangeMark> | undefined;
  /** A state's pointer. */
  selected?: string | undefined;
  onSelect?: (pointer: string) => void;
  height?: number | string;
}

const kPanPixels = 60;
const kMinimapStates = 8;
const kNotEntered: StateView = { status: "NotEntered" };

export function StateGraph({ graph, ariaLabel, statuses, taken, marks, edgeMarks, selected, onSelect, height = "100%" }: StateGraphProps) {
  const viewport = useViewport(graph, selected);
  const order = useMemo(() => readingOrder(graph), [graph]);
  const chosen = useMemo(() => graph.nodes.findIndex((node) => node.kind === "State" && node.pointer === selected), [graph, selected]);
  const [walked, setWalked] = useState(-1);
  const current = graph.nodes[walked]?.kind === "State" ? walked : chosen >= 0 ? chosen : (order[0] ?? -1);

  const viewOf = useCallback(
    (index: number): StateView | undefined => {
      const node = graph.nodes[index];
      if (statuses === undefined || node === undefined) return undefined;
      return statuses[node.pointer ?? ""] ?? statuses[node.name ?? ""] ?? kNotEntered;
    },
    [graph, statuses],
  );
  const markOf = (index: number) => marks?.[graph.nodes[index]?.pointer ?? ""] ?? marks?.[graph.nodes[index]?.name ?? ""];
  const statusOf = useCallback((index: number) => (graph.nodes[index]?.kind === "State" ? viewOf(index)?.status : undefined), [graph, viewOf]);

  // What is selected elsewhere (a line, an event) comes into sight.
  const revealed = useRef(selected);
  useEffect(() => {
    if (revealed.current === selected) return;
    revealed.current = selected;
    const node = graph.nodes[chosen];
    if (node !== undefined) viewport.reveal(node);
    setWalked(-1);
  }, [selected, chosen, graph, viewport]);

  const select = (index: number) => {
    const pointer = graph.nodes[index]?.pointer;
    if (pointer === undefined) return;
    revealed.current = pointer;
    onSelect?.(pointer);
  };
  const walk = (index: number) => {
    const node = graph.nodes[index];
    if (node === undefined) return;
    setWalked(index);
    viewport.reveal(node);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!handleKey(event, viewport, { walk: (direction) => walk(step(graph, current, direction)), first: () => walk(order[0] ?? -1), last: () => walk(order.at(-1) ?? -1), select: () => select(current) })) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onClick = (event: MouseEvent) => {
    const index = (event.target as Element).closest("[data-index]")?.getAttribute("data-index");
    if (index === null || index === undefined || viewport.hasDragged()) return;
    setWalked(Number(index));
    select(Number(index));
  };

  return (
    <div className="pawl-graph" style={{ height }} ref={viewport.frame} onClick={onClick}>
      <StateList {...{ graph, order, current, chosen, ariaLabel, viewOf, markOf, onKeyDown, select }} />
      <svg className="pawl-graph-picture" width="100%" height="100%" aria-hidden>
        <g ref={viewport.layer}>
          {graph.clusters.map((cluster, index) => (
            <ClusterBox key={index} cluster={cluster} />
          ))}
          {graph.edges.map((edge, index) => (
            <EdgeLine key={index} edge={edge} endsInJoin={graph.nodes[edge.to]?.kind === "Join"} isTaken={taken?.has(index)} mark={edgeMarks?.get(index)} />
          ))}
          {graph.edges.map((edge, index) => (
            <EdgeLabel key={index} edge={edge} isTaken={taken?.has(index)} />
          ))}
          {graph.nodes.map((node, index) =>
            node.kind === "State" ? (
              <StateNode key={node.pointer ?? index} node={node} index={index} view={viewOf(index)} mark={markOf(index)} isSelected={index === chosen} isFocused={index === current} />
            ) : (
              <Terminal key={index} node={node} isReached={taken === undefined ? undefined : graph.edges.some((edge, at) => (edge.to === index || edge.from === index) && taken.has(at))} />
            ),
          )}
        </g>
      </svg>
      {order.length >= kMinimapStates && <Minimap graph={graph} viewport={viewport} statusOf={statusOf} />}
      <Controls viewport={viewport} />
    </div>
  );
}

interface Keys {
  walk: (direction: Direction) => void;
  first: () => void;
  last: () => void;
  select: () => void;
}

/** Whether the key is one of the picture's. */
function handleKey(event: KeyboardEvent, viewport: Viewport, keys: Keys): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const pan = { ArrowDown: [0, -1], ArrowUp: [0, 1], ArrowLeft: [1, 0], ArrowRight: [-1, 0] }[event.key];
  if (pan !== undefined && event.shiftKey) viewport.pan((pan[0] ?? 0) * kPanPixels, (pan[1] ?? 0) * kPanPixels);
  else if (pan !== undefined) keys.walk(event.key as Direction);
  else if (event.key === "Home") keys.first();
  else if (event.key === "End") keys.last();
  else if (event.key === "Enter" || event.key === " ") keys.select();
  else if (event.key === "+" || event.key === "=") viewport.zoom(1.25);
  else if (event.key === "-") viewport.zoom(0.8);
  else if (event.key === "0") viewport.actualSize();
  else if (event.key === "f") viewport.fit();
  else return false;
  return true;
}

interface ListProps {
  graph: LaidOutGraph;
  order: number[];
  current: number;
  chosen: number;
  ariaLabel: string;
  viewOf: (index: number) => StateView | undefined;
  markOf: (index: number) => ChangeMark | undefined;
  onKeyDown: (event: KeyboardEvent) => void;
  select: (index: number) => void;
}

/** What has the keyboard's focus, and what is read out. */
function StateList({ graph, order, current, chosen, ariaLabel, viewOf, markOf, onKeyDown, select }: ListProps) {
  const id = useId();
  return (
    <div className="pawl-graph-list" role="listbox" tabIndex={0} aria-label={ariaLabel} onKeyDown={onKeyDown} {...(current >= 0 ? { "aria-activedescendant": `${id}${current}` } : {})}>
      {order.map((index) => {
        const node = graph.nodes[index];
        return (
          node !== undefined && (
            <div key={index} id={`${id}${index}`} role="option" aria-selected={index === chosen} onClick={() => select(index)}>
              {describe(node, viewOf(index), markOf(index))}
            </div>
          )
        );
      })}
    </div>
  );
}

function Controls({ viewport }: { viewport: Viewport }) {
  const { scale } = useView(viewport);
  return (
    <div className="pawl-graph-controls" role="group" aria-label="Zoom">
      <Button variant="icon" iconName="zoom-out" ariaLabel="Zoom out" onClick={() => viewport.zoom(0.8)} />
      <button type="button" className="pawl-graph-scale" title="Actual size" aria-label={`${Math.round(scale * 100)} percent, show in actual size`} onClick={viewport.actualSize}>
        {Math.round(scale * 100)} %
      </button>
      <Button variant="icon" iconName="zoom-in" ariaLabel="Zoom in" onClick={() => viewport.zoom(1.25)} />
      <Button variant="icon" iconName="zoom-to-fit" ariaLabel="Fit" onClick={viewport.fit} />
    </div>
  );
}
