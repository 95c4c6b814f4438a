// SPDX-License-Identifier: Apache-2.0
// Asks what to say when an execution is stopped.
import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { call } from "../../api/console-api";
import { useFrame } from "../../app/frame";
import { ActionModal } from "../../components/ActionModal";

export function StopExecution({ arn, onClose }: { arn: string; onClose: () => void }) {
  const { succeeded } = useFrame();
  const [error, setError] = useState("");
  const [cause, setCause] = useState("");
  const stop = async () => {
    await call("stepfunctions", "StopExecution", { executionArn: arn, ...(error === "" ? {} : { error }), ...(cause === "" ? {} : { cause }) });
    succeeded("The execution was stopped.");
  };
  return (
    <ActionModal title="Stop execution" submitText="Stop execution" onSubmit={stop} onClose={onClose}>
      <Box>What is under way is aborted. Jobs and child executions that it waits for are stopped too.</Box>
      <FormField label="Error" constraintText="Up to 256 characters, optional">
        <Input value={error} onChange={({ detail }) => setError(detail.value)} spellcheck={false} />
      </FormField>
      <FormField label="Cause" constraintText="Up to 32,768 characters, optional">
        <Textarea value={cause} rows={3} onChange={({ detail }) => setCause(detail.value)} />
      </FormField>
    </ActionModal>
  );
}
