// SPDX-License-Identifier: Apache-2.0
// Logs: groups, and queries over several of them.
import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { call } from "../../../api/console-api";
import { useCrumbs } from "../../../app/frame";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { Link, Name } from "../../../components/Link";
import { formatBytes, Timestamp } from "../../../components/Timestamp";
import { paths } from "../shared/arn-path";
import { useListing } from "../shared/list-pages";
import { type Columns, ListTable } from "../shared/ListTable";
import { PageTabs } from "../shared/PageTabs";
import { useAct } from "../shared/use-act";
import { InsightsTab } from "./InsightsTab";
import type { LogGroup } from "./log-types";

const kColumns: Columns<LogGroup> = [
  {
    id: "name",
    header: "Log group",
    cell: (group) => <Link to={paths.logGroup(group.logGroupName)}><Name>{group.logGroupName}</Name></Link>,
    sortingField: "logGroupName",
    isRowHeader: true,
  },
  { id: "retention", header: "Retention", cell: (group) => (group.retentionInDays === undefined ? "Never expires" : `${group.retentionInDays} days`), sortingField: "retentionInDays" },
  { id: "size", header: "Stored", cell: (group) => formatBytes(group.storedBytes ?? 0), sortingField: "storedBytes" },
  { id: "created", header: "Created", cell: (group) => <Timestamp value={group.creationTime === undefined ? undefined : new Date(group.creationTime)} />, sortingField: "creationTime" },
];

export default function LogsPage() {
  useCrumbs(["Logs", "/logs"]);
  return (
    <SpaceBetween size="m">
      <Header variant="h1">Logs</Header>
      <PageTabs
        label="Logs"
        tabs={[
          { id: "groups", label: "Log groups", content: () => <Groups /> },
          { id: "insights", label: "Insights", content: () => <InsightsTab /> },
        ]}
      />
    </SpaceBetween>
  );
}

function Groups() {
  const act = useAct();
  const pages = useListing<{ logGroups?: LogGroup[] }, LogGroup>({
    service: "logs",
    operation: "DescribeLogGroups",
    input: { limit: 50 },
    tokenMember: "nextToken",
    itemsOf: (output) => output.logGroups,
  });
  const remove = async (groups: LogGroup[]) => {
    await act({ failed: "The log group could not be deleted", succeeded: "Deleted." }, async () => {
      for (const { logGroupName } of groups) await call("logs", "DeleteLogGroup", { logGroupName });
    });
    pages.reload();
  };
  return (
    <ListTable
      title="Log groups"
      noun="log groups"
      pages={pages}
      columns={kColumns}
      idOf={(group) => group.logGroupName}
      textOf={(group) => group.logGroupName}
      selection="multi"
      actions={(selected) => (
        <ConfirmButton text="Delete" title="Delete log groups" disabled={selected.length === 0} onConfirm={() => remove(selected)}>
          <Box>{`Delete ${selected.length === 1 ? "this log group" : `these ${selected.length} log groups`} with all events? This cannot be undone.`}</Box>
        </ConfirmButton>
      )}
    />
  );
}
