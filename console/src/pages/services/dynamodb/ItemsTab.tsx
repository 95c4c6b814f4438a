// SPDX-License-Identifier: Apache-2.0
// The items of a table: what is asked (in the URL), and what came, page after page.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useEffect, useMemo, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { call } from "../../../api/console-api";
import { usePages } from "../../../api/use-pages";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { Empty } from "../../../components/Empty";
import { ErrorBox } from "../../../components/ErrorBox";
import { Link } from "../../../components/Link";
import { type VirtualColumn, VirtualTable } from "../../../components/VirtualTable";
import { paths } from "../shared/arn-path";
import { useSetQuery } from "../shared/query-state";
import { selectionColumn } from "../shared/selection-column";
import { useAct } from "../shared/use-act";
import { type AttributeValue, cellText, type Item, kTypeNames, typeOf } from "./attribute";
import { parseQuery, printQuery, requestOf } from "./item-query";
import { QueryForm } from "./QueryForm";
import { keyNames, type TableDescription } from "./table-types";
import "./dynamodb.css";

const kPageSize = 300;
const kColumnsMax = 40;
const kWidths = { key: 190, other: 160 };

interface Answer {
  Items?: Item[];
  Count: number;
  ScannedCount: number;
  LastEvaluatedKey?: Item;
}

export function keyOf(table: TableDescription, item: Item): string {
  const keys = table.KeySchema.map(({ AttributeName }) => [AttributeName, item[AttributeName] ?? {}]);
  return JSON.stringify(Object.fromEntries(keys));
}

/** Keys first, then what most of the items have. */
function columnNames(table: TableDescription, items: Item[]): string[] {
  const keys = table.KeySchema.map(({ AttributeName }) => AttributeName);
  const counts = new Map<string, number>();
  for (const item of items) for (const name of Object.keys(item)) counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const key of keys) counts.delete(key);
  return [...keys, ...[...counts].sort(([, a], [, b]) => b - a).map(([name]) => name)].slice(0, kColumnsMax);
}

export function ItemsTab({ table }: { table: TableDescription }) {
  const act = useAct();
  const setQuery = useSetQuery();
  const [params] = useSearchParams();
  const asked = params.get("query");
  const query = useMemo(() => parseQuery(asked), [asked]);
  const request = useMemo(() => requestOf(table, query), [table, query]);
  const scanned = useRef(0);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => setSelected(new Set()), [asked]);

  const pages = usePages<Item>(JSON.stringify([query.operation, request]), async (token, signal) => {
    const start = token === undefined ? {} : { ExclusiveStartKey: JSON.parse(token) as Item };
    const answer = await call<Answer>("dynamodb", query.operation, { ...request, Limit: kPageSize, ...start }, signal);
    scanned.current = (token === undefined ? 0 : scanned.current) + answer.ScannedCount;
    return { items: answer.Items ?? [], nextToken: answer.LastEvaluatedKey === undefined ? undefined : JSON.stringify(answer.LastEvaluatedKey) };
  });
  const { items } = pages;
  const keys = keyNames(table, table.KeySchema);
  const names = useMemo(() => columnNames(table, items), [table, items]);
  const idOf = (item: Item) => keyOf(table, item);

  const remove = async () => {
    const isDone = await act({ failed: "Not all items could be deleted", succeeded: `${selected.size} deleted.` }, async () => {
      for (const key of selected) await call("dynamodb", "DeleteItem", { TableName: table.TableName, Key: JSON.parse(key) as Item });
    });
    if (isDone) setSelected(new Set());
    pages.reload();
  };

  const columns: VirtualColumn<Item>[] = [
    selectionColumn({ rows: items, idOf, nameOf: idOf, selected, onSelect: setSelected }),
    ...names.map((name): VirtualColumn<Item> => {
      const isKey = name === keys.hash || name === keys.range;
      return {
        id: name,
        header: <bdi title={name}>{name}</bdi>,
        width: `minmax(${isKey ? kWidths.key : kWidths.other}px, 1fr)`,
        cell: (item) => {
          const value = Object.hasOwn(item, name) ? item[name] : undefined;
          if (value === undefined) return null;
          const shown = <Value value={value} />;
          return name === keys.hash ? <Link to={paths.item(table.TableName, idOf(item))}>{shown}</Link> : shown;
        },
      };
    }),
  ];
  const total = `${items.length.toLocaleString("en")}${pages.hasMore ? "+" : ""}`;

  return (
    <SpaceBetween size="m">
      <QueryForm key={asked ?? ""} table={table} query={query} isRunning={pages.isLoading} onRun={(next) => (printQuery(next) === printQuery(query) ? pages.reload() : setQuery({ query: printQuery(next) }, { push: true }))} />
      {pages.error !== undefined && <ErrorBox error={pages.error} onRetry={pages.reload} />}
      {pages.error !== undefined && items.length === 0 ? null : (
        <div>
          <Header
            variant="h2"
            counter={pages.isLoading && items.length === 0 ? "" : `(${total})`}
            description={pages.isLoading ? "Loading…" : `${items.length.toLocaleString("en")} items of ${scanned.current.toLocaleString("en")} read`}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button iconName="refresh" ariaLabel="Refresh items" onClick={pages.reload} />
                <ConfirmButton text="Delete" title="Delete items" disabled={selected.size === 0} onConfirm={remove}>
                  <Box>{`Delete ${selected.size === 1 ? "this item" : `these ${selected.size} items`}? This cannot be undone.`}</Box>
                </ConfirmButton>
              </SpaceBetween>
            }
          >
            Items
          </Header>
          {pages.isLoading && items.length === 0 ? (
            <Box textAlign="center" padding="l">
              <Spinner /> Loading items
            </Box>
          ) : (
            <VirtualTable
              label="Items"
              columns={columns}
              count={items.length}
              rowAt={(index) => items[index]}
              height={items.length < 12 ? Math.max(180, 64 + items.length * 28) : "max(320px, calc(100vh - 420px))"}
              rowWidthMin={50 + names.length * (kWidths.other + 12) + 60}
              rowClass={(item) => (selected.has(idOf(item)) ? "pawl-table-selected" : undefined)}
              empty={<Empty title="No items">{pages.hasMore ? "None on the pages that were read yet." : undefined}</Empty>}
              onEnd={() => pages.hasMore && !pages.isLoading && pages.loadMore()}
            />
          )}
          {pages.hasMore && (
            <Box textAlign="center" padding="xs">
              <Button variant="inline-link" loading={pages.isLoading} onClick={pages.loadMore}>
                Read the next page
              </Button>
            </Box>
          )}
        </div>
      )}
    </SpaceBetween>
  );
}

const kClasses: Record<string, string> = { N: "pawl-json-number", BOOL: "pawl-json-boolean", NULL: "pawl-json-null", B: "pawl-quiet-text", BS: "pawl-quiet-text" };

export function Value({ value }: { value: AttributeValue }) {
  const text = cellText(value);
  const type = typeOf(value);
  return (
    <bdi className={`pawl-value ${kClasses[type] ?? ""}`} title={`${kTypeNames[type] ?? type}: ${text.slice(0, 400)}`}>
      {text.slice(0, 300)}
    </bdi>
  );
}
