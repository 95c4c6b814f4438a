// SPDX-License-Identifier: Apache-2.0
// Whole events by their ids. An event never changes: each is asked for once.
import { useEffect, useState } from "react";
import { asApiError, type ApiError } from "../../api/api-error";
import { post } from "../../api/console-api";
import { useConnection } from "../../api/connection";
import type { HistoryEvent } from "./api";

/** Whole events may be large: the last ones asked for are kept. */
const kKeptMax = 400;
const kAtOnceMax = 100;
const kept = new Map<string, HistoryEvent>();

function keep(arn: string, event: HistoryEvent): void {
  kept.set(`${arn}/${event.id}`, event);
  for (const key of kept.keys()) {
    if (kept.size <= kKeptMax) break;
    kept.delete(key);
  }
}

export async function loadEvents(arn: string, ids: readonly number[], signal?: AbortSignal): Promise<HistoryEvent[]> {
  const missing = () => ids.filter((id) => !kept.has(`${arn}/${id}`));
  // An answer has as many events as fit into it.
  for (let wanted = missing(); wanted.length > 0; wanted = missing()) {
    const { events } = await post<{ events: HistoryEvent[] }>("execution/events", { executionArn: arn, ids: wanted.slice(0, kAtOnceMax) }, signal);
    if (events.length === 0) break;
    for (const event of events) keep(arn, event);
  }
  return ids.map((id) => kept.get(`${arn}/${id}`)).filter((event) => event !== undefined);
}

export interface LoadedEvents {
  events: ReadonlyMap<number, HistoryEvent>;
  isLoading: boolean;
  error: ApiError | undefined;
}

const kNone: ReadonlyMap<number, HistoryEvent> = new Map();

export function useEvents(arn: string, ids: readonly number[]): LoadedEvents {
  const { generation } = useConnection();
  const key = `${arn}/${ids.join()}`;
  const [state, setState] = useState<{ key: string; events: ReadonlyMap<number, HistoryEvent>; error?: ApiError | undefined }>({ key: "", events: kNone });
  useEffect(() => {
    const abort = new AbortController();
    loadEvents(arn, key === `${arn}/` ? [] : key.slice(arn.length + 1).split(",").map(Number), abort.signal).then(
      (events) => !abort.signal.aborted && setState({ key, events: new Map(events.map((event) => [event.id, event])) }),
      (failure: unknown) => !abort.signal.aborted && setState((old) => ({ ...old, key, error: asApiError(failure) })),
    );
    return () => abort.abort();
  }, [arn, key, generation]);
  // While the next ones come, the old ones stay if they are of the same execution: a running state's grow.
  const isCurrent = state.key === key;
  return { events: isCurrent || state.key.startsWith(`${arn}/`) ? state.events : kNone, isLoading: !isCurrent, error: isCurrent ? state.error : undefined };
}
