// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { append, areaPath, average, formatRate, linePath, logPosition, minutes, type Point, roundUp } from "./series";

const point = (time: number, starts = 0): Point => ({ time, starts, successes: 0, failures: 0, transitions: 2 * starts });
const times = (points: Point[]) => points.map(({ time }) => time);

describe("append", () => {
  it("forgets what is older than the window", () => {
    expect(times(append([point(1), point(500)], [point(901)]))).toEqual([500, 901]);
  });
  it("takes no second twice: a stream that begins again sends all of them", () => {
    expect(times(append([point(1), point(2)], [point(1), point(2), point(3)]))).toEqual([1, 2, 3]);
  });
});

describe("average", () => {
  it("has boundaries that stand still", () => {
    const all = [point(4, 1), point(5, 3), point(6, 5), point(9, 7)];
    const whole = average(all, 3);
    expect(whole.map(({ time, starts }) => [time, starts])).toEqual([
      [3, 2],
      [6, 5],
      [9, 7],
    ]);
    expect(average(all.slice(2), 3)).toEqual(whole.slice(1));
  });
});

it("rounds up to numbers that people like", () => {
  expect([0, 0.3, 1, 1.1, 21, 260, 5000].map(roundUp)).toEqual([1, 0.5, 1, 2, 25, 500, 5000]);
});

describe("paths", () => {
  const frame = { width: 100, height: 50, begin: 0, end: 10, max: 5 };
  it("have 0 at the bottom and the maximum at the top", () => {
    expect(linePath([point(0, 0), point(10, 5)], "starts", frame)).toBe("M0 50L100 0");
    expect(areaPath([point(0, 0), point(10, 5)], "starts", frame)).toBe("M0 50L100 0L100 50L0 50Z");
  });
  it("of nothing are empty", () => {
    expect(linePath([], "starts", frame)).toBe("");
    expect(areaPath([], "starts", frame)).toBe("");
  });
  it("full minutes only", () => {
    expect(minutes({ ...frame, begin: 30, end: 400 }, 3)).toEqual([180, 360]);
  });
});

it("shows rates in few letters", () => {
  expect([0, 0.04, 0.44, 3, 12.6, 1250, 25_340].map(formatRate)).toEqual(["0", "0", "0.4", "3", "13", "1,250", "25.3k"]);
});

it("puts durations on a logarithmic scale", () => {
  expect([0, 1, 10, 100].map((ms) => logPosition(ms, 100))).toEqual([0, 0, 0.5, 1]);
});
