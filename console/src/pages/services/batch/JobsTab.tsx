// SPDX-License-Identifier: Apache-2.0
// Jobs of all queues (or of one) in all statuses (or in one), live.
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { call } from "../../../api/console-api";
import { useLoaded } from "../../../api/use-call";
import { Empty } from "../../../components/Empty";
import { Link, Name } from "../../../components/Link";
import { StatusBadge, statusWord } from "../../../components/StatusBadge";
import { formatDuration, Timestamp } from "../../../components/Timestamp";
import { ArnLink } from "../shared/ArnLink";
import { paths } from "../shared/arn-path";
import { useOnePage } from "../shared/list-pages";
import { type Columns, ListTable } from "../shared/ListTable";
import { useQueryState } from "../shared/query-state";
import { type JobQueue, type JobSummary, kStatuses } from "./batch-types";

const kPollMs = 3000;
/** Of each queue and status: what is beyond is found by choosing one. */
const kJobsMax = 200;
const kQueuesMax = 20;

type ListedJob = JobSummary & { queue: string };

async function listJobs(queue: string, statuses: readonly string[], signal: AbortSignal): Promise<{ jobs: ListedJob[]; isWhole: boolean }> {
  const answers = await Promise.all(
    statuses.map((jobStatus) => call<{ jobSummaryList?: JobSummary[]; nextToken?: string }>("batch", "ListJobs", { jobQueue: queue, jobStatus, maxResults: kJobsMax }, signal)),
  );
  return {
    jobs: answers.flatMap(({ jobSummaryList = [] }) => jobSummaryList.map((job) => ({ ...job, queue }))),
    isWhole: answers.every(({ nextToken }) => !nextToken),
  };
}

export const durationText = (job: JobSummary) => (job.startedAt === undefined || job.startedAt === 0 ? "-" : formatDuration((job.stoppedAt || Date.now()) - job.startedAt));

const kColumns: Columns<ListedJob> = [
  {
    id: "name",
    header: "Name",
    cell: (job) => (
      <Link to={paths.job(job.jobId)}>
        <Name>{job.jobName + (job.arrayProperties?.size === undefined ? "" : ` [${job.arrayProperties.size}]`)}</Name>
      </Link>
    ),
    sortingField: "jobName",
    isRowHeader: true,
  },
  { id: "status", header: "Status", cell: (job) => <StatusBadge status={job.status} />, sortingField: "status" },
  { id: "queue", header: "Queue", cell: (job) => <Name>{job.queue}</Name>, sortingField: "queue" },
  { id: "definition", header: "Job definition", cell: (job) => (job.jobDefinition === undefined ? "-" : <ArnLink arn={job.jobDefinition} short />) },
  { id: "exit", header: "Exit code", cell: (job) => job.container?.exitCode ?? "-" },
  { id: "created", header: "Created", cell: (job) => <Timestamp value={job.createdAt === undefined ? undefined : new Date(job.createdAt)} />, sortingField: "createdAt" },
  { id: "took", header: "Duration", cell: durationText },
  { id: "id", header: "Job ID", cell: (job) => <span className="pawl-mono">{job.jobId.slice(0, 8)}</span> },
];

export function JobsTab({ queue: fixed }: { queue?: string }) {
  const [chosenQueue, setQueue] = useQueryState("queue");
  const [status, setStatus] = useQueryState("status");
  const [isWhole, setWhole] = useState(true);
  const queue = fixed ?? chosenQueue;
  const queues = useLoaded("batch queues", async (signal) => ((await call<{ jobQueues?: JobQueue[] }>("batch", "DescribeJobQueues", {}, signal)).jobQueues ?? []).map(({ jobQueueName }) => jobQueueName), {
    enabled: fixed === undefined,
  });
  const names = queue === "" ? (queues.data ?? []).slice(0, kQueuesMax) : [queue];
  const loaded = useLoaded(
    JSON.stringify(["jobs", names, status]),
    async (signal) => {
      const lists = await Promise.all(names.map((name) => listJobs(name, status === "" ? kStatuses : [status], signal)));
      setWhole(lists.every((list) => list.isWhole));
      return lists.flatMap(({ jobs }) => jobs).sort((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0));
    },
    { pollMs: kPollMs, enabled: queue !== "" || queues.data !== undefined },
  );
  const jobs = useOnePage(loaded, (data) => data);
  const pages = queues.error === undefined || fixed !== undefined ? jobs : { ...jobs, error: queues.error, reload: queues.reload };
  const queueOptions = [{ value: "", label: "All queues" }, ...(queues.data ?? []).map((name) => ({ value: name, label: name }))];
  const statusOptions = [{ value: "", label: "All statuses" }, ...kStatuses.map((one) => ({ value: one, label: statusWord(one) }))];
  return (
    <ListTable
      title="Jobs"
      noun="jobs"
      pages={pages}
      columns={kColumns}
      idOf={(job) => job.jobId}
      textOf={(job) => `${job.jobName} ${job.jobId} ${job.queue} ${job.statusReason ?? ""}`}
      description={isWhole ? undefined : `The first ${kJobsMax} of each queue and status: choose one to see more.`}
      filters={
        <>
          {fixed === undefined && (
            <Select
              ariaLabel="Queue"
              options={queueOptions}
              selectedOption={queueOptions.find(({ value }) => value === queue) ?? null}
              onChange={({ detail }) => setQueue(detail.selectedOption.value ?? "")}
            />
          )}
          <Select
            ariaLabel="Status"
            options={statusOptions}
            selectedOption={statusOptions.find(({ value }) => value === status) ?? null}
            onChange={({ detail }) => setStatus(detail.selectedOption.value ?? "")}
          />
        </>
      }
      empty={<Empty title="No jobs">{status === "" ? "Jobs that are submitted show up here." : undefined}</Empty>}
    />
  );
}
