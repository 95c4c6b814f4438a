// SPDX-License-Identifier: Apache-2.0
// The executions of a machine.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";
import { useSearchParams } from "react-router";
import { usePages } from "../../api/use-pages";
import { Empty } from "../../components/Empty";
import { Link, Name } from "../../components/Link";
import { StatusBadge } from "../../components/StatusBadge";
import { Timestamp } from "../../components/Timestamp";
import { type ExecutionItem, type Machine, pathOfExecution, states } from "./api";

export function ExecutionsTab({ machine, onStart }: { machine: Machine; onStart: () => void }) {
  const [search] = useSearchParams();
  const status = search.get("status") ?? undefined;
  const pages = usePages(
    `${machine.stateMachineArn} ${status}`,
    async (nextToken, signal) => {
      const page = await states<{ executions: ExecutionItem[]; nextToken?: string }>(
        "ListExecutions",
        { stateMachineArn: machine.stateMachineArn, maxResults: 50, ...(status ? { statusFilter: status } : {}), ...(nextToken ? { nextToken } : {}) },
        signal,
      );
      return { items: page.executions, nextToken: page.nextToken };
    },
    { enabled: machine.type === "STANDARD" },
  );
  if (machine.type === "EXPRESS") {
    return (
      <Alert type="info" action={<Button onClick={onStart}>Start execution</Button>}>
        Executions of Express state machines are not listed: their log tells what they did.
      </Alert>
    );
  }
  return (
    <Table
      variant="container"
      items={pages.items}
      loading={pages.isLoading && pages.items.length === 0}
      loadingText="Loading executions"
      header={<Header variant="h2">Executions</Header>}
      columnDefinitions={[
        { id: "name", header: "Name", cell: (item) => <Link to={pathOfExecution(item.executionArn)}><Name>{item.name}</Name></Link>, isRowHeader: true },
        { id: "status", header: "Status", cell: (item) => <StatusBadge status={item.status} /> },
        { id: "start", header: "Started", cell: (item) => <Timestamp value={item.startDate} /> },
        { id: "stop", header: "Ended", cell: (item) => <Timestamp value={item.stopDate} /> },
      ]}
      empty={<Empty title="No executions"><Button onClick={onStart}>Start execution</Button></Empty>}
      footer={pages.hasMore && <Button onClick={pages.loadMore}>Load more</Button>}
    />
  );
}
