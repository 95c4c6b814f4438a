// SPDX-License-Identifier: Apache-2.0
// A page that broke: says so, and the rest of the console goes on.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { useRouteError } from "react-router";

export function PageError() {
  const error = useRouteError();
  const message = error instanceof Error ? error.message : String(error);
  return (
    <Box padding="l">
      <Alert type="error" header="This page is broken" action={<Button onClick={() => location.reload()}>Load it again</Button>}>
        <span className="pawl-mono pawl-wrap">{message}</span>
      </Alert>
    </Box>
  );
}
