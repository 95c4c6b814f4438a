// SPDX-License-Identifier: Apache-2.0
// An execution as it goes: its graph, what is selected in it, its events, timeline and states.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { lazy, Suspense } from "react";
import { useParams } from "react-router";
import { useCrumbs } from "../../app/frame";
import { CompactTabs } from "../../components/CompactTabs";
import { ErrorBox } from "../../components/ErrorBox";
import { Link } from "../../components/Link";
import { paths } from "../services/shared/arn-path";
import { baseMachineArn, executionName, machineName } from "./api";
import "./execution.css";
import { ExpressExecutions } from "./ExpressExecutions";
import { EventsTable } from "./EventsTable";
import { ExecutionGraph } from "./ExecutionGraph";
import { ExecutionHeader } from "./ExecutionHeader";
import { Inspector } from "./Inspector";
import { type Scene, useScene } from "./scene";
import { StatesTable } from "./StatesTable";
import { Timeline } from "./Timeline";
import { useExecution } from "./use-execution";
import { usePicture } from "./use-picture";

const DefinitionTab = lazy(() => import("./DefinitionTab"));
const TimeTravel = lazy(() => import("./TimeTravel"));

export default function ExecutionPage() {
  const arn = useParams().arn ?? "";
  // arn:aws:states:REGION:ACCOUNT:express:MACHINE:NAME:ID
  return arn.split(":")[5] === "express" ? <OneExpress arn={arn} /> : <OneExecution key={arn} arn={arn} />;
}

function OneExpress({ arn }: { arn: string }) {
  const machine = baseMachineArn(arn).replace(":express:", ":stateMachine:");
  useCrumbs(["Executions", "/executions"], [machineName(machine), paths.stateMachine(machine)], [executionName(arn), paths.execution(arn)]);
  return (
    <SpaceBetween size="m">
      <Box variant="h1">
        <bdi className="pawl-wrap">{executionName(arn)}</bdi>
      </Box>
      <ExpressExecutions arn={machine} />
    </SpaceBetween>
  );
}

function OneExecution({ arn }: { arn: string }) {
  const live = useExecution(arn);
  const picture = usePicture(arn);
  const machine = picture.machine.data;
  const machineArn = live.execution?.stateMachineArn ?? machine?.stateMachineArn;
  useCrumbs(
    ["Executions", "/executions"],
    ...(machineArn === undefined ? [] : ([[machineName(machineArn), paths.stateMachine(baseMachineArn(machineArn))]] as [string, string][])),
    [executionName(arn), paths.execution(arn)],
  );
  const scene = useScene(arn, live, picture.graph, machine);

  if (live.error !== undefined && live.history.last === 0)
    return live.error.code === "ExecutionDoesNotExist" ? <Missing arn={arn} /> : <ErrorBox error={live.error} onRetry={live.reopen} />;
  if (live.execution === undefined && live.history.last === 0)
    return live.isGone ? (
      <Missing arn={arn} />
    ) : (
      <Box padding="xxl" textAlign="center">
        <Spinner size="large" />
        <Box color="text-body-secondary">Loading the execution</Box>
      </Box>
    );

  return (
    <div className="pawl-exec">
      <ExecutionHeader scene={scene} />
      {live.isGone && (
        <Alert type="warning" header="This execution was deleted">
          What was loaded before stays here to be read. Nothing more can be loaded.
        </Alert>
      )}
      <div className="pawl-exec-main">
        <ExecutionGraph scene={scene} problem={picture.problem ?? picture.machine.error?.message} />
        <Inspector scene={scene} />
      </div>
      <LowerTabs scene={scene} />
    </div>
  );
}

function LowerTabs({ scene }: { scene: Scene }) {
  const { history, live } = scene;
  return (
    <CompactTabs
      ariaLabel="What happened"
      active={scene.tab}
      onChange={scene.show}
      tabs={[
        { id: "events", label: "Events", count: history.last.toLocaleString("en"), content: <EventsTable scene={scene} /> },
        { id: "timeline", label: "Timeline", content: <Timeline scene={scene} /> },
        { id: "states", label: "States", count: history.visits.length.toLocaleString("en"), content: <StatesTable scene={scene} /> },
        {
          id: "travel",
          label: "Time travel",
          content: (
            <Suspense fallback={<Spinner />}>
              <TimeTravel
                executionArn={scene.arn}
                eventId={scene.at ?? history.last}
                lastEventId={history.last}
                onEvent={(event: number) => scene.travel(event >= history.last && history.isOver ? undefined : event)}
                live={live.execution?.status === "RUNNING"}
                definition={scene.machine?.definition ?? ""}
              />
            </Suspense>
          ),
        },
        {
          id: "definition",
          label: "Definition",
          content: (
            <Suspense fallback={<Spinner />}>
              <DefinitionTab scene={scene} />
            </Suspense>
          ),
        },
      ]}
    />
  );
}

function Missing({ arn }: { arn: string }) {
  return (
    <Box padding="xxl" textAlign="center">
      <SpaceBetween size="s">
        <Box variant="h1">There is no such execution</Box>
        <Box color="text-body-secondary">
          <bdi className="pawl-wrap">{arn}</bdi>
        </Box>
        <Box>It never was, or its records were removed after the time they are kept.</Box>
        <Link to="/executions">Executions</Link>
      </SpaceBetween>
    </Box>
  );
}
