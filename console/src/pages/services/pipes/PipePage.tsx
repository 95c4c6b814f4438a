// SPDX-License-Identifier: Apache-2.0
// A pipe, drawn as what it is: source, filter, enrichment, target; each with its settings.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { useNavigate, useParams } from "react-router";
import { call } from "../../../api/console-api";
import { useCall } from "../../../api/use-call";
import { useCrumbs } from "../../../app/frame";
import { JsonView } from "../../../components/JsonView";
import { StatusBadge, statusWord } from "../../../components/StatusBadge";
import { Timestamp } from "../../../components/Timestamp";
import { ArnLink } from "../shared/ArnLink";
import { parseArn, paths } from "../shared/arn-path";
import { type Fact, FactList, Facts } from "../shared/Facts";
import { LoadedView } from "../shared/LoadedView";
import { SwitchableHeader } from "../shared/SwitchableHeader";
import { useAct } from "../shared/use-act";
import type { Pipe } from "./pipe-types";
import "./pipe.css";

const kPollMs = 3000;

export default function PipePage() {
  const { pipe: name = "" } = useParams();
  const navigate = useNavigate();
  const act = useAct();
  useCrumbs(["Pipes", "/pipes"], [name, paths.pipe(name)]);
  const loaded = useCall<Pipe>("pipes", "DescribePipe", { Name: name }, { pollMs: kPollMs });
  const isRunning = loaded.data?.DesiredState === "RUNNING";
  const change = async () => {
    await act({ failed: "The pipe could not be changed", succeeded: isRunning ? "The pipe stops." : "The pipe starts." }, () => call("pipes", isRunning ? "StopPipe" : "StartPipe", { Name: name }));
    loaded.reload();
  };
  const remove = async () => {
    const isDone = await act({ failed: "The pipe could not be deleted", succeeded: "The pipe is being deleted." }, () => call("pipes", "DeletePipe", { Name: name }));
    if (isDone) void navigate("/pipes");
  };
  return (
    <SpaceBetween size="m">
      <SwitchableHeader kind="pipe" name={name} arn={loaded.data?.Arn} switchText={isRunning ? "Stop" : "Start"} onSwitch={change} onDelete={remove} />
      <LoadedView loaded={loaded}>{(pipe) => <Details pipe={pipe} />}</LoadedView>
    </SpaceBetween>
  );
}

function Details({ pipe }: { pipe: Pipe }) {
  const { FilterCriteria, ...source } = pipe.SourceParameters ?? {};
  const filters = FilterCriteria?.Filters ?? [];
  return (
    <SpaceBetween size="m">
      {pipe.StateReason !== undefined && pipe.StateReason !== "" && (
        <Alert type={/FAILED/.test(pipe.CurrentState ?? "") ? "error" : "info"} header={pipe.CurrentState}>
          <span className="pawl-wrap">{pipe.StateReason}</span>
        </Alert>
      )}
      <Facts
        facts={[
          ["Status", <StatusBadge status={pipe.CurrentState ?? ""} />],
          ["Wanted", statusWord(pipe.DesiredState ?? "")],
          ["Role", pipe.RoleArn === undefined ? undefined : <ArnLink arn={pipe.RoleArn} short />],
          ["Last modified", <Timestamp value={pipe.LastModifiedTime} />],
          ["Description", pipe.Description ? <bdi>{pipe.Description}</bdi> : undefined],
        ]}
      />
      <div className="pawl-pipe">
        <Stage title="Source" arn={pipe.Source} parameters={source} />
        <Stage title="Filter" isOff={filters.length === 0}>
          {filters.length === 0 ? "None: everything passes" : filters.map(({ Pattern = "" }, index) => <JsonView key={index} text={Pattern} label={`Filter ${index + 1}`} heightMax={260} />)}
        </Stage>
        <Stage title="Enrichment" arn={pipe.Enrichment || undefined} parameters={pipe.EnrichmentParameters} isOff={!pipe.Enrichment}>
          {pipe.Enrichment ? undefined : "None"}
        </Stage>
        <Stage title="Target" arn={pipe.Target} parameters={pipe.TargetParameters} />
      </div>
    </SpaceBetween>
  );
}

/** Settings that lie deep, by their own names: {SqsQueueParameters: {BatchSize: 5}} is BatchSize 5. */
function leavesOf(parameters: Record<string, unknown>): Fact[] {
  return Object.entries(parameters).flatMap(([name, value]): Fact[] => {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return leavesOf(value as Record<string, unknown>);
    return value === undefined || value === null ? [] : [[name, <bdi className="pawl-wrap">{typeof value === "string" ? value : JSON.stringify(value)}</bdi>]];
  });
}

interface StageProps {
  title: string;
  arn?: string | undefined;
  parameters?: Record<string, unknown> | undefined;
  isOff?: boolean;
  children?: ReactNode;
}

function Stage({ title, arn, parameters, isOff = false, children }: StageProps) {
  const settings = leavesOf(parameters ?? {});
  return (
    <section className={isOff ? "pawl-stage pawl-stage-off" : "pawl-stage"} aria-label={title}>
      <Box variant="h2" fontSize="heading-s">{title}</Box>
      {arn !== undefined && (
        <div>
          <Box color="text-body-secondary" fontSize="body-s">
            {parseArn(arn)?.service.toUpperCase()}
          </Box>
          <ArnLink arn={arn} short />
        </div>
      )}
      {children}
      {settings.length > 0 && <FactList columns={1} facts={settings} />}
    </section>
  );
}
