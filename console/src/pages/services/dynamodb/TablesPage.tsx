// SPDX-License-Identifier: Apache-2.0
// Tables: list, create, delete.
import Button from "@cloudscape-design/components/button";
import Box from "@cloudscape-design/components/box";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { call } from "../../../api/console-api";
import { usePages } from "../../../api/use-pages";
import { useCrumbs, useFrame } from "../../../app/frame";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { Empty } from "../../../components/Empty";
import { Link, Name } from "../../../components/Link";
import { StatusBadge } from "../../../components/StatusBadge";
import { formatBytes, Timestamp } from "../../../components/Timestamp";
import { ActionModal } from "../../../components/ActionModal";
import { paths } from "../shared/arn-path";
import { type Columns, ListTable } from "../shared/ListTable";
import { useAct } from "../shared/use-act";
import { capacityText, indexesOf, keyNames, type TableDescription } from "./table-types";

const kPageSize = 50;

const kColumns: Columns<TableDescription> = [
  { id: "name", header: "Name", cell: (table) => <Link to={paths.table(table.TableName)}><Name>{table.TableName}</Name></Link>, sortingField: "TableName", isRowHeader: true },
  { id: "status", header: "Status", cell: (table) => <StatusBadge status={table.TableStatus} />, sortingField: "TableStatus" },
  { id: "hash", header: "Partition key", cell: (table) => keyText(table, "hash") },
  { id: "range", header: "Sort key", cell: (table) => keyText(table, "range") },
  { id: "indexes", header: "Indexes", cell: (table) => indexesOf(table).length },
  { id: "count", header: "Items", cell: (table) => (table.ItemCount ?? 0).toLocaleString("en"), sortingField: "ItemCount" },
  { id: "size", header: "Size", cell: (table) => formatBytes(table.TableSizeBytes ?? 0), sortingField: "TableSizeBytes" },
  { id: "capacity", header: "Capacity", cell: capacityText },
  { id: "created", header: "Created", cell: (table) => <Timestamp value={table.CreationDateTime} />, sortingField: "CreationDateTime" },
];

function keyText(table: TableDescription, which: "hash" | "range") {
  const keys = keyNames(table, table.KeySchema);
  const name = keys[which];
  return name === undefined ? "-" : <bdi>{`${name} (${which === "hash" ? keys.hashType : keys.rangeType})`}</bdi>;
}

function useTables() {
  return usePages<TableDescription>("dynamodb tables", async (token, signal) => {
    const listed = await call<{ TableNames?: string[]; LastEvaluatedTableName?: string }>(
      "dynamodb",
      "ListTables",
      { Limit: kPageSize, ...(token === undefined ? {} : { ExclusiveStartTableName: token }) },
      signal,
    );
    const items = await Promise.all(
      (listed.TableNames ?? []).map(async (name) => (await call<{ Table: TableDescription }>("dynamodb", "DescribeTable", { TableName: name }, signal)).Table),
    );
    return { items, nextToken: listed.LastEvaluatedTableName };
  });
}

export default function TablesPage() {
  useCrumbs(["Tables", "/dynamodb"]);
  const act = useAct();
  const pages = useTables();
  const [creates, setCreates] = useState(false);
  const remove = async (name: string) => {
    await act({ failed: "The table could not be deleted", succeeded: <>Table <Name>{name}</Name> was deleted.</> }, () => call("dynamodb", "DeleteTable", { TableName: name }));
    pages.reload();
  };
  return (
    <>
      <ListTable
        title="Tables"
        noun="tables"
        variant="full-page"
        pages={pages}
        columns={kColumns}
        idOf={(table) => table.TableName}
        textOf={(table) => table.TableName}
        selection="single"
        actions={([selected]) => (
          <>
            <ConfirmButton text="Delete" title="Delete table" disabled={selected === undefined} onConfirm={() => remove(selected?.TableName ?? "")}>
              <Box>
                Delete the table <b><Name>{selected?.TableName ?? ""}</Name></b> with all its items? This cannot be undone.
              </Box>
            </ConfirmButton>
            <Button variant="primary" onClick={() => setCreates(true)}>
              Create table
            </Button>
          </>
        )}
        empty={
          <Empty title="No tables">
            <Button onClick={() => setCreates(true)}>Create table</Button>
          </Empty>
        }
      />
      {creates && <CreateTable onClose={() => setCreates(false)} onCreated={pages.reload} />}
    </>
  );
}

const kKeyTypes = [
  { value: "S", label: "String" },
  { value: "N", label: "Number" },
  { value: "B", label: "Binary" },
];

function KeyField({ label, name, type, onName, onType }: { label: string; name: string; type: string; onName: (name: string) => void; onType: (type: string) => void }) {
  return (
    <ColumnLayout columns={2}>
      <FormField label={label}>
        <Input value={name} spellcheck={false} autoComplete={false} onChange={({ detail }) => onName(detail.value)} />
      </FormField>
      <FormField label="Type">
        <Select
          options={kKeyTypes}
          selectedOption={kKeyTypes.find(({ value }) => value === type) ?? null}
          onChange={({ detail }) => onType(detail.selectedOption.value ?? "S")}
        />
      </FormField>
    </ColumnLayout>
  );
}

function CreateTable({ onClose, onCreated }: { onClose: () => void; onCreated: () => void }) {
  const { succeeded } = useFrame();
  const [name, setName] = useState("");
  const [hash, setHash] = useState("");
  const [hashType, setHashType] = useState("S");
  const [range, setRange] = useState("");
  const [rangeType, setRangeType] = useState("S");
  const create = async () => {
    const keys = [
      { name: hash.trim(), type: hashType, role: "HASH" },
      ...(range.trim() === "" ? [] : [{ name: range.trim(), type: rangeType, role: "RANGE" }]),
    ];
    await call("dynamodb", "CreateTable", {
      TableName: name.trim(),
      AttributeDefinitions: keys.map((key) => ({ AttributeName: key.name, AttributeType: key.type })),
      KeySchema: keys.map((key) => ({ AttributeName: key.name, KeyType: key.role })),
      BillingMode: "PAY_PER_REQUEST",
    });
    succeeded(<>Table <Name>{name.trim()}</Name> was created.</>);
    onCreated();
  };
  return (
    <ActionModal title="Create table" submitText="Create table" isDisabled={name.trim() === "" || hash.trim() === ""} onSubmit={create} onClose={onClose}>
      <FormField label="Table name">
        <Input autoFocus value={name} spellcheck={false} autoComplete={false} onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      <KeyField label="Partition key" name={hash} type={hashType} onName={setHash} onType={setHashType} />
      <KeyField label="Sort key (optional)" name={range} type={rangeType} onName={setRange} onType={setRangeType} />
    </ActionModal>
  );
}
