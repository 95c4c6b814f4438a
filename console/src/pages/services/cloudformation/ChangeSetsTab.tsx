// SPDX-License-Identifier: Apache-2.0
// Change sets of a stack: what each would change; execute, delete.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { call } from "../../../api/console-api";
import { useCall } from "../../../api/use-call";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { Name } from "../../../components/Link";
import { StatusBadge } from "../../../components/StatusBadge";
import { Timestamp } from "../../../components/Timestamp";
import { useListing } from "../shared/list-pages";
import { ListTable } from "../shared/ListTable";
import { LoadedView } from "../shared/LoadedView";
import { useQueryState } from "../shared/query-state";
import { SimpleTable } from "../shared/SimpleTable";
import { useAct } from "../shared/use-act";
import type { Change, ChangeSetSummary } from "./stack-types";

export function ChangeSetsTab({ stackId, onChanged }: { stackId: string; onChanged: () => void }) {
  const act = useAct();
  const [chosen, setChosen] = useQueryState("changeSet");
  const pages = useListing<{ Summaries?: ChangeSetSummary[] }, ChangeSetSummary>({
    service: "cloudformation",
    operation: "ListChangeSets",
    input: { StackName: stackId },
    itemsOf: (output) => output.Summaries,
  });
  const run = async (operation: "ExecuteChangeSet" | "DeleteChangeSet", set: ChangeSetSummary) => {
    await act({ failed: operation === "ExecuteChangeSet" ? "It could not be executed" : "It could not be deleted", succeeded: operation === "ExecuteChangeSet" ? "The change set is being executed." : "Deleted." }, () =>
      call("cloudformation", operation, { ChangeSetName: set.ChangeSetId }),
    );
    pages.reload();
    onChanged();
  };
  return (
    <SpaceBetween size="m">
      <ListTable
        title="Change sets"
        noun="change sets"
        pages={pages}
        idOf={(set) => set.ChangeSetId}
        textOf={(set) => set.ChangeSetName}
        selection="single"
        actions={([set]) => (
          <>
            <ConfirmButton text="Delete" title="Delete change set" disabled={set === undefined} onConfirm={async () => set && run("DeleteChangeSet", set)}>
              <Box>Delete the change set? Nothing of the stack changes.</Box>
            </ConfirmButton>
            <ConfirmButton text="Execute" title="Execute change set" variant="primary" disabled={set?.ExecutionStatus !== "AVAILABLE"} onConfirm={async () => set && run("ExecuteChangeSet", set)}>
              <Box>Make these changes to the stack?</Box>
            </ConfirmButton>
          </>
        )}
        columns={[
          {
            id: "name",
            header: "Name",
            cell: (set) => (
              <Button variant="inline-link" onClick={() => setChosen(set.ChangeSetName === chosen ? "" : set.ChangeSetName)}>
                {set.ChangeSetName}
              </Button>
            ),
            isRowHeader: true,
          },
          { id: "status", header: "Status", cell: (set) => <StatusBadge status={set.Status ?? ""} /> },
          { id: "execution", header: "Execution", cell: (set) => <StatusBadge status={set.ExecutionStatus ?? ""} /> },
          { id: "reason", header: "Reason", cell: (set) => <Name>{set.StatusReason || "-"}</Name> },
          { id: "created", header: "Created", cell: (set) => <Timestamp value={set.CreationTime} /> },
        ]}
      />
      {chosen !== "" && <Changes stackId={stackId} name={chosen} />}
    </SpaceBetween>
  );
}

function Changes({ stackId, name }: { stackId: string; name: string }) {
  const loaded = useCall<{ Changes?: Change[] }>("cloudformation", "DescribeChangeSet", { StackName: stackId, ChangeSetName: name });
  return (
    <LoadedView loaded={loaded}>
      {({ Changes: changes = [] }) => (
        <SimpleTable
          label="Changes"
          header={<Header variant="h2" counter={`(${changes.length})`}>Changes of <bdi>{name}</bdi></Header>}
          items={changes}
          empty="No changes"
          columns={[
            { id: "action", header: "Action", cell: ({ ResourceChange: change }) => change?.Action ?? "-", isRowHeader: true },
            { id: "logical", header: "Logical ID", cell: ({ ResourceChange: change }) => <Name>{change?.LogicalResourceId ?? ""}</Name> },
            { id: "type", header: "Type", cell: ({ ResourceChange: change }) => change?.ResourceType ?? "-" },
            { id: "replacement", header: "Replacement", cell: ({ ResourceChange: change }) => change?.Replacement ?? "-" },
            { id: "scope", header: "What", cell: ({ ResourceChange: change }) => (change?.Scope ?? []).join(", ") || "-" },
            { id: "physical", header: "Physical ID", cell: ({ ResourceChange: change }) => <Name>{change?.PhysicalResourceId || "-"}</Name> },
          ]}
        />
      )}
    </LoadedView>
  );
}
