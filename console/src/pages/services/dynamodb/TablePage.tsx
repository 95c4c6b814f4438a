// SPDX-License-Identifier: Apache-2.0
// A table: its items, its indexes, how it is set up.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { call } from "../../../api/console-api";
import { useCall } from "../../../api/use-call";
import { useCrumbs } from "../../../app/frame";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { CopyText } from "../../../components/CopyText";
import { Name } from "../../../components/Link";
import { StatusBadge } from "../../../components/StatusBadge";
import { formatBytes, Timestamp } from "../../../components/Timestamp";
import { ArnLink } from "../shared/ArnLink";
import { paths } from "../shared/arn-path";
import { Facts } from "../shared/Facts";
import { LoadedView } from "../shared/LoadedView";
import { PageTabs } from "../shared/PageTabs";
import { PairsTable } from "../shared/PairsTable";
import { useSetQuery } from "../shared/query-state";
import { SimpleTable } from "../shared/SimpleTable";
import { useAct } from "../shared/use-act";
import { kWholeTable, printQuery } from "./item-query";
import { ItemsTab } from "./ItemsTab";
import { capacityText, type IndexDescription, indexesOf, keyNames, type TableDescription } from "./table-types";

export default function TablePage() {
  const { table: name = "" } = useParams();
  const navigate = useNavigate();
  const act = useAct();
  useCrumbs(["Tables", "/dynamodb"], [name, paths.table(name)]);
  const loaded = useCall<{ Table: TableDescription }>("dynamodb", "DescribeTable", { TableName: name });
  const remove = async () => {
    const isDone = await act({ failed: "The table could not be deleted", succeeded: <>Table <Name>{name}</Name> was deleted.</> }, () => call("dynamodb", "DeleteTable", { TableName: name }));
    if (isDone) void navigate("/dynamodb");
  };
  return (
    <SpaceBetween size="m">
      <Header
        variant="h1"
        description={loaded.data === undefined ? undefined : <CopyText text={loaded.data.Table.TableArn} label="ARN" />}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <ConfirmButton text="Delete table" title="Delete table" onConfirm={remove}>
              <Box>
                Delete the table <b><Name>{name}</Name></b> with all its items? This cannot be undone.
              </Box>
            </ConfirmButton>
            <Button variant="primary" disabled={loaded.data === undefined} onClick={() => void navigate(`${paths.table(name)}/item`)}>
              Create item
            </Button>
          </SpaceBetween>
        }
      >
        <Name>{name}</Name>
      </Header>
      <LoadedView loaded={loaded}>
        {({ Table: table }) => (
          <PageTabs
            label="Table"
            tabs={[
              { id: "items", label: "Items", content: () => <ItemsTab key={table.TableName} table={table} /> },
              { id: "indexes", label: "Indexes", count: indexesOf(table).length, content: () => <Indexes table={table} /> },
              { id: "settings", label: "Settings", content: () => <Settings table={table} /> },
            ]}
          />
        )}
      </LoadedView>
    </SpaceBetween>
  );
}

function Indexes({ table }: { table: TableDescription }) {
  const setQuery = useSetQuery();
  const keyText = (index: IndexDescription, which: "hash" | "range") => {
    const keys = keyNames(table, index.KeySchema);
    const name = keys[which];
    return name === undefined ? "-" : <bdi>{`${name} (${which === "hash" ? keys.hashType : keys.rangeType})`}</bdi>;
  };
  const isLocal = (index: IndexDescription) => (table.LocalSecondaryIndexes ?? []).includes(index);
  return (
    <SimpleTable
      label="Indexes"
      items={indexesOf(table)}
      empty="No indexes"
      columns={[
        { id: "name", header: "Name", cell: (index) => <Name>{index.IndexName}</Name>, isRowHeader: true },
        { id: "kind", header: "Kind", cell: (index) => (isLocal(index) ? "Local" : "Global") },
        { id: "status", header: "Status", cell: (index) => <StatusBadge status={index.IndexStatus ?? "ACTIVE"} /> },
        { id: "hash", header: "Partition key", cell: (index) => keyText(index, "hash") },
        { id: "range", header: "Sort key", cell: (index) => keyText(index, "range") },
        { id: "projection", header: "Projected", cell: ({ Projection }) => [Projection?.ProjectionType ?? "ALL", ...(Projection?.NonKeyAttributes ?? [])].join(", ") },
        { id: "count", header: "Items", cell: (index) => (index.ItemCount ?? 0).toLocaleString("en") },
        { id: "size", header: "Size", cell: (index) => formatBytes(index.IndexSizeBytes ?? 0) },
        {
          id: "open",
          header: "Action",
          cell: (index) => (
            <Button variant="inline-link" onClick={() => setQuery({ tab: undefined, query: printQuery({ ...kWholeTable, index: index.IndexName }) }, { push: true })}>
              Show items
            </Button>
          ),
        },
      ]}
    />
  );
}

