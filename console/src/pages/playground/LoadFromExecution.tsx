// SPDX-License-Identifier: Apache-2.0
// Takes input, Context Object and variables of a real execution at one of its events.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Modal from "@cloudscape-design/components/modal";
import Select, { type SelectProps } from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useState } from "react";
import { asApiError } from "../../api/api-error";
import { useCall, usePost } from "../../api/use-call";
import { useFrame } from "../../app/frame";
import { ErrorBox } from "../../components/ErrorBox";
import { LineList } from "../../travel/LineList";
import { type Line, type Moment, selectLine, type ShownValue } from "../../travel/moment";
import { TravelBar } from "../../travel/TravelBar";
import { loadWhole, useMoment } from "../../travel/use-moment";

export interface LoadedData {
  language: "JSONPath" | "JSONata";
  input: string;
  context: string;
  variables: string;
  states: string;
}

interface Props {
  executionArn?: string | undefined;
  onLoad: (data: LoadedData) => void;
  onClose: () => void;
}

interface Named {
  name: string;
  type?: string;
  status?: string;
  stateMachineArn: string;
  executionArn: string;
}

const pretty = (value: unknown) => JSON.stringify(value, null, 2);

export function LoadFromExecution({ executionArn: given, onLoad, onClose }: Props) {
  const { failed } = useFrame();
  const [machine, setMachine] = useState<SelectProps.Option | null>(null);
  const [execution, setExecution] = useState<string | undefined>(given);
  const [event, setEvent] = useState<number | undefined>();
  const [pinned, setPinned] = useState<string | undefined>();
  const [isBusy, setBusy] = useState(false);
  const machines = useCall<{ stateMachines: Named[] }>("stepfunctions", "ListStateMachines", { maxResults: 1000 });
  const executions = useCall<{ executions: Named[] }>("stepfunctions", "ListExecutions", { stateMachineArn: machine?.value ?? "", maxResults: 200 }, { enabled: machine !== null });
  const first = usePost<Moment>("execution/at", { executionArn: execution ?? "", event: 1 }, { enabled: execution !== undefined });
  const last = first.data?.lastEvent ?? 0;
  const at = Math.min(event ?? last, last);
  const { moment, error } = useMoment(execution ?? "", execution === undefined ? 0 : at, pinned);
  const line = moment === undefined ? undefined : selectLine(moment, pinned);

  const take = async (chosen: Line) => {
    if (moment === undefined) return;
    setBusy(true);
    try {
      const place = `/lines/${moment.lines.indexOf(chosen)}`;
      const whole = (shown: ShownValue, below: string) => (shown.truncated ? loadWhole(moment.executionArn, moment.event.id, chosen.line, place + below) : Promise.resolve(shown.value));
      const variables: Record<string, unknown> = {};
      for (const [index, each] of [...chosen.outerVariables.entries()].reverse()) variables[each.name] = await whole(each, `/outerVariables/${index}`);
      for (const [name, shown] of Object.entries(chosen.variables)) variables[name] = await whole(shown, `/variables/${name}`);
      const states: Record<string, unknown> = {};
      if (chosen.result !== undefined) states["result"] = await whole(chosen.result, "/result");
      if (chosen.error !== undefined) states["errorOutput"] = { Error: chosen.error.error, Cause: chosen.error.cause };
      onLoad({
        language: chosen.language,
        input: pretty(await whole(chosen.input, "/input")),
        context: pretty(chosen.context === null ? {} : await whole(chosen.context, "/context")),
        variables: pretty(variables),
        states: pretty(states),
      });
      onClose();
    } catch (failure) {
      failed("The data could not be loaded", asApiError(failure));
      setBusy(false);
    }
  };

  return (
    <Modal
      visible
      size="large"
      header="Load from an execution"
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" disabled={line === undefined} loading={isBusy} onClick={() => line !== undefined && void take(line)}>
              Load
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <FormField label="State machine" description="STANDARD machines keep the events of their executions.">
          <Select
            selectedOption={machine}
            filteringType="auto"
            placeholder="Choose a state machine"
            statusType={machines.isLoading ? "loading" : machines.error === undefined ? "finished" : "error"}
            loadingText="Loading"
            errorText={machines.error?.message ?? ""}
            empty="There are no state machines"
            options={(machines.data?.stateMachines ?? []).filter((each) => each.type !== "EXPRESS").map((each) => ({ value: each.stateMachineArn, label: each.name }))}
            onChange={({ detail }) => {
              setMachine(detail.selectedOption);
              setExecution(undefined);
            }}
          />
        </FormField>
        <FormField label="Execution">
          <Select
            selectedOption={execution === undefined ? null : { value: execution, label: execution.split(":").at(-1) ?? execution }}
            filteringType="auto"
            disabled={machine === null && execution === undefined}
            placeholder="Choose an execution"
            statusType={executions.isLoading && machine !== null ? "loading" : "finished"}
            loadingText="Loading"
            empty="It has no executions"
            options={(executions.data?.executions ?? []).map((each) => ({ value: each.executionArn, label: each.name, ...(each.status === undefined ? {} : { labelTag: each.status }) }))}
            onChange={({ detail }) => {
              setExecution(detail.selectedOption.value);
              setEvent(undefined);
              setPinned(undefined);
            }}
          />
        </FormField>
        {execution !== undefined && last > 0 && (
          <FormField label="Event" stretch>
            <div className="pawl-travel">
              <TravelBar executionArn={execution} eventId={at} lastEventId={last} onEvent={setEvent} />
              {moment !== undefined && <b>{moment.event.type}</b>}
              {moment === undefined && error === undefined && <Spinner />}
              {moment !== undefined && moment.lines.length > 0 && <LineList moment={moment} selected={line?.line} onSelect={setPinned} />}
              {moment !== undefined && moment.lines.length === 0 && <p className="pawl-travel-quiet">No line is alive at this event: choose an earlier one.</p>}
            </div>
          </FormField>
        )}
        {(error ?? first.error) !== undefined && <ErrorBox error={(error ?? first.error)!} />}
      </SpaceBetween>
    </Modal>
  );
}
