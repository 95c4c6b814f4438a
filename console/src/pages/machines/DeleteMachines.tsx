// SPDX-License-Identifier: Apache-2.0
// Asks before state machines are deleted, and says which were refused.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { asApiError } from "../../api/api-error";
import { Name } from "../../components/Link";
import { states } from "./api";

interface Props {
  machines: readonly { stateMachineArn: string; name: string }[];
  onClose: (deleted: number) => void;
}

export function DeleteMachines({ machines, onClose }: Props) {
  const [isBusy, setBusy] = useState(false);
  const [deleted, setDeleted] = useState<ReadonlySet<string>>(new Set());
  const [refused, setRefused] = useState<string[]>([]);
  const remaining = machines.filter((machine) => !deleted.has(machine.stateMachineArn));
  const title = remaining.length === 1 ? "Delete the state machine?" : `Delete ${remaining.length} state machines?`;

  const confirm = async () => {
    setBusy(true);
    const done = new Set(deleted);
    const failures: string[] = [];
    for (const machine of remaining) {
      try {
        await states("DeleteStateMachine", { stateMachineArn: machine.stateMachineArn });
        done.add(machine.stateMachineArn);
      } catch (failure) {
        const error = asApiError(failure);
        failures.push(`${machine.name}: ${error.code}: ${error.message}`);
      }
    }
    if (failures.length === 0) return onClose(done.size);
    setDeleted(done);
    setRefused(failures);
    setBusy(false);
  };

  return (
    <Modal
      visible
      header={title}
      onDismiss={() => onClose(deleted.size)}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={() => onClose(deleted.size)}>
              Cancel
            </Button>
            <Button variant="primary" loading={isBusy} onClick={() => void confirm()}>
              Delete
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="s">
        {refused.length > 0 && (
          <Alert type="error" header="Not deleted">
            <span className="pawl-wrap">{refused.join("\n")}</span>
          </Alert>
        )}
        <Box>
          {remaining.slice(0, 10).map((machine) => (
            <div key={machine.stateMachineArn}>
              <strong>
                <Name>{machine.name}</Name>
              </strong>
            </div>
          ))}
          {remaining.length > 10 && `and ${remaining.length - 10} more`}
        </Box>
        <Box color="text-body-secondary">Running executions are stopped, their versions and aliases go too. This cannot be undone.</Box>
      </SpaceBetween>
    </Modal>
  );
}
