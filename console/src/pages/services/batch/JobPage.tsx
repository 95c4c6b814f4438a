// SPDX-License-Identifier: Apache-2.0
// A job: how it stands, attempts, container, children of an array, log lines; cancel, terminate, submit again.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { ApiError } from "../../../api/api-error";
import { call } from "../../../api/console-api";
import { useLoaded } from "../../../api/use-call";
import { useCrumbs, useFrame } from "../../../app/frame";
import { CopyText } from "../../../components/CopyText";
import { Empty } from "../../../components/Empty";
import { Link, Name } from "../../../components/Link";
import { StatusBadge } from "../../../components/StatusBadge";
import { Timestamp } from "../../../components/Timestamp";
import { LogEventsView } from "../logs/LogEventsView";
import { ActionModal } from "../../../components/ActionModal";
import { ArnLink } from "../shared/ArnLink";
import { paths } from "../shared/arn-path";
import { Facts } from "../shared/Facts";
import { LoadedView } from "../shared/LoadedView";
import { PageTabs } from "../shared/PageTabs";
import { useAct } from "../shared/use-act";
import { canBeCancelled, isOver, type Job, logGroupOf, resourcesText } from "./batch-types";
import { ArrayChildren, Attempts, ContainerView } from "./JobDetails";
import { durationText } from "./JobsTab";

const kPollMs = 2000;
const at = (ms: number | undefined) => (ms === undefined || ms === 0 ? undefined : <Timestamp value={new Date(ms)} />);

export default function JobPage() {
  const { job: id = "" } = useParams();
  const loaded = useLoaded(
    JSON.stringify(["job", id]),
    async (signal) => {
      const [job] = (await call<{ jobs?: Job[] }>("batch", "DescribeJobs", { jobs: [id] }, signal)).jobs ?? [];
      if (job === undefined) throw new ApiError("NotFound", "There is no such job (any more).", 404);
      return job;
    },
    { pollMs: kPollMs },
  );
  const job = loaded.data;
  useCrumbs(["Batch jobs", "/batch"], [job?.jobName ?? id, paths.job(id)]);
  return (
    <SpaceBetween size="m">
      <Header variant="h1" description={<CopyText text={id} label="job ID" />} actions={job === undefined ? undefined : <Actions job={job} onChanged={loaded.reload} />}>
        <Name>{job?.jobName ?? id}</Name>
      </Header>
      <LoadedView loaded={loaded}>{(data) => <Details job={data} />}</LoadedView>
    </SpaceBetween>
  );
}

function Actions({ job, onChanged }: { job: Job; onChanged: () => void }) {
  const act = useAct();
  const navigate = useNavigate();
  const [ends, setEnds] = useState<"CancelJob" | "TerminateJob">();
  const again = () =>
    act({ failed: "The job could not be submitted", succeeded: "Submitted." }, async () => {
      const { command, environment } = job.container ?? {};
      const { jobId } = await call<{ jobId: string }>("batch", "SubmitJob", {
        jobName: job.jobName,
        jobQueue: job.jobQueue,
        jobDefinition: job.jobDefinition,
        ...(job.parameters === undefined ? {} : { parameters: job.parameters }),
        containerOverrides: { ...(command === undefined ? {} : { command }), ...(environment === undefined ? {} : { environment }) },
        ...(job.arrayProperties?.size === undefined ? {} : { arrayProperties: { size: job.arrayProperties.size } }),
      });
      void navigate(paths.job(jobId));
    });
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button disabled={!canBeCancelled(job.status)} onClick={() => setEnds("CancelJob")}>
        Cancel
      </Button>
      <Button disabled={isOver(job.status)} onClick={() => setEnds("TerminateJob")}>
        Terminate
      </Button>
      <Button disabled={job.arrayProperties?.index !== undefined} onClick={() => void again()}>
        Submit again
      </Button>
      {ends !== undefined && <EndJob job={job} operation={ends} onClose={() => setEnds(undefined)} onDone={onChanged} />}
    </SpaceBetween>
  );
}

function EndJob({ job, operation, onClose, onDone }: { job: Job; operation: "CancelJob" | "TerminateJob"; onClose: () => void; onDone: () => void }) {
  const { succeeded } = useFrame();
  const [reason, setReason] = useState("");
  const word = operation === "CancelJob" ? "Cancel job" : "Terminate job";
  const end = async () => {
    await call("batch", operation, { jobId: job.jobId, reason });
    succeeded(operation === "CancelJob" ? "The job is cancelled." : "The job is being terminated.");
    onDone();
  };
  return (
    <ActionModal title={word} submitText={word} isDisabled={reason.trim() === ""} onSubmit={end} onClose={onClose}>
      <FormField label="Reason">
        <Input autoFocus value={reason} onChange={({ detail }) => setReason(detail.value)} />
      </FormField>
    </ActionModal>
  );
}

function Details({ job }: { job: Job }) {
  const { container } = job;
  const isArray = job.arrayProperties?.size !== undefined;
  const stream = container?.logStreamName;
  return (
    <SpaceBetween size="m">
      {job.status === "FAILED" && (
        <Alert type="error" header={job.statusReason ?? "The job failed"}>
          {[container?.exitCode === undefined ? undefined : `Exit code ${container.exitCode}`, container?.reason].filter(Boolean).join(". ")}
        </Alert>
      )}
      <Facts
        facts={[
          ["Status", <StatusBadge status={job.status} />],
          ["Queue", <ArnLink arn={job.jobQueue} short />],
          ["Job definition", job.jobDefinition === undefined ? undefined : <ArnLink arn={job.jobDefinition} short />],
          ["Duration", durationText(job)],
          ["Created", at(job.createdAt)],
          ["Started", at(job.startedAt)],
          ["Stopped", at(job.stoppedAt)],
          ["Exit code", container?.exitCode],
          ["Resources", resourcesText(container)],
          ["Attempts", `${(job.attempts ?? []).length} of ${job.retryStrategy?.attempts ?? 1}`],
          ["Timeout", job.timeout?.attemptDurationSeconds === undefined ? undefined : `${job.timeout.attemptDurationSeconds} s`],
          ["Array", isArray ? `${job.arrayProperties?.size} children` : job.arrayProperties?.index === undefined ? undefined : `Child ${job.arrayProperties.index}`],
          ["Status reason", job.status === "FAILED" ? undefined : job.statusReason],
        ]}
      />
      <PageTabs
        label="Job"
        tabs={[
          ...(isArray ? [{ id: "children", label: "Children", count: job.arrayProperties?.size, content: () => <ArrayChildren job={job} /> }] : []),
          {
            id: "log",
            label: "Log",
            content: () =>
              stream === undefined ? (
                isOver(job.status) ? (
                  <Empty title="No log">The container never started.</Empty>
                ) : (
                  <Empty title="No log yet">It begins when the container starts.</Empty>
                )
              ) : (
                <SpaceBetween size="xs">
                  <LogEventsView key={stream} group={logGroupOf(container)} stream={stream} rangeAtFirst="all" height="max(260px, calc(100vh - 520px))" />
                  <Box fontSize="body-s">
                    <Link to={paths.logStream(logGroupOf(container), stream)}>Open the log stream</Link>
                  </Box>
                </SpaceBetween>
              ),
          },
          { id: "attempts", label: "Attempts", count: (job.attempts ?? []).length, content: () => <Attempts job={job} /> },
          { id: "container", label: "Container", content: () => <ContainerView job={job} /> },
        ]}
      />
    </SpaceBetween>
  );
}
