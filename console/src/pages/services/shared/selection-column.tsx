// SPDX-License-Identifier: Apache-2.0
// The column of a VirtualTable that rows are chosen with.
import type { VirtualColumn } from "../../../components/VirtualTable";

interface Selection<Row> {
  rows: readonly Row[];
  idOf: (row: Row) => string;
  nameOf: (row: Row) => string;
  selected: ReadonlySet<string>;
  onSelect: (selected: ReadonlySet<string>) => void;
}

export function selectionColumn<Row>({ rows, idOf, nameOf, selected, onSelect }: Selection<Row>): VirtualColumn<Row> {
  const isAll = rows.length > 0 && selected.size >= rows.length;
  const toggle = (id: string) => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    onSelect(next);
  };
  return {
    id: "select",
    header: (
      <input
        type="checkbox"
        aria-label="Select all"
        checked={isAll}
        ref={(box) => {
          if (box !== null) box.indeterminate = selected.size > 0 && !isAll;
        }}
        onChange={() => onSelect(isAll ? new Set() : new Set(rows.map(idOf)))}
      />
    ),
    width: "18px",
    cell: (row) => (
      <input
        type="checkbox"
        aria-label={`Select ${nameOf(row)}`}
        checked={selected.has(idOf(row))}
        onClick={(event) => event.stopPropagation()}
        onChange={() => toggle(idOf(row))}
      />
    ),
  };
}
