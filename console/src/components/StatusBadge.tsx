// SPDX-License-Identifier: Apache-2.0
// How something stands: a mark, a colour and the API's word for it.
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

const kTypes: Record<string, StatusIndicatorProps.Type> = {
  RUNNING: "in-progress",
  SUCCEEDED: "success",
  FAILED: "error",
  TIMED_OUT: "error",
  ABORTED: "stopped",
  PENDING_REDRIVE: "pending",
  ACTIVE: "success",
  CREATING: "in-progress",
  UPDATING: "in-progress",
  DELETING: "in-progress",
  ENABLED: "success",
  DISABLED: "stopped",
  STOPPED: "stopped",
  STARTING: "in-progress",
  SUBMITTED: "pending",
  PENDING: "pending",
  RUNNABLE: "pending",
};

const kWords: Record<string, string> = { TIMED_OUT: "Timed out", PENDING_REDRIVE: "Pending redrive" };

export function statusWord(status: string): string {
  return kWords[status] ?? status.charAt(0) + status.slice(1).toLowerCase().replaceAll("_", " ");
}

function typeOf(status: string): StatusIndicatorProps.Type {
  const known = kTypes[status.toUpperCase()];
  if (known !== undefined) return known;
  if (/FAILED|ERROR/.test(status)) return "error";
  if (/ROLLBACK_COMPLETE/.test(status)) return "warning";
  if (/IN_PROGRESS/.test(status)) return "in-progress";
  if (/COMPLETE/.test(status)) return "success";
  return "info";
}

export function StatusBadge({ status }: { status: string }) {
  const type = typeOf(status);
  return (
    <StatusIndicator type={type} {...(type === "in-progress" ? { colorOverride: "blue" } : {})}>
      {statusWord(status)}
    </StatusIndicator>
  );
}
