// SPDX-License-Identifier: Apache-2.0
// Pipes: list, start, stop, delete.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { call } from "../../../api/console-api";
import { useCrumbs } from "../../../app/frame";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { Empty } from "../../../components/Empty";
import { Link, Name } from "../../../components/Link";
import { StatusBadge } from "../../../components/StatusBadge";
import { Timestamp } from "../../../components/Timestamp";
import { ArnLink } from "../shared/ArnLink";
import { paths } from "../shared/arn-path";
import { useListing } from "../shared/list-pages";
import { ListTable } from "../shared/ListTable";
import { useAct } from "../shared/use-act";
import type { Pipe } from "./pipe-types";

export default function PipesPage() {
  useCrumbs(["Pipes", "/pipes"]);
  const act = useAct();
  const pages = useListing<{ Pipes?: Pipe[] }, Pipe>({ service: "pipes", operation: "ListPipes", input: { Limit: 50 }, itemsOf: (output) => output.Pipes });
  const change = async (operation: string, { Name: name }: Pipe) => {
    await act({ failed: "The pipe could not be changed", succeeded: <><Name>{name}</Name>: {operation.replace("Pipe", "").toLowerCase()} requested.</> }, () => call("pipes", operation, { Name: name }));
    pages.reload();
  };
  return (
    <ListTable
      title="Pipes"
      noun="pipes"
      variant="full-page"
      pages={pages}
      idOf={(pipe) => pipe.Name}
      textOf={(pipe) => `${pipe.Name} ${pipe.Source ?? ""} ${pipe.Target ?? ""}`}
      selection="single"
      actions={([selected]) => (
        <>
          <Button disabled={selected === undefined} onClick={() => selected && void change("StartPipe", selected)}>
            Start
          </Button>
          <Button disabled={selected === undefined} onClick={() => selected && void change("StopPipe", selected)}>
            Stop
          </Button>
          <ConfirmButton text="Delete" title="Delete pipe" disabled={selected === undefined} onConfirm={async () => selected && change("DeletePipe", selected)}>
            <Box>
              Delete the pipe <b><Name>{selected?.Name ?? ""}</Name></b>? This cannot be undone.
            </Box>
          </ConfirmButton>
        </>
      )}
      empty={<Empty title="No pipes">Create one by aws pipes create-pipe, CloudFormation or Terraform.</Empty>}
      columns={[
        { id: "name", header: "Name", cell: (pipe) => <Link to={paths.pipe(pipe.Name)}><Name>{pipe.Name}</Name></Link>, sortingField: "Name", isRowHeader: true },
        { id: "state", header: "Status", cell: (pipe) => <StatusBadge status={pipe.CurrentState ?? ""} />, sortingField: "CurrentState" },
        { id: "source", header: "Source", cell: (pipe) => <ArnLink arn={pipe.Source ?? "-"} short /> },
        { id: "enrichment", header: "Enrichment", cell: (pipe) => (pipe.Enrichment ? <ArnLink arn={pipe.Enrichment} short /> : "-") },
        { id: "target", header: "Target", cell: (pipe) => <ArnLink arn={pipe.Target ?? "-"} short /> },
        { id: "modified", header: "Last modified", cell: (pipe) => <Timestamp value={pipe.LastModifiedTime} />, sortingField: "LastModifiedTime" },
      ]}
    />
  );
}
