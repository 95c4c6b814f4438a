// SPDX-License-Identifier: Apache-2.0
// Asks what to say when an execution is stopped.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { call } from "../../api/console-api";
import { useFrame } from "../../app/frame";

export function StopExecution({ arn, onClose }: { arn: string; onClose: () => void }) {
  const { succeeded, failed } = useFrame();
  const [error, setError] = useState("");
  const [cause, setCause] = useState("");
  const [isBusy, setBusy] = useState(false);
  const stop = async () => {
    setBusy(true);
    try {
      await call("stepfunctions", "StopExecution", { executionArn: arn, ...(error === "" ? {} : { error }), ...(cause === "" ? {} : { cause }) });
      succeeded("The execution was stopped.");
    } catch (failure) {
      failed("The execution was not stopped", failure);
    }
    onClose();
  };
  return (
    <Modal
      visible
      header="Stop execution"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" loading={isBusy} onClick={() => void stop()}>
              Stop execution
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Box>What is under way is aborted. Jobs and child executions that it waits for are stopped too.</Box>
        <FormField label="Error" constraintText="Up to 256 characters, optional">
          <Input value={error} onChange={({ detail }) => setError(detail.value)} spellcheck={false} />
        </FormField>
        <FormField label="Cause" constraintText="Up to 32,768 characters, optional">
          <Textarea value={cause} rows={3} onChange={({ detail }) => setCause(detail.value)} />
        </FormField>
      </SpaceBetween>
    </Modal>
  );
}
