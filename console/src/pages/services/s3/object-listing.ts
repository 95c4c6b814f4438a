// SPDX-License-Identifier: Apache-2.0
// What is in a bucket below a prefix: folders (common prefixes) and objects, page after page; with versions if asked.
import { call } from "../../../api/console-api";
import { type Pages, usePages } from "../../../api/use-pages";
import type { ListObjectsOutput, ListVersionsOutput, ObjectVersion } from "./s3-types";

export interface Entry {
  kind: "folder" | "object" | "delete-marker";
  /** A folder's ends with "/". */
  key: string;
  size: number;
  modified: number | undefined;
  storageClass: string | undefined;
  etag: string | undefined;
  versionId: string | undefined;
  isLatest: boolean;
}

export function entryId(entry: Entry): string {
  return `${entry.kind}\n${entry.key}\n${entry.versionId ?? ""}`;
}

function folder(prefix: string): Entry {
  return { kind: "folder", key: prefix, size: 0, modified: undefined, storageClass: undefined, etag: undefined, versionId: undefined, isLatest: true };
}

function fromVersion(version: ObjectVersion, kind: Entry["kind"]): Entry {
  return {
    kind,
    key: version.Key,
    size: version.Size ?? 0,
    modified: version.LastModified,
    storageClass: version.StorageClass,
    etag: version.ETag,
    versionId: version.VersionId,
    isLatest: version.IsLatest,
  };
}

interface Query {
  bucket: string;
  /** Of the folder and of what is searched in it. */
  prefix: string;
  withVersions: boolean;
}

export function useObjects({ bucket, prefix, withVersions }: Query): Pages<Entry> {
  return usePages<Entry>(JSON.stringify(["objects", bucket, prefix, withVersions]), (token, signal) =>
    withVersions ? versionsPage(bucket, prefix, token, signal) : objectsPage(bucket, prefix, token, signal),
  );
}

async function objectsPage(bucket: string, prefix: string, token: string | undefined, signal: AbortSignal) {
  const output = await call<ListObjectsOutput>(
    "s3",
    "ListObjectsV2",
    { Bucket: bucket, Prefix: prefix, Delimiter: "/", MaxKeys: 1000, ...(token === undefined ? {} : { ContinuationToken: token }) },
    signal,
  );
  const objects = (output.Contents ?? [])
    // The marker that consoles make for an empty folder.
    .filter((object) => !(object.Key === prefix && object.Size === 0 && prefix.endsWith("/")))
    .map(
      (object): Entry => ({
        kind: "object",
        key: object.Key,
        size: object.Size,
        modified: object.LastModified,
        storageClass: object.StorageClass,
        etag: object.ETag,
        versionId: undefined,
        isLatest: true,
      }),
    );
  const folders = (output.CommonPrefixes ?? []).map(({ Prefix }) => folder(Prefix));
  return { items: [...folders, ...objects], nextToken: output.NextContinuationToken };
}

async function versionsPage(bucket: string, prefix: string, token: string | undefined, signal: AbortSignal) {
  const markers = token === undefined ? {} : (JSON.parse(token) as object);
  const output = await call<ListVersionsOutput>(
    "s3",
    "ListObjectVersions",
    { Bucket: bucket, Prefix: prefix, Delimiter: "/", MaxKeys: 1000, ...markers },
    signal,
  );
  const versions = [
    ...(output.Versions ?? []).map((version) => fromVersion(version, "object")),
    ...(output.DeleteMarkers ?? []).map((version) => fromVersion(version, "delete-marker")),
  ];
  // Of one key the newest first, as S3 lists them.
  versions.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : Number(b.isLatest) - Number(a.isLatest) || (b.modified ?? 0) - (a.modified ?? 0)));
  const folders = (output.CommonPrefixes ?? []).map(({ Prefix }) => folder(Prefix));
  const nextToken =
    output.IsTruncated === true ? JSON.stringify({ KeyMarker: output.NextKeyMarker, ...(output.NextVersionIdMarker ? { VersionIdMarker: output.NextVersionIdMarker } : {}) }) : undefined;
  return { items: [...folders, ...versions], nextToken };
}
