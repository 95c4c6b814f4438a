// SPDX-License-Identifier: Apache-2.0
// What Amazon CloudWatch Logs answers, as far as these pages look at it. Times are milliseconds since 1970.

export interface LogGroup {
  logGroupName: string;
  creationTime?: number;
  retentionInDays?: number;
  storedBytes?: number;
  arn?: string;
  kmsKeyId?: string;
  metricFilterCount?: number;
}

export interface LogStream {
  logStreamName: string;
  creationTime?: number;
  firstEventTimestamp?: number;
  lastEventTimestamp?: number;
  lastIngestionTime?: number;
}

export interface LogEvent {
  eventId: string;
  logStreamName: string;
  timestamp: number;
  message: string;
}

export interface FilterLogEventsOutput {
  events?: LogEvent[];
  nextToken?: string;
}

export const kRanges = [
  { id: "5m", text: "Last 5 minutes", ms: 5 * 60_000 },
  { id: "30m", text: "Last 30 minutes", ms: 30 * 60_000 },
  { id: "1h", text: "Last hour", ms: 3_600_000 },
  { id: "3h", text: "Last 3 hours", ms: 3 * 3_600_000 },
  { id: "1d", text: "Last day", ms: 86_400_000 },
  { id: "7d", text: "Last week", ms: 7 * 86_400_000 },
  { id: "all", text: "All time", ms: undefined },
] as const;

export function rangeStart(id: string, now: number): number {
  const range = kRanges.find((one) => one.id === id);
  return range?.ms === undefined ? 0 : now - range.ms;
}
