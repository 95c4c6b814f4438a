// SPDX-License-Identifier: Apache-2.0
// A job queue, a compute environment or a job definition: what AWS Batch says of it; a queue's jobs.
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useParams } from "react-router";
import { ApiError } from "../../../api/api-error";
import { call } from "../../../api/console-api";
import { useLoaded } from "../../../api/use-call";
import { useCrumbs } from "../../../app/frame";
import { CopyText } from "../../../components/CopyText";
import { JsonView } from "../../../components/JsonView";
import { Name } from "../../../components/Link";
import { StatusBadge } from "../../../components/StatusBadge";
import { ArnLink } from "../shared/ArnLink";
import { type Fact, Facts } from "../shared/Facts";
import { LoadedView } from "../shared/LoadedView";
import { PageTabs } from "../shared/PageTabs";
import { resourcesText, type ComputeEnvironment, type JobDefinition, type JobQueue } from "./batch-types";
import { JobsTab } from "./JobsTab";

interface Found {
  arn: string;
  facts: Fact[];
  whole: unknown;
}

interface Kind {
  title: string;
  find: (name: string, signal: AbortSignal) => Promise<Found | undefined>;
}

const environments = (queue: JobQueue) => (
  <SpaceBetween size="xxs">
    {(queue.computeEnvironmentOrder ?? []).map(({ computeEnvironment }) => (
      <ArnLink key={computeEnvironment} arn={computeEnvironment} short />
    ))}
  </SpaceBetween>
);

const kKinds: Record<string, Kind> = {
  queues: {
    title: "Job queue",
    find: async (name, signal) => {
      const [queue] = (await call<{ jobQueues?: JobQueue[] }>("batch", "DescribeJobQueues", { jobQueues: [name] }, signal)).jobQueues ?? [];
      if (queue === undefined) return undefined;
      const facts: Fact[] = [
        ["State", <StatusBadge status={queue.state ?? ""} />],
        ["Status", <StatusBadge status={queue.status ?? ""} />],
        ["Priority", queue.priority],
        ["Compute environments", environments(queue)],
        ["Status reason", queue.statusReason],
      ];
      return { arn: queue.jobQueueArn, facts, whole: queue };
    },
  },
  environments: {
    title: "Compute environment",
    find: async (name, signal) => {
      const [item] = (await call<{ computeEnvironments?: ComputeEnvironment[] }>("batch", "DescribeComputeEnvironments", { computeEnvironments: [name] }, signal)).computeEnvironments ?? [];
      if (item === undefined) return undefined;
      const facts: Fact[] = [
        ["State", <StatusBadge status={item.state ?? ""} />],
        ["Status", <StatusBadge status={item.status ?? ""} />],
        ["Type", [item.type, item.computeResources?.type].filter(Boolean).join(", ")],
        ["vCPUs", item.computeResources === undefined ? undefined : `${item.computeResources.minvCpus ?? 0} to ${item.computeResources.maxvCpus ?? "-"}`],
        ["Status reason", item.statusReason],
      ];
      return { arn: item.computeEnvironmentArn, facts, whole: item };
    },
  },
  definitions: {
    title: "Job definition",
    find: async (name, signal) => {
      const [item] = (await call<{ jobDefinitions?: JobDefinition[] }>("batch", "DescribeJobDefinitions", { jobDefinitions: [name] }, signal)).jobDefinitions ?? [];
      if (item === undefined) return undefined;
      const { containerProperties: container } = item;
      const facts: Fact[] = [
        ["Status", <StatusBadge status={item.status ?? ""} />],
        ["Type", item.type],
        ["Image", container?.image === undefined ? undefined : <bdi>{container.image}</bdi>],
        ["Resources", resourcesText(container)],
        ["Command", container?.command === undefined ? undefined : <bdi className="pawl-mono">{container.command.join(" ")}</bdi>],
        ["Attempts", item.retryStrategy?.attempts ?? 1],
        ["Timeout", item.timeout?.attemptDurationSeconds === undefined ? undefined : `${item.timeout.attemptDurationSeconds} s`],
      ];
      return { arn: item.jobDefinitionArn, facts, whole: item };
    },
  },
};

export default function BatchResourcePage() {
  const { kind: kindName = "", name = "" } = useParams();
  const kind = kKinds[kindName];
  useCrumbs(["Batch jobs", "/batch"], [name, `/batch/${kindName}/${encodeURIComponent(name)}`]);
  const loaded = useLoaded(JSON.stringify(["batch", kindName, name]), async (signal) => {
    const found = await kind?.find(name, signal);
    if (found === undefined) throw new ApiError("NotFound", "There is no such thing (any more).", 404);
    return found;
  });
  return (
    <SpaceBetween size="m">
      <Header variant="h1" description={loaded.data === undefined ? kind?.title : <CopyText text={loaded.data.arn} label="ARN" />}>
        <Name>{name}</Name>
      </Header>
      <LoadedView loaded={loaded}>
        {({ facts, whole }) => (
          <SpaceBetween size="m">
            <Facts facts={facts} />
            <PageTabs
              label={kind?.title ?? ""}
              tabs={[
                ...(kindName === "queues" ? [{ id: "jobs", label: "Jobs", content: () => <JobsTab queue={name} /> }] : []),
                { id: "json", label: "JSON", content: () => <JsonView text={JSON.stringify(whole)} label={kind?.title ?? ""} heightMax={560} /> },
              ]}
            />
          </SpaceBetween>
        )}
      </LoadedView>
    </SpaceBetween>
  );
}
