// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import type { ExecutionItem } from "./api";
import { nextMerged, type Source } from "./use-execution-list";

const item = (machine: string, startDate: number): ExecutionItem => ({ executionArn: `${machine}:${startDate}`, name: String(startDate), status: "SUCCEEDED", startDate, stateMachineArn: machine });

const pages: Record<string, number[][]> = { a: [[9, 7], [3]], b: [[8], [], [2, 1]], c: [[]] };

async function ask(source: Source, token: string | undefined) {
  const machine = "stateMachineArn" in source ? source.stateMachineArn : "";
  const page = Number(token ?? 0);
  const all = pages[machine] ?? [];
  return { executions: (all[page] ?? []).map((start) => item(machine, start)), ...(page + 1 < all.length ? { nextToken: String(page + 1) } : {}) };
}

it("merges what several machines list, page by page, newest first", async () => {
  const streams = ["a", "b", "c"].map((arn) => ({ source: { stateMachineArn: arn }, token: undefined, buffer: [] }));
  const signal = new AbortController().signal;
  const starts = (items: ExecutionItem[]) => items.map((each) => each.startDate);
  expect(starts(await nextMerged(streams, 3, ask, signal))).toEqual([9, 8, 7]);
  expect(starts(await nextMerged(streams, 10, ask, signal))).toEqual([3, 2, 1]);
  expect(await nextMerged(streams, 10, ask, signal)).toEqual([]);
});
