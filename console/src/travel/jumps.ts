// SPDX-License-Identifier: Apache-2.0
// Where to go from an event: to the next state, to the next failure. Looks through the history in pages, from where it is.
import { post } from "../api/console-api";
import { type CompactEvent, type CompactHistory, Effect, effectOf } from "../history/compact";

export type Jump = "next-state" | "previous-state" | "next-failure" | "previous-failure";

const kPage = 1_000;

export function isMatch(jump: Jump, type: string): boolean {
  const effect = effectOf(type);
  if (jump.endsWith("-state")) return effect === Effect.Enter;
  return effect === Effect.Fail || effect === Effect.IterationFailed || effect === Effect.ExecutionFailed || type === "ExecutionAborted";
}

/** The event to go to, in events of one page; undefined: none in it. */
export function findJump(jump: Jump, from: number, page: Pick<CompactHistory, "types" | "events">): number | undefined {
  const fits = ([id, , type]: CompactEvent) => {
    const isThere = jump.startsWith("next") ? id > from : id < from;
    return isThere && isMatch(jump, page.types[type] ?? "");
  };
  return (jump.startsWith("next") ? page.events.find(fits) : page.events.findLast(fits))?.[0];
}

export async function jumpFrom(executionArn: string, from: number, jump: Jump): Promise<number | undefined> {
  const isForward = jump.startsWith("next");
  let after = isForward ? from : Math.max(0, from - 1 - kPage);
  for (;;) {
    const page = await post<CompactHistory>("execution/history", { executionArn, after, limit: kPage });
    const found = findJump(jump, from, page);
    if (found !== undefined) return found;
    if (isForward) {
      // `last` is the page's; there are more if it is full.
      if (page.events.length < kPage) return undefined;
      after = page.last;
    } else {
      if (after === 0) return undefined;
      after = Math.max(0, after - kPage);
    }
  }
}
