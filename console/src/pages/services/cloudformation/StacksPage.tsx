// SPDX-License-Identifier: Apache-2.0
// Stacks, live: list and delete.
import Toggle from "@cloudscape-design/components/toggle";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useCrumbs } from "../../../app/frame";
import { Empty } from "../../../components/Empty";
import { Link, Name } from "../../../components/Link";
import { StatusBadge } from "../../../components/StatusBadge";
import { Timestamp } from "../../../components/Timestamp";
import { ArnLink } from "../shared/ArnLink";
import { paths } from "../shared/arn-path";
import { useListing } from "../shared/list-pages";
import { ListTable } from "../shared/ListTable";
import { useQueryState } from "../shared/query-state";
import { usePolling } from "../shared/use-polling";
import { DeleteStack } from "./DeleteStack";
import { isMoving, type StackSummary } from "./stack-types";

const kPollMs = 3000;
/** All but DELETE_COMPLETE (API ListStacks, StackStatusFilter). */
const kLiving = [
  ...["CREATE", "ROLLBACK", "DELETE", "UPDATE", "UPDATE_ROLLBACK", "IMPORT", "IMPORT_ROLLBACK"].flatMap((what) => [`${what}_IN_PROGRESS`, `${what}_FAILED`]),
  ...["CREATE", "ROLLBACK", "UPDATE", "UPDATE_ROLLBACK", "IMPORT", "IMPORT_ROLLBACK"].map((what) => `${what}_COMPLETE`),
  "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
  "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
  "REVIEW_IN_PROGRESS",
].filter((status) => status !== "IMPORT_FAILED");

export default function StacksPage() {
  useCrumbs(["Stacks", "/cloudformation"]);
  const [withDeleted, setWithDeleted] = useQueryState("deleted");
  const [deleted, setDeleted] = useState<StackSummary>();
  const pages = useListing<{ StackSummaries?: StackSummary[] }, StackSummary>({
    service: "cloudformation",
    operation: "ListStacks",
    input: withDeleted === "1" ? {} : { StackStatusFilter: kLiving },
    itemsOf: (output) => output.StackSummaries,
  });
  usePolling(pages.reload, kPollMs, !pages.hasMore && !pages.isLoading && pages.items.some(({ StackStatus }) => isMoving(StackStatus)));
  return (
    <>
      <ListTable
        title="Stacks"
        noun="stacks"
        variant="full-page"
        pages={pages}
        idOf={(stack) => stack.StackId}
        textOf={(stack) => `${stack.StackName} ${stack.StackStatus} ${stack.TemplateDescription ?? ""}`}
        selection="single"
        filters={
          <Toggle checked={withDeleted === "1"} onChange={({ detail }) => setWithDeleted(detail.checked ? "1" : "")}>
            Show deleted
          </Toggle>
        }
        actions={([selected]) => (
          <Button disabled={selected === undefined || selected.StackStatus === "DELETE_COMPLETE"} onClick={() => setDeleted(selected)}>
            Delete
          </Button>
        )}
        empty={<Empty title="No stacks">Deploy one by pawl deploy template.yaml --stack-name NAME, aws cloudformation deploy, SAM or the CDK.</Empty>}
        columns={[
          { id: "name", header: "Name", cell: (stack) => <Link to={pathOfStack(stack)}><Name>{stack.StackName}</Name></Link>, sortingField: "StackName", isRowHeader: true },
          { id: "status", header: "Status", cell: (stack) => <StatusBadge status={stack.StackStatus} />, sortingField: "StackStatus" },
          { id: "reason", header: "Reason", cell: (stack) => <Name>{stack.StackStatusReason || "-"}</Name> },
          { id: "created", header: "Created", cell: (stack) => <Timestamp value={stack.CreationTime} />, sortingField: "CreationTime" },
          { id: "updated", header: "Updated", cell: (stack) => <Timestamp value={stack.DeletionTime ?? stack.LastUpdatedTime} />, sortingField: "LastUpdatedTime" },
          { id: "parent", header: "Parent", cell: (stack) => (stack.ParentId === undefined ? "-" : <ArnLink arn={stack.ParentId} short />) },
          { id: "description", header: "Description", cell: (stack) => <Name>{stack.TemplateDescription || "-"}</Name> },
        ]}
      />
      {deleted !== undefined && <DeleteStack stack={deleted} onClose={() => setDeleted(undefined)} onDeleted={pages.reload} />}
    </>
  );
}

/** A deleted stack is found by its id only. */
function pathOfStack({ StackName, StackId, StackStatus }: StackSummary): string {
  return paths.stack(StackStatus === "DELETE_COMPLETE" ? StackId : StackName);
}
