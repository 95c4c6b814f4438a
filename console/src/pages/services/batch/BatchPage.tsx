// SPDX-License-Identifier: Apache-2.0
// Batch: jobs of all queues, queues, compute environments, job definitions.
import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { call } from "../../../api/console-api";
import { useCrumbs } from "../../../app/frame";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { Link, Name } from "../../../components/Link";
import { StatusBadge } from "../../../components/StatusBadge";
import { ArnLink } from "../shared/ArnLink";
import { paths } from "../shared/arn-path";
import { useListing } from "../shared/list-pages";
import { ListTable } from "../shared/ListTable";
import { PageTabs } from "../shared/PageTabs";
import { useAct } from "../shared/use-act";
import { type ComputeEnvironment, type JobDefinition, type JobQueue, resourcesText } from "./batch-types";
import { JobsTab } from "./JobsTab";

export default function BatchPage() {
  useCrumbs(["Batch jobs", "/batch"]);
  return (
    <SpaceBetween size="m">
      <Header variant="h1">Batch</Header>
      <PageTabs
        label="Batch"
        tabs={[
          { id: "jobs", label: "Jobs", content: () => <JobsTab /> },
          { id: "queues", label: "Job queues", content: () => <Queues /> },
          { id: "environments", label: "Compute environments", content: () => <Environments /> },
          { id: "definitions", label: "Job definitions", content: () => <Definitions /> },
        ]}
      />
    </SpaceBetween>
  );
}

function Queues() {
  const pages = useListing<{ jobQueues?: JobQueue[] }, JobQueue>({ service: "batch", operation: "DescribeJobQueues", tokenMember: "nextToken", itemsOf: (output) => output.jobQueues });
  return (
    <ListTable
      title="Job queues"
      noun="job queues"
      pages={pages}
      idOf={(queue) => queue.jobQueueArn}
      textOf={(queue) => queue.jobQueueName}
      columns={[
        { id: "name", header: "Name", cell: (queue) => <Link to={paths.jobQueue(queue.jobQueueName)}><Name>{queue.jobQueueName}</Name></Link>, sortingField: "jobQueueName", isRowHeader: true },
        { id: "state", header: "State", cell: (queue) => <StatusBadge status={queue.state ?? ""} />, sortingField: "state" },
        { id: "status", header: "Status", cell: (queue) => <StatusBadge status={queue.status ?? ""} />, sortingField: "status" },
        { id: "priority", header: "Priority", cell: (queue) => queue.priority ?? "-", sortingField: "priority" },
        {
          id: "environments",
          header: "Compute environments",
          cell: (queue) => (
            <SpaceBetween direction="horizontal" size="xs">
              {(queue.computeEnvironmentOrder ?? []).map(({ computeEnvironment }) => (
                <ArnLink key={computeEnvironment} arn={computeEnvironment} short />
              ))}
            </SpaceBetween>
          ),
        },
      ]}
    />
  );
}

function Environments() {
  const pages = useListing<{ computeEnvironments?: ComputeEnvironment[] }, ComputeEnvironment>({
    service: "batch",
    operation: "DescribeComputeEnvironments",
    tokenMember: "nextToken",
    itemsOf: (output) => output.computeEnvironments,
  });
  return (
    <ListTable
      title="Compute environments"
      noun="compute environments"
      pages={pages}
      idOf={(item) => item.computeEnvironmentArn}
      textOf={(item) => item.computeEnvironmentName}
      columns={[
        {
          id: "name",
          header: "Name",
          cell: (item) => <Link to={paths.computeEnvironment(item.computeEnvironmentName)}><Name>{item.computeEnvironmentName}</Name></Link>,
          sortingField: "computeEnvironmentName",
          isRowHeader: true,
        },
        { id: "type", header: "Type", cell: (item) => [item.type, item.computeResources?.type].filter(Boolean).join(", "), sortingField: "type" },
        { id: "state", header: "State", cell: (item) => <StatusBadge status={item.state ?? ""} />, sortingField: "state" },
        { id: "status", header: "Status", cell: (item) => <StatusBadge status={item.status ?? ""} />, sortingField: "status" },
        { id: "cpus", header: "Maximum vCPUs", cell: (item) => item.computeResources?.maxvCpus ?? "-" },
      ]}
    />
  );
}

function Definitions() {
  const act = useAct();
  const pages = useListing<{ jobDefinitions?: JobDefinition[] }, JobDefinition>({
    service: "batch",
    operation: "DescribeJobDefinitions",
    input: { status: "ACTIVE" },
    tokenMember: "nextToken",
    itemsOf: (output) => output.jobDefinitions,
  });
  const remove = async (definitions: JobDefinition[]) => {
    await act({ failed: "The job definition could not be deregistered", succeeded: "Deregistered." }, async () => {
      for (const { jobDefinitionArn } of definitions) await call("batch", "DeregisterJobDefinition", { jobDefinition: jobDefinitionArn });
    });
    pages.reload();
  };
  return (
    <ListTable
      title="Job definitions"
      noun="job definitions"
      pages={pages}
      idOf={(item) => item.jobDefinitionArn}
      textOf={(item) => `${item.jobDefinitionName}:${item.revision} ${item.containerProperties?.image ?? ""}`}
      selection="multi"
      actions={(selected) => (
        <ConfirmButton text="Deregister" title="Deregister job definitions" disabled={selected.length === 0} onConfirm={() => remove(selected)}>
          <Box>{`Deregister ${selected.length === 1 ? "this job definition" : `these ${selected.length} job definitions`}? No jobs can be submitted with it any more.`}</Box>
        </ConfirmButton>
      )}
      columns={[
        { id: "name", header: "Name", cell: (item) => <ArnLink arn={item.jobDefinitionArn} short />, sortingField: "jobDefinitionName", isRowHeader: true },
        { id: "type", header: "Type", cell: (item) => item.type ?? "-" },
        { id: "image", header: "Image", cell: (item) => <Name>{item.containerProperties?.image ?? "-"}</Name> },
        { id: "resources", header: "Resources", cell: (item) => resourcesText(item.containerProperties) || "-" },
        { id: "attempts", header: "Attempts", cell: (item) => item.retryStrategy?.attempts ?? 1 },
      ]}
    />
  );
}
