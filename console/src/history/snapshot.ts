// SPDX-License-Identifier: Apache-2.0
// How an execution stood after one of its events, and what a graph shows of it.
import type { IterationCounts, LaidOutGraph, StateStatus, StateView } from "../graph/types";
import { type History, type Lane, Status, type Visit } from "./history";

export const kStatusNames: StateStatus[] = ["NotEntered", "Succeeded", "Running", "Retrying", "Caught", "Aborted", "Failed"];

export interface Snapshot {
  event: number;
  statusOf: (visit: Visit) => Status;
  laneStatusOf: (lane: Lane) => Status;
}

/** As of the newest event. */
export function newest(history: History): Snapshot {
  return { event: history.last, statusOf: (visit) => visit.status, laneStatusOf: (lane) => lane.status };
}

/** As it was when `event` had happened. O(changes before it). */
export function stateAt(history: History, event: number): Snapshot {
  if (event >= history.last) return newest(history);
  const visits = new Uint8Array(history.visits.length);
  const lanes = new Uint8Array(history.lanes.length);
  lanes[0] = Status.Running;
  for (let at = 0; at < history.changes.length; at += 3) {
    if (history.changes.at(at) > event) break;
    const entity = history.changes.at(at + 1);
    if (entity >= 0) visits[entity] = history.changes.at(at + 2);
    else lanes[~entity] = history.changes.at(at + 2);
  }
  return { event, statusOf: (visit) => visits[visit.index] ?? 0, laneStatusOf: (lane) => lanes[lane.index] ?? 0 };
}

/** Which iteration or branch is looked at, by the name of the Map or Parallel: its number. Others show all. */
export type Choice = ReadonlyMap<string, number>;

/** The lanes that are looked at. */
export function lanesInScope(history: History, choice: Choice): Uint8Array {
  const inScope = new Uint8Array(history.lanes.length);
  inScope[0] = 1;
  // A lane comes after the one around it.
  for (let index = 1; index < history.lanes.length; ++index) {
    const lane = history.lanes[index] as Lane;
    const around = history.visits[lane.around] as Visit;
    const chosen = choice.get(around.name);
    if (inScope[around.lane] === 1 && (chosen === undefined || chosen === lane.number)) inScope[index] = 1;
  }
  return inScope;
}

export interface Summary {
  /** By state name. */
  views: Record<string, StateView>;
  /** "from\nto", and "!from\nto" where an error was caught on the way. */
  steps: Set<string>;
  finished: Set<string>;
  isOver: boolean;
}

function countsOf(history: History, visit: Visit, snapshot: Snapshot): IterationCounts {
  const counts = { total: visit.items, succeeded: 0, failed: 0, running: 0, aborted: 0 };
  for (const index of visit.lanes) {
    const lane = history.lanes[index];
    // An iteration that was tried again counts once.
    if (lane === undefined || history.laneInside(visit, lane.number) !== lane) continue;
    const status = snapshot.laneStatusOf(lane);
    if (status === Status.Succeeded) counts.succeeded += 1;
    else if (status === Status.Failed) counts.failed += 1;
    else if (status === Status.Aborted) counts.aborted += 1;
    else if (status !== Status.NotEntered) counts.running += 1;
  }
  counts.total = Math.max(counts.total, counts.succeeded + counts.failed + counts.running + counts.aborted);
  return counts;
}

