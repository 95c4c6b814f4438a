// SPDX-License-Identifier: Apache-2.0
// The head of a page about something that is switched on and off, and deleted: a pipe, a schedule.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { CopyText } from "../../../components/CopyText";
import { Name } from "../../../components/Link";

interface Props {
  /** "pipe" */
  kind: string;
  name: string;
  /** Undefined until it is loaded; then it can be switched. */
  arn: string | undefined;
  /** What the switch does: "Stop". */
  switchText: string;
  onSwitch: () => Promise<void>;
  onDelete: () => Promise<void>;
}

export function SwitchableHeader({ kind, name, arn, switchText, onSwitch, onDelete }: Props) {
  return (
    <Header
      variant="h1"
      description={arn === undefined ? undefined : <CopyText text={arn} label="ARN" />}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <ConfirmButton text="Delete" title={`Delete ${kind}`} onConfirm={onDelete}>
            <Box>
              Delete the {kind} <b><Name>{name}</Name></b>? This cannot be undone.
            </Box>
          </ConfirmButton>
          <Button disabled={arn === undefined} onClick={() => void onSwitch()}>
            {switchText}
          </Button>
        </SpaceBetween>
      }
    >
      <Name>{name}</Name>
    </Header>
  );
}
