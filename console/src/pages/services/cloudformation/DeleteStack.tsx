// SPDX-License-Identifier: Apache-2.0
// Deletes a stack, once its name was typed.
import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { call } from "../../../api/console-api";
import { useFrame } from "../../../app/frame";
import { Name } from "../../../components/Link";
import { ActionModal } from "../../../components/ActionModal";

interface Props {
  stack: { StackId: string; StackName: string };
  onClose: () => void;
  onDeleted: () => void;
}

export function DeleteStack({ stack, onClose, onDeleted }: Props) {
  const { succeeded } = useFrame();
  const [typed, setTyped] = useState("");
  const remove = async () => {
    await call("cloudformation", "DeleteStack", { StackName: stack.StackId });
    succeeded(<>Stack <Name>{stack.StackName}</Name> is being deleted.</>);
    onDeleted();
  };
  return (
    <ActionModal title="Delete stack" submitText="Delete" isDisabled={typed !== stack.StackName} onSubmit={remove} onClose={onClose}>
      <Box>
        Delete the stack <b><Name>{stack.StackName}</Name></b> with all its resources, unless their DeletionPolicy keeps them? This cannot be undone.
      </Box>
      <FormField label="Type the stack's name to confirm">
        <Input autoFocus value={typed} placeholder={stack.StackName} spellcheck={false} autoComplete={false} onChange={({ detail }) => setTyped(detail.value)} />
      </FormField>
    </ActionModal>
  );
}
