// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { CompactEvent, CompactHistory } from "./compact";
import order from "./fixtures/order.json";
import redrivenMap from "./fixtures/redriven-map.json";
import { History, Status } from "./history";
import { newest, stateAt, summarize } from "./snapshot";

const recorded = (history: unknown) => history as CompactHistory;

function read(compact: CompactHistory): History {
  const history = new History();
  history.append(compact);
  return history;
}

describe("an order with a Map and a caught failure in branches", () => {
  const history = read(recorded(order));
  const visit = (name: string) => history.visits.find((each) => each.name === name);

  it("has a lane for each branch and each iteration", () => {
    expect(history.lanes).toHaveLength(1 + 2 + 4);
    expect(history.lanes.every((lane) => lane.status === Status.Succeeded)).toBe(true);
    const charge = visit("Charge card");
    expect(history.lanes[charge?.lane ?? -1]).toMatchObject({ number: 1, around: visit("Prepare")?.index });
  });

  it("tells how each state stands", () => {
    const { views } = summarize(history, newest(history));
    expect(views["Charge card"]).toMatchObject({ status: "Caught", visits: 1, retries: 2 });
    expect(views["Reserve stock"]).toMatchObject({ status: "Succeeded", iterations: { total: 4, succeeded: 4, failed: 0, running: 0 } });
    expect(views["In stock?"]).toMatchObject({ status: "Succeeded", visits: 4 });
    expect(views["Ask for approval"]).toBeUndefined();
  });

  it("tells which way was gone", () => {
    const { steps } = summarize(history, newest(history));
    expect(steps.has("!Charge card\nInvoice instead")).toBe(true);
    expect(steps.has("Prepare\nBig order?")).toBe(true);
    expect(steps.has("Reserve\nBack order")).toBe(false);
  });

  it("shows one iteration if one is chosen", () => {
    const { views } = summarize(history, newest(history), new Map([["Reserve stock", 2]]));
    expect(views["Back order"]).toMatchObject({ visits: 1 });
    expect(views["Reserve"]).toBeUndefined();
  });

  it("finds a visit's events", () => {
    const charge = visit("Charge card");
    expect(charge && history.eventsOf(charge)).toEqual([12, 18, 33, 34, 43, 44, 45, 46, 47, 48, 49]);
    expect(history.laneOf(40)).toMatchObject({ number: 3 });
  });

  it("goes back to any moment", () => {
    const early = summarize(history, stateAt(history, 34));
    expect(early.views["Charge card"]).toMatchObject({ status: "Retrying" });
    expect(early.views["Reserve"]).toMatchObject({ status: "Running", visits: 3 });
    expect(early.views["Reserve stock"]?.iterations).toMatchObject({ total: 4, succeeded: 1, running: 3 });
    expect(early.views["Ship"]).toBeUndefined();
    expect(summarize(history, stateAt(history, 60))).toEqual(summarize(history, newest(history)));
  });

  it("is at each moment what it would be if the history ended there", () => {
    for (let event = 1; event <= history.last; ++event) {
      const shorter = read({ ...recorded(order), events: recorded(order).events.slice(0, event) });
      const now = summarize(history, stateAt(history, event)).views;
      const then = summarize(shorter, newest(shorter)).views;
      expect(Object.fromEntries(Object.entries(now).map(([name, view]) => [name, view.status]))).toEqual(
        Object.fromEntries(Object.entries(then).map(([name, view]) => [name, view.status])),
      );
    }
  });

  it("does not mind events that it has", () => {
    history.append(recorded(order));
    expect(history.last).toBe(60);
    expect(history.visits.filter((each) => each.name === "Ship")).toHaveLength(1);
  });
});

describe("a Map that failed and was redriven", () => {
  const history = read(recorded(redrivenMap));

  it("blames the iteration that failed, and no other", () => {
    const { views } = summarize(history, newest(history));
    expect(views["Bad"]).toMatchObject({ status: "Failed" });
    expect(views["Each"]).toMatchObject({ status: "Failed", iterations: { total: 12, failed: 1, aborted: 11, running: 0 } });
    expect(views["Wait a bit"]).toMatchObject({ status: "Aborted", visits: 11 });
    expect(history.lanes[0]?.status).toBe(Status.Failed);
  });

  it("runs again after the redrive", () => {
    const between = summarize(history, stateAt(history, 77));
    expect(between.views["Each"]).toMatchObject({ status: "Running", iterations: { running: 12 } });
    expect(between.views["Wait a bit"]).toMatchObject({ status: "Running" });
  });
});

