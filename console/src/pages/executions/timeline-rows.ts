// SPDX-License-Identifier: Apache-2.0
// The timeline's rows: a lane each, those inside a Map or Parallel below it as long as it is open.
import type { History, Lane, Visit } from "../../history/history";

export interface Row {
  lane: Lane;
  depth: number;
  label: string;
  /** The visits of the lane, in order. */
  visits: Visit[];
  /** If it is the row of the lanes inside `around` together: closed, as a band of how many ran. */
  band: Visit | undefined;
}

/** More lanes than these are together at first. */
export const kOpenLanesMax = 12;

export function visitsByLane(history: History, until: number): Visit[][] {
  const lanes: Visit[][] = history.lanes.map(() => []);
  for (const visit of history.visits) {
    if (visit.enterEvent > until) break;
    lanes[visit.lane]?.push(visit);
  }
  return lanes;
}

/** `isOpen` by the index of a Map's or Parallel's visit; absent: as many lanes as it has decide. */
export function timelineRows(history: History, byLane: Visit[][], inScope: Uint8Array, isOpen: ReadonlyMap<number, boolean>, machine: string): Row[] {
  const rows: Row[] = [];
  const addLane = (lane: Lane, depth: number, label: string) => {
    const visits = byLane[lane.index] ?? [];
    rows.push({ lane, depth, label, visits, band: undefined });
    for (const visit of visits) {
      if (visit.lanes.length === 0) continue;
      const inside = visit.lanes.map((index) => history.lanes[index]).filter((each): each is Lane => each !== undefined && inScope[each.index] === 1 && (byLane[each.index]?.length ?? 0) > 0);
      const opened = isOpen.get(visit.index) ?? inside.length <= kOpenLanesMax;
      if (inside.length > kOpenLanesMax || !opened) rows.push({ lane, depth: depth + 1, label: `${visit.name}: ${inside.length.toLocaleString("en")} ${visit.type === "Map" ? "iterations" : "branches"}`, visits: [], band: visit });
      if (!opened) continue;
      for (const each of inside) addLane(each, depth + 1, visit.type === "Map" ? `${visit.name} #${each.number}` : `${visit.name} ${each.number + 1}`);
    }
  };
  const first = history.lanes[0];
  if (first !== undefined) addLane(first, 0, machine);
  return rows;
}

/** How many of the lanes inside `visit` ran in each of `count` equal spans from `fromMs` to `toMs`. */
export function laneDensity(history: History, visit: Visit, fromMs: number, toMs: number, count: number, nowMs: number): Float32Array {
  const starts = new Float32Array(count + 1);
  const span = (toMs - fromMs) / count;
  for (const index of visit.lanes) {
    const lane = history.lanes[index];
    if (lane === undefined) continue;
    const begin = Math.floor((lane.beginMs - fromMs) / span);
    const end = Math.floor(((lane.endMs > 0 ? lane.endMs : nowMs) - fromMs) / span);
    if (end < 0 || begin >= count) continue;
    starts[Math.max(begin, 0)] = (starts[Math.max(begin, 0)] ?? 0) + 1;
    starts[Math.min(end + 1, count)] = (starts[Math.min(end + 1, count)] ?? 0) - 1;
  }
  const density = new Float32Array(count);
  let running = 0;
  for (let at = 0; at < count; ++at) {
    running += starts[at] ?? 0;
    density[at] = running;
  }
  return density;
}
