// SPDX-License-Identifier: Apache-2.0
// A log group: its streams, the events of all of them, how it is set up.
import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useNavigate, useParams } from "react-router";
import { call } from "../../../api/console-api";
import { useCall } from "../../../api/use-call";
import { useCrumbs } from "../../../app/frame";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { CopyText } from "../../../components/CopyText";
import { Empty } from "../../../components/Empty";
import { Link, Name } from "../../../components/Link";
import { formatBytes, Timestamp } from "../../../components/Timestamp";
import { paths } from "../shared/arn-path";
import { Facts } from "../shared/Facts";
import { useListing } from "../shared/list-pages";
import { type Columns, ListTable } from "../shared/ListTable";
import { LoadedView } from "../shared/LoadedView";
import { PageTabs } from "../shared/PageTabs";
import { useAct } from "../shared/use-act";
import { LogEventsView } from "./LogEventsView";
import type { LogGroup, LogStream } from "./log-types";

const at = (ms: number | undefined) => <Timestamp value={ms === undefined ? undefined : new Date(ms)} />;

export default function LogGroupPage() {
  const { group = "" } = useParams();
  const navigate = useNavigate();
  const act = useAct();
  useCrumbs(["Logs", "/logs"], [group, paths.logGroup(group)]);
  const remove = async () => {
    const isDone = await act({ failed: "The log group could not be deleted", succeeded: "The log group was deleted." }, () => call("logs", "DeleteLogGroup", { logGroupName: group }));
    if (isDone) void navigate("/logs");
  };
  return (
    <SpaceBetween size="m">
      <Header
        variant="h1"
        actions={
          <ConfirmButton text="Delete" title="Delete log group" onConfirm={remove}>
            <Box>
              Delete the log group <b><Name>{group}</Name></b> with all events? This cannot be undone.
            </Box>
          </ConfirmButton>
        }
      >
        <Name>{group}</Name>
      </Header>
      <PageTabs
        label="Log group"
        tabs={[
          { id: "streams", label: "Streams", content: () => <Streams group={group} /> },
          { id: "events", label: "All events", content: () => <LogEventsView key={group} group={group} /> },
          { id: "settings", label: "Settings", content: () => <Settings group={group} /> },
        ]}
      />
    </SpaceBetween>
  );
}

function Streams({ group }: { group: string }) {
  const columns: Columns<LogStream> = [
    {
      id: "name",
      header: "Log stream",
      cell: (stream) => <Link to={paths.logStream(group, stream.logStreamName)}><Name>{stream.logStreamName}</Name></Link>,
      sortingField: "logStreamName",
      isRowHeader: true,
    },
    { id: "first", header: "First event", cell: (stream) => at(stream.firstEventTimestamp), sortingField: "firstEventTimestamp" },
    { id: "last", header: "Last event", cell: (stream) => at(stream.lastEventTimestamp), sortingField: "lastEventTimestamp" },
  ];
  const pages = useListing<{ logStreams?: LogStream[] }, LogStream>({
    service: "logs",
    operation: "DescribeLogStreams",
    input: { logGroupName: group, orderBy: "LastEventTime", descending: true, limit: 50 },
    tokenMember: "nextToken",
    itemsOf: (output) => output.logStreams,
  });
  return <ListTable title="Log streams" noun="log streams" pages={pages} columns={columns} idOf={(stream) => stream.logStreamName} textOf={(stream) => stream.logStreamName} />;
}

function Settings({ group }: { group: string }) {
  const loaded = useCall<{ logGroups?: LogGroup[] }>("logs", "DescribeLogGroups", { logGroupNamePrefix: group });
  return (
    <LoadedView loaded={loaded}>
      {({ logGroups = [] }) => {
        const found = logGroups.find(({ logGroupName }) => logGroupName === group);
        if (found === undefined) return <Empty title="There is no such log group" />;
        return (
          <Facts
            facts={[
              ["ARN", found.arn === undefined ? undefined : <CopyText text={found.arn} label="ARN" />],
              ["Retention", found.retentionInDays === undefined ? "Never expires" : `${found.retentionInDays} days`],
              ["Stored", formatBytes(found.storedBytes ?? 0)],
              ["Created", at(found.creationTime)],
              ["Metric filters", found.metricFilterCount],
              ["KMS key", found.kmsKeyId],
            ]}
          />
        );
      }}
    </LoadedView>
  );
}
