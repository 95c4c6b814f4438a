// SPDX-License-Identifier: Apache-2.0
// The objects of a bucket: folders, search by prefix, versions, pictures; files dropped here are uploaded.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FileInput from "@cloudscape-design/components/file-input";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import { type DragEvent, useEffect, useState } from "react";
import { useSearchParams } from "react-router";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { Empty } from "../../../components/Empty";
import { ErrorBox } from "../../../components/ErrorBox";
import { paths } from "../shared/arn-path";
import { useSetQuery } from "../shared/query-state";
import { useAct } from "../shared/use-act";
import { deleteEntries } from "./object-deletion";
import { entryId, useObjects } from "./object-listing";
import { ObjectTable } from "./ObjectTable";
import { PrefixTrail } from "./PrefixTrail";
import "./s3.css";
import { Thumbnails } from "./Thumbnails";
import { UploadList } from "./UploadList";
import { filesOfDrop, useUploads } from "./uploads";

export function ObjectsTab({ bucket }: { bucket: string }) {
  const act = useAct();
  const setQuery = useSetQuery();
  const [params] = useSearchParams();
  const prefix = params.get("prefix") ?? "";
  const search = params.get("search") ?? "";
  const withVersions = params.get("versions") === "1";
  const isGrid = params.get("view") === "pictures";
  const objects = useObjects({ bucket, prefix: prefix + search, withVersions });
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [deleted, setDeleted] = useState(0);
  const [isOver, setOver] = useState(false);
  const uploads = useUploads(bucket, objects.reload);
  useEffect(() => setSelected(new Set()), [prefix, search, withVersions]);

  const chosen = objects.items.filter((entry) => selected.has(entryId(entry)));
  const hasFolder = chosen.some((entry) => entry.kind === "folder");
  const open = (folder: string) => setQuery({ prefix: folder, search: undefined }, { push: true });
  const remove = async () => {
    setDeleted(0);
    const isDone = await act({ failed: "Not everything could be deleted", succeeded: "Deleted." }, () => deleteEntries(bucket, chosen, setDeleted));
    if (isDone) setSelected(new Set());
    objects.reload();
  };
  const drop = async (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    uploads.add(prefix, await filesOfDrop(event.dataTransfer));
  };
  const count = `(${objects.items.length}${objects.hasMore ? "+" : ""})`;

  return (
    <div
      className={isOver ? "pawl-drop pawl-drop-over" : "pawl-drop"}
      onDragOver={(event) => {
        if (![...event.dataTransfer.types].includes("Files")) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => event.currentTarget.contains(event.relatedTarget as Node | null) || setOver(false)}
      onDrop={(event) => void drop(event)}
    >
      <SpaceBetween size="s">
        <Header
          variant="h2"
          counter={objects.isLoading && objects.items.length === 0 ? "" : count}
          description={<PrefixTrail bucket={bucket} prefix={prefix} onOpen={open} />}
          actions={
            <SpaceBetween direction="horizontal" size="xs" alignItems="center">
              <Button iconName="refresh" ariaLabel="Refresh objects" loading={objects.isLoading && objects.items.length > 0} onClick={objects.reload} />
              <Button disabled={chosen.length === 0} iconName="copy" onClick={() => void navigator.clipboard?.writeText(chosen.map((entry) => `s3://${bucket}/${entry.key}`).join("\n"))}>
                Copy S3 URI
              </Button>
              <ConfirmButton text="Delete" title="Delete objects" disabled={chosen.length === 0} onConfirm={remove}>
                <Box>{`Delete ${chosen.length === 1 ? "this" : `these ${chosen.length}`}${hasFolder ? ", with everything in folders" : ""}?`}</Box>
                <ul className="pawl-names">
                  {chosen.slice(0, 8).map((entry) => (
                    <li key={entryId(entry)}>
                      <bdi className="pawl-wrap">{entry.key}</bdi>
                    </li>
                  ))}
                  {chosen.length > 8 && <li>{`and ${chosen.length - 8} more`}</li>}
                </ul>
                {deleted > 0 && <Box>{`${deleted} deleted`}</Box>}
              </ConfirmButton>
              <FileInput
                multiple
                value={[]}
                ariaLabel="Upload"
                onChange={({ detail }) => uploads.add(prefix, detail.value.map((file) => ({ path: file.name, file })))}
              >
                Upload
              </FileInput>
            </SpaceBetween>
          }
        >
          Objects
        </Header>
        <div className="pawl-filters">
          <div className="pawl-filter-text">
            <Input
              type="search"
              value={search}
              placeholder="Find objects by prefix"
              ariaLabel="Find objects by prefix"
              onChange={({ detail }) => setQuery({ search: detail.value })}
            />
          </div>
          <Toggle checked={withVersions} onChange={({ detail }) => setQuery({ versions: detail.checked ? "1" : undefined })}>
            Show versions
          </Toggle>
          <span className="pawl-grow" />
          <SegmentedControl
            label="How objects are shown"
            selectedId={isGrid ? "pictures" : "list"}
            onChange={({ detail }) => setQuery({ view: detail.selectedId === "list" ? undefined : detail.selectedId })}
            options={[
              { id: "list", text: "List" },
              { id: "pictures", text: "Pictures" },
            ]}
          />
        </div>
        <UploadList uploads={uploads.uploads} onClear={uploads.clear} />
        {objects.error !== undefined && <ErrorBox error={objects.error} onRetry={objects.reload} />}
        {objects.error !== undefined && objects.items.length === 0 ? null : isGrid ? (
          <Thumbnails bucket={bucket} prefix={prefix} pages={objects} onOpen={open} />
        ) : (
          <ObjectTable
            prefix={prefix}
            pages={objects}
            withVersions={withVersions}
            selected={selected}
            onSelect={setSelected}
            pathOf={(entry) => (entry.kind === "folder" ? paths.bucket(bucket, entry.key) : paths.object(bucket, entry.key, entry.versionId))}
            empty={
              search !== "" ? (
                <Empty title="No objects begin so" />
              ) : (
                <Empty title={prefix === "" ? "No objects" : "Nothing in this folder"}>Drop files here, or use Upload.</Empty>
              )
            }
          />
        )}
      </SpaceBetween>
      {isOver && <div className="pawl-drop-sign">{`Drop to upload to s3://${bucket}/${prefix}`}</div>}
    </div>
  );
}