function Settings({ table }: { table: TableDescription }) {
  const ttl = useCall<{ TimeToLiveDescription?: { TimeToLiveStatus?: string; AttributeName?: string } }>("dynamodb", "DescribeTimeToLive", { TableName: table.TableName });
  const tags = useCall<{ Tags?: { Key: string; Value: string }[] }>("dynamodb", "ListTagsOfResource", { ResourceArn: table.TableArn });
  const [count, setCount] = useState<string>();
  const act = useAct();
  const countItems = () =>
    act({ failed: "The items could not be counted" }, async () => {
      let total = 0;
      let startKey: object | undefined;
      for (let page = 0; page < 1000; page += 1) {
        const answer = await call<{ Count: number; LastEvaluatedKey?: object }>("dynamodb", "Scan", { TableName: table.TableName, Select: "COUNT", ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }) });
        total += answer.Count;
        startKey = answer.LastEvaluatedKey;
        setCount(`${total.toLocaleString("en")}${startKey === undefined ? "" : "…"}`);
        if (startKey === undefined) return;
      }
    });
  const keys = keyNames(table, table.KeySchema);
  const ttlText = ttl.error?.code ?? [ttl.data?.TimeToLiveDescription?.TimeToLiveStatus, ttl.data?.TimeToLiveDescription?.AttributeName].filter(Boolean).join(", ");
  return (
    <SpaceBetween size="m">
      <Facts
        facts={[
          ["Status", <StatusBadge status={table.TableStatus} />],
          ["Partition key", <bdi>{`${keys.hash} (${keys.hashType})`}</bdi>],
          ["Sort key", keys.range === undefined ? undefined : <bdi>{`${keys.range} (${keys.rangeType})`}</bdi>],
          ["Capacity", capacityText(table)],
          ["Items", <>{count ?? (table.ItemCount ?? 0).toLocaleString("en")} <Button variant="inline-link" onClick={() => void countItems()}>Count now</Button></>],
          ["Size", formatBytes(table.TableSizeBytes ?? 0)],
          ["Created", <Timestamp value={table.CreationDateTime} />],
          ["Time to live", ttlText],
          ["Stream", table.StreamSpecification?.StreamEnabled === true ? (table.StreamSpecification.StreamViewType ?? "Enabled") : "Disabled"],
          ["Stream ARN", table.LatestStreamArn === undefined ? undefined : <CopyText text={table.LatestStreamArn} label="stream ARN" />],
          ["Encryption", table.SSEDescription?.Status],
          ["KMS key", table.SSEDescription?.KMSMasterKeyArn === undefined ? undefined : <ArnLink arn={table.SSEDescription.KMSMasterKeyArn} />],
          ["Deletion protection", table.DeletionProtectionEnabled === true ? "On" : "Off"],
        ]}
      />
      <LoadedView loaded={tags}>{({ Tags = [] }) => <PairsTable label="Tags" pairs={Tags.map((tag) => [tag.Key, tag.Value])} empty="No tags" />}</LoadedView>
    </SpaceBetween>
  );
}
