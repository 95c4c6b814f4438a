// SPDX-License-Identifier: Apache-2.0
// A graph with positions, as the server lays it out (graph::to_json), and what can be told about its states.

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export type Point = [x: number, y: number];

export interface GraphNode extends Box {
  /** Join: where branches or iterations come together again, a dot. */
  kind: "Start" | "End" | "State" | "Join";
  /** Of states only. */
  name?: string;
  type?: string;
  /** The function, the time to wait. */
  detail?: string;
  /** Of the state in the definition, RFC 6901. */
  pointer?: string;
  /** The most attempts of its Retriers; absent without. */
  retryAttempts?: number;
}

export interface GraphEdge {
  kind: "Next" | "Choice" | "Default" | "Catch";
  /** Indexes into nodes. */
  from: number;
  to: number;
  label?: string;
  /** The label broken for the picture, and its place; absent if it has none. */
  labelLines?: string[];
  labelBox?: Box;
  /** A cubic Bézier curve of 1 + 3n points; empty if it was not laid out. */
  points: Point[];
  /** Where the arrow ends. */
  tip: Point;
}

export interface GraphCluster extends Box {
  kind: "Parallel" | "Map" | "Branch";
  /** The state's name; of a Branch "Branch 1". */
  name: string;
  distributed?: boolean;
}

export interface LaidOutGraph {
  width: number;
  height: number;
  nodes: GraphNode[];
  edges: GraphEdge[];
  clusters: GraphCluster[];
}

export type StateStatus = "NotEntered" | "Succeeded" | "Running" | "Retrying" | "Caught" | "Aborted" | "Failed";

export interface IterationCounts {
  total: number;
  succeeded: number;
  failed: number;
  running: number;
  aborted: number;
}

/** How a state stands; what is not known is left out. */
export interface StateView {
  status: StateStatus;
  /** How often it was entered. */
  visits?: number;
  retries?: number;
  /** Of a Map. */
  iterations?: IterationCounts;
  /** Stands instead of the second line: "iteration 17 of 10,000". */
  note?: string;
}

/** By pointer or by name. */
export type StateViews = Readonly<Record<string, StateView>>;

export type ChangeMark = "added" | "removed" | "changed";

export const kStatusWords: Record<StateStatus, string> = {
  NotEntered: "not entered",
  Succeeded: "succeeded",
  Running: "running",
  Retrying: "to be retried",
  Caught: "caught",
  Aborted: "aborted",
  Failed: "failed",
};
