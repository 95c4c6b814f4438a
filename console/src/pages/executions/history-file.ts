// SPDX-License-Identifier: Apache-2.0
// The whole history, as GetExecutionHistory gives it.
import { post } from "../../api/console-api";
import type { HistoryEvent } from "./api";

const kAtOnce = 1000;

export async function historyJson(arn: string, last: number): Promise<string> {
  const events: string[] = [];
  let from = 1;
  while (from <= last) {
    // As many as fit into an answer.
    const page = await post<{ events: HistoryEvent[] }>("execution/events", { executionArn: arn, from, limit: kAtOnce });
    const newest = page.events.at(-1);
    if (newest === undefined) break;
    for (const event of page.events) events.push(JSON.stringify(event, null, 1));
    from = newest.id + 1;
  }
  return `{"events": [\n${events.join(",\n")}\n]}\n`;
}
