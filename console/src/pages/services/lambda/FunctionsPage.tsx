// SPDX-License-Identifier: Apache-2.0
// Functions: list and delete.
import Box from "@cloudscape-design/components/box";
import { call } from "../../../api/console-api";
import { useCrumbs } from "../../../app/frame";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { Empty } from "../../../components/Empty";
import { Link, Name } from "../../../components/Link";
import { formatBytes, Timestamp } from "../../../components/Timestamp";
import { paths } from "../shared/arn-path";
import { useListing } from "../shared/list-pages";
import { type Columns, ListTable } from "../shared/ListTable";
import { useAct } from "../shared/use-act";
import type { FunctionConfiguration } from "./function-types";

const kColumns: Columns<FunctionConfiguration> = [
  { id: "name", header: "Name", cell: (item) => <Link to={paths.lambda(item.FunctionName)}><Name>{item.FunctionName}</Name></Link>, sortingField: "FunctionName", isRowHeader: true },
  { id: "description", header: "Description", cell: (item) => <Name>{item.Description || "-"}</Name>, sortingField: "Description" },
  { id: "package", header: "Package", cell: (item) => item.PackageType ?? "Zip", sortingField: "PackageType" },
  { id: "runtime", header: "Runtime", cell: (item) => item.Runtime ?? "-", sortingField: "Runtime" },
  { id: "memory", header: "Memory", cell: (item) => `${item.MemorySize ?? 128} MB`, sortingField: "MemorySize" },
  { id: "timeout", header: "Timeout", cell: (item) => `${item.Timeout ?? 3} s`, sortingField: "Timeout" },
  { id: "size", header: "Code", cell: (item) => formatBytes(item.CodeSize ?? 0), sortingField: "CodeSize" },
  { id: "modified", header: "Last modified", cell: (item) => <Timestamp value={item.LastModified} />, sortingField: "LastModified" },
];

export default function FunctionsPage() {
  useCrumbs(["Functions", "/lambda"]);
  const act = useAct();
  const pages = useListing<{ Functions?: FunctionConfiguration[]; NextMarker?: string }, FunctionConfiguration>({
    service: "lambda",
    operation: "ListFunctions",
    input: { MaxItems: 50 },
    tokenMember: "Marker",
    tokenOf: (output) => output.NextMarker,
    itemsOf: (output) => output.Functions,
  });
  const remove = async (name: string) => {
    await act({ failed: "The function could not be deleted", succeeded: <>Function <Name>{name}</Name> was deleted.</> }, () => call("lambda", "DeleteFunction", { FunctionName: name }));
    pages.reload();
  };
  return (
    <ListTable
      title="Functions"
      noun="functions"
      variant="full-page"
      pages={pages}
      columns={kColumns}
      idOf={(item) => item.FunctionName}
      textOf={(item) => `${item.FunctionName} ${item.Runtime ?? ""} ${item.Description ?? ""}`}
      selection="single"
      actions={([selected]) => (
        <ConfirmButton text="Delete" title="Delete function" disabled={selected === undefined} onConfirm={() => remove(selected?.FunctionName ?? "")}>
          <Box>
            Delete the function <b><Name>{selected?.FunctionName ?? ""}</Name></b> with its versions and aliases? This cannot be undone.
          </Box>
        </ConfirmButton>
      )}
      empty={<Empty title="No functions">Create one by aws lambda create-function, SAM, the CDK or Terraform.</Empty>}
    />
  );
}
