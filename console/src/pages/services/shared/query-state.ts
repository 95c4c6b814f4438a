// SPDX-License-Identifier: Apache-2.0
// What a page shows (its tab, its filter, what is selected) in the query of its URL: deep links, and the browser's Back.
import { useCallback } from "react";
import { useSearchParams } from "react-router";

/** Changes several members of the query at once; undefined or "" takes one away. */
export function useSetQuery(): (changes: Record<string, string | undefined>, options?: { push?: boolean }) => void {
  const [, setParams] = useSearchParams();
  return useCallback(
    (changes, options = {}) =>
      setParams(
        () => {
          // The address itself: two changes in one turn must not undo each other.
          const next = new URLSearchParams(window.location.search);
          for (const [name, value] of Object.entries(changes)) {
            if (value === undefined || value === "") next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace: options.push !== true },
      ),
    [setParams],
  );
}

/** One member of the query, as state. What equals `initial` does not stand in the URL. */
export function useQueryState(name: string, initial = ""): [string, (value: string) => void] {
  const [params] = useSearchParams();
  const setQuery = useSetQuery();
  const set = useCallback((value: string) => setQuery({ [name]: value === initial ? undefined : value }), [name, initial, setQuery]);
  return [params.get(name) ?? initial, set];
}
