// SPDX-License-Identifier: Apache-2.0
// One state machine: what it is, its executions, its definition, versions, aliases, and how they differ.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { useLoaded } from "../../api/use-call";
import { useCrumbs, useFrame } from "../../app/frame";
import { CopyText } from "../../components/CopyText";
import { ErrorBox } from "../../components/ErrorBox";
import { Name } from "../../components/Link";
import { StatusBadge, statusWord } from "../../components/StatusBadge";
import { Timestamp } from "../../components/Timestamp";
import { AliasesTab } from "./AliasesTab";
import { describeMachine, type Machine, nameOfMachine, pathOfMachine, withoutQualifier } from "./api";
import { CompareTab } from "./CompareTab";
import { DefinitionTab } from "./DefinitionTab";
import { DeleteMachines } from "./DeleteMachines";
import { download, fileName } from "./download";
import { ExecutionsTab } from "./ExecutionsTab";
import { Facts } from "./Facts";
import { SettingsTab } from "./SettingsTab";
import StartExecution from "./StartExecution";
import { TagsTab } from "./TagsTab";
import { VersionsTab } from "./VersionsTab";

export default function MachinePage() {
  const arn = withoutQualifier(useParams().arn ?? "");
  const name = nameOfMachine(arn);
  useCrumbs(["State machines", "/state-machines"], [name, pathOfMachine(arn)]);
  const machine = useLoaded(arn, (signal) => describeMachine(arn, signal));
  if (machine.data !== undefined) return <Loaded machine={machine.data} reload={machine.reload} />;
  if (machine.error !== undefined) return <ErrorBox error={machine.error} onRetry={machine.reload} />;
  return (
    <Box padding="xxl" textAlign="center">
      <Spinner size="large" />
    </Box>
  );
}

function Loaded({ machine, reload }: { machine: Machine; reload: () => void }) {
  const navigate = useNavigate();
  const frame = useFrame();
  const [search, setSearch] = useSearchParams();
  const [starts, setStarts] = useState<string | null>(null);
  const [asksDelete, setAsksDelete] = useState(false);
  const arn = machine.stateMachineArn;
  const selected = search.get("tab") === "definition" ? search.get("state") : null;
  const isGoing = machine.status === "DELETING";

  const act = (id: string) => {
    if (id === "delete") setAsksDelete(true);
    else if (id === "definition") download(fileName(machine.name, "asl.json"), machine.definition, "application/json");
    else if (id === "copy") void navigator.clipboard?.writeText(arn).then(() => frame.succeeded("The ARN was copied."));
    else if (id === "copy-machine") void navigate(`/state-machines/new?from=${encodeURIComponent(arn)}`);
  };
  const tabs = [
    { id: "executions", label: "Executions", content: <ExecutionsTab machine={machine} /> },
    { id: "definition", label: "Definition", content: <DefinitionTab machine={machine} /> },
    { id: "versions", label: "Versions", content: <VersionsTab machine={machine} onStart={setStarts} /> },
    { id: "aliases", label: "Aliases", content: <AliasesTab machine={machine} onStart={setStarts} /> },
    { id: "compare", label: "Compare", content: <CompareTab machine={machine} /> },
    { id: "settings", label: "Logging and encryption", content: <SettingsTab machine={machine} /> },
    { id: "tags", label: "Tags", content: <TagsTab resourceArn={arn} /> },
  ];
  const active = tabs.some((tab) => tab.id === search.get("tab")) ? (search.get("tab") ?? "executions") : "executions";

  return (
    <SpaceBetween size="s">
      <Header
        variant="h1"
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button iconName="refresh" ariaLabel="Load again" onClick={reload} />
            <ButtonDropdown
              items={[
                { id: "copy", text: "Copy ARN" },
                { id: "definition", text: "Download the definition" },
                { id: "copy-machine", text: "Copy to a new state machine" },
                { id: "delete", text: "Delete", disabled: isGoing },
              ]}
              onItemClick={({ detail }) => act(detail.id)}
            >
              Actions
            </ButtonDropdown>
            <Button disabled={isGoing} onClick={() => void navigate(pathOfMachine(arn, selected === null ? "/edit" : `/edit?state=${encodeURIComponent(selected)}`))}>
              Edit
            </Button>
            <Button variant="primary" disabled={isGoing} onClick={() => setStarts(arn)}>
              Start execution
            </Button>
          </SpaceBetween>
        }
      >
        <Name>{machine.name}</Name>
      </Header>
      <Facts
        facts={[
          { label: "Status", value: <StatusBadge status={machine.status} /> },
          { label: "Type", value: statusWord(machine.type) },
          { label: "Created", value: <Timestamp value={machine.creationDate} /> },
          { label: "Logging", value: statusWord(machine.loggingConfiguration?.level ?? "OFF") },
          { label: "Tracing", value: machine.tracingConfiguration?.enabled === true ? "On" : "Off" },
          { label: "ARN", value: <CopyText text={arn} label="the ARN" /> },
          { label: "IAM role", value: <CopyText text={machine.roleArn} label="the role's ARN" /> },
          ...(machine.revisionId === undefined ? [] : [{ label: "Revision", value: machine.revisionId }]),
        ]}
      />
      <Tabs
        ariaLabel={`About ${machine.name}`}
        activeTabId={active}
        onChange={({ detail }) => setSearch(detail.activeTabId === "executions" ? {} : { tab: detail.activeTabId })}
        tabs={tabs.map((tab) => (tab.id === active ? tab : { ...tab, content: null }))}
      />
      {starts !== null && <StartExecution stateMachineArn={starts} onClose={() => setStarts(null)} />}
      {asksDelete && (
        <DeleteMachines
          machines={[machine]}
          onClose={(deleted) => {
            setAsksDelete(false);
            if (deleted === 0) return;
            frame.succeeded("The state machine is being deleted.");
            void navigate("/state-machines");
          }}
        />
      )}
    </SpaceBetween>
  );
}
