// SPDX-License-Identifier: Apache-2.0
// What Step Functions' API says of executions: only the members that pages show.

export interface ExecutionItem {
  executionArn: string;
  name: string;
  status: string;
  startDate: number;
  stopDate?: number;
  stateMachineArn: string;
  mapRunArn?: string;
  itemCount?: number;
  redriveCount?: number;
  stateMachineVersionArn?: string;
  stateMachineAliasArn?: string;
}

/** DescribeExecution. */
export interface Execution extends ExecutionItem {
  input?: string;
  output?: string;
  error?: string;
  cause?: string;
  redriveStatus?: string;
  redriveStatusReason?: string;
  redriveDate?: number;
  traceHeader?: string;
}

/** DescribeStateMachineForExecution. */
export interface MachineOfExecution {
  stateMachineArn: string;
  name: string;
  definition: string;
  roleArn?: string;
  updateDate?: number;
  mapRunArn?: string;
  label?: string;
  revisionId?: string;
}

export interface MapRunCounts {
  pending: number;
  running: number;
  succeeded: number;
  failed: number;
  timedOut: number;
  aborted: number;
  total: number;
  resultsWritten: number;
  failuresNotRedrivable?: number;
  pendingRedrive?: number;
}

/** DescribeMapRun. */
export interface MapRun {
  mapRunArn: string;
  executionArn: string;
  status: string;
  startDate: number;
  stopDate?: number;
  maxConcurrency: number;
  toleratedFailurePercentage: number;
  toleratedFailureCount: number;
  itemCounts: MapRunCounts;
  executionCounts: MapRunCounts;
  redriveCount?: number;
  redriveDate?: number;
}

/** An event of GetExecutionHistory: its details have a name of their own by type. */
export interface HistoryEvent {
  id: number;
  previousEventId?: number;
  timestamp: number;
  type: string;
  [details: string]: unknown;
}

export interface StateMachineItem {
  stateMachineArn: string;
  name: string;
  type: string;
  creationDate: number;
}

export const kStatuses = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"] as const;

/** The one member of an event that ends in "EventDetails". */
export function detailsOf(event: HistoryEvent | undefined): Record<string, unknown> {
  if (event === undefined) return {};
  const key = Object.keys(event).find((name) => name.endsWith("EventDetails"));
  return key === undefined ? {} : ((event[key] ?? {}) as Record<string, unknown>);
}

export function textOf(details: Record<string, unknown>, member: string): string | undefined {
  const value = details[member];
  return typeof value === "string" ? value : undefined;
}

/** "orders" of an execution's, a version's or an alias' ARN. */
export function machineName(arn: string): string {
  return arn.split(":")[6] ?? arn;
}

export function executionName(arn: string): string {
  return arn.split(":").slice(7).join(":") || arn;
}

export function baseMachineArn(arn: string): string {
  return arn.split(":").slice(0, 7).join(":");
}
