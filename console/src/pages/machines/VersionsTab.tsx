// SPDX-License-Identifier: Apache-2.0
// Versions of a machine: frozen copies of a revision.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { useNavigate } from "react-router";
import { type ApiError, asApiError } from "../../api/api-error";
import { useLoaded } from "../../api/use-call";
import { usePages } from "../../api/use-pages";
import { useFrame } from "../../app/frame";
import { LoadMore } from "../../components/LoadMore";
import { ConfirmButton } from "../../components/ConfirmButton";
import { Empty } from "../../components/Empty";
import { ErrorBox } from "../../components/ErrorBox";
import { Timestamp } from "../../components/Timestamp";
import { describeMachine, listVersions, type Machine, pathOfMachine, qualifierOf, states, type VersionItem } from "./api";
import { useAliases } from "./use-aliases";

interface Props {
  machine: Machine;
  onStart: (arn: string) => void;
}

/** Its description, which the listing has not. */
function Description({ arn }: { arn: string }) {
  const { data } = useLoaded(`version ${arn}`, (signal) => describeMachine(arn, signal));
  return <bdi className="pawl-wrap">{data?.description ?? (data === undefined ? "" : "-")}</bdi>;
}

export function VersionsTab({ machine, onStart }: Props) {
  const navigate = useNavigate();
  const frame = useFrame();
  const [publishes, setPublishes] = useState(false);
  const [chosen, setChosen] = useState<VersionItem[]>([]);
  const pages = usePages(machine.stateMachineArn, (token, signal) => listVersions(machine.stateMachineArn, token, signal));
  const aliases = useAliases(machine.stateMachineArn);
  const aliasesOf = (arn: string) => (aliases.data ?? []).filter((alias) => alias.routingConfiguration.some((route) => route.stateMachineVersionArn === arn));
  const one = chosen.length === 1 ? chosen[0] : undefined;

  const remove = async () => {
    for (const version of chosen) {
      try {
        await states("DeleteStateMachineVersion", { stateMachineVersionArn: version.stateMachineVersionArn });
        frame.succeeded(`Version ${qualifierOf(version.stateMachineVersionArn)} was deleted.`);
      } catch (failure) {
        frame.failed(`Version ${qualifierOf(version.stateMachineVersionArn)} was not deleted`, failure);
      }
    }
    setChosen([]);
    pages.reload();
  };
  const compare = () => {
    const [a, b] = chosen.map((each) => each.stateMachineVersionArn).sort((x, y) => Number(qualifierOf(x)) - Number(qualifierOf(y)));
    const query = new URLSearchParams({ tab: "compare", left: a ?? "", right: b ?? machine.stateMachineArn });
    void navigate(pathOfMachine(machine.stateMachineArn, `?${query}`));
  };

  if (pages.error !== undefined && pages.items.length === 0) return <ErrorBox error={pages.error} onRetry={pages.reload} />;
  return (
    <>
      <Table
        variant="container"
        items={pages.items}
        trackBy="stateMachineVersionArn"
        loading={pages.isLoading && pages.items.length === 0}
        loadingText="Loading versions"
        selectionType="multi"
        selectedItems={chosen}
        onSelectionChange={({ detail }) => setChosen(detail.selectedItems)}
        ariaLabels={{ selectionGroupLabel: "Versions", allItemsSelectionLabel: () => "Select all", itemSelectionLabel: (_, item) => `Select version ${qualifierOf(item.stateMachineVersionArn)}`, tableLabel: "Versions" }}
        columnDefinitions={[
          { id: "version", header: "Version", cell: (item) => qualifierOf(item.stateMachineVersionArn), isRowHeader: true, width: 110 },
          { id: "description", header: "Description", cell: (item) => <Description arn={item.stateMachineVersionArn} /> },
          { id: "aliases", header: "Aliases", cell: (item) => <AliasNames names={aliasesOf(item.stateMachineVersionArn).map((alias) => alias.name)} /> },
          { id: "created", header: "Published", cell: (item) => <Timestamp value={item.creationDate} />, width: 220 },
        ]}
        header={
          <Header
            variant="h2"
            counter={`(${pages.items.length}${pages.hasMore ? "+" : ""})`}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <ConfirmButton text="Delete" title={chosen.length === 1 ? "Delete the version?" : `Delete ${chosen.length} versions?`} disabled={chosen.length === 0} onConfirm={remove}>
                  Executions of it go on. A version that an alias routes to cannot be deleted.
                </ConfirmButton>
                <Button disabled={chosen.length === 0 || chosen.length > 2} onClick={compare}>
                  Compare
                </Button>
                <Button disabled={one === undefined} onClick={() => one !== undefined && onStart(one.stateMachineVersionArn)}>
                  Start execution
                </Button>
                <Button variant="primary" disabled={machine.status === "DELETING"} onClick={() => setPublishes(true)}>
                  Publish version
                </Button>
              </SpaceBetween>
            }
          >
            Versions
          </Header>
        }
        empty={
          <Empty title="No versions">
            <Button onClick={() => setPublishes(true)}>Publish version</Button>
          </Empty>
        }
        footer={pages.hasMore && <LoadMore pages={pages} noun="versions" />}
      />
      {publishes && (
        <PublishVersion
          machine={machine}
          onDone={(version) => {
            setPublishes(false);
            if (version === undefined) return;
            frame.succeeded(`Version ${version} was published.`);
            pages.reload();
          }}
        />
      )}
    </>
  );
}

function AliasNames({ names }: { names: string[] }) {
  return names.length === 0 ? <>-</> : <bdi className="pawl-wrap">{names.join(", ")}</bdi>;
}

function PublishVersion({ machine, onDone }: { machine: Machine; onDone: (version?: string) => void }) {
  const [description, setDescription] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const publish = async () => {
    setBusy(true);
    try {
      const { stateMachineVersionArn } = await states<{ stateMachineVersionArn: string }>("PublishStateMachineVersion", {
        stateMachineArn: machine.stateMachineArn,
        ...(description === "" ? {} : { description }),
      });
      onDone(qualifierOf(stateMachineVersionArn));
    } catch (failure) {
      setError(asApiError(failure));
      setBusy(false);
    }
  };
  return (
    <Modal
      visible
      header="Publish version"
      onDismiss={() => onDone()}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={() => onDone()}>
              Cancel
            </Button>
            <Button variant="primary" loading={isBusy} disabled={description.length > 256} onClick={() => void publish()}>
              Publish
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {error !== null && <ErrorBox error={error} />}
        <Box color="text-body-secondary">The current revision stays as it is under the next number. Publishing an unchanged revision again gives the same version.</Box>
        <FormField label="Description" errorText={description.length > 256 ? `At most 256 characters; these are ${description.length}.` : undefined}>
          <Textarea value={description} rows={2} onChange={({ detail }) => setDescription(detail.value)} />
        </FormField>
      </SpaceBetween>
    </Modal>
  );
}
