// SPDX-License-Identifier: Apache-2.0
// Test a state: one state alone, with an input, with a made-up result or error, and what its data went through.
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import FormField from "@cloudscape-design/components/form-field";
import Grid from "@cloudscape-design/components/grid";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useEffect, useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { type ApiError, asApiError } from "../../api/api-error";
import { call } from "../../api/console-api";
import { useCall } from "../../api/use-call";
import { useCrumbs } from "../../app/frame";
import { ErrorBox } from "../../components/ErrorBox";
import { JsonEditor } from "../../editor/JsonEditor";
import { Outcome } from "./Outcome";
import "./test-state.css";
import { type Draft, kFirst, type Level, type MockKind, requestOf, stateNames, type TestStateOutput } from "./test-state";

type Change = (more: Partial<Draft>) => void;

export default function TestStatePage() {
  useCrumbs(["Test a state", "/test-state"]);
  const [params, setParams] = useSearchParams();
  const machineArn = params.get("machine") ?? "";
  const [draft, setDraft] = useState<Draft>({ ...kFirst, stateName: params.get("state") ?? "" });
  const [isBusy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<{ output: TestStateOutput; took: number } | null>(null);
  const [error, setError] = useState<ApiError | undefined>();
  const change: Change = (more) => setDraft((old) => ({ ...old, ...more }));

  const run = async () => {
    setBusy(true);
    setError(undefined);
    const begin = performance.now();
    try {
      const output = await call<TestStateOutput>("stepfunctions", "TestState", requestOf(draft));
      setOutcome({ output, took: Math.round(performance.now() - begin) });
    } catch (failure) {
      setError(asApiError(failure));
      setOutcome(null);
    } finally {
      setBusy(false);
    }
  };

  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description="Runs one state alone. Nothing is started; with a made-up result nothing is called either."
          actions={
            <Button variant="primary" loading={isBusy} onClick={() => void run()}>
              Run test
            </Button>
          }
        >
          Test a state
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Grid gridDefinition={[{ colspan: { default: 12, m: 6 } }, { colspan: { default: 12, m: 6 } }]}>
          <Definition
            machineArn={machineArn}
            draft={draft}
            change={change}
            onMachine={(arn) => setParams(arn === "" ? {} : { machine: arn }, { replace: true })}
            onState={(state) => {
              change({ stateName: state });
              if (machineArn !== "") setParams({ machine: machineArn, ...(state === "" ? {} : { state }) }, { replace: true });
            }}
          />
          <DataTabs draft={draft} change={change} />
        </Grid>
        {error !== undefined && <ErrorBox error={error} />}
        {outcome !== null && <Outcome output={outcome.output} took={outcome.took} />}
      </SpaceBetween>
    </ContentLayout>
  );
}

interface DefinitionProps {
  machineArn: string;
  draft: Draft;
  change: Change;
  onMachine: (arn: string) => void;
  onState: (state: string) => void;
}

const kOwn = { value: "", label: "A state of my own" };

function Definition({ machineArn, draft, change, onMachine, onState }: DefinitionProps) {
  const machines = useCall<{ stateMachines: { stateMachineArn: string; name: string }[] }>("stepfunctions", "ListStateMachines", { maxResults: 1000 });
  const machine = useCall<{ definition: string }>("stepfunctions", "DescribeStateMachine", { stateMachineArn: machineArn }, { enabled: machineArn !== "" });
  const definition = machine.data?.definition;
  useEffect(() => {
    if (definition !== undefined) change({ definition });
    // Once for each machine: what is typed afterwards stays.
  }, [definition]); // eslint-disable-line
  const names = useMemo(() => stateNames(draft.definition), [draft.definition]);
  const isMachine = names.length > 0;
  useEffect(() => {
    if (isMachine ? !names.includes(draft.stateName) : draft.stateName !== "" && machineArn === "") change({ stateName: isMachine ? (names[0] ?? "") : "" });
  }, [names, isMachine, draft.stateName, machineArn]);
  const options = [kOwn, ...(machines.data?.stateMachines ?? []).map((each) => ({ value: each.stateMachineArn, label: each.name }))];

  return (
    <Container header={<Header variant="h2">State</Header>}>
      <SpaceBetween size="s">
        <Grid gridDefinition={[{ colspan: { default: 12, s: 6 } }, { colspan: { default: 12, s: 6 } }]}>
          <FormField label="From">
            <Select
              selectedOption={options.find((each) => each.value === machineArn) ?? { value: machineArn, label: machineArn.split(":").at(-1) ?? "" }}
              options={options}
              filteringType="auto"
              statusType={machines.isLoading ? "loading" : "finished"}
              onChange={({ detail }) => {
                const arn = detail.selectedOption.value ?? "";
                if (arn === "") change({ definition: kFirst.definition, stateName: "" });
                onMachine(arn);
              }}
            />
          </FormField>
          <FormField label="State">
            <Select
              selectedOption={draft.stateName === "" ? null : { value: draft.stateName, label: draft.stateName }}
              placeholder={isMachine ? "Choose a state" : "The definition is one state"}
              disabled={!isMachine}
              filteringType="auto"
              options={names.map((name) => ({ value: name, label: name }))}
              onChange={({ detail }) => onState(detail.selectedOption.value ?? "")}
            />
          </FormField>
        </Grid>
        {machine.error !== undefined && <ErrorBox error={machine.error} onRetry={machine.reload} />}
        <JsonEditor value={draft.definition} label="Definition" height={380} onChange={(text) => change({ definition: text })} />
      </SpaceBetween>
    </Container>
  );
}

