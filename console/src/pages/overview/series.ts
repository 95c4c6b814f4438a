// SPDX-License-Identifier: Apache-2.0
// Numbers over time as lines of a chart: what ThroughputChart draws, without a page.

/** Rates of one second. */
export interface Point {
  /** Epoch seconds. */
  time: number;
  starts: number;
  successes: number;
  failures: number;
  transitions: number;
}

export type Measure = "starts" | "successes" | "failures" | "transitions";

export const kWindowSeconds = 900;

/** `points` with `more` behind them, without those older than the window. Both are in order of time. */
export function append(points: Point[], more: Point[]): Point[] {
  const last = points.at(-1)?.time ?? -Infinity;
  const all = [...points, ...more.filter((point) => point.time > last)];
  const begin = (all.at(-1)?.time ?? 0) - kWindowSeconds;
  return all.filter((point) => point.time > begin);
}

/**
 * Averages over `seconds` each, on boundaries that stand still while time goes on: what has been drawn does not change.
 * The last may be of less.
 */
export function average(points: Point[], seconds: number): Point[] {
  const all: Point[] = [];
  let sum: (Point & { count: number }) | undefined;
  const close = () => {
    if (sum === undefined) return;
    const { count, ...rest } = sum;
    all.push({
      time: rest.time,
      starts: rest.starts / count,
      successes: rest.successes / count,
      failures: rest.failures / count,
      transitions: rest.transitions / count,
    });
  };
  for (const point of points) {
    const time = Math.floor(point.time / seconds) * seconds;
    if (sum?.time !== time) {
      close();
      sum = { time, starts: 0, successes: 0, failures: 0, transitions: 0, count: 0 };
    }
    sum.starts += point.starts;
    sum.successes += point.successes;
    sum.failures += point.failures;
    sum.transitions += point.transitions;
    sum.count += 1;
  }
  close();
  return all;
}

/** A round number that is not below `value`: 1, 2, 2.5, 5 times a power of ten. Never 0. */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= value * (1 - 1e-9)) ?? 10;
  return factor * power;
}

export interface Frame {
  width: number;
  height: number;
  /** Epoch seconds at the left and at the right. */
  begin: number;
  end: number;
  /** The value at the top. */
  max: number;
}

export function xOf(time: number, frame: Frame): number {
  return ((time - frame.begin) / (frame.end - frame.begin)) * frame.width;
}

export function yOf(value: number, frame: Frame): number {
  return frame.height - (value / frame.max) * frame.height;
}

const at = (value: number) => String(Math.round(value * 10) / 10);

/** The line as the `d` of an SVG path; "" of nothing. */
export function linePath(points: Point[], measure: Measure, frame: Frame): string {
  return points.map((point, index) => `${index === 0 ? "M" : "L"}${at(xOf(point.time, frame))} ${at(yOf(point[measure], frame))}`).join("");
}

/** What is below the line. */
export function areaPath(points: Point[], measure: Measure, frame: Frame): string {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return "";
  const base = at(frame.height);
  return `${linePath(points, measure, frame)}L${at(xOf(last.time, frame))} ${base}L${at(xOf(first.time, frame))} ${base}Z`;
}

/** Full minutes inside, `step` apart. */
export function minutes(frame: Frame, step: number): number[] {
  const all: number[] = [];
  const seconds = step * 60;
  for (let time = Math.ceil(frame.begin / seconds) * seconds; time <= frame.end; time += seconds) all.push(time);
  return all;
}

/** "0.4", "12", "1,250", "25.3k". */
export function formatRate(value: number): string {
  if (value === 0) return "0";
  if (value < 10) return value.toFixed(1).replace(/\.0$/, "");
  if (value < 10_000) return Math.round(value).toLocaleString("en-US");
  return `${(value / 1000).toFixed(1)}k`;
}

/** Where a duration stands on a logarithmic scale from 1 ms to `max` ms, 0 to 1. */
export function logPosition(ms: number, max: number): number {
  if (ms <= 1) return 0;
  return Math.min(1, Math.log(ms) / Math.log(Math.max(max, 10)));
}
