// SPDX-License-Identifier: Apache-2.0
// What happened to a stack, the newest first; live while it changes.
import Box from "@cloudscape-design/components/box";
import Spinner from "@cloudscape-design/components/spinner";
import { useState } from "react";
import { Empty } from "../../../components/Empty";
import { ErrorBox } from "../../../components/ErrorBox";
import { Name } from "../../../components/Link";
import { StatusBadge } from "../../../components/StatusBadge";
import { Timestamp } from "../../../components/Timestamp";
import { type VirtualColumn, VirtualTable } from "../../../components/VirtualTable";
import { useListing } from "../shared/list-pages";
import { usePolling } from "../shared/use-polling";
import type { StackEvent } from "./stack-types";

const kPollMs = 1000;

const kColumns: VirtualColumn<StackEvent>[] = [
  { id: "time", header: "Time", width: "178px", cell: (event) => <Timestamp value={event.Timestamp} /> },
  { id: "logical", header: "Logical ID", width: "minmax(120px, 1fr)", cell: (event) => <bdi title={event.PhysicalResourceId}>{event.LogicalResourceId}</bdi> },
  { id: "type", header: "Type", width: "minmax(120px, 220px)", cell: (event) => event.ResourceType },
  { id: "status", header: "Status", width: "minmax(150px, 230px)", cell: (event) => <StatusBadge status={event.ResourceStatus ?? ""} /> },
  { id: "reason", header: "Reason", width: "minmax(120px, 1.6fr)", cell: (event) => <bdi title={event.ResourceStatusReason}>{event.ResourceStatusReason}</bdi> },
];

export function EventsTab({ stackId, isMoving }: { stackId: string; isMoving: boolean }) {
  const [selected, setSelected] = useState<string>();
  const pages = useListing<{ StackEvents?: StackEvent[] }, StackEvent>({
    service: "cloudformation",
    operation: "DescribeStackEvents",
    input: { StackName: stackId },
    itemsOf: (output) => output.StackEvents,
  });
  usePolling(pages.reload, kPollMs, isMoving && !pages.isLoading);
  const { items } = pages;
  const event = items.find(({ EventId }) => EventId === selected);
  if (pages.error !== undefined && items.length === 0) return <ErrorBox error={pages.error} onRetry={pages.reload} />;
  if (pages.isLoading && items.length === 0)
    return (
      <Box textAlign="center" padding="l">
        <Spinner /> Loading events
      </Box>
    );
  return (
    <>
      <VirtualTable
        label="Events"
        columns={kColumns}
        count={items.length}
        rowAt={(index) => items[index]}
        height={items.length < 12 ? Math.max(140, 60 + items.length * 28) : "max(300px, calc(100vh - 460px))"}
        selected={items.findIndex(({ EventId }) => EventId === selected)}
        onSelect={(index) => setSelected(items[index]?.EventId)}
        empty={<Empty title="No events" />}
        onEnd={() => pages.hasMore && !pages.isLoading && pages.loadMore()}
      />
      {event?.ResourceStatusReason !== undefined && (
        <Box padding={{ top: "s" }}>
          <Box variant="awsui-key-label">{event.LogicalResourceId}</Box>
          <Name>{event.ResourceStatusReason}</Name>
        </Box>
      )}
    </>
  );
}
