// SPDX-License-Identifier: Apache-2.0
// Starts the same state machine again: with the same input, or with another.
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { call } from "../../api/console-api";
import { useFrame } from "../../app/frame";
import { ActionModal } from "../../components/ActionModal";
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
  const isEditable = isEditing && original.length <= kEditableMax;
  const isWrong = isEditable && !isJson(input);
  const target = execution.stateMachineAliasArn ?? execution.stateMachineVersionArn ?? baseMachineArn(execution.stateMachineArn).split("/")[0] ?? "";

  const start = async () => {
    const answer = await call<{ executionArn: string }>("stepfunctions", "StartExecution", { stateMachineArn: target, input: isEditable ? input : original, ...(name === "" ? {} : { name }) });
    succeeded("Execution started.");
    onStarted(answer.executionArn);
  };

  return (
    <ActionModal
      title={isEditing ? "Start again with edited input" : "Start again with the same input"}
      submitText="Start execution"
      size="large"
      isDisabled={isWrong}
      onSubmit={start}
      onClose={onClose}
    >
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
    </ActionModal>
  );
}
