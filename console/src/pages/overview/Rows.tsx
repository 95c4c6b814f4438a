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
  if (rows.length === 0) return <div className="overview-quiet">{empty}</div>;
  const classOf = (index: number) => (heads[index]?.isNumber === true ? "overview-number overview-at-end" : "pawl-one-line");
  return (
    <div className="overview-list" role="table" aria-label={label}>
      <div role="row" className={`overview-list-row overview-list-head ${layout}`}>
        {heads.map((head, index) => (
          <div key={head.text} role="columnheader" className={classOf(index)}>
            {head.text}
          </div>
        ))}
      </div>
      {rows.map((row) => (
        <div role="row" key={keyOf(row)} className={`overview-list-row ${layout}`}>
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
