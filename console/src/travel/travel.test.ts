// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { findJump } from "./jumps";
import { LatestOnly } from "./latest-only";
import { changedExpressions, changedVariables, fieldOf, type Line, lineOfEvent, type Moment, nested, selectLine } from "./moment";

function line(name: string, more: Partial<Line> = {}): Line {
  return {
    line: name, parent: null, index: 0, state: "S", type: "Pass", pointer: "/States/S", language: "JSONPath", stage: "running", phase: "", enteredEvent: 2,
    lastEvent: 2, input: { value: 1 }, variables: {}, assigned: [], outerVariables: [], context: null, retries: [], waits: [], expressions: [], ...more,
  };
}

function moment(lines: Line[], id = 5, previousEventId = 4): Moment {
  return { executionArn: "", stateMachineArn: "", status: "RUNNING", lastEvent: 9, event: { id, type: "T", timestamp: 0, previousEventId }, lines };
}

describe("lines", () => {
  it("stand below their parents in the order of their indexes", () => {
    const lines = [line("0"), line("2", { parent: "0", index: 1 }), line("1", { parent: "0", index: 0 }), line("3", { parent: "2" }), line("9", { parent: "7" })];
    expect(nested(lines).map(({ line: each, depth }) => `${each.line}@${depth}`)).toEqual(["0@0", "1@1", "2@1", "3@2", "9@0"]);
  });
  it("are chosen by the event unless one is pinned that lives", () => {
    const at = moment([line("0", { lastEvent: 3 }), line("1", { lastEvent: 5 }), line("2", { lastEvent: 4 })]);
    expect(lineOfEvent(at)?.line).toBe("1");
    expect(selectLine(at, "2")?.line).toBe("2");
    expect(selectLine(at, "gone")?.line).toBe("1");
    expect(lineOfEvent(moment([line("0", { lastEvent: 3 }), line("2", { lastEvent: 4 })]))?.line).toBe("2");
    expect(lineOfEvent(moment([line("0", { lastEvent: 3 }), line("1", { lastEvent: 5, enteredEvent: 0, parent: "0" })]))?.line).toBe("0");
    expect(lineOfEvent(moment([]))).toBeUndefined();
  });
});

describe("what changed", () => {
  const expression = (value: unknown, pointer = "/States/S/Output") => ({ pointer, kind: "path" as const, text: "$", language: "JSONPath" as const, value });
  it("is told by expression and variable of one visit", () => {
    const before = line("0", { expressions: [expression(1), expression(2, "/b")], variables: { a: { value: 1 }, b: { value: 2 } } });
    const now = line("0", { expressions: [expression(3), expression(2, "/b")], variables: { a: { value: 1 }, b: { value: 3 }, c: { value: 1 } }, assigned: ["a"] });
    expect([...changedExpressions(before, now)]).toEqual(["/States/S/Output"]);
    expect([...changedVariables(before, now)].sort()).toEqual(["a", "b", "c"]);
    expect(changedExpressions({ ...before, enteredEvent: 1 }, now).size).toBe(0);
    expect(changedExpressions(undefined, now).size).toBe(0);
  });
  it("names fields by their pointer below the state", () => {
    expect(fieldOf(expression(1, "/States/S/Parameters/a~1b/0/c.$"), line("0"))).toEqual(["Parameters", "a/b", "0", "c.$"]);
  });
});

describe("jumps", () => {
  const page = { types: ["TaskStateEntered", "TaskFailed", "TaskStateExited"], events: [[1, 0, 0, 0, "A", null], [2, 1, 1, 0, null, null], [3, 2, 0, 0, "B", null], [4, 3, 2, 0, "B", null]] as never };
  it("find the next and the previous", () => {
    expect(findJump("next-state", 1, page)).toBe(3);
    expect(findJump("next-state", 3, page)).toBeUndefined();
    expect(findJump("previous-state", 3, page)).toBe(1);
    expect(findJump("next-failure", 1, page)).toBe(2);
    expect(findJump("previous-failure", 4, page)).toBe(2);
  });
});

describe("LatestOnly", () => {
  it("asks for the newest wish only, one at a time, and drops what was overtaken", async () => {
    const asked: number[] = [];
    const answered: number[] = [];
    const finish: (() => void)[] = [];
    const loader = LatestOnly.of<number, number>({
      load: (key) => {
        asked.push(key);
        return new Promise((resolve) => finish.push(() => resolve(key)));
      },
      onAnswer: (key) => answered.push(key),
      onError: () => answered.push(-1),
    });
    loader.want(1);
    loader.want(2);
    loader.want(3);
    expect(asked).toEqual([1]);
    finish[0]?.();
    await new Promise((resolve) => setTimeout(resolve));
    expect(asked).toEqual([1, 3]);
    expect(answered).toEqual([]);
    finish[1]?.();
    await new Promise((resolve) => setTimeout(resolve));
    expect(answered).toEqual([3]);
    loader.want(4);
    loader.close();
    finish[2]?.();
    await new Promise((resolve) => setTimeout(resolve));
    expect(answered).toEqual([3]);
  });
});
