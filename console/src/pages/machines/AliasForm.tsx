// SPDX-License-Identifier: Apache-2.0
// Creates an alias, or changes what it routes to.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import Select, { type SelectProps } from "@cloudscape-design/components/select";
import Slider from "@cloudscape-design/components/slider";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { type ApiError, asApiError } from "../../api/api-error";
import { usePages } from "../../api/use-pages";
import { Empty } from "../../components/Empty";
import { ErrorBox } from "../../components/ErrorBox";
import { Routing } from "./AliasesTab";
import { type Alias, listVersions, type Machine, qualifierOf, type Route, states } from "./api";

interface Props {
  machine: Machine;
  alias: Alias | undefined;
  onDone: (message?: string) => void;
}

const kNone = "none";

function nameProblem(name: string): string {
  if (name === "") return "";
  if (name.length > 80) return `At most 80 characters; these are ${name.length}.`;
  // API CreateStateMachineAlias, "name".
  if (/^[0-9]+$/.test(name)) return "A number would be a version.";
  return /^[A-Za-z0-9_.-]+$/.test(name) ? "" : "Letters, digits, - _ and . only.";
}

export function AliasForm({ machine, alias, onDone }: Props) {
  const versions = usePages(`alias versions ${machine.stateMachineArn}`, (token, signal) => listVersions(machine.stateMachineArn, token, signal));
  const [name, setName] = useState(alias?.name ?? "");
  const [description, setDescription] = useState(alias?.description ?? "");
  const [first, setFirst] = useState<string | undefined>(alias?.routingConfiguration[0]?.stateMachineVersionArn);
  const [second, setSecond] = useState<string>(alias?.routingConfiguration[1]?.stateMachineVersionArn ?? kNone);
  const [weight, setWeight] = useState(alias?.routingConfiguration[0]?.weight ?? 90);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);

  const firstArn = first ?? versions.items[0]?.stateMachineVersionArn;
  const hasTwo = second !== kNone && second !== firstArn;
  const share = hasTwo ? (alias?.routingConfiguration.length === 1 && weight === 100 ? 90 : weight) : 100;
  const routes: Route[] =
    firstArn === undefined ? [] : [{ stateMachineVersionArn: firstArn, weight: share }, ...(hasTwo ? [{ stateMachineVersionArn: second, weight: 100 - share }] : [])];
  const problem = nameProblem(name);

  const save = async () => {
    setBusy(true);
    try {
      if (alias === undefined) await states("CreateStateMachineAlias", { name, ...(description === "" ? {} : { description }), routingConfiguration: routes });
      else await states("UpdateStateMachineAlias", { stateMachineAliasArn: alias.stateMachineAliasArn, description, routingConfiguration: routes });
      onDone(alias === undefined ? `Alias ${name} was created.` : `Alias ${name} was saved.`);
    } catch (failure) {
      setError(asApiError(failure));
      setBusy(false);
    }
  };

  const options: SelectProps.Option[] = versions.items.map((each) => ({ value: each.stateMachineVersionArn, label: `Version ${qualifierOf(each.stateMachineVersionArn)}` }));
  const optionOf = (arn: string | undefined) => options.find((each) => each.value === arn) ?? (arn === undefined || arn === kNone ? null : { value: arn, label: `Version ${qualifierOf(arn)}` });
  const none = { value: kNone, label: "None" };
  return (
    <Modal
      visible
      header={alias === undefined ? "Create alias" : `Edit alias ${alias.name}`}
      onDismiss={() => onDone()}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={() => onDone()}>
              Cancel
            </Button>
            <Button variant="primary" loading={isBusy} disabled={name === "" || problem !== "" || routes.length === 0} onClick={() => void save()}>
              {alias === undefined ? "Create alias" : "Save"}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      {versions.items.length === 0 && !versions.isLoading ? (
        <Empty title="No versions">An alias stands for versions: publish one first.</Empty>
      ) : (
        <SpaceBetween size="m">
          {error !== null && <ErrorBox error={error} />}
          <FormField label="Name" errorText={problem}>
            <Input value={name} disabled={alias !== undefined} onChange={({ detail }) => setName(detail.value)} placeholder="PROD" spellcheck={false} autoComplete={false} />
          </FormField>
          <FormField label="Description" errorText={description.length > 256 ? `At most 256 characters; these are ${description.length}.` : undefined}>
            <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
          </FormField>
          <div className="pawl-form-columns">
            <FormField label="Version">
              <Select options={options} selectedOption={optionOf(firstArn)} onChange={({ detail }) => setFirst(detail.selectedOption.value)} statusType={versions.isLoading ? "loading" : "finished"} />
            </FormField>
            <FormField label="Second version">
              <Select options={[none, ...options.filter((each) => each.value !== firstArn)]} selectedOption={hasTwo ? optionOf(second) : none} onChange={({ detail }) => setSecond(detail.selectedOption.value ?? kNone)} />
            </FormField>
          </div>
          {hasTwo && (
            <FormField label={`Share of version ${qualifierOf(firstArn ?? "")}`}>
              <Slider value={share} min={0} max={100} step={1} valueFormatter={(value) => `${value} %`} referenceValues={[25, 50, 75]} ariaLabel="Share of the first version" onChange={({ detail }) => setWeight(detail.value)} />
            </FormField>
          )}
          {routes.length > 0 && <Routing routes={routes} />}
        </SpaceBetween>
      )}
    </Modal>
  );
}
