// SPDX-License-Identifier: Apache-2.0
// What a request failed with.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import type { ApiError } from "../api/api-error";

export function ErrorBox({ error, onRetry }: { error: ApiError; onRetry?: () => void }) {
  return (
    <Alert
      type={error.isConnection ? "warning" : "error"}
      header={error.isConnection ? "The server does not answer" : error.code}
      action={onRetry && <Button onClick={onRetry}>Try again</Button>}
    >
      <span className="pawl-wrap">{error.isConnection ? "What is shown here comes back as soon as it does." : error.message}</span>
    </Alert>
  );
}
