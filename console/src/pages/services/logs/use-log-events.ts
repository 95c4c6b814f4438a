// SPDX-License-Identifier: Apache-2.0
// Events of a log group, oldest first: from a time on, those that a pattern finds; and, live, what comes after them. At most
// so many are kept; more is loaded when asked.
import { useCallback, useEffect, useRef, useState } from "react";
import { type ApiError, asApiError } from "../../../api/api-error";
import { useConnection } from "../../../api/connection";
import { call } from "../../../api/console-api";
import type { FilterLogEventsOutput, LogEvent } from "./log-types";

const kPageSize = 1000;
/** Pages that are loaded without being asked. */
const kPagesAtOnce = 5;
const kKeptMax = 20_000;
const kPollMs = 2000;

export interface LogQuery {
  group: string;
  stream: string | undefined;
  pattern: string;
  /** Milliseconds since 1970. */
  from: number;
  isLive: boolean;
}

export interface LogEvents {
  events: LogEvent[];
  error: ApiError | undefined;
  isLoading: boolean;
  hasMore: boolean;
  loadMore: () => void;
  reload: () => void;
}

export function useLogEvents({ group, stream, pattern, from, isLive }: LogQuery): LogEvents {
  const { generation } = useConnection();
  const [events, setEvents] = useState<LogEvent[]>([]);
  const [error, setError] = useState<ApiError>();
  const [isLoading, setLoading] = useState(true);
  const [token, setToken] = useState<string>();
  const [round, setRound] = useState(0);
  const abort = useRef<AbortController>(new AbortController());
  const last = useRef<{ at: number; ids: Set<string> }>({ at: 0, ids: new Set() });

  const add = useCallback((more: LogEvent[]) => {
    const fresh = more.filter(({ eventId }) => !last.current.ids.has(eventId));
    for (const { eventId, timestamp } of fresh) {
      last.current.ids.add(eventId);
      last.current.at = Math.max(last.current.at, timestamp);
    }
    if (fresh.length > 0) setEvents((old) => [...old, ...fresh].slice(-kKeptMax));
  }, []);

  const load = useCallback(
    async (startTime: number, first: string | undefined, signal: AbortSignal): Promise<string | undefined> => {
      let next = first;
      for (let page = 0; page < kPagesAtOnce; page += 1) {
        const output = await call<FilterLogEventsOutput>(
          "logs",
          "FilterLogEvents",
          {
            logGroupName: group,
            limit: kPageSize,
            ...(startTime > 0 ? { startTime: Math.floor(startTime) } : {}),
            ...(stream === undefined ? {} : { logStreamNames: [stream] }),
            ...(pattern.trim() === "" ? {} : { filterPattern: pattern.trim() }),
            ...(next === undefined ? {} : { nextToken: next }),
          },
          signal,
        );
        if (signal.aborted) return undefined;
        add(output.events ?? []);
        next = output.nextToken;
        if (next === undefined) return undefined;
      }
      return next;
    },
    [group, stream, pattern, add],
  );

  const run = useCallback(
    async (startTime: number, first: string | undefined, isQuiet = false) => {
      abort.current.abort();
      const mine = new AbortController();
      abort.current = mine;
      if (!isQuiet) setLoading(true);
      try {
        const next = await load(startTime, first, mine.signal);
        if (mine.signal.aborted) return;
        setToken(next);
        setError(undefined);
      } catch (failure) {
        if (mine.signal.aborted) return;
        setError(asApiError(failure));
      }
      setLoading(false);
    },
    [load],
  );

  useEffect(() => {
    last.current = { at: 0, ids: new Set() };
    setEvents([]);
    setToken(undefined);
    void run(from, undefined);
    return () => abort.current.abort();
  }, [run, from, round, generation]);

  const hasMore = token !== undefined;
  useEffect(() => {
    if (!isLive || hasMore || isLoading) return;
    const timer = setInterval(() => {
      // From the last one on: others of the same millisecond may still come.
      if (document.visibilityState === "visible") void run(Math.max(from, last.current.at), undefined, true);
    }, kPollMs);
    return () => clearInterval(timer);
  }, [isLive, hasMore, isLoading, run, from]);

  return {
    events,
    error,
    isLoading,
    hasMore,
    loadMore: useCallback(() => token !== undefined && void run(from, token), [token, from, run]),
    reload: useCallback(() => setRound((old) => old + 1), []),
  };
}
