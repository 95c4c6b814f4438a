// SPDX-License-Identifier: Apache-2.0
// How a synchronous execution of an EXPRESS machine ended.
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { JsonView } from "../../components/JsonView";
import { StatusBadge } from "../../components/StatusBadge";
import { formatDuration } from "../../components/Timestamp";

/** As StartSyncExecution answers. */
export interface SyncOutput {
  executionArn: string;
  startDate: number;
  stopDate: number;
  status: "SUCCEEDED" | "FAILED" | "TIMED_OUT";
  error?: string;
  cause?: string;
  output?: string;
  billingDetails?: { billedMemoryUsedInMB?: number; billedDurationInMilliseconds?: number };
}

export function SyncAnswer({ output }: { output: SyncOutput }) {
  const { billingDetails } = output;
  return (
    <section aria-label="Answer" aria-live="polite">
      <SpaceBetween size="s">
        <KeyValuePairs
          columns={4}
          items={[
            { label: "Status", value: <StatusBadge status={output.status} /> },
            { label: "Duration", value: formatDuration((output.stopDate - output.startDate) * 1000) },
            { label: "Billed duration", value: billingDetails?.billedDurationInMilliseconds === undefined ? "-" : formatDuration(billingDetails.billedDurationInMilliseconds) },
            { label: "Billed memory", value: billingDetails?.billedMemoryUsedInMB === undefined ? "-" : `${billingDetails.billedMemoryUsedInMB} MB` },
            ...(output.error === undefined ? [] : [{ label: "Error", value: <bdi className="pawl-wrap">{output.error}</bdi> }]),
          ]}
        />
        {output.cause !== undefined && <JsonView label="Cause" text={output.cause} heightMax={160} />}
        {output.output !== undefined && <JsonView label="Output" text={output.output} heightMax={240} />}
      </SpaceBetween>
    </section>
  );
}
