// SPDX-License-Identifier: Apache-2.0
// Two definitions side by side, as pictures and as text: revisions, versions, other machines, or a text that is edited.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import Select, { type SelectProps } from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { useLoaded } from "../../api/use-call";
import { ErrorBox } from "../../components/ErrorBox";
import { formatJson } from "../../editor/json-scan";
import { TextDiff } from "../../editor/TextDiff";
import { type DefinitionCheck, useDefinitionCheck } from "../../editor/use-definition-check";
import type { ChangeMark, LaidOutGraph } from "../../graph/types";
import { describeMachine, listVersions, type Machine, type MachineItem, nameOfMachine, qualifierOf, states } from "./api";
import { compareDefinitions, type DefinitionDiff, differingEdges, type StateChange } from "./definition-diff";
import { Picture } from "./Workbench";
import "./machines.css";

/** Stands for the text of the page's editor. */
export const kEdited = "edited";

interface Props {
  machine: Machine;
  /** The JSON of the text that is edited. */
  edited?: string | undefined;
}

interface Side {
  definition: string;
  type: Machine["type"];
}

async function loadChoices(arn: string, signal: AbortSignal) {
  const [versions, machines] = await Promise.all([
    listVersions(arn, undefined, signal),
    states<{ stateMachines: MachineItem[] }>("ListStateMachines", { maxResults: 1000 }, signal),
  ]);
  return { versions: versions.items.map((each) => each.stateMachineVersionArn), machines: machines.stateMachines.filter((each) => each.stateMachineArn !== arn) };
}

export function CompareTab({ machine, edited }: Props) {
  const arn = machine.stateMachineArn;
  const [search, setSearch] = useSearchParams();
  const choices = useLoaded(`compare ${arn}`, (signal) => loadChoices(arn, signal));
  const left = search.get("left") ?? (edited === undefined ? (choices.data?.versions[0] ?? arn) : arn);
  const right = search.get("right") ?? (edited === undefined ? arn : kEdited);
  const view = search.get("view") === "text" ? "text" : "graph";
  const before = useSide(left, machine, edited);
  const after = useSide(right, machine, edited);

  const change = (values: Record<string, string>) =>
    setSearch((old) => {
      const next = new URLSearchParams(old);
      for (const [name, value] of Object.entries(values)) next.set(name, value);
      return next;
    }, { replace: true });

  const options = useMemo(() => optionsOf(arn, choices.data, edited !== undefined), [arn, choices.data, edited]);
  const select = (label: string, value: string, name: string) => (
    <FormField label={label}>
      <Select
        options={options}
        selectedOption={{ value, label: nameOfSide(value, arn) }}
        onChange={({ detail }) => change({ [name]: detail.selectedOption.value ?? arn })}
        filteringType="auto"
        expandToViewport
        statusType={choices.isLoading ? "loading" : "finished"}
      />
    </FormField>
  );
  return (
    <SpaceBetween size="s">
      <div className="pawl-compare-bar">
        {select("Before", left, "left")}
        <Button iconName="arrow-right" ariaLabel="Exchange before and after" onClick={() => change({ left: right, right: left })} />
        {select("After", right, "right")}
        <SegmentedControl
          label="Compared as"
          selectedId={view}
          onChange={({ detail }) => change({ view: detail.selectedId })}
          options={[
            { id: "graph", text: "Graph" },
            { id: "text", text: "Text" },
          ]}
        />
      </div>
      {before.error !== undefined && <ErrorBox error={before.error} onRetry={before.reload} />}
      {after.error !== undefined && <ErrorBox error={after.error} onRetry={after.reload} />}
      {before.data !== undefined && after.data !== undefined ? (
        <Compared before={before.data} after={after.data} labels={[nameOfSide(left, arn), nameOfSide(right, arn)]} view={view} />
      ) : (
        before.error === undefined && after.error === undefined && <Spinner />
      )}
    </SpaceBetween>
  );
}

function useSide(value: string, machine: Machine, edited: string | undefined) {
  const isHere = value === machine.stateMachineArn || value === kEdited;
  const loaded = useLoaded<Side>(`side ${value}`, (signal) => describeMachine(value, signal), { enabled: !isHere });
  if (value === kEdited) return { ...loaded, data: { definition: edited ?? "", type: machine.type } };
  return isHere ? { ...loaded, data: machine as Side } : loaded;
}

function nameOfSide(value: string, arn: string): string {
  if (value === kEdited) return "The text in the editor";
  const qualifier = qualifierOf(value);
  const own = value === arn || value.startsWith(`${arn}:`);
  if (qualifier !== undefined) return own ? `Version ${qualifier}` : `${nameOfMachine(value)}, ${qualifier}`;
  return own ? "Current revision" : nameOfMachine(value);
}

