// SPDX-License-Identifier: Apache-2.0
// All state machines, and what they are doing right now.
import { useCollection } from "@cloudscape-design/collection-hooks";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useMemo, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { usePages } from "../../api/use-pages";
import { useCrumbs, useFrame } from "../../app/frame";
import { LoadMore } from "../../components/LoadMore";
import { Empty } from "../../components/Empty";
import { ErrorBox } from "../../components/ErrorBox";
import { Link, Name } from "../../components/Link";
import { statusWord } from "../../components/StatusBadge";
import { Timestamp } from "../../components/Timestamp";
import { type MachineItem, pathOfMachine, states } from "./api";
import { DeleteMachines } from "./DeleteMachines";
import { LastRun, RecentRuns } from "./RecentRuns";
import StartExecution from "./StartExecution";
import { type Activity, useActivity } from "./use-activity";

const kPageSize = 25;

async function loadPage(nextToken: string | undefined, signal: AbortSignal) {
  const page = await states<{ stateMachines: MachineItem[]; nextToken?: string }>("ListStateMachines", { maxResults: 1000, ...(nextToken ? { nextToken } : {}) }, signal);
  return { items: page.stateMachines, nextToken: page.nextToken };
}

function columnsOf(activity: ReadonlyMap<string, Activity>): TableProps.ColumnDefinition<MachineItem>[] {
  const of = (item: MachineItem) => activity.get(item.stateMachineArn);
  return [
    {
      id: "name",
      header: "Name",
      cell: (item) => (
        <Link to={pathOfMachine(item.stateMachineArn)}>
          <Name>{item.name}</Name>
        </Link>
      ),
      sortingField: "name",
      isRowHeader: true,
      width: 290,
      minWidth: 180,
    },
    { id: "type", header: "Type", cell: (item) => statusWord(item.type), sortingField: "type", width: 100 },
    {
      id: "running",
      header: "Running",
      cell: (item) => {
        const now = of(item);
        if (item.type === "EXPRESS" || now === undefined) return <span className="pawl-quiet">-</span>;
        return now.running === 0 ? <span className="pawl-quiet">0</span> : <Link to={pathOfMachine(item.stateMachineArn, "?status=RUNNING")}>{`${now.running}${now.isMore ? "+" : ""}`}</Link>;
      },
      width: 100,
    },
    { id: "recent", header: "Last 20 executions", cell: (item) => (of(item) === undefined ? "" : <RecentRuns runs={of(item)?.last ?? []} />), width: 160 },
    {
      id: "last",
      header: "Last execution",
      cell: (item) => (
        <SpaceBetween direction="horizontal" size="xs">
          <LastRun run={of(item)?.last[0]} />
          {of(item)?.last[0] !== undefined && (
            <span className="pawl-quiet">
              <Timestamp value={of(item)?.last[0]?.startDate} />
            </span>
          )}
        </SpaceBetween>
      ),
      width: 290,
    },
    { id: "created", header: "Created", cell: (item) => <Timestamp value={item.creationDate} />, sortingField: "creationDate", minWidth: 200 },
  ];
}

