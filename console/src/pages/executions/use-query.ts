// SPDX-License-Identifier: Apache-2.0
// What a page keeps in its address: ?state=…&event=…, so that it can be sent to somebody.
import { useCallback } from "react";
import { useSearchParams } from "react-router";

export function useQuery(): [get: (name: string) => string | undefined, set: (values: Record<string, string | undefined>) => void] {
  const [params, setParams] = useSearchParams();
  const get = (name: string) => params.get(name) ?? undefined;
  const set = useCallback(
    (values: Record<string, string | undefined>) =>
      setParams(
        (old) => {
          const next = new URLSearchParams(old);
          for (const [name, value] of Object.entries(values)) {
            if (value === undefined || value === "") next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace: true },
      ),
    [setParams],
  );
  return [get, set];
}
