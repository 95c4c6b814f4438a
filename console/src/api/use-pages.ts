// SPDX-License-Identifier: Apache-2.0
// usePages: a listing of an AWS API, page after page, as its token says. Never loads everything by itself.
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError, asApiError } from "./api-error";
import { useConnection } from "./connection";

export interface Page<Item> {
  items: Item[];
  nextToken: string | undefined;
}

export interface Pages<Item> {
  items: Item[];
  error: ApiError | undefined;
  isLoading: boolean;
  hasMore: boolean;
  loadMore: () => void;
  /** From the first page; what is shown stays until it is there. */
  reload: () => void;
}

type State<Item> = { key: string; items: Item[]; nextToken?: string | undefined; error?: ApiError; isLoading: boolean };

/** `load` is asked for the page of a token (undefined: the first) whenever `key` changes. */
export function usePages<Item>(
  key: string,
  load: (token: string | undefined, signal: AbortSignal) => Promise<Page<Item>>,
  options: { enabled?: boolean } = {},
): Pages<Item> {
  const enabled = options.enabled ?? true;
  const { generation } = useConnection();
  const [round, setRound] = useState(0);
  const [state, setState] = useState<State<Item>>({ key, items: [], isLoading: enabled });
  const latest = useRef(load);
  latest.current = load;
  const running = useRef<AbortController | null>(null);

  const fetchPage = useCallback(
    (token: string | undefined) => {
      running.current?.abort();
      const abort = new AbortController();
      running.current = abort;
      setState((old) => (old.key === key ? { ...old, isLoading: true } : { key, items: [], isLoading: true }));
      latest.current(token, abort.signal).then(
        (page) => {
          if (abort.signal.aborted) return;
          setState((old) => ({
            key,
            items: token === undefined ? page.items : [...old.items, ...page.items],
            nextToken: page.nextToken,
            isLoading: false,
          }));
        },
        (failure: unknown) => {
          if (abort.signal.aborted) return;
          setState((old) => ({ ...old, error: asApiError(failure), isLoading: false }));
        },
      );
    },
    [key],
  );

  useEffect(() => {
    if (enabled) fetchPage(undefined);
    return () => running.current?.abort();
  }, [fetchPage, round, generation, enabled]);

  const isCurrent = state.key === key;
  const token = isCurrent ? state.nextToken : undefined;
  return {
    items: isCurrent ? state.items : [],
    error: isCurrent ? state.error : undefined,
    isLoading: isCurrent ? state.isLoading : enabled,
    hasMore: token !== undefined,
    loadMore: useCallback(() => token !== undefined && fetchPage(token), [token, fetchPage]),
    reload: useCallback(() => setRound((old) => old + 1), []),
  };
}
