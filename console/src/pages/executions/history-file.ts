// SPDX-License-Identifier: Apache-2.0
// The whole history, as GetExecutionHistory gives it.
import { post } from "../../api/console-api";
import type { HistoryEvent } from "./api";

const kAtOnce = 1000;

export async function historyJson(arn: string, last: number): Promise<string> {
  const events: string[] = [];
  for (let from = 1; from <= last; from += kAtOnce) {
    const page = await post<{ events: HistoryEvent[] }>("execution/events", { executionArn: arn, from, limit: kAtOnce });
    if (page.events.length === 0) break;
    for (const event of page.events) events.push(JSON.stringify(event, null, 1));
  }
  return `{"events": [\n${events.join(",\n")}\n]}\n`;
}
