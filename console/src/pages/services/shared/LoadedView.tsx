// SPDX-License-Identifier: Apache-2.0
// What is loaded once it is there; until then that it is coming, or why it is not.
import Box from "@cloudscape-design/components/box";
import Spinner from "@cloudscape-design/components/spinner";
import type { ReactNode } from "react";
import type { Loaded } from "../../../api/use-call";
import { ErrorBox } from "../../../components/ErrorBox";

interface Props<Data> {
  loaded: Loaded<Data>;
  children: (data: Data) => ReactNode;
}

export function LoadedView<Data>({ loaded, children }: Props<Data>) {
  const { data, error, reload } = loaded;
  if (data === undefined && error === undefined)
    return (
      <Box padding="l" textAlign="center" color="text-body-secondary">
        <Spinner /> Loading
      </Box>
    );
  if (data === undefined) return error === undefined ? null : <ErrorBox error={error} onRetry={reload} />;
  // What is shown keeps its state while the server is away: its place must be the same with and without an error.
  return (
    <>
      {error !== undefined && (
        <Box margin={{ bottom: "s" }}>
          <ErrorBox error={error} onRetry={reload} />
        </Box>
      )}
      {children(data)}
    </>
  );
}
