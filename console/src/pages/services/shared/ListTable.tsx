// SPDX-License-Identifier: Apache-2.0
// A list of a service: filter (in the URL), sorting, pages of rows, what is selected, more from the server when asked.
import { useCollection } from "@cloudscape-design/collection-hooks";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { type ReactNode, useEffect, useState } from "react";
import type { Pages } from "../../../api/use-pages";
import { LoadMore } from "../../../components/LoadMore";
import { Empty } from "../../../components/Empty";
import { ErrorBox } from "../../../components/ErrorBox";
import { useQueryState } from "./query-state";
import "./shared.css";

export type Columns<Item> = TableProps.ColumnDefinition<Item>[];

/** Names keep so much room (px) beside what else a narrow page has. */
const kNameWidthMin = 170;
/** A list within a page that is in sight whole has no filter. */
const kFilterFrom = 5;

interface Props<Item> {
  title: string;
  /** "buckets": in placeholders and counts. */
  noun: string;
  description?: ReactNode;
  pages: Pages<Item>;
  columns: Columns<Item>;
  idOf: (item: Item) => string;
  /** What the filter looks in. */
  textOf: (item: Item) => string;
  selection?: "single" | "multi";
  /** Buttons at the right; what is selected is given. */
  actions?: (selected: Item[]) => ReactNode;
  /** More controls beside the filter. */
  filters?: ReactNode;
  empty?: ReactNode;
  pageSize?: number;
  /** "full-page" on pages that are but a list. */
  variant?: TableProps.Variant;
  headingTag?: "h1" | "h2" | "h3";
  /** The member of the query that has the filter; lists that share a page need their own. */
  findName?: string;
}

export function ListTable<Item>(props: Props<Item>) {
  const { title, noun, pages, columns, idOf, textOf, selection, pageSize = 50, variant = "container", findName = "find" } = props;
  const [find, setFind] = useQueryState(findName);
  const { items, collectionProps, filterProps, paginationProps, filteredItemsCount } = useCollection(pages.items, {
    filtering: {
      defaultFilteringText: find,
      filteringFunction: (item, text) => textOf(item).toLowerCase().includes(text.toLowerCase().trim()),
      noMatch: (
        <Empty title={`No ${noun} match`}>
          {pages.hasMore ? "There are more that are not loaded yet." : undefined}
        </Empty>
      ),
      empty: props.empty ?? <Empty title={`No ${noun}`} />,
    },
    pagination: { pageSize },
    sorting: {},
    selection: { trackBy: idOf },
  });
  // What is loaded by itself, again and again, shows no sign of it.
  const [isAsked, setAsked] = useState(false);
  useEffect(() => {
    if (!pages.isLoading) setAsked(false);
  }, [pages.isLoading]);
  const ask = () => {
    setAsked(true);
    pages.reload();
  };
  const selected = [...(collectionProps.selectedItems ?? [])];
  const total = `${pages.items.length}${pages.hasMore ? "+" : ""}`;
  const count = filterProps.filteringText.trim() === "" ? `(${total})` : `(${filteredItemsCount ?? 0}/${total})`;
  const isFilterable = pages.items.length > 0 && (variant === "full-page" || pages.items.length > kFilterFrom || pages.hasMore || find !== "");
  const isShort = pages.items.length <= pageSize;

  if (pages.error !== undefined && pages.items.length === 0)
    return (
      <SpaceBetween size="m">
        <Header variant={props.headingTag ?? (variant === "full-page" ? "h1" : "h2")} description={props.description}>
          {title}
        </Header>
        <ErrorBox error={pages.error} onRetry={pages.reload} />
      </SpaceBetween>
    );

  return (
    <SpaceBetween size="s">
      {pages.error !== undefined && <ErrorBox error={pages.error} onRetry={pages.reload} />}
      <Table
        {...collectionProps}
        variant={variant}
        stickyHeader={variant === "full-page"}
        items={items}
        columnDefinitions={columns.map((column) => (column.isRowHeader === true ? { minWidth: kNameWidthMin, ...column } : column))}
        trackBy={idOf}
        {...(selection === undefined ? {} : { selectionType: selection })}
        loading={pages.isLoading && pages.items.length === 0}
        loadingText={`Loading ${noun}`}
        header={
          <Header
            variant={props.headingTag ?? (variant === "full-page" ? "awsui-h1-sticky" : "h2")}
            counter={pages.isLoading && pages.items.length === 0 ? "" : count}
            description={props.description}
            actions={
              <div className="pawl-actions">
                <Button iconName="refresh" ariaLabel={`Refresh ${noun}`} loading={isAsked && pages.isLoading} onClick={ask} />
                {props.actions?.(selected)}
              </div>
            }
          >
            {title}
          </Header>
        }
        filter={
          (isFilterable || props.filters !== undefined) && (
            <div className="pawl-filters">
              <div className="pawl-filter-text">
                <TextFilter
                  {...filterProps}
                  filteringPlaceholder={`Find ${noun}`}
                  filteringAriaLabel={`Find ${noun}`}
                  onChange={(event) => {
                    filterProps.onChange(event);
                    setFind(event.detail.filteringText);
                  }}
                />
              </div>
              {props.filters}
            </div>
          )
        }
        pagination={
          isShort ? undefined : (
            <Pagination
              {...paginationProps}
              ariaLabels={{ nextPageLabel: "Next page", previousPageLabel: "Previous page", pageLabel: (page) => `Page ${page}` }}
            />
          )
        }
        footer={pages.hasMore && <LoadMore pages={pages} noun={noun} />}
        ariaLabels={{
          tableLabel: title,
          selectionGroupLabel: `Select ${noun}`,
          allItemsSelectionLabel: () => "Select all",
          itemSelectionLabel: (_, item) => idOf(item),
        }}
      />
    </SpaceBetween>
  );
}
