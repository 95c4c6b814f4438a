// SPDX-License-Identifier: Apache-2.0
// How two definitions differ, state by state: what was added, removed, changed, and which fields. White space and the order
// of members do not count. States inside of Parallel and Map are compared for themselves, not as part of what holds them.
import type { ChangeMark, LaidOutGraph } from "../../graph/types";
import { escapeName } from "../../editor/places";

type Json = unknown;
type JsonObject = Record<string, Json>;

export interface StateChange {
  kind: ChangeMark;
  name: string;
  /** In the definition that has it: before of what was removed, else after. */
  pointer: string;
  /** Of changed states: in the definition before, if its place is another. */
  pointerBefore: string;
  /** Of changed states. */
  fields: string[];
}

export interface DefinitionDiff {
  states: StateChange[];
  /** Fields of the machine itself. */
  fields: string[];
  before: Record<string, ChangeMark>;
  after: Record<string, ChangeMark>;
  isSame: boolean;
}

interface State {
  name: string;
  pointer: string;
  own: JsonObject;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isEqual(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, index) => isEqual(item, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && isEqual(a[name], b[name]));
}

/** The machine without its states: what a state that holds it compares. */
function shellOf(machine: Json): Json {
  if (!isObject(machine)) return machine;
  const { States: _, ...rest } = machine;
  return rest;
}

function collect(machine: Json, pointer: string, out: State[]): void {
  if (!isObject(machine) || !isObject(machine.States)) return;
  for (const [name, state] of Object.entries(machine.States)) {
    if (!isObject(state)) continue;
    const here = `${pointer}/States/${escapeName(name)}`;
    const own: JsonObject = { ...state };
    out.push({ name, pointer: here, own });
    if (Array.isArray(state.Branches)) {
      own.Branches = state.Branches.map(shellOf);
      state.Branches.forEach((branch, index) => collect(branch, `${here}/Branches/${index}`, out));
    }
    for (const field of ["ItemProcessor", "Iterator"]) {
      if (!isObject(state[field])) continue;
      own[field] = shellOf(state[field]);
      collect(state[field], `${here}/${field}`, out);
    }
  }
}

function differingFields(a: JsonObject, b: JsonObject): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => !isEqual(a[name], b[name]));
}

/** The same state of the other definition: at the same place, or the one that has its name, if only one has. */
function matcher(states: State[]): (state: State) => State | undefined {
  const places = new Map(states.map((state) => [state.pointer, state]));
  const names = new Map<string, State | null>();
  for (const state of states) names.set(state.name, names.has(state.name) ? null : state);
  return (state) => places.get(state.pointer) ?? names.get(state.name) ?? undefined;
}

/** Throws SyntaxError if a text is no JSON. */
export function compareDefinitions(before: string, after: string): DefinitionDiff {
  const old: Json = JSON.parse(before);
  const now: Json = JSON.parse(after);
  const oldStates: State[] = [];
  const newStates: State[] = [];
  collect(old, "", oldStates);
  collect(now, "", newStates);
  const findOld = matcher(oldStates);
  const findNew = matcher(newStates);

  const diff: DefinitionDiff = { states: [], fields: [], before: {}, after: {}, isSame: false };
  for (const state of oldStates) {
    if (findNew(state) !== undefined) continue;
    diff.states.push({ kind: "removed", name: state.name, pointer: state.pointer, pointerBefore: state.pointer, fields: [] });
    diff.before[state.pointer] = "removed";
  }
  for (const state of newStates) {
    const was = findOld(state);
    if (was === undefined) {
      diff.states.push({ kind: "added", name: state.name, pointer: state.pointer, pointerBefore: "", fields: [] });
      diff.after[state.pointer] = "added";
      continue;
    }
    const fields = differingFields(was.own, state.own);
    if (fields.length === 0) continue;
    diff.states.push({ kind: "changed", name: state.name, pointer: state.pointer, pointerBefore: was.pointer, fields });
    diff.before[was.pointer] = "changed";
    diff.after[state.pointer] = "changed";
  }
  const shells = [shellOf(old), shellOf(now)];
  if (isObject(shells[0]) && isObject(shells[1])) diff.fields = differingFields(shells[0], shells[1]);
  diff.isSame = diff.states.length === 0 && diff.fields.length === 0 && isEqual(old, now);
  return diff;
}

function edgeKeys(graph: LaidOutGraph): string[] {
  const nameOf = (index: number) => {
    const node = graph.nodes[index];
    return node === undefined ? "" : node.kind === "State" ? `S ${node.name}` : node.kind;
  };
  return graph.edges.map((edge) => JSON.stringify([edge.kind, nameOf(edge.from), nameOf(edge.to), edge.label ?? ""]));
}

/** The edges that the other graph has not, as indexes. */
export function differingEdges(graph: LaidOutGraph, other: LaidOutGraph): Set<number> {
  const theirs = new Map<string, number>();
  for (const key of edgeKeys(other)) theirs.set(key, (theirs.get(key) ?? 0) + 1);
  const differing = new Set<number>();
  edgeKeys(graph).forEach((key, index) => {
    const left = theirs.get(key) ?? 0;
    if (left === 0) differing.add(index);
    else theirs.set(key, left - 1);
  });
  return differing;
}
