// SPDX-License-Identifier: Apache-2.0
// What a stack has: resources (each a link to its page), outputs, parameters.
import Link from "@cloudscape-design/components/link";
import { CopyText } from "../../../components/CopyText";
import { Link as PageLink, Name } from "../../../components/Link";
import { StatusBadge } from "../../../components/StatusBadge";
import { Timestamp } from "../../../components/Timestamp";
import { isOurs } from "../mailbox/mail";
import { ArnLink } from "../shared/ArnLink";
import { parseArn, paths, resourcePath } from "../shared/arn-path";
import { useListing } from "../shared/list-pages";
import { ListTable } from "../shared/ListTable";
import { SimpleTable } from "../shared/SimpleTable";
import { usePolling } from "../shared/use-polling";
import type { Stack, StackResource } from "./stack-types";

function PhysicalId({ resource }: { resource: StackResource }) {
  const id = resource.PhysicalResourceId ?? "";
  if (id === "") return <>-</>;
  const path = resource.ResourceType === "AWS::CloudFormation::Stack" ? paths.stack(parseArn(id)?.resource.split("/")[1] ?? id) : resourcePath(resource.ResourceType, id);
  return path === undefined ? <Name>{id}</Name> : <PageLink to={path}><Name>{id}</Name></PageLink>;
}

export function ResourcesTab({ stackId, isMoving }: { stackId: string; isMoving: boolean }) {
  const pages = useListing<{ StackResourceSummaries?: StackResource[] }, StackResource>({
    service: "cloudformation",
    operation: "ListStackResources",
    input: { StackName: stackId },
    itemsOf: (output) => output.StackResourceSummaries,
  });
  usePolling(pages.reload, 1500, isMoving && !pages.isLoading && !pages.hasMore);
  return (
    <ListTable
      title="Resources"
      noun="resources"
      pages={pages}
      idOf={(resource) => resource.LogicalResourceId}
      textOf={(resource) => `${resource.LogicalResourceId} ${resource.PhysicalResourceId ?? ""} ${resource.ResourceType} ${resource.ResourceStatus}`}
      pageSize={100}
      columns={[
        { id: "logical", header: "Logical ID", cell: (resource) => <Name>{resource.LogicalResourceId}</Name>, sortingField: "LogicalResourceId", isRowHeader: true },
        { id: "physical", header: "Physical ID", cell: (resource) => <PhysicalId resource={resource} />, sortingField: "PhysicalResourceId", maxWidth: 420 },
        { id: "type", header: "Type", cell: (resource) => resource.ResourceType, sortingField: "ResourceType" },
        { id: "status", header: "Status", cell: (resource) => <StatusBadge status={resource.ResourceStatus} />, sortingField: "ResourceStatus" },
        { id: "reason", header: "Reason", cell: (resource) => <Name>{resource.ResourceStatusReason || "-"}</Name> },
        { id: "updated", header: "Updated", cell: (resource) => <Timestamp value={resource.LastUpdatedTimestamp} />, sortingField: "LastUpdatedTimestamp" },
      ]}
    />
  );
}

function OutputValue({ value }: { value: string }) {
  if (parseArn(value) !== undefined) return <ArnLink arn={value} />;
  if (isOurs(value, window.location))
    return (
      <Link href={value} external externalIconAriaLabel="Opens in a new tab" rel="noopener noreferrer">
        <Name>{value}</Name>
      </Link>
    );
  return <CopyText text={value} label="value" />;
}

export function OutputsTab({ stack }: { stack: Stack }) {
  return (
    <SimpleTable
      label="Outputs"
      items={stack.Outputs ?? []}
      empty="No outputs"
      columns={[
        { id: "key", header: "Key", cell: ({ OutputKey }) => <Name>{OutputKey}</Name>, isRowHeader: true },
        { id: "value", header: "Value", cell: ({ OutputValue: value = "" }) => <OutputValue value={value} /> },
        { id: "description", header: "Description", cell: ({ Description }) => <Name>{Description || "-"}</Name> },
        { id: "export", header: "Export name", cell: ({ ExportName }) => <Name>{ExportName || "-"}</Name> },
      ]}
    />
  );
}

export function ParametersTab({ stack }: { stack: Stack }) {
  return (
    <SimpleTable
      label="Parameters"
      items={stack.Parameters ?? []}
      empty="No parameters"
      columns={[
        { id: "key", header: "Key", cell: ({ ParameterKey }) => <Name>{ParameterKey}</Name>, isRowHeader: true },
        { id: "value", header: "Value", cell: ({ ParameterValue = "" }) => <Name>{ParameterValue}</Name> },
        { id: "resolved", header: "Resolved", cell: ({ ResolvedValue }) => <Name>{ResolvedValue || "-"}</Name> },
      ]}
    />
  );
}
