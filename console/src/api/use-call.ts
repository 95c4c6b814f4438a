// SPDX-License-Identifier: Apache-2.0
// Hooks around requests: what is loaded, what went wrong, and load again.
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError, asApiError } from "./api-error";
import { useConnection } from "./connection";
import { call, post } from "./console-api";

export interface Loaded<Data> {
  data: Data | undefined;
  error: ApiError | undefined;
  isLoading: boolean;
  reload: () => void;
}

export interface LoadOptions {
  /** Loads again after so many milliseconds, while the page is visible. For what no stream tells. */
  pollMs?: number;
  /** Nothing is loaded while false. */
  enabled?: boolean;
}

/** Loads whenever `key` changes, when asked, and when the server is back. What was loaded stays until the next answer. */
export function useLoaded<Data>(key: string, load: (signal: AbortSignal) => Promise<Data>, options: LoadOptions = {}): Loaded<Data> {
  const { generation } = useConnection();
  const enabled = options.enabled ?? true;
  const [round, setRound] = useState(0);
  const [state, setState] = useState<{ key: string; data?: Data; error?: ApiError; isLoading: boolean }>({ key, isLoading: enabled });
  const latest = useRef(load);
  latest.current = load;

  useEffect(() => {
    if (!enabled) return;
    const abort = new AbortController();
    setState((old) => (old.key === key ? { ...old, isLoading: true } : { key, isLoading: true }));
    latest.current(abort.signal).then(
      (data) => !abort.signal.aborted && setState({ key, data, isLoading: false }),
      (failure: unknown) => {
        if (abort.signal.aborted) return;
        const error = asApiError(failure);
        // What is on the screen stays there while the server is away.
        setState((old) => ({ key, ...(error.isConnection && old.data !== undefined ? { data: old.data } : {}), error, isLoading: false }));
      },
    );
    return () => abort.abort();
  }, [key, round, generation, enabled]);

  const reload = useCallback(() => setRound((old) => old + 1), []);
  const pollMs = options.pollMs ?? 0;
  useEffect(() => {
    if (pollMs === 0 || !enabled) return;
    const timer = setInterval(() => document.visibilityState === "visible" && reload(), pollMs);
    return () => clearInterval(timer);
  }, [pollMs, enabled, reload]);

  const isCurrent = state.key === key;
  return {
    data: isCurrent ? state.data : undefined,
    error: isCurrent ? state.error : undefined,
    isLoading: isCurrent ? state.isLoading : enabled,
    reload,
  };
}

/** An operation of an AWS service: useCall<ListQueuesOutput>("sqs", "ListQueues", {}). */
export function useCall<Output>(service: string, operation: string, input: object = {}, options: LoadOptions = {}): Loaded<Output> {
  const key = JSON.stringify([service, operation, input]);
  return useLoaded(key, (signal) => call<Output>(service, operation, input, signal), options);
}

/** An endpoint of the console's own API. */
export function usePost<Answer>(name: string, body: object = {}, options: LoadOptions = {}): Loaded<Answer> {
  const key = JSON.stringify([name, body]);
  return useLoaded(key, (signal) => post<Answer>(name, body, signal), options);
}
