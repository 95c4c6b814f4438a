// SPDX-License-Identifier: Apache-2.0
// The events of an execution as `execution/history` gives them: small, oldest first.

/** [id, id of the event before, index into types, epoch ms, state's name, index of an iteration or count of items] */
export type CompactEvent = [id: number, previousId: number, type: number, ms: number, name: string | null, number: number | null];

export interface CompactHistory {
  status: string;
  /** The id of the execution's last event. */
  last: number;
  types: string[];
  events: CompactEvent[];
}

/** What an event does to a visit, a lane or the execution. */
export enum Effect {
  None,
  Enter,
  Exit,
  /** An attempt begins: …Scheduled, MapStateStarted, ParallelStateStarted. */
  Attempt,
  Fail,
  StateAborted,
  IterationStarted,
  IterationSucceeded,
  IterationFailed,
  IterationAborted,
  ExecutionRedriven,
  ExecutionFailed,
  ExecutionStopped,
  ExecutionSucceeded,
}

const kExact: Record<string, Effect> = {
  MapIterationStarted: Effect.IterationStarted,
  MapIterationSucceeded: Effect.IterationSucceeded,
  MapIterationFailed: Effect.IterationFailed,
  MapIterationAborted: Effect.IterationAborted,
  ExecutionRedriven: Effect.ExecutionRedriven,
  ExecutionFailed: Effect.ExecutionFailed,
  ExecutionTimedOut: Effect.ExecutionFailed,
  ExecutionAborted: Effect.ExecutionStopped,
  ExecutionSucceeded: Effect.ExecutionSucceeded,
  ExecutionStarted: Effect.None,
};

export function effectOf(type: string): Effect {
  const exact = kExact[type];
  if (exact !== undefined) return exact;
  if (type.endsWith("StateEntered")) return Effect.Enter;
  if (type.endsWith("StateExited")) return Effect.Exit;
  if (type.endsWith("StateAborted")) return Effect.StateAborted;
  if (type.endsWith("Failed") || type.endsWith("TimedOut")) return Effect.Fail;
  if (type.endsWith("Scheduled") || type === "MapStateStarted" || type === "ParallelStateStarted") return Effect.Attempt;
  return Effect.None;
}

/** "Task" of "TaskStateEntered". */
export function stateTypeOf(type: string): string {
  return type.slice(0, -"StateEntered".length);
}
