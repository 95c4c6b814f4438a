// SPDX-License-Identifier: Apache-2.0
// What the server tells of executions as they begin and change: how many there are of each status, and which changed.
import { useEffect, useRef, useState } from "react";
import { openStream } from "../../api/stream";
import type { ExecutionItem, kStatuses } from "./api";

export type StatusCounts = Partial<Record<(typeof kStatuses)[number], number>>;

interface Changes {
  /** As they stand now; "DELETED" is a status here. */
  executions: ExecutionItem[];
  /** More have changed than it says. */
  isIncomplete?: boolean;
}

/** Nothing is watched while `stateMachineArn` is null. */
export function useExecutionsWatch(stateMachineArn: string | undefined | null, onChanged: (changes: Changes) => void): StatusCounts | undefined {
  const [counts, setCounts] = useState<StatusCounts>();
  const latest = useRef(onChanged);
  latest.current = onChanged;
  useEffect(() => {
    setCounts(undefined);
    if (stateMachineArn === null) return;
    return openStream("executions/watch", {
      body: () => (stateMachineArn === undefined ? {} : { stateMachineArn }),
      onEvent: ({ event, data }) => {
        if (event === "counts") setCounts(data as StatusCounts);
        else if (event === "changed") latest.current(data as Changes);
      },
    });
  }, [stateMachineArn]);
  return counts;
}
