// SPDX-License-Identifier: Apache-2.0
// What the parts of the execution's page share: the execution at the moment that is looked at, and what is selected.
import { useMemo } from "react";
import type { LaidOutGraph } from "../../graph/types";
import type { History, Lane, Visit } from "../../history/history";
import { Status } from "../../history/history";
import { type Choice, lanesInScope, newest, type Snapshot, stateAt } from "../../history/snapshot";
import type { MachineOfExecution } from "./api";
import type { LiveExecution } from "./use-execution";
import { useQuery } from "./use-query";

export interface Selection {
  /** A state's name. */
  state: string | undefined;
  visit: Visit | undefined;
  event: number | undefined;
}

export interface Scene {
  arn: string;
  live: LiveExecution;
  history: History;
  /** As of `at`, or of now. */
  snapshot: Snapshot;
  /** The event that is travelled to; undefined: now. */
  at: number | undefined;
  choice: Choice;
  inScope: Uint8Array;
  graph: LaidOutGraph | undefined;
  machine: MachineOfExecution | undefined;
  selection: Selection;
  tab: string;
  side: string;
  selectState: (name: string | undefined) => void;
  selectVisit: (visit: Visit) => void;
  selectEvent: (event: number | undefined) => void;
  choose: (map: string, iteration: number | undefined) => void;
  travel: (event: number | undefined) => void;
  show: (tab: string) => void;
  showSide: (tab: string) => void;
  /** Shows where a state is in the definition. */
  showInDefinition: (name: string) => void;
}

function readChoice(text: string | undefined): Choice {
  if (text === undefined) return new Map();
  try {
    const pairs = JSON.parse(text) as unknown;
    if (!Array.isArray(pairs)) return new Map();
    return new Map(pairs.filter((pair): pair is [string, number] => Array.isArray(pair) && typeof pair[0] === "string" && typeof pair[1] === "number"));
  } catch {
    return new Map();
  }
}

const writeChoice = (choice: Choice) => (choice.size === 0 ? undefined : JSON.stringify([...choice]));

/** The lanes from the machine to this one, without the machine. */
export function laneWay(history: History, lane: number): Lane[] {
  const way: Lane[] = [];
  for (let at = history.lanes[lane]; at !== undefined && at.around >= 0; at = history.lanes[history.visits[at.around]?.lane ?? 0]) way.push(at);
  return way.reverse();
}

/** "Each #17 › Branch 2" */
export function laneName(history: History, lane: number): string {
  return laneWay(history, lane)
    .map((each) => {
      const around = history.visits[each.around];
      return around?.type === "Map" ? `${around.name} #${each.number}` : `${around?.name ?? ""} branch ${each.number + 1}`;
    })
    .join(" › ");
}

/** The visit that is told of first: one that failed, else one under way, else the last. */
function mostTelling(visits: Visit[], snapshot: Snapshot): Visit | undefined {
  const statusOf = (visit: Visit) => snapshot.statusOf(visit);
  return visits.findLast((visit) => statusOf(visit) === Status.Failed) ?? visits.findLast((visit) => statusOf(visit) === Status.Running || statusOf(visit) === Status.Retrying) ?? visits.at(-1);
}

export function visitsOf(scene: Pick<Scene, "history" | "snapshot" | "inScope">, name: string): Visit[] {
  return scene.history.visits.filter((visit) => visit.name === name && visit.enterEvent <= scene.snapshot.event && scene.inScope[visit.lane] === 1);
}

export function useScene(arn: string, live: LiveExecution, graph: LaidOutGraph | undefined, machine: MachineOfExecution | undefined): Scene {
  const [get, set] = useQuery();
  const { history, version } = live;
  const atText = get("at");
  const at = atText !== undefined && /^\d+$/.test(atText) ? Math.min(Number(atText), Math.max(history.last, 1)) : undefined;
  const choiceText = get("in");
  const choice = useMemo(() => readChoice(choiceText), [choiceText]);
  const snapshot = useMemo(() => (at === undefined ? newest(history) : stateAt(history, at)), [history, at, version]);
  const inScope = useMemo(() => lanesInScope(history, choice), [history, choice, version]);
  const state = get("state");
  const visitText = get("visit");
  const eventText = get("event");

  const visit = useMemo(() => {
    if (state === undefined) return undefined;
    const own = history.visitOf(Number(visitText ?? 0));
    if (own !== undefined && own.name === state && own.enterEvent <= snapshot.event) return own;
    return mostTelling(visitsOf({ history, snapshot, inScope }, state), snapshot);
  }, [history, state, visitText, snapshot, inScope]);

  return {
    arn,
    live,
    history,
    snapshot,
    at,
    choice,
    inScope,
    graph,
    machine,
    selection: { state, visit, event: eventText !== undefined && /^\d+$/.test(eventText) ? Number(eventText) : undefined },
    tab: get("tab") ?? "events",
    side: get("side") ?? (state !== undefined ? "state" : eventText !== undefined ? "event" : "execution"),
    selectState: (name) => set({ state: name, visit: undefined, side: name === undefined ? undefined : "state" }),
    selectVisit: (chosen) => set({ state: chosen.name, visit: String(chosen.enterEvent), side: "state" }),
    selectEvent: (event) => {
      const of = event === undefined ? undefined : history.visitOf(event);
      set({ event: event === undefined ? undefined : String(event), side: event === undefined ? undefined : "event", ...(of === undefined ? {} : { state: of.name, visit: String(of.enterEvent) }) });
    },
    choose: (map, iteration) => {
      const next = new Map(choice);
      if (iteration === undefined) next.delete(map);
      else next.set(map, iteration);
      set({ in: writeChoice(next), visit: undefined });
    },
    travel: (event) => set({ at: event === undefined ? undefined : String(event) }),
    show: (tab) => set({ tab: tab === "events" ? undefined : tab }),
    showSide: (tab) => set({ side: tab }),
    showInDefinition: (name) => set({ tab: "definition", state: name }),
  };
}
