// SPDX-License-Identifier: Apache-2.0
// A Map Run: how far its items are, what it tolerates, and its child executions.
import ContentLayout from "@cloudscape-design/components/content-layout";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMemo, useState } from "react";
import { useParams } from "react-router";
import { useCall } from "../../api/use-call";
import { useCrumbs } from "../../app/frame";
import { CopyText } from "../../components/CopyText";
import { ErrorBox } from "../../components/ErrorBox";
import { Link } from "../../components/Link";
import { StatusBadge } from "../../components/StatusBadge";
import { Timestamp, toDate } from "../../components/Timestamp";
import { type Execution, executionName, type MapRun } from "../executions/api";
import { Duration } from "../executions/Duration";
import { Fact } from "../executions/ExecutionHeader";
import { ExecutionsTable } from "../executions/ExecutionsTable";
import { paths } from "../services/shared/arn-path";
import { CountsBar } from "./CountsBar";
import { EditMapRun } from "./EditMapRun";

const kPollMs = 1000;

export default function MapRunPage() {
  const arn = useParams().arn ?? "";
  const [isOver, setOver] = useState(false);
  const run = useCall<MapRun>("stepfunctions", "DescribeMapRun", { mapRunArn: arn }, { pollMs: isOver ? 0 : kPollMs });
  const [isEditing, setEditing] = useState(false);
  const sources = useMemo(() => [{ mapRunArn: arn }], [arn]);
  const data = run.data;
  if (data !== undefined && (data.status !== "RUNNING") !== isOver) setOver(data.status !== "RUNNING");
  const parent = data?.executionArn;
  useCrumbs(["Executions", "/executions"], ...(parent === undefined ? [] : ([[executionName(parent), paths.execution(parent)]] as [string, string][])), [arn.split("/").at(-1) ?? arn, paths.mapRun(arn)]);

  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          actions={
            <Button disabled={data?.status !== "RUNNING"} onClick={() => setEditing(true)}>
              Edit
            </Button>
          }
          info={data !== undefined && <StatusBadge status={data.status} />}
        >
          Map Run
        </Header>
      }
    >
      {run.error !== undefined && <ErrorBox error={run.error} onRetry={run.reload} />}
      {data !== undefined && (
        <SpaceBetween size="m">
          <Overview run={data} />
          <Reason run={data} />
          <div className="pawl-two">
            <CountsBar title="Items" counts={data.itemCounts} />
            <CountsBar title="Child executions" counts={data.executionCounts} />
          </div>
          <Header variant="h2">Child executions</Header>
          <ExecutionsTable
            sources={sources}
            watch={null}
            counts={{ RUNNING: data.executionCounts.running, SUCCEEDED: data.executionCounts.succeeded, FAILED: data.executionCounts.failed, TIMED_OUT: data.executionCounts.timedOut, ABORTED: data.executionCounts.aborted, PENDING_REDRIVE: data.executionCounts.pendingRedrive ?? 0 }}
            refresh={`${data.status}${data.executionCounts.succeeded}/${data.executionCounts.failed}/${data.executionCounts.running}`}
            none={data.executionCounts.total > 0 ? "Those of EXPRESS state machines are not kept; the results are with the execution." : "None has begun yet."}
            height="max(300px, calc(100vh - 480px))"
          />
        </SpaceBetween>
      )}
      {isEditing && data !== undefined && (
        <EditMapRun
          run={data}
          onClose={() => {
            setEditing(false);
            run.reload();
          }}
        />
      )}
    </ContentLayout>
  );
}

function Overview({ run }: { run: MapRun }) {
  return (
    <dl className="pawl-facts">
      <Fact term="Duration">
        <Duration beginMs={toDate(run.startDate).getTime()} endMs={run.stopDate === undefined ? undefined : toDate(run.stopDate).getTime()} />
      </Fact>
      <Fact term="Execution">
        <Link to={paths.execution(run.executionArn)}>
          <bdi>{executionName(run.executionArn)}</bdi>
        </Link>
      </Fact>
      <Fact term="Started">
        <Timestamp value={run.startDate} />
      </Fact>
      {run.stopDate !== undefined && (
        <Fact term="Ended">
          <Timestamp value={run.stopDate} />
        </Fact>
      )}
      <Fact term="Concurrency">{run.maxConcurrency === 0 ? "no limit" : run.maxConcurrency.toLocaleString("en")}</Fact>
      <Fact term="Tolerated failures">{tolerance(run)}</Fact>
      {(run.redriveCount ?? 0) > 0 && <Fact term="Redrives">{run.redriveCount}</Fact>}
      <Fact term="ARN">
        <CopyText text={run.mapRunArn} label="ARN" />
      </Fact>
    </dl>
  );
}

function tolerance(run: MapRun): string {
  const parts = [];
  if (run.toleratedFailureCount > 0) parts.push(`${run.toleratedFailureCount.toLocaleString("en")} items`);
  if (run.toleratedFailurePercentage > 0) parts.push(`${run.toleratedFailurePercentage} %`);
  return parts.length === 0 ? "none" : parts.join(" or ");
}

/** What the execution says of it, if it failed. */
function Reason({ run }: { run: MapRun }) {
  const parent = useCall<Execution>("stepfunctions", "DescribeExecution", { executionArn: run.executionArn }, { enabled: run.status === "FAILED" });
  if (run.status !== "FAILED" || parent.data?.error === undefined) return null;
  return (
    <div className="pawl-failure" role="group" aria-label="Error">
      <bdi className="pawl-failure-name">{parent.data.error}</bdi>
      <bdi className="pawl-wrap">{parent.data.cause}</bdi>
    </div>
  );
}