const kInputBytesMax = 262_144;

function DataTabs({ draft, change }: { draft: Draft; change: Change }) {
  const json = (name: "input" | "variables" | "context", what: string) => (
    <SpaceBetween size="xs">
      <span>{what}</span>
      <JsonEditor value={draft[name]} label={name} height={376} allowsEmpty bytesMax={kInputBytesMax} onChange={(text) => change({ [name]: text })} />
    </SpaceBetween>
  );
  return (
    <Container>
      <Tabs
        ariaLabel="Data"
        i18nStrings={{ scrollLeftAriaLabel: "Earlier tabs", scrollRightAriaLabel: "Later tabs" }}
        tabs={[
          { id: "input", label: "Input", content: json("input", "The state's input.") },
          { id: "mock", label: draft.mock === "none" ? "Mock" : draft.mock === "result" ? "Mock: result" : "Mock: error", content: <Mock draft={draft} change={change} /> },
          { id: "variables", label: "Variables", content: json("variables", "An object: name to value.") },
          { id: "context", label: "Context", content: json("context", "The Context Object; empty: one is made up.") },
          { id: "settings", label: "Settings", content: <Settings draft={draft} change={change} /> },
        ]}
      />
    </Container>
  );
}

function Mock({ draft, change }: { draft: Draft; change: Change }) {
  return (
    <SpaceBetween size="s">
      <SegmentedControl
        label="What the state's work gives"
        selectedId={draft.mock}
        options={[
          { id: "none", text: "Call it" },
          { id: "result", text: "A result" },
          { id: "error", text: "An error" },
        ]}
        onChange={({ detail }) => change({ mock: detail.selectedId as MockKind })}
      />
      {draft.mock === "none" && <span>The Resource is called, with its effects. States that call nothing need no mock.</span>}
      {draft.mock === "result" && (
        <>
          <JsonEditor value={draft.mockResult} label="Result" height={260} onChange={(text) => change({ mockResult: text })} />
          <FormField label="Check of the result" description="Against what the service's operation answers.">
            <SegmentedControl
              label="Check of the result"
              selectedId={draft.validation}
              options={[
                { id: "STRICT", text: "Strict" },
                { id: "PRESENT", text: "Present members" },
                { id: "NONE", text: "None" },
              ]}
              onChange={({ detail }) => change({ validation: detail.selectedId as Draft["validation"] })}
            />
          </FormField>
        </>
      )}
      {draft.mock === "error" && (
        <>
          <FormField label="Error">
            <Input value={draft.mockError} onChange={({ detail }) => change({ mockError: detail.value })} />
          </FormField>
          <FormField label="Cause">
            <Input value={draft.mockCause} onChange={({ detail }) => change({ mockCause: detail.value })} />
          </FormField>
          <FormField label="Retries made before" description="By the Retrier that matches.">
            <Input type="number" inputMode="numeric" value={draft.retryCount} placeholder="0" onChange={({ detail }) => change({ retryCount: detail.value })} />
          </FormField>
        </>
      )}
    </SpaceBetween>
  );
}

function Settings({ draft, change }: { draft: Draft; change: Change }) {
  return (
    <SpaceBetween size="m">
      <FormField label="Inspection level" description="TRACE also shows the request and response of an HTTP task.">
        <SegmentedControl
          label="Inspection level"
          selectedId={draft.level}
          options={(["INFO", "DEBUG", "TRACE"] as const).map((level) => ({ id: level, text: level }))}
          onChange={({ detail }) => change({ level: detail.selectedId as Level })}
        />
      </FormField>
      <Checkbox checked={draft.revealSecrets} disabled={draft.level !== "TRACE"} onChange={({ detail }) => change({ revealSecrets: detail.checked })}>
        Show secrets of the HTTP request
      </Checkbox>
      <FormField label="Role" description="Needed where the state calls something and policies are enforced.">
        <Input value={draft.roleArn} placeholder="arn:aws:iam::000000000000:role/name" onChange={({ detail }) => change({ roleArn: detail.value })} />
      </FormField>
    </SpaceBetween>
  );
}
