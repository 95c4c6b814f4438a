// SPDX-License-Identifier: Apache-2.0
// How everything is: throughput, failures, slowest machines, the store. Live, by overview/watch.
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { type ReactNode, useState } from "react";
import { useCrumbs } from "../../app/frame";
import { ErrorBox } from "../../components/ErrorBox";
import { Figures } from "./Figures";
import { FirstSteps } from "./FirstSteps";
import { Health } from "./Health";
import { Failures, Recent, Services, Slowest } from "./Lists";
import "./overview.css";
import type { OverviewData } from "./overview-data";
import { average } from "./series";
import { Legend, type Line, ThroughputChart } from "./ThroughputChart";
import { type RecentExecution, useRecent } from "./use-recent";
import { useOverview } from "./use-overview";

const kExecutionLines: Line[] = [
  { measure: "starts", text: "Started", color: "--pawl-status-running", isArea: true },
  { measure: "successes", text: "Succeeded", color: "--pawl-status-succeeded" },
  { measure: "failures", text: "Failed", color: "--pawl-status-failed" },
];
const kTransitionLines: Line[] = [{ measure: "transitions", text: "State transitions", color: "--pawl-transitions", isArea: true }];

export default function OverviewPage() {
  useCrumbs(["Overview", "/"]);
  const { data, error } = useOverview();
  const { executions, hasMachines } = useRecent();
  return (
    <ContentLayout header={<Header variant="h1">Overview</Header>}>
      <SpaceBetween size="m">
        {error !== undefined && <ErrorBox error={error} />}
        {hasMachines === false && <FirstSteps />}
        {data === undefined ? error === undefined && <Spinner size="large" /> : <Panels data={data} executions={executions} />}
      </SpaceBetween>
    </ContentLayout>
  );
}

function Panels({ data, executions }: { data: OverviewData; executions: RecentExecution[] }) {
  const { now } = data;
  return (
    <SpaceBetween size="m">
      <Container>
        <Figures data={data} />
      </Container>
      <div className="overview-panels">
        <div className="overview-panel-wide">
          <Throughput data={data} />
        </div>
        <Panel width="narrow" title="Store and process">
          <Health store={now.store} process={now.process} upMs={now.now - now.openSince} />
        </Panel>
        <Panel width="half" title="Failures" about="in the last 15 minutes">
          <Failures machines={now.failing} />
        </Panel>
        <Panel width="half" title="Slowest" about="in the last 15 minutes, logarithmic">
          <Slowest machines={now.slowest} />
        </Panel>
        <Panel width="wide" title="Recent executions">
          <Recent executions={executions} />
        </Panel>
        <Panel width="narrow" title="Requests">
          <Services services={now.services} />
        </Panel>
      </div>
    </SpaceBetween>
  );
}

function Panel({ width, title, about, children }: { width: "wide" | "narrow" | "half"; title: string; about?: string; children: ReactNode }) {
  return (
    <div className={`overview-panel-${width}`}>
      <Container fitHeight header={<Header variant="h2" {...(about === undefined ? {} : { info: <span className="overview-quiet overview-about">{about}</span> })}>{title}</Header>}>
        {children}
      </Container>
    </div>
  );
}

function Throughput({ data }: { data: OverviewData }) {
  const [shown, setShown] = useState("executions");
  const lines = shown === "executions" ? kExecutionLines : kTransitionLines;
  return (
    <Container
      fitHeight
      header={
        <Header
          variant="h2"
          actions={
            <SegmentedControl
              label="What is counted"
              selectedId={shown}
              onChange={({ detail }) => setShown(detail.selectedId)}
              options={[
                { id: "executions", text: "Executions" },
                { id: "transitions", text: "State transitions" },
              ]}
            />
          }
        >
          Throughput
        </Header>
      }
    >
      <SpaceBetween size="xs">
        <Legend lines={lines} point={average(data.points.slice(-5), 5).at(-1)} />
        <ThroughputChart points={data.points} lines={lines} label={`Throughput of the last 15 minutes`} />
      </SpaceBetween>
    </Container>
  );
}
