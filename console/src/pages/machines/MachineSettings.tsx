// SPDX-License-Identifier: Apache-2.0
// The fields of a state machine besides its definition.
import Autosuggest from "@cloudscape-design/components/autosuggest";
import Checkbox from "@cloudscape-design/components/checkbox";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { memo } from "react";
import { useCall } from "../../api/use-call";
import { statusWord } from "../../components/StatusBadge";
import type { LogLevel, MachineType } from "./api";
import { type Field, type FieldError, loggingProblem, type MachineDraft, nameProblem, roleProblem } from "./machine-draft";
import { TagsField } from "./TagsTab";
import "./machines.css";

interface Props {
  draft: MachineDraft;
  onChange: (part: Partial<MachineDraft>) => void;
  isNew: boolean;
  refused: FieldError | null;
}

const refusedAt = (refused: FieldError | null, field: Field) => (refused?.field === field ? refused.text : undefined);

/** Name, type and role: what is always seen. */
export const MainFields = memo(function MainFields({ draft, onChange, isNew, refused }: Props) {
  const roles = useCall<{ Roles?: { Arn: string; RoleName: string }[] }>("iam", "ListRoles", {});
  const options = (roles.data?.Roles ?? []).map((role) => ({ value: role.Arn, label: role.Arn }));
  return (
    <div className="pawl-main-fields">
      <FormField label="Name" errorText={refusedAt(refused, "name") ?? (nameProblem(draft.name) || undefined)}>
        <Input value={draft.name} disabled={!isNew} autoFocus={isNew} onChange={({ detail }) => onChange({ name: detail.value })} placeholder="MyStateMachine" spellcheck={false} autoComplete={false} />
      </FormField>
      <FormField label="Type" errorText={refusedAt(refused, "type")}>
        <SegmentedControl
          label="Type"
          selectedId={draft.type}
          onChange={({ detail }) => onChange({ type: detail.selectedId as MachineType })}
          options={(["STANDARD", "EXPRESS"] as const).map((id) => ({ id, text: statusWord(id), disabled: !isNew && id !== draft.type }))}
        />
      </FormField>
      <FormField label="IAM role" errorText={refusedAt(refused, "roleArn") ?? (roleProblem(draft.roleArn) || undefined)}>
        <Autosuggest
          value={draft.roleArn}
          options={options}
          onChange={({ detail }) => onChange({ roleArn: detail.value })}
          enteredTextLabel={(value) => `Use ${value}`}
          ariaLabel="IAM role"
          clearAriaLabel="Clear"
          empty="No roles"
          filteringType="auto"
        />
      </FormField>
    </div>
  );
});

const kLevels: { value: LogLevel; label: string; description: string }[] = [
  { value: "OFF", label: "Off", description: "Nothing is written" },
  { value: "FATAL", label: "Fatal", description: "Executions that fail" },
  { value: "ERROR", label: "Error", description: "Failed states and executions" },
  { value: "ALL", label: "All", description: "Every event" },
];

export function SettingsFields({ draft, onChange, isNew, refused }: Props) {
  const groups = useCall<{ logGroups?: { logGroupName: string; arn: string }[] }>("logs", "DescribeLogGroups", { limit: 50 }, { enabled: draft.logLevel !== "OFF" });
  const options = (groups.data?.logGroups ?? []).map((group) => ({ value: group.arn, label: group.logGroupName }));
  const problem = refusedAt(refused, "logging") ?? (draft.logGroupArn === "" ? undefined : loggingProblem(draft) || undefined);
  return (
    <SpaceBetween size="m">
      <Container header={<Header variant="h2">Logging and tracing</Header>}>
        <ColumnLayout columns={2}>
          <FormField label="Log level" errorText={draft.logLevel === "OFF" ? problem : undefined}>
            <Select options={kLevels} selectedOption={kLevels.find((each) => each.value === draft.logLevel) ?? null} onChange={({ detail }) => onChange({ logLevel: detail.selectedOption.value as LogLevel })} />
          </FormField>
          {draft.logLevel !== "OFF" && (
            <FormField label="Log group" description="Its ARN, with :* at the end" errorText={problem}>
              <Autosuggest
                value={draft.logGroupArn}
                options={options}
                onChange={({ detail }) => onChange({ logGroupArn: detail.value })}
                enteredTextLabel={(value) => `Use ${value}`}
                ariaLabel="Log group"
                clearAriaLabel="Clear"
                placeholder="arn:aws:logs:us-east-1:000000000000:log-group:/aws/vendedlogs/states/mine:*"
                empty="No log groups"
              />
            </FormField>
          )}
        </ColumnLayout>
        <SpaceBetween size="xs">
          <Checkbox checked={draft.logsData} disabled={draft.logLevel === "OFF"} onChange={({ detail }) => onChange({ logsData: detail.checked })}>
            Write inputs and outputs to the log
          </Checkbox>
          <Checkbox checked={draft.isTraced} onChange={({ detail }) => onChange({ isTraced: detail.checked })}>
            Trace executions
          </Checkbox>
        </SpaceBetween>
      </Container>
      {isNew && (
        <Container header={<Header variant="h2">Tags</Header>}>
          <FormField stretch errorText={refusedAt(refused, "tags")}>
            <TagsField tags={draft.tags} onChange={(tags) => onChange({ tags })} />
          </FormField>
        </Container>
      )}
    </SpaceBetween>
  );
}
