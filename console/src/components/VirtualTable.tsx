// SPDX-License-Identifier: Apache-2.0
// A table of any number of rows of one height: only those in sight are made. For lists beyond what Cloudscape's Table
// takes (some hundred rows). Keyboard: arrows, Page, Home, End move the selection.
import { useVirtualizer } from "@tanstack/react-virtual";
import { type Key, type KeyboardEvent, memo, type ReactNode, useEffect, useRef } from "react";
import "./virtual-table.css";

export interface VirtualColumn<Row> {
  id: string;
  header: ReactNode;
  /** A width of CSS grid: "90px", "minmax(120px, 1fr)". */
  width: string;
  cell: (row: Row, index: number) => ReactNode;
}

interface Props<Row> {
  label: string;
  columns: VirtualColumn<Row>[];
  count: number;
  rowAt: (index: number) => Row | undefined;
  height: number | string;
  /** Rows are at least so wide (px): columns beyond the page are scrolled to. */
  rowWidthMin?: number;
  selected?: number | undefined;
  onSelect?: (index: number) => void;
  /** Keeps this row in sight when it changes. */
  scrollTo?: number | undefined;
  rowClass?: (row: Row, index: number) => string | undefined;
  empty?: ReactNode;
  /** The last rows are in sight: load more. Called once for each count of rows. */
  onEnd?: () => void;
  /** Enter or a double click. */
  onOpen?: (index: number) => void;
  /** Which rows are made now: whether the first is in sight, whether the last ones are. */
  onRange?: (first: number, last: number) => void;
}

const kRowHeight = 28;

export function VirtualTable<Row>(props: Props<Row>) {
  const { label, columns, count, rowAt, height, selected, onSelect, scrollTo, rowClass, empty, onEnd, onOpen, onRange, rowWidthMin } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count, getScrollElement: () => scroller.current, estimateSize: () => kRowHeight, overscan: 12 });
  useEffect(() => {
    if (scrollTo !== undefined && scrollTo >= 0 && scrollTo < count) rows.scrollToIndex(scrollTo, { align: "auto" });
    // `rows` is one object for the life of the table.
  }, [scrollTo, count, rows]);

  const lastSeen = rows.getVirtualItems().at(-1)?.index ?? -1;
  const isAtEnd = count > 0 && lastSeen >= count - 1;
  const atEnd = useRef(onEnd);
  atEnd.current = onEnd;
  useEffect(() => {
    if (isAtEnd) atEnd.current?.();
  }, [isAtEnd, count]);

  const range = useRef(onRange);
  range.current = onRange;
  const items = rows.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? -1];
  useEffect(() => range.current?.(first, last), [first, last, count]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && event.target === event.currentTarget && selected !== undefined) onOpen?.(selected);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20, Home: -count, End: count }[event.key];
    if (step === undefined || onSelect === undefined || count === 0) return;
    const next = Math.min(Math.max((selected ?? -1) + step, 0), count - 1);
    rows.scrollToIndex(next);
    onSelect(next);
    event.preventDefault();
  };
  const actions = useRef<RowActions>({ onSelect, onOpen });
  actions.current = { onSelect, onOpen };
  // No blanks: an attribute that names an id would take it for two.
  const rowId = `${label.replace(/\s+/g, "-")}-row`;
  const template = columns.map((column) => column.width).join(" ");

  return (
    <div
      ref={scroller}
      className="pawl-table"
      style={{ height }}
      role="grid"
      aria-label={label}
      aria-rowcount={count + 1}
      aria-colcount={columns.length}
      tabIndex={0}
      onKeyDown={onKeyDown}
      {...(selected === undefined || selected < 0 ? {} : { "aria-activedescendant": `${rowId}-${selected}` })}
    >
      <div role="row" aria-rowindex={1} className="pawl-table-row pawl-table-head" style={{ gridTemplateColumns: template, ...widthOf(rowWidthMin) }}>
        {columns.map((column) => (
          <div key={column.id} role="columnheader">
            {column.header}
          </div>
        ))}
      </div>
      {count === 0 && empty}
      <div role="rowgroup" style={{ height: rows.getTotalSize(), position: "relative" }}>
        {items.map((item) => {
          const row = rowAt(item.index);
          return (
            <OneRow
              key={item.key}
              id={`${rowId}-${item.index}`}
              row={row}
              index={item.index}
              columns={columns}
              template={template}
              widthMin={rowWidthMin}
              start={item.start}
              isSelected={item.index === selected}
              more={row === undefined ? undefined : rowClass?.(row, item.index)}
              actions={actions}
            />
          );
        })}
      </div>
    </div>
  );
}

interface RowActions {
  onSelect: ((index: number) => void) | undefined;
  onOpen: ((index: number) => void) | undefined;
}

interface RowProps<Row> {
  id: string;
  row: Row | undefined;
  index: number;
  columns: VirtualColumn<Row>[];
  template: string;
  widthMin: number | undefined;
  start: number;
  isSelected: boolean;
  more: string | undefined;
  actions: { readonly current: RowActions };
}

/** Scrolling makes only the rows that come into sight, as long as `columns` stay the same. */
const OneRow = memo(function OneRow<Row>({ id, row, index, columns, template, widthMin, start, isSelected, more, actions }: RowProps<Row>) {
  const classes = ["pawl-table-row", "pawl-table-body"];
  if (isSelected) classes.push("pawl-table-selected");
  if (more !== undefined) classes.push(more);
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      className={classes.join(" ")}
      style={{ gridTemplateColumns: template, transform: `translateY(${start}px)`, ...widthOf(widthMin) }}
      onClick={() => actions.current.onSelect?.(index)}
      onDoubleClick={() => actions.current.onOpen?.(index)}
    >
      {columns.map((column) => (
        <div key={column.id} role="gridcell" className="pawl-one-line">
          {row === undefined ? "…" : column.cell(row, index)}
        </div>
      ))}
    </div>
  );
}) as <Row>(props: RowProps<Row> & { key: Key }) => ReactNode;

function widthOf(widthMin: number | undefined): { minInlineSize?: string } {
  return widthMin === undefined ? {} : { minInlineSize: `max(100%, ${widthMin}px)` };
}