describe("a branch that ends because its neighbour failed", () => {
  const events: [string, number, string | null, number | null][] = [
    ["ExecutionStarted", 0, null, null],
    ["ParallelStateEntered", 0, "Both", null],
    ["ParallelStateStarted", 2, null, null],
    ["WaitStateEntered", 3, "Long", null],
    ["TaskStateEntered", 3, "Bad", null],
    ["TaskScheduled", 5, null, null],
    ["TaskFailed", 6, null, null],
    ["ParallelStateFailed", 7, null, null],
    ["ExecutionFailed", 8, null, null],
  ];
  const history = read(synthetic(events));
  it("is aborted, the other failed, and so has what is around", () => {
    const { views } = summarize(history, newest(history));
    expect(views["Long"]?.status).toBe("Aborted");
    expect(views["Bad"]?.status).toBe("Failed");
    expect(views["Both"]?.status).toBe("Failed");
  });
});

describe("25,000 events", () => {
  it("are read in less than 50 ms, and one more at once", () => {
    const compact = manyIterations(3_571);
    // The first time the code itself is compiled; a busy machine makes any single time long.
    const times = Array.from({ length: 8 }, () => {
      const begin = performance.now();
      read(compact);
      return performance.now() - begin;
    });
    const readMs = Math.min(...times);
    const history = read(compact);
    const middle = performance.now();
    const summary = summarize(history, newest(history));
    const summaryMs = performance.now() - middle;
    const before = performance.now();
    const past = summarize(history, stateAt(history, 20_000));
    const pastMs = performance.now() - before;
    console.log(`${history.last} events: read ${readMs.toFixed(1)} ms, summarized ${summaryMs.toFixed(1)} ms, at event 20000 ${pastMs.toFixed(1)} ms`);
    expect(history.last).toBeGreaterThan(25_000);
    expect(summary.views["Each"]?.iterations).toMatchObject({ total: 3_571, succeeded: 3_571 });
    expect(past.views["Each"]?.status).toBe("Running");
    expect(readMs).toBeLessThan(50);

    const appendBegin = performance.now();
    for (let id = history.last + 1; id <= 35_000; ++id) history.append({ status: "RUNNING", last: id, types: ["LambdaFunctionStarted"], events: [[id, id - 1, 0, 0, null, null]] });
    expect((performance.now() - appendBegin) / 10_000).toBeLessThan(0.05);
    expect(history.last).toBe(35_000);
  });
});

function synthetic(events: [string, number, string | null, number | null][]): CompactHistory {
  const types = [...new Set(events.map(([type]) => type))];
  return { status: "FAILED", last: events.length, types, events: events.map(([type, previous, name, number], index): CompactEvent => [index + 1, previous, types.indexOf(type), index, name, number]) };
}

/** Seven events for each of `count` iterations, forty at a time. */
function manyIterations(count: number): CompactHistory {
  const events: [string, number, string | null, number | null][] = [];
  const add = (type: string, previous: number, name: string | null = null, number: number | null = null) => events.push([type, previous, name, number]);
  add("ExecutionStarted", 0);
  add("MapStateEntered", 0, "Each");
  add("MapStateStarted", 2, null, count);
  for (let begin = 0; begin < count; begin += 40) {
    const numbers = Array.from({ length: Math.min(40, count - begin) }, (_, index) => begin + index);
    let previous = numbers.map((number) => add("MapIterationStarted", 3, "Each", number));
    for (const type of ["TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSucceeded", "TaskStateExited"]) {
      previous = previous.map((id) => add(type, id, type.includes("State") ? "Work" : null));
    }
    numbers.forEach((number, index) => add("MapIterationSucceeded", previous[index] ?? 0, "Each", number));
  }
  const last = add("MapStateSucceeded", events.length);
  add("MapStateExited", last, "Each");
  add("ExecutionSucceeded", last + 1);
  return synthetic(events);
}
