// SPDX-License-Identifier: Apache-2.0
// Folders and objects as rows, any number of them; the next page is loaded when its place comes into sight.
import Box from "@cloudscape-design/components/box";
import Icon from "@cloudscape-design/components/icon";
import Spinner from "@cloudscape-design/components/spinner";
import type { ReactNode } from "react";
import type { Pages } from "../../../api/use-pages";
import { Link } from "../../../components/Link";
import { formatBytes, Timestamp } from "../../../components/Timestamp";
import { type VirtualColumn, VirtualTable } from "../../../components/VirtualTable";
import { selectionColumn } from "../shared/selection-column";
import { contentKind } from "./object-content";
import { type Entry, entryId } from "./object-listing";

interface Props {
  prefix: string;
  pages: Pages<Entry>;
  withVersions: boolean;
  selected: ReadonlySet<string>;
  onSelect: (selected: ReadonlySet<string>) => void;
  pathOf: (entry: Entry) => string;
  empty: ReactNode;
}

function typeOf(entry: Entry): string {
  if (entry.kind === "folder") return "Folder";
  if (entry.kind === "delete-marker") return "Delete marker";
  return /\.([A-Za-z0-9]{1,10})$/.exec(entry.key)?.[1]?.toLowerCase() ?? "-";
}

function iconOf(entry: Entry) {
  if (entry.kind === "folder") return "folder";
  if (entry.kind === "delete-marker") return "status-stopped";
  return contentKind(entry.key) === "picture" ? "multiscreen" : "file";
}

export function ObjectTable({ prefix, pages, withVersions, selected, onSelect, pathOf, empty }: Props) {
  const { items } = pages;
  const columns: VirtualColumn<Entry>[] = [
    selectionColumn({ rows: items, idOf: entryId, nameOf: (entry) => entry.key, selected, onSelect }),
    {
      id: "name",
      header: "Name",
      width: "minmax(200px, 1fr)",
      cell: (entry) => (
        <span title={entry.key}>
          <Icon name={iconOf(entry)} size="small" variant="subtle" />{" "}
          {entry.kind === "delete-marker" ? <bdi>{entry.key.slice(prefix.length)}</bdi> : <Link to={pathOf(entry)}><bdi>{entry.key.slice(prefix.length) || entry.key}</bdi></Link>}
        </span>
      ),
    },
    { id: "type", header: "Type", width: "100px", cell: typeOf },
    ...(withVersions
      ? [
          {
            id: "version",
            header: "Version ID",
            width: "minmax(120px, 230px)",
            cell: (entry: Entry) => (entry.versionId === undefined ? "-" : <span className="pawl-mono">{`${entry.versionId}${entry.isLatest ? " (latest)" : ""}`}</span>),
          },
        ]
      : []),
    { id: "modified", header: "Last modified", width: "180px", cell: (entry) => <Timestamp value={entry.modified} /> },
    { id: "size", header: "Size", width: "80px", cell: (entry) => (entry.kind === "object" ? <span title={`${entry.size} bytes`}>{formatBytes(entry.size)}</span> : "-") },
    { id: "class", header: "Storage class", width: "110px", cell: (entry) => entry.storageClass ?? "-" },
  ];
  if (pages.isLoading && items.length === 0)
    return (
      <Box textAlign="center" padding="xl">
        <Spinner /> Loading objects
      </Box>
    );
  return (
    <>
      <VirtualTable
        label="Objects"
        columns={columns}
        count={items.length}
        rowAt={(index) => items[index]}
        height={items.length < 12 ? Math.max(200, 60 + items.length * 28) : "max(320px, calc(100vh - 380px))"}
        rowClass={(entry) => (selected.has(entryId(entry)) ? "pawl-table-selected" : undefined)}
        empty={empty}
        onEnd={() => pages.hasMore && !pages.isLoading && pages.loadMore()}
      />
      {pages.hasMore && (
        <Box textAlign="center" color="text-body-secondary" fontSize="body-s">
          {pages.isLoading ? "Loading more…" : "More is loaded at the end of the list."}
        </Box>
      )}
    </>
  );
}
