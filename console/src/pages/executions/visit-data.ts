// SPDX-License-Identifier: Apache-2.0
// What a visit's events say: input, output, each attempt with its arguments, result or failure, what it started.
import { Effect } from "../../history/compact";
import type { History, Visit } from "../../history/history";
import { detailsOf, type HistoryEvent, textOf } from "./api";

export interface Attempt {
  /** From 1. */
  number: number;
  beginEvent: number;
  beginMs: number;
  /** 0 while it is under way. */
  endMs: number;
  endEvent: number;
  outcome: "Running" | "Succeeded" | "Failed" | "Timed out";
  error?: string | undefined;
  cause?: string | undefined;
  /** What the task was called with. */
  parameters?: string | undefined;
  resource?: string | undefined;
  resourceType?: string | undefined;
  /** What it answered first (TaskSubmitted), and in the end. */
  submitted?: string | undefined;
  result?: string | undefined;
  mapRunArn?: string | undefined;
}

export interface VisitData {
  input?: string | undefined;
  output?: string | undefined;
  variables?: string | undefined;
  attempts: Attempt[];
  failure?: { error: string | undefined; cause: string | undefined } | undefined;
}

const kEventsMax = 48;

/** The events that are worth loading: not those of iterations, and of many attempts the first and the last ones. */
export function eventsToLoad(history: History, visit: Visit, until: number): number[] {
  const ids = history.eventsOf(visit).filter((id) => {
    if (id > until) return false;
    const effect = history.effectOf(id);
    return effect < Effect.IterationStarted || effect > Effect.IterationAborted;
  });
  if (ids.length <= kEventsMax) return ids;
  return [...ids.slice(0, 10), ...ids.slice(10 - kEventsMax)];
}

function readAttempt(attempt: Attempt, event: HistoryEvent, ms: number): void {
  const details = detailsOf(event);
  const { type } = event;
  attempt.resource ??= textOf(details, "resource");
  attempt.resourceType ??= textOf(details, "resourceType");
  attempt.mapRunArn ??= textOf(details, "mapRunArn");
  if (type.endsWith("Scheduled")) attempt.parameters = textOf(details, "parameters") ?? textOf(details, "input");
  else if (type === "TaskSubmitted") attempt.submitted = textOf(details, "output");
  else if (type.endsWith("Succeeded")) {
    attempt.result = textOf(details, "output");
    attempt.outcome = "Succeeded";
  } else if (type.endsWith("Failed") || type.endsWith("TimedOut")) {
    attempt.error = textOf(details, "error");
    attempt.cause = textOf(details, "cause");
    attempt.outcome = type.endsWith("TimedOut") ? "Timed out" : "Failed";
  } else return;
  if (type.endsWith("Scheduled") || type === "TaskSubmitted") return;
  attempt.endMs = ms;
  attempt.endEvent = event.id;
}

export function readVisit(history: History, visit: Visit, events: ReadonlyMap<number, HistoryEvent>, until: number): VisitData {
  const data: VisitData = { attempts: [] };
  for (const id of eventsToLoad(history, visit, until)) {
    const event = events.get(id);
    const effect = history.effectOf(id);
    const ms = history.msOf(id);
    if (effect === Effect.Attempt) {
      data.attempts.push({ number: data.attempts.length + 1, beginEvent: id, beginMs: ms, endMs: 0, endEvent: 0, outcome: "Running" });
    }
    if (event === undefined) continue;
    const details = detailsOf(event);
    if (effect === Effect.Enter) data.input = textOf(details, "input");
    else if (effect === Effect.Exit) {
      data.output = textOf(details, "output");
      if (details.assignedVariables !== undefined) data.variables = JSON.stringify(unwrapped(details.assignedVariables));
    } else {
      const attempt = data.attempts.at(-1);
      if (attempt !== undefined && !event.type.startsWith("Execution")) readAttempt(attempt, event, ms);
      if (effect === Effect.Fail || effect === Effect.ExecutionFailed) data.failure = { error: textOf(details, "error"), cause: textOf(details, "cause") };
      else if (effect === Effect.Attempt) data.failure = undefined;
    }
  }
  return data;
}

/** assignedVariables: each value is JSON text. */
function unwrapped(variables: unknown): unknown {
  if (typeof variables !== "object" || variables === null) return variables;
  return Object.fromEntries(
    Object.entries(variables).map(([name, text]) => {
      try {
        return [name, JSON.parse(String(text)) as unknown];
      } catch {
        return [name, text];
      }
    }),
  );
}

function parsed(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

export interface Started {
  kind: "execution" | "job" | "task" | "mapRun" | "function";
  id: string;
}

/** What an attempt started that has a page of its own. */
export function startedBy(attempt: Attempt): Started[] {
  const found: Started[] = [];
  const output = { ...parsed(attempt.result), ...parsed(attempt.submitted) };
  const call = parsed(attempt.parameters);
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  const service = attempt.resourceType?.replace("aws-sdk:", "");
  if (attempt.mapRunArn !== undefined) found.push({ kind: "mapRun", id: attempt.mapRunArn });
  if (service === "states" || service === "sfn") {
    const arn = text(output.ExecutionArn) ?? text(output.executionArn);
    if (arn !== undefined) found.push({ kind: "execution", id: arn });
  } else if (service === "batch") {
    const id = text(output.JobId);
    if (id !== undefined) found.push({ kind: "job", id });
  } else if (service === "ecs") {
    const tasks = output.Tasks;
    const arn = Array.isArray(tasks) ? text((tasks[0] as Record<string, unknown> | undefined)?.TaskArn) : text(output.TaskArn);
    if (arn !== undefined) found.push({ kind: "task", id: arn });
  }
  const name = functionOf(attempt, call);
  if (name !== undefined) found.push({ kind: "function", id: name });
  return found;
}

/** The name of the Lambda function that an attempt invokes. */
function functionOf(attempt: Attempt, call: Record<string, unknown>): string | undefined {
  const given = attempt.resourceType === "lambda" || attempt.resourceType === "aws-sdk:lambda" ? call.FunctionName : /^arn:[^:]+:lambda:/.test(attempt.resource ?? "") ? attempt.resource : undefined;
  if (typeof given !== "string") return undefined;
  const name = given.includes(":function:") ? given.split(":function:")[1] : given;
  return name?.split(":")[0];
}

/** The id of the invocation, if its result tells it. */
export function requestIdOf(attempt: Attempt): string | undefined {
  const metadata = parsed(attempt.result).SdkResponseMetadata as { RequestId?: unknown } | undefined;
  return typeof metadata?.RequestId === "string" ? metadata.RequestId : undefined;
}
