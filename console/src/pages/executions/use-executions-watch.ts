// SPDX-License-Identifier: Apache-2.0
// What the server tells of executions as they begin and change: how many there are of each status, and which changed.
import { useEffect, useRef, useState } from "react";
import { openStream } from "../../api/stream";
import type { ExecutionItem } from "./api";

export type StatusCounts = Record<string, number>;

/** `onChanged` is called with those that began or changed. Nothing is watched while `stateMachineArn` is null. */
export function useExecutionsWatch(stateMachineArn: string | undefined | null, onChanged: (executions: ExecutionItem[]) => void): StatusCounts | undefined {
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
        else if (event === "changed") latest.current((data as { executions: ExecutionItem[] }).executions);
      },
    });
  }, [stateMachineArn]);
  return counts;
}