/** The state of every state: the worst of its visits is told. O(visits). */
export function summarize(history: History, snapshot: Snapshot, choice: Choice = new Map()): Summary {
  const inScope = lanesInScope(history, choice);
  const told = new Map<string, { status: Status; visits: number; retries: number; counts?: IterationCounts }>();
  const steps = new Set<string>();
  const finished = new Set<string>();
  let last = "";
  for (const visit of history.visits) {
    if (visit.enterEvent > snapshot.event) break;
    if (inScope[visit.lane] !== 1) continue;
    const status = snapshot.statusOf(visit);
    let entry = told.get(visit.name);
    if (entry === undefined) told.set(visit.name, (entry = { status, visits: 0, retries: 0 }));
    entry.status = Math.max(entry.status, status);
    entry.visits += 1;
    entry.retries += Math.max(visit.attempts - 1, 0);
    if (visit.type === "Map" && visit.lanes.length > 0) entry.counts = add(entry.counts, countsOf(history, visit, snapshot));
    if (status === Status.Succeeded) finished.add(visit.name);
    const before = history.visits[visit.before];
    if (before === undefined) continue;
    const step = `${before.status === Status.Caught ? "!" : ""}${before.name}\n${visit.name}`;
    if (step !== last) steps.add(step);
    last = step;
  }
  const views: Record<string, StateView> = {};
  for (const [name, { status, visits, retries, counts }] of told) {
    views[name] = { status: kStatusNames[status] ?? "NotEntered", visits, retries, ...(counts === undefined ? {} : { iterations: counts }) };
  }
  const machine = history.lanes[0];
  return { views, steps, finished, isOver: machine !== undefined && snapshot.laneStatusOf(machine) === Status.Succeeded };
}

function add(a: IterationCounts | undefined, b: IterationCounts): IterationCounts {
  if (a === undefined) return b;
  return { total: a.total + b.total, succeeded: a.succeeded + b.succeeded, failed: a.failed + b.failed, running: a.running + b.running, aborted: a.aborted + b.aborted };
}

/** The edges of the graph that the execution took: their indexes. */
export function takenEdges(graph: LaidOutGraph, summary: Summary): Set<number> {
  // A join stands for its Map or Parallel, whose states' pointers begin with its own.
  const owners = new Map<number, string>();
  for (const edge of graph.edges) {
    const from = graph.nodes[edge.from];
    if (graph.nodes[edge.to]?.kind !== "Join") continue;
    if (from?.kind === "State") owners.set(edge.to, outerName(graph, from.pointer ?? ""));
  }
  for (let round = 0; round < graph.edges.length; ++round) {
    let hasMore = false;
    for (const edge of graph.edges) {
      if (graph.nodes[edge.to]?.kind !== "Join" || owners.has(edge.to)) continue;
      const inner = owners.get(edge.from);
      const pointer = graph.nodes.find((node) => node.name === inner)?.pointer;
      if (inner === undefined || pointer === undefined) continue;
      owners.set(edge.to, outerName(graph, pointer));
      hasMore = true;
    }
    if (!hasMore) break;
  }
  const nameOf = (index: number) => graph.nodes[index]?.name ?? owners.get(index) ?? "";
  const taken = new Set<number>();
  graph.edges.forEach((edge, index) => {
    const [from, to] = [graph.nodes[edge.from], graph.nodes[edge.to]];
    if (from === undefined || to === undefined) return;
    if (isTaken(edge.kind === "Catch", nameOf(edge.from), nameOf(edge.to), from.kind, to, summary, (from.pointer ?? "") !== "" && (to.pointer ?? "").startsWith(`${from.pointer ?? ""}/`))) taken.add(index);
  });
  return taken;
}

function isTaken(isCatch: boolean, from: string, to: string, fromKind: string, toNode: { kind: string }, summary: Summary, isInside: boolean): boolean {
  if (isCatch) return summary.steps.has(`!${from}\n${to}`);
  if (fromKind === "Start" || isInside) return summary.views[to] !== undefined;
  if (toNode.kind === "Join") return summary.finished.has(from);
  if (toNode.kind === "End") return summary.isOver && summary.finished.has(from);
  return summary.steps.has(`${from}\n${to}`);
}

/** The name of the Map or Parallel around the state at `pointer`. */
function outerName(graph: LaidOutGraph, pointer: string): string {
  const around = /^(.*)\/(?:ItemProcessor|Iterator|Branches\/\d+)\/States\/[^/]*$/.exec(pointer)?.[1];
  return graph.nodes.find((node) => node.kind === "State" && node.pointer === around)?.name ?? "";
}
