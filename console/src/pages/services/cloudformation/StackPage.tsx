// SPDX-License-Identifier: Apache-2.0
// A stack: how it stands and why, resources, events (live), outputs, parameters, template, change sets.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useState } from "react";
import { useParams } from "react-router";
import { ApiError } from "../../../api/api-error";
import { call } from "../../../api/console-api";
import { useCall, useLoaded } from "../../../api/use-call";
import { useCrumbs } from "../../../app/frame";
import { CopyText } from "../../../components/CopyText";
import { JsonView } from "../../../components/JsonView";
import { Name } from "../../../components/Link";
import { StatusBadge } from "../../../components/StatusBadge";
import { Timestamp } from "../../../components/Timestamp";
import { ArnLink } from "../shared/ArnLink";
import { parseArn, paths, shortName } from "../shared/arn-path";
import { Facts } from "../shared/Facts";
import { LoadedView } from "../shared/LoadedView";
import { PageTabs } from "../shared/PageTabs";
import { PairsTable } from "../shared/PairsTable";
import { usePolling } from "../shared/use-polling";
import { ChangeSetsTab } from "./ChangeSetsTab";
import { DeleteStack } from "./DeleteStack";
import { EventsTab } from "./EventsTab";
import { OutputsTab, ParametersTab, ResourcesTab } from "./StackTabs";
import { isFailed, isMoving, type Stack, type StackEvent } from "./stack-types";

const kMovingMs = 1000;
const kRestingMs = 10_000;

export default function StackPage() {
  const { stack: name = "" } = useParams();
  const [deletes, setDeletes] = useState(false);
  const title = parseArn(name) === undefined ? name : shortName(name);
  useCrumbs(["Stacks", "/cloudformation"], [title, paths.stack(name)]);
  const loaded = useLoaded(JSON.stringify(["stack", name]), async (signal) => {
    const [stack] = (await call<{ Stacks?: Stack[] }>("cloudformation", "DescribeStacks", { StackName: name }, signal)).Stacks ?? [];
    if (stack === undefined) throw new ApiError("NotFound", "There is no such stack.", 404);
    return stack;
  });
  // A stack that goes while it is watched answers by its id only: what was seen last stays, with what it was.
  const [last, setLast] = useState<Stack>();
  useEffect(() => {
    if (loaded.data !== undefined) setLast(loaded.data);
  }, [loaded.data]);
  const status = loaded.data?.StackStatus ?? "";
  usePolling(loaded.reload, isMoving(status) ? kMovingMs : kRestingMs, loaded.error === undefined || loaded.error.isConnection);
  const isGone = loaded.error !== undefined && !loaded.error.isConnection && last !== undefined && last.StackName === title;
  return (
    <SpaceBetween size="m">
      <Header
        variant="h1"
        description={last === undefined ? undefined : <CopyText text={last.StackId} label="stack ID" />}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button iconName="refresh" ariaLabel="Refresh the stack" onClick={loaded.reload} />
            <Button disabled={loaded.data === undefined || status === "DELETE_COMPLETE" || status === "DELETE_IN_PROGRESS"} onClick={() => setDeletes(true)}>
              Delete
            </Button>
          </SpaceBetween>
        }
      >
        <Name>{title}</Name>
      </Header>
      {isGone ? <Alert type="success">The stack was deleted.</Alert> : <LoadedView loaded={loaded}>{(stack) => <Details stack={stack} onChanged={loaded.reload} />}</LoadedView>}
      {deletes && last !== undefined && <DeleteStack stack={last} onClose={() => setDeletes(false)} onDeleted={loaded.reload} />}
    </SpaceBetween>
  );
}

function Details({ stack, onChanged }: { stack: Stack; onChanged: () => void }) {
  const id = stack.StackId;
  return (
    <SpaceBetween size="m">
      {isFailed(stack.StackStatus) && <FirstFailure stack={stack} />}
      <Facts
        facts={[
          ["Status", <StatusBadge status={stack.StackStatus} />],
          ["Created", <Timestamp value={stack.CreationTime} />],
          ["Updated", stack.LastUpdatedTime === undefined ? undefined : <Timestamp value={stack.LastUpdatedTime} />],
          ["Deleted", stack.DeletionTime === undefined ? undefined : <Timestamp value={stack.DeletionTime} />],
          ["Parent", stack.ParentId === undefined ? undefined : <ArnLink arn={stack.ParentId} short />],
          ["Role", stack.RoleARN === undefined ? undefined : <ArnLink arn={stack.RoleARN} short />],
          ["Capabilities", (stack.Capabilities ?? []).join(", ")],
          ["Termination protection", stack.EnableTerminationProtection === true ? "On" : "Off"],
          ["Description", stack.Description ? <bdi>{stack.Description}</bdi> : undefined],
        ]}
      />
      <PageTabs
        label="Stack"
        tabs={[
          { id: "resources", label: "Resources", content: () => <ResourcesTab stackId={id} isMoving={isMoving(stack.StackStatus)} /> },
          { id: "events", label: "Events", content: () => <EventsTab stackId={id} isMoving={isMoving(stack.StackStatus)} /> },
          { id: "outputs", label: "Outputs", count: (stack.Outputs ?? []).length, content: () => <OutputsTab stack={stack} /> },
          { id: "parameters", label: "Parameters", count: (stack.Parameters ?? []).length, content: () => <ParametersTab stack={stack} /> },
          { id: "template", label: "Template", content: () => <Template stackId={id} /> },
          { id: "change-sets", label: "Change sets", content: () => <ChangeSetsTab stackId={id} onChanged={onChanged} /> },
          { id: "tags", label: "Tags", content: () => <PairsTable label="Tags" pairs={(stack.Tags ?? []).map((tag) => [tag.Key, tag.Value])} empty="No tags" /> },
        ]}
      />
    </SpaceBetween>
  );
}

/** Why it failed: the reason that stands first, not those of what was cancelled for it. */
function FirstFailure({ stack }: { stack: Stack }) {
  const loaded = useCall<{ StackEvents?: StackEvent[] }>("cloudformation", "DescribeStackEvents", { StackName: stack.StackId });
  // Nothing rather than a reason that changes a moment later.
  if (loaded.data === undefined && loaded.error === undefined) return null;
  const failures = (loaded.data?.StackEvents ?? []).filter(
    (event) => event.ResourceStatus?.endsWith("_FAILED") === true && !/Resource creation cancelled|cancelled/i.test(event.ResourceStatusReason ?? ""),
  );
  const event = failures.at(-1);
  return (
    <Alert type="error" header={event?.LogicalResourceId === undefined ? stack.StackStatus : `${event.LogicalResourceId} (${event.ResourceType ?? ""})`}>
      <span className="pawl-wrap">{event?.ResourceStatusReason ?? stack.StackStatusReason ?? "See the events."}</span>
    </Alert>
  );
}

function Template({ stackId }: { stackId: string }) {
  const loaded = useCall<{ TemplateBody?: string | object }>("cloudformation", "GetTemplate", { StackName: stackId, TemplateStage: "Original" });
  return (
    <LoadedView loaded={loaded}>
      {({ TemplateBody = "" }) => <JsonView text={typeof TemplateBody === "string" ? TemplateBody : JSON.stringify(TemplateBody)} label="Template" heightMax={620} />}
    </LoadedView>
  );
}
