// SPDX-License-Identifier: Apache-2.0
// The overview, live. What was shown stays while the server is away; when it is back, all comes anew.
import { useEffect, useState } from "react";
import type { ApiError } from "../../api/api-error";
import { openStream } from "../../api/stream";
import { type OverviewData, type OverviewMessage, take } from "./overview-data";

export function useOverview(): { data: OverviewData | undefined; error: ApiError | undefined } {
  const [data, setData] = useState<OverviewData>();
  const [error, setError] = useState<ApiError>();
  useEffect(
    () =>
      openStream("overview/watch", {
        body: () => ({}),
        onEvent: ({ data: message }) => setData((old) => take(old, message as OverviewMessage)),
        onError: setError,
      }),
    [],
  );
  return { data, error };
}
