// SPDX-License-Identifier: Apache-2.0
// Aliases of a machine: names that stand for one version, or for two with weights.
import Button from "@cloudscape-design/components/button";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";
import { useFrame } from "../../app/frame";
import { ConfirmButton } from "../../components/ConfirmButton";
import { Empty } from "../../components/Empty";
import { ErrorBox } from "../../components/ErrorBox";
import { Name } from "../../components/Link";
import { Timestamp } from "../../components/Timestamp";
import { AliasForm } from "./AliasForm";
import { type Alias, type Machine, qualifierOf, type Route, states } from "./api";
import { useAliases } from "./use-aliases";
import "./machines.css";

interface Props {
  machine: Machine;
  onStart: (arn: string) => void;
}

/** How the executions are divided, as a bar. */
export function Routing({ routes }: { routes: Route[] }) {
  return (
    <div className="pawl-routing">
      <div className="pawl-routing-bar" aria-hidden>
        {routes.map((route, index) => (
          <div key={route.stateMachineVersionArn} className={`pawl-routing-part-${index}`} style={{ flexGrow: route.weight }} />
        ))}
      </div>
      {routes.map((route, index) => (
        <span key={route.stateMachineVersionArn}>
          <span className={`pawl-routing-mark pawl-routing-part-${index}`} aria-hidden />
          {`Version ${qualifierOf(route.stateMachineVersionArn)}: ${route.weight} %`}
        </span>
      ))}
    </div>
  );
}

export function AliasesTab({ machine, onStart }: Props) {
  const frame = useFrame();
  const { data, error, isLoading, reload } = useAliases(machine.stateMachineArn);
  const [chosen, setChosen] = useState<Alias[]>([]);
  const [form, setForm] = useState<"new" | Alias | null>(null);
  const one = chosen[0];

  const remove = async () => {
    if (one === undefined) return;
    try {
      await states("DeleteStateMachineAlias", { stateMachineAliasArn: one.stateMachineAliasArn });
      frame.succeeded(`Alias ${one.name} was deleted.`);
      setChosen([]);
    } catch (failure) {
      frame.failed(`Alias ${one.name} was not deleted`, failure);
    }
    reload();
  };

  if (error !== undefined && data === undefined) return <ErrorBox error={error} onRetry={reload} />;
  return (
    <>
      <Table
        variant="container"
        items={data ?? []}
        trackBy="stateMachineAliasArn"
        loading={isLoading && data === undefined}
        loadingText="Loading aliases"
        selectionType="single"
        selectedItems={chosen}
        onSelectionChange={({ detail }) => setChosen(detail.selectedItems)}
        ariaLabels={{ selectionGroupLabel: "Aliases", itemSelectionLabel: (_, item) => `Select ${item.name}`, tableLabel: "Aliases" }}
        columnDefinitions={[
          {
            id: "name",
            header: "Name",
            cell: (item) => (
              <span className="pawl-row">
                <Name>{item.name}</Name>
                <CopyToClipboard variant="icon" textToCopy={item.stateMachineAliasArn} copyButtonAriaLabel={`Copy the ARN of ${item.name}`} copySuccessText="The ARN was copied" copyErrorText="It could not be copied" />
              </span>
            ),
            isRowHeader: true,
          },
          { id: "routing", header: "Routes to", cell: (item) => <Routing routes={item.routingConfiguration} />, minWidth: 300 },
          { id: "description", header: "Description", cell: (item) => <bdi className="pawl-wrap">{item.description ?? "-"}</bdi> },
          { id: "updated", header: "Updated", cell: (item) => <Timestamp value={item.updateDate ?? item.creationDate} />, width: 220 },
        ]}
        header={
          <Header
            variant="h2"
            counter={`(${data?.length ?? 0})`}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <ConfirmButton text="Delete" title={`Delete alias ${one?.name ?? ""}?`} disabled={one === undefined} onConfirm={remove}>
                  Its versions stay. Who starts executions by its ARN gets an error.
                </ConfirmButton>
                <Button disabled={one === undefined} onClick={() => one !== undefined && setForm(one)}>
                  Edit
                </Button>
                <Button disabled={one === undefined} onClick={() => one !== undefined && onStart(one.stateMachineAliasArn)}>
                  Start execution
                </Button>
                <Button variant="primary" disabled={machine.status === "DELETING"} onClick={() => setForm("new")}>
                  Create alias
                </Button>
              </SpaceBetween>
            }
          >
            Aliases
          </Header>
        }
        empty={
          <Empty title="No aliases">
            <Button onClick={() => setForm("new")}>Create alias</Button>
          </Empty>
        }
      />
      {form !== null && (
        <AliasForm
          machine={machine}
          alias={form === "new" ? undefined : form}
          onDone={(message) => {
            setForm(null);
            if (message === undefined) return;
            frame.succeeded(message);
            setChosen([]);
            reload();
          }}
        />
      )}
    </>
  );
}
