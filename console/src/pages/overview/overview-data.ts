// SPDX-License-Identifier: Apache-2.0
// What `overview/watch` sends, once a second, and what becomes of it over time.
import { append, type Point } from "./series";

export interface MachineFailures {
  stateMachineArn: string;
  failures: number;
  /** The name of the error of the one that failed last. */
  lastError?: string;
  lastExecutionArn?: string;
  /** Epoch seconds. */
  lastFailedAt?: number;
}

export interface MachineDurations {
  stateMachineArn: string;
  count: number;
  p50: number;
  p95: number;
  max: number;
}

export interface ServiceRequests {
  service: string;
  /** In the last second. */
  rate: number;
  /** Since the server is up. */
  requests: number;
  errors: number;
}

export interface StoreHealth {
  bytes: number;
  syncP50: number;
  syncP99: number;
  walBytes: number;
  compactionBytes: number;
  openSince: number;
}

export interface ProcessHealth {
  residentBytes: number;
  /** Of one processor, 1 is all of it. */
  cpu: number;
}

export interface Snapshot {
  running: number;
  failures: MachineFailures[];
  slowest: MachineDurations[];
  services: ServiceRequests[];
  store: StoreHealth;
  process: ProcessHealth;
}

export interface OverviewMessage extends Snapshot {
  /** The last 15 minutes in the first message, the last second in others; oldest first. */
  throughput: Point[];
}

export interface OverviewData {
  points: Point[];
  /** As sent last. */
  now: Snapshot;
}

export function take(old: OverviewData | undefined, message: OverviewMessage): OverviewData {
  const { throughput, ...now } = message;
  return { points: append(old?.points ?? [], throughput), now };
}

/** The sums of the window. */
export function totals(points: Point[]): { starts: number; successes: number; failures: number } {
  const sum = { starts: 0, successes: 0, failures: 0 };
  for (const point of points) {
    sum.starts += point.starts;
    sum.successes += point.successes;
    sum.failures += point.failures;
  }
  return { starts: Math.round(sum.starts), successes: Math.round(sum.successes), failures: Math.round(sum.failures) };
}
