// SPDX-License-Identifier: Apache-2.0
// useExecutionList: the executions of one or several state machines, newest first, page by page as ListExecutions
// gives them, and kept up to date by what the server tells.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { asApiError, type ApiError } from "../../api/api-error";
import { useConnection } from "../../api/connection";
import { call } from "../../api/console-api";
import type { ExecutionItem } from "./api";

/** Of which machine, version, alias or Map Run: the input of ListExecutions. */
export type Source = { stateMachineArn: string } | { mapRunArn: string };

interface Stream {
  source: Source;
  /** null: there is no more. */
  token: string | undefined | null;
  buffer: ExecutionItem[];
}

export interface ExecutionList {
  items: ExecutionItem[];
  error: ApiError | undefined;
  isLoading: boolean;
  hasMore: boolean;
  loadMore: () => void;
  reload: () => void;
  /** Executions that began or changed: known ones change in place, `added` come first. */
  update: (changed: ExecutionItem[], added: ExecutionItem[]) => void;
}

const kPage = 100;

type Ask = (source: Source, token: string | undefined, signal: AbortSignal) => Promise<{ executions: ExecutionItem[]; nextToken?: string }>;

/** Merges sorted lists, newest first, asking each for its next page when that is needed. */
export async function nextMerged(streams: Stream[], count: number, ask: Ask, signal: AbortSignal): Promise<ExecutionItem[]> {
  const merged: ExecutionItem[] = [];
  while (merged.length < count) {
    await Promise.all(
      streams
        .filter((stream) => stream.buffer.length === 0 && stream.token !== null)
        .map(async (stream) => {
          const page = await ask(stream.source, stream.token ?? undefined, signal);
          stream.buffer = page.executions;
          stream.token = page.nextToken ?? null;
        }),
    );
    const filled = streams.filter((stream) => stream.buffer.length > 0);
    if (filled.length === 0) {
      if (streams.every((stream) => stream.token === null)) break;
      continue;
    }
    const newest = filled.reduce((best, stream) => ((stream.buffer[0]?.startDate ?? 0) > (best.buffer[0]?.startDate ?? 0) ? stream : best));
    const item = newest.buffer.shift();
    if (item !== undefined) merged.push(item);
  }
  return merged;
}

interface State {
  key: string;
  items: ExecutionItem[];
  error: ApiError | undefined;
  isLoading: boolean;
  hasMore: boolean;
}

export function useExecutionList(sources: Source[], status: string | undefined): ExecutionList {
  const { generation } = useConnection();
  const key = JSON.stringify([sources, status]);
  const [round, setRound] = useState(0);
  const [state, setState] = useState<State>({ key, items: [], error: undefined, isLoading: true, hasMore: false });
  const streams = useRef<Stream[]>([]);
  const running = useRef<AbortController | null>(null);

  const ask = useMemo<Ask>(
    () => (source, token, signal) =>
      call("stepfunctions", "ListExecutions", { ...source, maxResults: sources.length > 1 ? 50 : 200, ...(status === undefined ? {} : { statusFilter: status }), ...(token === undefined ? {} : { nextToken: token }) }, signal),
    [key],
  );

  const fetchMore = useCallback(
    (isFirst: boolean) => {
      running.current?.abort();
      const abort = new AbortController();
      running.current = abort;
      setState((old) => ({ ...(old.key === key ? old : { key, items: [], hasMore: false, error: undefined }), isLoading: true }));
      nextMerged(streams.current, kPage, ask, abort.signal).then(
        (more) => {
          if (abort.signal.aborted) return;
          const hasMore = streams.current.some((stream) => stream.buffer.length > 0 || stream.token !== null);
          setState((old) => {
            const known = new Set(isFirst ? [] : old.items.map((item) => item.executionArn));
            return { key, items: [...(isFirst ? [] : old.items), ...more.filter((item) => !known.has(item.executionArn))], error: undefined, isLoading: false, hasMore };
          });
        },
        (failure: unknown) => !abort.signal.aborted && setState((old) => ({ ...old, error: asApiError(failure), isLoading: false })),
      );
    },
    [key, ask],
  );

  useEffect(() => {
    streams.current = (JSON.parse(key) as [Source[], string | undefined])[0].map((source) => ({ source, token: undefined, buffer: [] }));
    fetchMore(true);
    return () => running.current?.abort();
  }, [key, round, generation, fetchMore]);

  const update = useCallback((changed: ExecutionItem[], added: ExecutionItem[]) => {
    setState((old) => {
      const byArn = new Map([...changed, ...added].map((item) => [item.executionArn, item]));
      const known = new Set(old.items.map((item) => item.executionArn));
      const kept = old.items
        .map((item) => {
          const now = byArn.get(item.executionArn);
          return now === undefined ? item : { ...item, ...now };
        })
        .filter((item) => item.status !== "DELETED");
      const fresh = added.filter((item) => !known.has(item.executionArn)).sort((a, b) => b.startDate - a.startDate);
      return { ...old, items: [...fresh, ...kept] };
    });
  }, []);

  const isCurrent = state.key === key;
  const isIdle = isCurrent && !state.isLoading && state.hasMore && state.error === undefined;
  return {
    items: isCurrent ? state.items : [],
    error: isCurrent ? state.error : undefined,
    isLoading: isCurrent ? state.isLoading : true,
    hasMore: isCurrent && state.hasMore,
    loadMore: useCallback(() => isIdle && fetchMore(false), [isIdle, fetchMore]),
    reload: useCallback(() => setRound((old) => old + 1), []),
    update,
  };
}
