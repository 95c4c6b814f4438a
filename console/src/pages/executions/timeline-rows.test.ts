// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import type { CompactHistory } from "../../history/compact";
import order from "../../history/fixtures/order.json";
import redrivenMap from "../../history/fixtures/redriven-map.json";
import { History } from "../../history/history";
import { lanesInScope } from "../../history/snapshot";
import { tickStep } from "./timeline-paint";
import { laneDensity, timelineRows, visitsByLane } from "./timeline-rows";

function rowsOf(fixture: unknown, isOpen: [number, boolean][] = []) {
  const history = new History();
  history.append(fixture as CompactHistory);
  const rows = timelineRows(history, visitsByLane(history, history.last), lanesInScope(history, new Map()), new Map(isOpen), "run");
  return { history, rows };
}

it("has a row for each lane, those inside a state below it", () => {
  const { rows } = rowsOf(order);
  expect(rows.map((row) => `${row.depth} ${row.label}`)).toEqual(["0 run", "1 Prepare 1", "2 Reserve stock #0", "2 Reserve stock #1", "2 Reserve stock #2", "2 Reserve stock #3", "1 Prepare 2"]);
  expect(rows[1]?.visits.map((visit) => visit.name)).toEqual(["Reserve stock"]);
});

it("puts the lanes of a state that is closed into one", () => {
  const { history, rows } = rowsOf(redrivenMap, [[0, false]]);
  expect(rows.map((row) => row.label)).toEqual(["run", "Each: 12 iterations"]);
  const visit = history.visits[0];
  const density = visit && laneDensity(history, visit, 0, 10_000, 10, 20_000);
  expect(density?.[0]).toBe(12);
});

it("has no lane of what had not begun", () => {
  const { history } = rowsOf(order);
  const rows = timelineRows(history, visitsByLane(history, 12), lanesInScope(history, new Map()), new Map(), "run");
  expect(rows.map((row) => row.label)).toEqual(["run", "Prepare 1", "Prepare 2"]);
});

it("counts in steps that people know", () => {
  expect(tickStep(10_000, 10)).toBe(1000);
  expect(tickStep(11_000, 10)).toBe(2000);
  expect(tickStep(86_400_000 * 30, 10)).toBe(86_400_000 * 3);
});
