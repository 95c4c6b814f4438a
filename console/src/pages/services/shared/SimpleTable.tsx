// SPDX-License-Identifier: Apache-2.0
// A table within a page, of what is there whole: no filter, no pages.
import Table, { type TableProps } from "@cloudscape-design/components/table";
import type { ReactNode } from "react";
import { Empty } from "../../../components/Empty";

interface Props<Item> {
  label: string;
  items: readonly Item[];
  columns: TableProps.ColumnDefinition<Item>[];
  empty: string;
  header?: ReactNode;
  wrapLines?: boolean;
}

export function SimpleTable<Item>({ label, items, columns, empty, header, wrapLines = true }: Props<Item>) {
  return (
    <Table
      variant={header === undefined ? "embedded" : "container"}
      items={items}
      columnDefinitions={columns}
      wrapLines={wrapLines}
      header={header}
      empty={<Empty title={empty} />}
      ariaLabels={{ tableLabel: label }}
    />
  );
}
