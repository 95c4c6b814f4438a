// SPDX-License-Identifier: Apache-2.0
// The executions that changed last: those of the listings at first, then as the stream tells.
import { useEffect, useState } from "react";
import { call } from "../../api/console-api";
import { openStream } from "../../api/stream";
import { useLoaded } from "../../api/use-call";

export interface RecentExecution {
  executionArn: string;
  name: string;
  status: string;
  startDate: number;
  stopDate?: number;
  stateMachineArn: string;
}

interface Machines {
  stateMachines: { stateMachineArn: string; type: string; creationDate: number }[];
}

export const kRecentMax = 8;
/** No listing of all executions exists: those of so many machines are asked for. */
const kMachinesMax = 20;

async function listed(signal: AbortSignal): Promise<{ hasMachines: boolean; executions: RecentExecution[] }> {
  const { stateMachines } = await call<Machines>("stepfunctions", "ListStateMachines", { maxResults: 1000 }, signal);
  const asked = stateMachines
    .filter(({ type }) => type === "STANDARD")
    .sort((a, b) => b.creationDate - a.creationDate)
    .slice(0, kMachinesMax);
  const lists = await Promise.all(
    asked.map(({ stateMachineArn }) =>
      // One that was deleted meanwhile has none.
      call<{ executions: RecentExecution[] }>("stepfunctions", "ListExecutions", { stateMachineArn, maxResults: kRecentMax }, signal).catch(() => ({ executions: [] })),
    ),
  );
  return { hasMachines: stateMachines.length > 0, executions: newest(lists.flatMap(({ executions }) => executions)) };
}

/** Each once, as it was told last; what changed last comes first. */
export function newest(executions: RecentExecution[]): RecentExecution[] {
  const byArn = new Map<string, RecentExecution>();
  for (const execution of executions) byArn.set(execution.executionArn, execution);
  const changed = ({ startDate, stopDate }: RecentExecution) => stopDate ?? startDate;
  return [...byArn.values()].sort((a, b) => changed(b) - changed(a)).slice(0, kRecentMax);
}

/** `hasMachines` is undefined until it is known. */
export function useRecent(): { executions: RecentExecution[]; hasMachines: boolean | undefined } {
  const first = useLoaded("overview/recent", listed);
  const [told, setTold] = useState<RecentExecution[]>([]);
  useEffect(
    () =>
      openStream("executions/watch", {
        body: () => ({}),
        onEvent: ({ event, data }) => {
          if (event !== "changed") return;
          const { executions } = data as { executions: RecentExecution[] };
          setTold((old) => newest([...old, ...executions]));
        },
      }),
    [],
  );
  const hasMachines = told.length > 0 ? true : first.data?.hasMachines;
  return { executions: newest([...(first.data?.executions ?? []), ...told]), hasMachines };
}
