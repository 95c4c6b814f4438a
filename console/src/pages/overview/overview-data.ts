// SPDX-License-Identifier: Apache-2.0
// What `overview/watch` sends (src/console/overview_watch.h), once a second, and what becomes of it over time.
import { append, type Point } from "./series";

/** Of the last 7 to 15 minutes; durations in ms. */
export interface Machine {
  stateMachineArn: string;
  name: string;
  type: "STANDARD" | "EXPRESS";
  count: number;
  p50: number;
  p95: number;
  max: number;
  failures: number;
  lastError?: string;
  lastFailedExecutionArn?: string;
  /** Epoch milliseconds. */
  lastFailedAt?: number;
}

export interface ServiceRequests {
  service: string;
  /** Since the server is up. */
  requests: number;
  errors: number;
  requestsPerSecond: number;
  errorsPerSecond: number;
  averageUs: number;
}

export interface StoreHealth {
  /** False of a server that keeps everything in memory. */
  isDurable: boolean;
  diskBytes: number;
  memtableBytes: number;
  pendingCompactionBytes: number;
  logBytes: number;
  syncP50Us: number;
  syncP99Us: number;
  writesStopped: boolean;
  failed: boolean;
}

export interface ProcessHealth {
  residentBytes: number;
  /** Of one processor. */
  cpuPercent: number;
  threads: number;
  openFiles: number;
}

export interface Snapshot {
  running: number;
  /** Epoch milliseconds. */
  now: number;
  openSince: number;
  slowest: Machine[];
  failing: Machine[];
  store: StoreHealth;
  process: ProcessHealth;
  services: ServiceRequests[];
}

/** What happened in single seconds. */
interface Sample {
  /** The epoch second of the last. */
  end: number;
  started: number;
  succeeded: number;
  failed: number;
  transitions: number;
}
interface Series {
  end: number;
  seconds: number;
  started: number[];
  succeeded: number[];
  failed: number[];
  transitions: number[];
}

export interface OverviewMessage extends Snapshot {
  /** In the first message of a connection, and after seconds that were missed. */
  series?: Series;
  sample?: Sample;
}

export interface OverviewData {
  points: Point[];
  /** As sent last. */
  now: Snapshot;
}

function pointsOf({ end, seconds, ...series }: Series): Point[] {
  return Array.from({ length: seconds }, (_, index) => ({
    time: end - seconds + 1 + index,
    starts: series.started[index] ?? 0,
    successes: series.succeeded[index] ?? 0,
    failures: series.failed[index] ?? 0,
    transitions: series.transitions[index] ?? 0,
  }));
}

export function take(old: OverviewData | undefined, message: OverviewMessage): OverviewData {
  const { series, sample, ...now } = message;
  if (series !== undefined) return { points: pointsOf(series), now };
  if (sample === undefined) return { points: old?.points ?? [], now };
  const { end, started, succeeded, failed, transitions } = sample;
  return { points: append(old?.points ?? [], [{ time: end, starts: started, successes: succeeded, failures: failed, transitions }]), now };
}

/** The sums of the window. */
export function totals(points: Point[]): { starts: number; successes: number; failures: number } {
  const sum = { starts: 0, successes: 0, failures: 0 };
  for (const point of points) {
    sum.starts += point.starts;
    sum.successes += point.successes;
    sum.failures += point.failures;
  }
  return sum;
}
