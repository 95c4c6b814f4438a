// SPDX-License-Identifier: Apache-2.0
// A small table of few columns: dense, and still while its numbers change.
import type { ReactNode } from "react";

interface Props<Row> {
  label: string;
  /** The class that has the columns' widths. */
  layout: string;
  heads: { text: string; isNumber?: boolean }[];
  rows: Row[];
  keyOf: (row: Row) => string;
  cells: (row: Row) => ReactNode[];
  empty: ReactNode;
}

export function Rows<Row>({ label, layout, heads, rows, keyOf, cells, empty }: Props<Row>) {
  if (rows.length === 0) return <div className="pawl-quiet">{empty}</div>;
  const classOf = (index: number) => (heads[index]?.isNumber === true ? "pawl-number pawl-at-end" : "pawl-one-line");
  return (
    <div className="pawl-list" role="table" aria-label={label}>
      <div role="row" className={`pawl-list-row pawl-list-head ${layout}`}>
        {heads.map((head, index) => (
          <div key={head.text} role="columnheader" className={classOf(index)}>
            {head.text}
          </div>
        ))}
      </div>
      {rows.map((row) => (
        <div role="row" key={keyOf(row)} className={`pawl-list-row ${layout}`}>
          {cells(row).map((cell, index) => (
            <div role="cell" key={heads[index]?.text} className={classOf(index)}>
              {cell}
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
