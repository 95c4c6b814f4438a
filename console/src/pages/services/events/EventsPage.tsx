// SPDX-License-Identifier: Apache-2.0
// Event buses: the rules of one, events sent to it by hand, archives.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { call } from "../../../api/console-api";
import { useCall } from "../../../api/use-call";
import { useCrumbs } from "../../../app/frame";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { Link, Name } from "../../../components/Link";
import { StatusBadge } from "../../../components/StatusBadge";
import { formatBytes, Timestamp } from "../../../components/Timestamp";
import { ArnLink } from "../shared/ArnLink";
import { paths } from "../shared/arn-path";
import { useListing } from "../shared/list-pages";
import { ListTable } from "../shared/ListTable";
import { PageTabs } from "../shared/PageTabs";
import { useQueryState } from "../shared/query-state";
import { useAct } from "../shared/use-act";
import type { Archive, EventBus, Rule } from "./event-types";
import { PatternTester } from "./PatternTester";
import { SendEvent } from "./SendEvent";

export default function EventsPage() {
  const [bus, setBus] = useQueryState("bus", "default");
  useCrumbs(["Rules", "/events"]);
  const buses = useCall<{ EventBuses?: EventBus[] }>("events", "ListEventBuses", {});
  const names = [...new Set([bus, ...(buses.data?.EventBuses ?? []).map(({ Name }) => Name)])];
  const options = names.map((value) => ({ value, label: value }));
  return (
    <SpaceBetween size="m">
      <Header
        variant="h1"
        actions={
          <SpaceBetween direction="horizontal" size="xs" alignItems="center">
            <Box variant="awsui-key-label">Event bus</Box>
            <Select ariaLabel="Event bus" options={options} selectedOption={{ value: bus, label: bus }} onChange={({ detail }) => setBus(detail.selectedOption.value ?? "default")} />
          </SpaceBetween>
        }
      >
        Rules
      </Header>
      <PageTabs
        label="Event bus"
        tabs={[
          { id: "rules", label: "Rules", content: () => <Rules key={bus} bus={bus} /> },
          { id: "send", label: "Send an event", content: () => <SendEvent key={bus} bus={bus} /> },
          { id: "test", label: "Test a pattern", content: () => <PatternTester /> },
          { id: "archives", label: "Archives", content: () => <Archives /> },
        ]}
      />
    </SpaceBetween>
  );
}

function Rules({ bus }: { bus: string }) {
  const act = useAct();
  const pages = useListing<{ Rules?: Rule[] }, Rule>({ service: "events", operation: "ListRules", input: { EventBusName: bus, Limit: 50 }, itemsOf: (output) => output.Rules });
  const enable = async (rules: Rule[], isOn: boolean) => {
    await act({ failed: "The rule could not be changed", succeeded: isOn ? "Enabled." : "Disabled." }, async () => {
      for (const { Name: name } of rules) await call("events", isOn ? "EnableRule" : "DisableRule", { Name: name, EventBusName: bus });
    });
    pages.reload();
  };
  const remove = async (rules: Rule[]) => {
    await act({ failed: "The rule could not be deleted", succeeded: "Deleted." }, async () => {
      for (const { Name: name } of rules) await deleteRule(bus, name);
    });
    pages.reload();
  };
  return (
    <ListTable
      title={bus === "default" ? "Rules" : `Rules of ${bus}`}
      noun="rules"
      pages={pages}
      idOf={(rule) => rule.Name}
      textOf={(rule) => `${rule.Name} ${rule.Description ?? ""} ${rule.EventPattern ?? ""} ${rule.ScheduleExpression ?? ""}`}
      selection="multi"
      actions={(selected) => (
        <>
          <Button disabled={selected.length === 0} onClick={() => void enable(selected, true)}>
            Enable
          </Button>
          <Button disabled={selected.length === 0} onClick={() => void enable(selected, false)}>
            Disable
          </Button>
          <ConfirmButton text="Delete" title="Delete rules" disabled={selected.length === 0} onConfirm={() => remove(selected)}>
            <Box>{`Delete ${selected.length === 1 ? "this rule" : `these ${selected.length} rules`} with their targets? This cannot be undone.`}</Box>
          </ConfirmButton>
        </>
      )}
      columns={[
        { id: "name", header: "Name", cell: (rule) => <Link to={paths.rule(bus, rule.Name)}><Name>{rule.Name}</Name></Link>, sortingField: "Name", isRowHeader: true },
        { id: "state", header: "Status", cell: (rule) => <StatusBadge status={rule.State ?? ""} />, sortingField: "State" },
        { id: "when", header: "Schedule or pattern", cell: (rule) => <bdi className="pawl-mono pawl-wrap">{rule.ScheduleExpression ?? shortPattern(rule.EventPattern)}</bdi> },
        { id: "description", header: "Description", cell: (rule) => <Name>{rule.Description || "-"}</Name> },
      ]}
    />
  );
}

/** A rule can be deleted when it has no targets. */
export async function deleteRule(bus: string, name: string): Promise<void> {
  const { Targets = [] } = await call<{ Targets?: { Id: string }[] }>("events", "ListTargetsByRule", { Rule: name, EventBusName: bus });
  if (Targets.length > 0) await call("events", "RemoveTargets", { Rule: name, EventBusName: bus, Ids: Targets.map(({ Id }) => Id) });
  await call("events", "DeleteRule", { Name: name, EventBusName: bus });
}

function shortPattern(pattern = "-"): string {
  const short = pattern.replace(/\s+/g, " ");
  return short.length > 160 ? `${short.slice(0, 160)}…` : short;
}

function Archives() {
  const pages = useListing<{ Archives?: Archive[] }, Archive>({ service: "events", operation: "ListArchives", itemsOf: (output) => output.Archives });
  return (
    <ListTable
      title="Archives"
      noun="archives"
      pages={pages}
      idOf={(archive) => archive.ArchiveName}
      textOf={(archive) => archive.ArchiveName}
      columns={[
        { id: "name", header: "Name", cell: (archive) => <Name>{archive.ArchiveName}</Name>, sortingField: "ArchiveName", isRowHeader: true },
        { id: "state", header: "Status", cell: (archive) => <StatusBadge status={archive.State ?? ""} /> },
        { id: "source", header: "Event bus", cell: (archive) => <ArnLink arn={archive.EventSourceArn ?? "-"} short /> },
        { id: "count", header: "Events", cell: (archive) => (archive.EventCount ?? 0).toLocaleString("en") },
        { id: "size", header: "Size", cell: (archive) => formatBytes(archive.SizeBytes ?? 0) },
        { id: "retention", header: "Retention", cell: (archive) => (archive.RetentionDays ? `${archive.RetentionDays} days` : "Indefinite") },
        { id: "created", header: "Created", cell: (archive) => <Timestamp value={archive.CreationTime} /> },
      ]}
    />
  );
}
