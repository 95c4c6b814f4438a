// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { type OverviewMessage, take, totals } from "./overview-data";

const kSnapshot = { running: 1, now: 0, openSince: 0 } as OverviewMessage;
const kSeries = { end: 102, seconds: 3, started: [1, 2, 3], succeeded: [0, 1, 2], failed: [0, 0, 1], transitions: [5, 6, 7] };

it("takes the series first, then second after second", () => {
  const first = take(undefined, { ...kSnapshot, series: kSeries });
  const second = take(first, { ...kSnapshot, running: 2, sample: { end: 103, started: 4, succeeded: 4, failed: 0, transitions: 8 } });
  expect(second.points.map(({ time, starts }) => [time, starts])).toEqual([
    [100, 1],
    [101, 2],
    [102, 3],
    [103, 4],
  ]);
  expect(second.now.running).toBe(2);
  expect(totals(second.points)).toEqual({ starts: 10, successes: 7, failures: 1 });
});

it("forgets what another process had counted", () => {
  const old = take(undefined, { ...kSnapshot, series: kSeries });
  const restarted = take(old, { ...kSnapshot, series: { ...kSeries, end: 200, seconds: 1, started: [9] } });
  expect(restarted.points.map(({ time, starts }) => [time, starts])).toEqual([[200, 9]]);
});