function optionsOf(arn: string, data: Awaited<ReturnType<typeof loadChoices>> | undefined, isEditing: boolean): SelectProps.Options {
  const own = [...(isEditing ? [kEdited] : []), arn, ...(data?.versions ?? [])];
  return [
    { label: "This state machine", options: own.map((value) => ({ value, label: nameOfSide(value, arn) })) },
    { label: "Others", options: (data?.machines ?? []).map((each) => ({ value: each.stateMachineArn, label: each.name })) },
  ].filter((group) => group.options.length > 0);
}

function laidOut(definition: string): string {
  return formatJson(definition) ?? definition;
}

export function Compared({ before, after, labels, view }: { before: Side; after: Side; labels: [string, string]; view: "graph" | "text" }) {
  const texts = useMemo(() => [laidOut(before.definition), laidOut(after.definition)] as const, [before.definition, after.definition]);
  const diff = useMemo(() => {
    try {
      return compareDefinitions(texts[0], texts[1]);
    } catch {
      return null;
    }
  }, [texts]);
  const [selected, setSelected] = useState<string | null>(null);
  const checks = [useDefinitionCheck(before.definition, "JSON", before.type), useDefinitionCheck(after.definition, "JSON", after.type)] as const;
  const edges = useEdgeMarks(checks[0].graph, checks[1].graph);
  const change = diff?.states.find((each) => each.pointer === selected || each.pointerBefore === selected);

  return (
    <SpaceBetween size="s">
      {diff === null ? <Alert type="warning">One of the texts does not parse.</Alert> : <Summary diff={diff} selected={change} onSelect={(state) => setSelected(state.pointer)} />}
      {view === "text" || diff === null ? (
        <>
          <div className="pawl-compare-heads">
            {labels.map((label, index) => (
              <Box key={index} variant="strong">
                <bdi>{label}</bdi>
              </Box>
            ))}
          </div>
          <TextDiff before={texts[0]} after={texts[1]} labels={labels} isCollapsed={diff?.isSame !== true} height="max(380px, calc(100vh - 400px))" />
        </>
      ) : (
        <div className="pawl-compare-graphs">
          <Half check={checks[0]} label={labels[0]} marks={diff.before} edgeMarks={edges.before} selected={change?.pointerBefore ?? selected} onSelect={setSelected} />
          <Half check={checks[1]} label={labels[1]} marks={diff.after} edgeMarks={edges.after} selected={change?.pointer ?? selected} onSelect={setSelected} />
        </div>
      )}
    </SpaceBetween>
  );
}

/** The ways that only one of the graphs has. */
function useEdgeMarks(before: unknown, after: unknown) {
  return useMemo(() => {
    const marks = (graph: unknown, other: unknown, mark: ChangeMark) => {
      if (!graph || !other) return undefined;
      return new Map([...differingEdges(graph as LaidOutGraph, other as LaidOutGraph)].map((index) => [index, mark] as const));
    };
    return { before: marks(before, after, "removed"), after: marks(after, before, "added") };
  }, [before, after]);
}

interface HalfProps {
  check: DefinitionCheck;
  label: string;
  marks: DefinitionDiff["before"];
  edgeMarks: ReadonlyMap<number, ChangeMark> | undefined;
  selected: string | null;
  onSelect: (pointer: string) => void;
}

function Half({ check, label, marks, edgeMarks, selected, onSelect }: HalfProps) {
  return (
    <section aria-label={label} className="pawl-compare-half">
      <Box variant="strong">
        <bdi>{label}</bdi>
      </Box>
      <div className="pawl-workbench-graph pawl-workbench-fill">
        <Picture check={check} label={`The states of ${label}`} marks={marks} edgeMarks={edgeMarks} selected={selected} onSelect={onSelect} />
      </div>
    </section>
  );
}

function Summary({ diff, selected, onSelect }: { diff: DefinitionDiff; selected: StateChange | undefined; onSelect: (state: StateChange) => void }) {
  if (diff.isSame) return <StatusIndicator type="success">The definitions are the same</StatusIndicator>;
  const count = (kind: StateChange["kind"]) => diff.states.filter((each) => each.kind === kind).length;
  return (
    <div className="pawl-compare-summary">
      <div className="pawl-row">
        {(["added", "removed", "changed"] as const).map((kind) => (
          <span key={kind} className={count(kind) === 0 ? "pawl-quiet" : `pawl-count pawl-count-${kind}`}>{`${count(kind)} ${kind}`}</span>
        ))}
        {diff.fields.length > 0 && <span className="pawl-count pawl-count-changed">{`${diff.fields.join(", ")} of the machine`}</span>}
      </div>
      <ul className="pawl-compare-list" aria-label="States that differ">
        {diff.states.slice(0, 200).map((state) => (
          <li key={`${state.kind} ${state.pointer}`}>
            <button type="button" className={`pawl-compare-state pawl-compare-${state.kind}`} aria-pressed={state === selected} onClick={() => onSelect(state)}>
              <bdi>{state.name}</bdi>
              {state.fields.length > 0 && <span className="pawl-quiet">{` ${state.fields.join(", ")}`}</span>}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
