// SPDX-License-Identifier: Apache-2.0
// Parts of a job's page: its attempts, its container, the children of an array.
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { call } from "../../../api/console-api";
import { useLoaded } from "../../../api/use-call";
import { Link, Name } from "../../../components/Link";
import { StatusBadge } from "../../../components/StatusBadge";
import { formatDuration, Timestamp } from "../../../components/Timestamp";
import { ArnLink } from "../shared/ArnLink";
import { paths } from "../shared/arn-path";
import { FactList } from "../shared/Facts";
import { useOnePage } from "../shared/list-pages";
import { ListTable } from "../shared/ListTable";
import { PairsTable } from "../shared/PairsTable";
import { SimpleTable } from "../shared/SimpleTable";
import { type Attempt, type Job, type JobSummary, kStatuses, logGroupOf, resourcesText } from "./batch-types";
import { durationText } from "./JobsTab";

export function Attempts({ job }: { job: Job }) {
  const took = ({ startedAt, stoppedAt }: Attempt) => (startedAt === undefined || stoppedAt === undefined ? "-" : formatDuration(stoppedAt - startedAt));
  return (
    <SimpleTable
      label="Attempts"
      items={(job.attempts ?? []).map((attempt, index) => ({ ...attempt, number: index + 1 }))}
      empty="No attempt is over yet"
      columns={[
        { id: "number", header: "Attempt", cell: (attempt) => attempt.number, isRowHeader: true },
        { id: "exit", header: "Exit code", cell: (attempt) => attempt.container?.exitCode ?? "-" },
        { id: "reason", header: "Reason", cell: (attempt) => <Name>{[attempt.container?.reason, attempt.statusReason].filter(Boolean).join(". ") || "-"}</Name> },
        { id: "started", header: "Started", cell: (attempt) => <Timestamp value={attempt.startedAt === undefined ? undefined : new Date(attempt.startedAt)} /> },
        { id: "took", header: "Duration", cell: took },
        {
          id: "log",
          header: "Log stream",
          cell: ({ container }) =>
            container?.logStreamName === undefined ? "-" : <Link to={paths.logStream(logGroupOf(job.container), container.logStreamName)}><Name>{container.logStreamName}</Name></Link>,
        },
      ]}
    />
  );
}

export function ContainerView({ job }: { job: Job }) {
  const { container } = job;
  const dependencies = (job.dependsOn ?? []).filter(({ jobId }) => jobId !== undefined);
  return (
    <SpaceBetween size="m">
      <Container header={<Header variant="h2">Container</Header>}>
        <FactList
          columns={2}
          facts={[
            ["Image", container?.image === undefined ? undefined : <bdi>{container.image}</bdi>],
            ["Resources", resourcesText(container)],
            ["Command", container?.command === undefined ? undefined : <bdi className="pawl-mono">{container.command.map((word) => (/[^\w./:=@-]/.test(word) || word === "" ? JSON.stringify(word) : word)).join(" ")}</bdi>],
            ["User", container?.user],
            ["Job role", container?.jobRoleArn === undefined ? undefined : <ArnLink arn={container.jobRoleArn} />],
            ["Execution role", container?.executionRoleArn === undefined ? undefined : <ArnLink arn={container.executionRoleArn} />],
            ["Log group", <Link to={paths.logGroup(logGroupOf(container))}><Name>{logGroupOf(container)}</Name></Link>],
          ]}
        />
      </Container>
      <Container header={<Header variant="h2">Environment variables</Header>}>
        <PairsTable label="Environment variables" pairs={(container?.environment ?? []).map(({ name, value }) => [name, value])} empty="No environment variables" />
      </Container>
      <Container header={<Header variant="h2">Parameters</Header>}>
        <PairsTable label="Parameters" pairs={Object.entries(job.parameters ?? {})} empty="No parameters" />
      </Container>
      <SimpleTable
        label="Dependencies"
        header={<Header variant="h2" counter={`(${dependencies.length})`}>Depends on</Header>}
        items={dependencies}
        empty="No other job"
        columns={[
          { id: "job", header: "Job", cell: ({ jobId = "" }) => <Link to={paths.job(jobId)}>{jobId}</Link>, isRowHeader: true },
          { id: "type", header: "Type", cell: ({ type }) => type ?? "-" },
        ]}
      />
    </SpaceBetween>
  );
}

const kChildrenMax = 500;

export function ArrayChildren({ job }: { job: Job }) {
  const loaded = useLoaded(
    JSON.stringify(["children", job.jobId]),
    async (signal) => {
      const lists = await Promise.all(
        kStatuses.map((jobStatus) => call<{ jobSummaryList?: JobSummary[] }>("batch", "ListJobs", { arrayJobId: job.jobId, jobStatus, maxResults: kChildrenMax }, signal)),
      );
      return lists.flatMap(({ jobSummaryList = [] }) => jobSummaryList).sort((a, b) => (a.arrayProperties?.index ?? 0) - (b.arrayProperties?.index ?? 0));
    },
    { pollMs: 3000 },
  );
  const pages = useOnePage(loaded, (children) => children);
  return (
    <ListTable
      title="Children"
      noun="children"
      pages={pages}
      idOf={(child) => child.jobId}
      textOf={(child) => `${child.jobId} ${child.status} ${child.statusReason ?? ""}`}
      columns={[
        { id: "index", header: "Index", cell: (child) => <Link to={paths.job(child.jobId)}>{String(child.arrayProperties?.index ?? "")}</Link>, isRowHeader: true },
        { id: "status", header: "Status", cell: (child) => <StatusBadge status={child.status} />, sortingField: "status" },
        { id: "exit", header: "Exit code", cell: (child) => child.container?.exitCode ?? "-" },
        { id: "took", header: "Duration", cell: durationText },
        { id: "reason", header: "Reason", cell: (child) => <Name>{child.statusReason ?? child.container?.reason ?? "-"}</Name> },
      ]}
    />
  );
}
