// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { CompactHistory } from "../../history/compact";
import order from "../../history/fixtures/order.json";
import { History } from "../../history/history";
import type { HistoryEvent } from "./api";
import { readVisit, requestIdOf, startedBy } from "./visit-data";
import { wakeTime } from "./Waiting";

const history = new History();
history.append(order as unknown as CompactHistory);

/** The whole events of the visit that failed twice and was caught after the third attempt, as the API gives them. */
const whole: HistoryEvent[] = [
  { id: 12, timestamp: 0, type: "TaskStateEntered", stateEnteredEventDetails: { name: "Charge card", input: '{"a":1}' } },
  ...[18, 43, 46].map((id) => ({ id, timestamp: 0, type: "TaskScheduled", taskScheduledEventDetails: { resourceType: "lambda", resource: "invoke", parameters: '{"FunctionName":"arn:aws:lambda:us-east-1:1:function:flaky:3"}' } })),
  ...[34, 45, 48].map((id) => ({ id, timestamp: 0, type: "TaskFailed", taskFailedEventDetails: { error: "ValueError", cause: `at ${id}` } })),
  { id: 49, timestamp: 0, type: "TaskStateExited", stateExitedEventDetails: { name: "Charge card", output: "{}", assignedVariables: { tries: "3", text: '"x"' } } },
];

describe("readVisit", () => {
  const visit = history.visits.find((each) => each.name === "Charge card");
  const events = new Map(whole.map((event) => [event.id, event]));
  const data = visit && readVisit(history, visit, events, history.last);

  it("has an attempt for each time the task was scheduled", () => {
    expect(data?.attempts.map(({ beginEvent, endEvent, outcome, error, cause }) => ({ beginEvent, endEvent, outcome, error, cause }))).toEqual([
      { beginEvent: 18, endEvent: 34, outcome: "Failed", error: "ValueError", cause: "at 34" },
      { beginEvent: 43, endEvent: 45, outcome: "Failed", error: "ValueError", cause: "at 45" },
      { beginEvent: 46, endEvent: 48, outcome: "Failed", error: "ValueError", cause: "at 48" },
    ]);
    expect(data?.failure).toEqual({ error: "ValueError", cause: "at 48" });
  });
  it("has what came in, what went out and what was assigned", () => {
    expect(data).toMatchObject({ input: '{"a":1}', output: "{}", variables: '{"tries":3,"text":"x"}' });
  });
  it("does not know what comes after the moment looked at", () => {
    const early = visit && readVisit(history, visit, events, 43);
    expect(early?.attempts).toHaveLength(2);
    expect(early?.attempts[1]?.outcome).toBe("Running");
    expect(early?.failure).toBeUndefined();
    expect(early?.output).toBeUndefined();
  });
  it("names the function, without its version", () => {
    expect(data?.attempts[0] && startedBy(data.attempts[0])).toEqual([{ kind: "function", id: "flaky" }]);
  });
});

describe("startedBy", () => {
  const attempt = (resourceType: string, submitted: object) => ({ number: 1, beginEvent: 1, beginMs: 0, endMs: 0, endEvent: 0, outcome: "Running" as const, resourceType, submitted: JSON.stringify(submitted) });
  it("finds child executions and jobs", () => {
    expect(startedBy(attempt("states", { ExecutionArn: "arn:e" }))).toEqual([{ kind: "execution", id: "arn:e" }]);
    expect(startedBy(attempt("batch", { JobId: "j1" }))).toEqual([{ kind: "job", id: "j1" }]);
    expect(startedBy(attempt("ecs", { Tasks: [{ TaskArn: "arn:t" }] }))).toEqual([{ kind: "task", id: "arn:t" }]);
    expect(startedBy({ ...attempt("batch", {}), submitted: "no JSON" })).toEqual([]);
  });
  it("reads the request's id from the result", () => {
    expect(requestIdOf({ ...attempt("lambda", {}), result: '{"SdkResponseMetadata":{"RequestId":"r1"}}' })).toBe("r1");
  });
});

describe("wakeTime", () => {
  it("takes seconds, timestamps and simple paths", () => {
    expect(wakeTime({ Seconds: 5 }, undefined, 1000)).toBe(6000);
    expect(wakeTime({ SecondsPath: "$.a.b" }, '{"a":{"b":2}}', 1000)).toBe(3000);
    expect(wakeTime({ TimestampPath: "$.t" }, '{"t":"1970-01-01T00:00:09Z"}', 0)).toBe(9000);
    expect(wakeTime({ SecondsPath: "$.a[0]" }, "{}", 0)).toBeUndefined();
    expect(wakeTime({ SecondsPath: "$.a" }, "{", 0)).toBeUndefined();
  });
});
