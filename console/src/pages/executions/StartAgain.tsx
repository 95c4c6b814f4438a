// SPDX-License-Identifier: Apache-2.0
// Starts the same state machine again: with the same input, or with another.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { asApiError, type ApiError } from "../../api/api-error";
import { call } from "../../api/console-api";
import { useFrame } from "../../app/frame";
import { JsonView } from "../../components/JsonView";
import { baseMachineArn, type Execution } from "./api";
import { isJson, JsonField } from "./JsonField";

/** What is larger is not edited here: a text field with megabytes is not usable. */
const kEditableMax = 200_000;

interface Props {
  execution: Execution;
  isEditing: boolean;
  onClose: () => void;
  onStarted: (arn: string) => void;
}

function pretty(text: string): string {
  try {
    return text.length > kEditableMax ? text : JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

export function StartAgain({ execution, isEditing, onClose, onStarted }: Props) {
  const { succeeded } = useFrame();
  const original = execution.input ?? "{}";
  const [input, setInput] = useState(() => pretty(original));
  const [name, setName] = useState("");
  const [error, setError] = useState<ApiError>();
  const [isBusy, setBusy] = useState(false);
  const isEditable = isEditing && original.length <= kEditableMax;
  const isWrong = isEditable && !isJson(input);
  const target = execution.stateMachineAliasArn ?? execution.stateMachineVersionArn ?? baseMachineArn(execution.stateMachineArn).split("/")[0] ?? "";

  const start = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const answer = await call<{ executionArn: string }>("stepfunctions", "StartExecution", { stateMachineArn: target, input: isEditable ? input : original, ...(name === "" ? {} : { name }) });
      succeeded("Execution started.");
      onClose();
      onStarted(answer.executionArn);
    } catch (failure) {
      setError(asApiError(failure));
      setBusy(false);
    }
  };

  return (
    <Modal
      visible
      size="large"
      header={isEditing ? "Start again with edited input" : "Start again with the same input"}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" loading={isBusy} disabled={isWrong} onClick={() => void start()}>
              Start execution
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {error !== undefined && (
          <Alert type="error" header={error.code}>
            <span className="pawl-wrap">{error.message}</span>
          </Alert>
        )}
        <FormField label="Name" constraintText="Optional: one is drawn if none is given">
          <Input value={name} onChange={({ detail }) => setName(detail.value)} spellcheck={false} />
        </FormField>
        <FormField label="Input" stretch>
          {isEditable ? (
            <JsonField value={input} label="Input" height={320} onChange={setInput} />
          ) : (
            <JsonView text={original} label="Input" heightMax={320} />
          )}
        </FormField>
      </SpaceBetween>
    </Modal>
  );
}