export default function MachinesPage() {
  useCrumbs(["State machines", "/state-machines"]);
  const navigate = useNavigate();
  const frame = useFrame();
  const [search, setSearch] = useSearchParams();
  const pages = usePages("machines", loadPage);
  const [asksDelete, setAsksDelete] = useState(false);
  const [starts, setStarts] = useState<string | null>(null);

  const collection = useCollection(pages.items, {
    filtering: {
      defaultFilteringText: search.get("q") ?? "",
      fields: ["name", "type"],
      empty: (
        <Empty title="No state machines">
          <Button onClick={() => void navigate("/state-machines/new")}>Create state machine</Button>
        </Empty>
      ),
      noMatch: <Empty title="No match">{pages.hasMore ? "There are more that are not loaded yet." : "No state machine has this in its name or type."}</Empty>,
    },
    sorting: { defaultState: { sortingColumn: { sortingField: "creationDate" }, isDescending: true } },
    pagination: { pageSize: kPageSize },
    selection: { keepSelection: true, trackBy: "stateMachineArn" },
  });
  const { items, actions, collectionProps, filterProps, paginationProps, filteredItemsCount } = collection;
  const selected = collectionProps.selectedItems ?? [];
  const visible = useMemo(() => items.filter((item) => item.type === "STANDARD").map((item) => item.stateMachineArn), [items]);
  const activity = useActivity(visible);
  const columns = useMemo(() => columnsOf(activity), [activity]);

  const filter = (text: string) => {
    actions.setFiltering(text);
    setSearch((old) => {
      const next = new URLSearchParams(old);
      if (text === "") next.delete("q");
      else next.set("q", text);
      return next;
    }, { replace: true });
  };
  const one = selected.length === 1 ? selected[0] : undefined;

  return (
    <>
      {pages.error !== undefined && pages.items.length === 0 ? (
        <ErrorBox error={pages.error} onRetry={pages.reload} />
      ) : (
        <Table
          {...collectionProps}
          variant="full-page"
          stickyHeader
          items={items}
          columnDefinitions={columns}
          loading={pages.isLoading && pages.items.length === 0}
          loadingText="Loading state machines"
          selectionType="multi"
          resizableColumns
          ariaLabels={{
            selectionGroupLabel: "State machines",
            allItemsSelectionLabel: () => "Select all",
            itemSelectionLabel: (_, item) => `Select ${item.name}`,
            tableLabel: "State machines",
          }}
          header={
            <Header
              variant="awsui-h1-sticky"
              counter={`(${selected.length > 0 ? `${selected.length}/` : ""}${pages.items.length}${pages.hasMore ? "+" : ""})`}
              actions={
                <SpaceBetween direction="horizontal" size="xs">
                  <Button iconName="refresh" ariaLabel="Load again" onClick={pages.reload} />
                  <ButtonDropdown
                    disabled={selected.length === 0}
                    items={[
                      { id: "edit", text: "Edit", disabled: one === undefined },
                      { id: "delete", text: "Delete" },
                    ]}
                    onItemClick={({ detail }) => {
                      if (detail.id === "delete") setAsksDelete(true);
                      else if (one !== undefined) void navigate(pathOfMachine(one.stateMachineArn, "/edit"));
                    }}
                  >
                    Actions
                  </ButtonDropdown>
                  <Button disabled={one === undefined} onClick={() => one !== undefined && setStarts(one.stateMachineArn)}>
                    Start execution
                  </Button>
                  <Button variant="primary" onClick={() => void navigate("/state-machines/new")}>
                    Create state machine
                  </Button>
                </SpaceBetween>
              }
            >
              State machines
            </Header>
          }
          filter={
            <TextFilter
              {...filterProps}
              onChange={({ detail }) => filter(detail.filteringText)}
              filteringPlaceholder="Find state machines"
              filteringAriaLabel="Find state machines"
              filteringClearAriaLabel="Clear"
              countText={`${filteredItemsCount ?? 0} ${filteredItemsCount === 1 ? "match" : "matches"}`}
            />
          }
          pagination={
            <Pagination
              {...paginationProps}
              ariaLabels={{ nextPageLabel: "Next page", previousPageLabel: "Previous page", pageLabel: (page) => `Page ${page}`, paginationLabel: "Pages" }}
              openEnd={pages.hasMore}
              onNextPageClick={(event) => {
                if (event.detail.requestedPageAvailable === false) pages.loadMore();
              }}
            />
          }
          footer={pages.hasMore && <LoadMore pages={pages} noun="state machines" />}
        />
      )}
      {asksDelete && (
        <DeleteMachines
          machines={selected}
          onClose={(deleted) => {
            setAsksDelete(false);
            if (deleted === 0) return;
            actions.setSelectedItems([]);
            frame.succeeded(deleted === 1 ? "The state machine is being deleted." : `${deleted} state machines are being deleted.`);
            pages.reload();
          }}
        />
      )}
      {starts !== null && <StartExecution stateMachineArn={starts} onClose={() => setStarts(null)} />}
    </>
  );
}
