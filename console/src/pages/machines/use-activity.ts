// SPDX-License-Identifier: Apache-2.0
// What the machines on the screen are doing: running executions and how the last ones ended. Asked once for each, and
// again when the server tells that one of its executions changed.
import { useEffect, useRef, useState } from "react";
import { openStream } from "../../api/stream";
import { type ExecutionItem, states } from "./api";

export interface Activity {
  /** At most kRunningMax. */
  running: number;
  isMore: boolean;
  /** The newest first. */
  last: ExecutionItem[];
}

export const kRunningMax = 100;
const kLastMax = 20;
const kAtOnce = 4;
/** A busy machine is asked about no more often. */
const kEveryMs = 1000;

async function load(stateMachineArn: string, signal: AbortSignal): Promise<Activity> {
  const list = (input: object) => states<{ executions: ExecutionItem[]; nextToken?: string }>("ListExecutions", { stateMachineArn, ...input }, signal);
  const [last, running] = await Promise.all([list({ maxResults: kLastMax }), list({ statusFilter: "RUNNING", maxResults: kRunningMax })]);
  return { running: running.executions.length, isMore: running.nextToken !== undefined, last: last.executions };
}

/** By ARN. Machines of type EXPRESS have no executions to list. */
export function useActivity(arns: string[]): ReadonlyMap<string, Activity> {
  const [known, setKnown] = useState<ReadonlyMap<string, Activity>>(new Map());
  const wanted = useRef(new Set<string>());
  const queue = useRef({ waiting: new Set<string>(), running: 0, abort: new AbortController() });

  const key = arns.join(" ");
  useEffect(() => {
    wanted.current = new Set(key === "" ? [] : key.split(" "));
    const abort = new AbortController();
    const mine = { waiting: new Set(wanted.current), running: 0, abort };
    queue.current = mine;
    let timer: ReturnType<typeof setTimeout> | undefined;

    const pump = () => {
      for (const arn of mine.waiting) {
        if (mine.running >= kAtOnce || abort.signal.aborted) return;
        mine.waiting.delete(arn);
        mine.running += 1;
        load(arn, abort.signal)
          .then((activity) => !abort.signal.aborted && setKnown((old) => new Map(old).set(arn, activity)))
          // It was deleted, or cannot be listed: its cells stay empty.
          .catch(() => undefined)
          .finally(() => {
            mine.running -= 1;
            pump();
          });
      }
    };
    const again = (arn: string) => {
      if (!wanted.current.has(arn)) return;
      mine.waiting.add(arn);
      timer ??= setTimeout(() => {
        timer = undefined;
        pump();
      }, kEveryMs);
    };
    pump();
    if (key === "") return () => abort.abort();
    const close = openStream("executions/watch", {
      body: () => ({}),
      onEvent: ({ event, data }) => {
        if (event !== "changed") return;
        for (const each of (data as { executions: ExecutionItem[] }).executions) again(each.stateMachineArn.split(":").slice(0, 7).join(":"));
      },
    });
    return () => {
      abort.abort();
      clearTimeout(timer);
      close();
    };
  }, [key]);
  return known;
}
