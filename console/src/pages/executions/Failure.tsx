// SPDX-License-Identifier: Apache-2.0
// An error with its cause, which often is JSON itself.
import type { ReactNode } from "react";

export interface FailureText {
  error: string | undefined;
  cause: string | undefined;
}

/** The message in a Lambda function's cause: {"errorMessage": …, "errorType": …, "stackTrace": […]}. */
export function readCause(cause: string): { message: string; trace: string | undefined } {
  try {
    const value = JSON.parse(cause) as unknown;
    if (typeof value !== "object" || value === null) return { message: cause, trace: undefined };
    const { errorMessage, stackTrace, trace } = value as { errorMessage?: unknown; stackTrace?: unknown; trace?: unknown };
    const lines = stackTrace ?? trace;
    if (typeof errorMessage === "string") return { message: errorMessage, trace: Array.isArray(lines) && lines.length > 0 ? lines.map(String).join("\n") : undefined };
    return { message: JSON.stringify(value, null, 2), trace: undefined };
  } catch {
    return { message: cause, trace: undefined };
  }
}

const kShownMax = 6_000;
const shorten = (text: string) => (text.length > kShownMax ? `${text.slice(0, kShownMax)}… (${text.length.toLocaleString("en")} characters)` : text);

export function Failure({ failure, isCaught = false, children }: { failure: FailureText; isCaught?: boolean; children?: ReactNode }) {
  const cause = failure.cause === undefined ? undefined : readCause(failure.cause);
  return (
    <div className={isCaught ? "pawl-failure pawl-failure-caught" : "pawl-failure"} role="group" aria-label="Error">
      <div className="pawl-failure-head">
        <bdi className="pawl-failure-name pawl-wrap">{failure.error ?? "No error name"}</bdi>
        {children}
      </div>
      {cause !== undefined && <bdi className="pawl-wrap pawl-failure-cause">{shorten(cause.message)}</bdi>}
      {cause?.trace !== undefined && (
        <details>
          <summary>Stack trace</summary>
          <pre className="pawl-mono pawl-wrap">{shorten(cause.trace)}</pre>
        </details>
      )}
    </div>
  );
}
