// SPDX-License-Identifier: Apache-2.0
// The form that starts an execution: of a machine, a version or an alias; of EXPRESS machines also with the answer at once.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import Select, { type SelectProps } from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useNavigate } from "react-router";
import { type ApiError, asApiError } from "../../api/api-error";
import { useLoaded } from "../../api/use-call";
import { ErrorBox } from "../../components/ErrorBox";
import { Name } from "../../components/Link";
import type { JsonMistake } from "../../editor/json-scan";
import { JsonEditor } from "../../editor/JsonEditor";
import { describeMachine, listAliases, listVersions, nameOfMachine, pathOfExecution, qualifierOf, states, withoutQualifier } from "./api";
import { rememberedInputs, rememberInput } from "./remembered-inputs";
import { SyncAnswer, type SyncOutput } from "./SyncAnswer";

interface Props {
  /** May be that of a version or an alias. */
  stateMachineArn: string;
  initialInput?: string | undefined;
  name?: string | undefined;
  onClose: () => void;
  /** Instead of going to the execution's page. */
  onStarted?: ((executionArn: string) => void) | undefined;
}

/** "Maximum input or output size" of AWS Step Functions: 256 KiB of UTF-8. */
export const kInputBytesMax = 262_144;
const kTooLong = "1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length less than or equal to 262144";
const kExample = "{}";

function newName(): string {
  return globalThis.crypto?.randomUUID?.() ?? `${Date.now().toString(16)}-${Math.random().toString(16).slice(2, 14)}`;
}

async function loadChoices(arn: string, signal: AbortSignal) {
  const machineArn = withoutQualifier(arn);
  const [machine, versions, aliases] = await Promise.all([
    describeMachine(machineArn, signal),
    // Express machines and plain ones have them alike; without permission to list them the machine itself remains.
    listVersions(machineArn, undefined, signal).catch(() => ({ items: [] })),
    listAliases(machineArn, undefined, signal).catch(() => ({ items: [] })),
  ]);
  return { machine, versions: versions.items.map((each) => each.stateMachineVersionArn), aliases: aliases.items.map((each) => each.stateMachineAliasArn) };
}

export default function StartExecution({ stateMachineArn, initialInput, name: initialName, onClose, onStarted }: Props) {
  const navigate = useNavigate();
  const machineArn = withoutQualifier(stateMachineArn);
  const remembered = rememberedInputs(machineArn);
  const [name, setName] = useState(() => initialName ?? newName());
  const [input, setInput] = useState(() => initialInput ?? remembered[0] ?? kExample);
  const [mistake, setMistake] = useState<JsonMistake | null>(null);
  const [target, setTarget] = useState(stateMachineArn);
  const [isSync, setSync] = useState(true);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const [output, setOutput] = useState<SyncOutput | null>(null);
  const { data } = useLoaded(`start ${machineArn}`, (signal) => loadChoices(machineArn, signal));

  const isExpress = data?.machine.type === "EXPRESS";
  const isTooLong = new Blob([input]).size > kInputBytesMax;
  const nameError = nameProblem(name);

  const start = async () => {
    if (isTooLong || mistake !== null || nameError !== "") return;
    setBusy(true);
    setError(null);
    try {
      const request = { stateMachineArn: target, name, ...(input.trim() === "" ? {} : { input }) };
      rememberInput(machineArn, input);
      if (isExpress && isSync) {
        setOutput(await states<SyncOutput>("StartSyncExecution", request));
        setName(newName());
        setBusy(false);
        return;
      }
      const { executionArn } = await states<{ executionArn: string }>("StartExecution", request);
      onClose();
      if (onStarted !== undefined) onStarted(executionArn);
      else void navigate(pathOfExecution(executionArn));
    } catch (failure) {
      setError(asApiError(failure));
      setBusy(false);
    }
  };

  const options = targetOptions(machineArn, data?.versions ?? [], data?.aliases ?? []);
  const chosen = options.flatMap((each) => ("options" in each ? [...each.options] : [each])).find((each) => each.value === target);
  return (
    <Modal
      visible
      size="large"
      header={
        <>
          {"Start execution of "}
          <Name>{nameOfMachine(machineArn)}</Name>
        </>
      }
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              {output === null ? "Cancel" : "Close"}
            </Button>
            <Button variant="primary" loading={isBusy} disabled={mistake !== null || isTooLong || nameError !== ""} onClick={() => void start()}>
              Start execution
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {error !== null && <ErrorBox error={error} />}
        <div className="pawl-form-columns">
          <FormField label="Name" errorText={nameError}>
            <Input
              value={name}
              onChange={({ detail }) => setName(detail.value)}
              spellcheck={false}
              autoComplete={false}
            />
          </FormField>
          {options.length > 1 && (
            <FormField label="Version or alias">
              <Select options={options} selectedOption={chosen ?? { value: target, label: qualifierOf(target) ?? "Current revision" }} onChange={({ detail }) => setTarget(detail.selectedOption.value ?? machineArn)} />
            </FormField>
          )}
          {isExpress && (
            <FormField label="Answer">
              <SegmentedControl
                label="Answer"
                selectedId={isSync ? "sync" : "async"}
                onChange={({ detail }) => setSync(detail.selectedId === "sync")}
                options={[
                  { id: "sync", text: "Wait for the output" },
                  { id: "async", text: "Start only" },
                ]}
              />
            </FormField>
          )}
        </div>
        <div>
          <div className="pawl-workbench-bar">
            <Box variant="awsui-key-label">Input</Box>
              {remembered.length > 0 && (
                <ButtonDropdown items={remembered.map((text, index) => ({ id: String(index), text: shortOf(text) }))} onItemClick={({ detail }) => setInput(remembered[Number(detail.id)] ?? "")}>
                  Earlier inputs
                </ButtonDropdown>
              )}
          </div>
          <FormField stretch errorText={isTooLong ? kTooLong : undefined}>
          <JsonEditor label="Input" value={input} onChange={setInput} onMistake={setMistake} allowsEmpty height={output === null ? 280 : 160} bytesMax={kInputBytesMax} placeholder="Empty: {}" />
          </FormField>
        </div>
        {output !== null && <SyncAnswer output={output} />}
        {data?.machine.status === "DELETING" && <Alert type="warning">The state machine is being deleted.</Alert>}
      </SpaceBetween>
    </Modal>
  );
}

function nameProblem(name: string): string {
  if (name === "") return "A name is needed.";
  if (name.length > 80) return `At most 80 characters; these are ${name.length}.`;
  // API StartExecution, "name".
  const wrong = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff]/u.exec(name)?.[0];
  if (wrong === undefined) return "";
  return /\s/.test(wrong) ? "No white space." : `${JSON.stringify(wrong).slice(1, -1)} is not allowed.`;
}

function shortOf(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > 70 ? `${line.slice(0, 70)}…` : line;
}

function targetOptions(machineArn: string, versions: string[], aliases: string[]): (SelectProps.Option | SelectProps.OptionGroup)[] {
  const option = (arn: string) => ({ value: arn, label: qualifierOf(arn) ?? arn });
  return [
    { value: machineArn, label: "Current revision" },
    ...(aliases.length === 0 ? [] : [{ label: "Aliases", options: aliases.map(option) }]),
    ...(versions.length === 0 ? [] : [{ label: "Versions", options: versions.map(option) }]),
  ];
}
