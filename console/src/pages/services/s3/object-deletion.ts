// SPDX-License-Identifier: Apache-2.0
// Deleting many objects: what was chosen, all below a folder, all of a bucket with its versions.
import { ApiError } from "../../../api/api-error";
import { call } from "../../../api/console-api";
import type { Entry } from "./object-listing";
import type { DeleteObjectsOutput, ListObjectsOutput, ListVersionsOutput } from "./s3-types";

interface Name {
  Key: string;
  VersionId?: string;
}

const kNamesMax = 1000;

async function deleteNames(bucket: string, names: Name[]): Promise<void> {
  for (let from = 0; from < names.length; from += kNamesMax) {
    const output = await call<DeleteObjectsOutput>("s3", "DeleteObjects", {
      Bucket: bucket,
      Delete: { Objects: names.slice(from, from + kNamesMax), Quiet: true },
    });
    const [error] = output.Errors ?? [];
    if (error !== undefined) throw new ApiError(error.Code, `${error.Key}: ${error.Message}`, 400);
  }
}

async function deleteBelow(bucket: string, prefix: string, onProgress: (deleted: number) => void): Promise<void> {
  let deleted = 0;
  for (;;) {
    const output = await call<ListObjectsOutput>("s3", "ListObjectsV2", { Bucket: bucket, Prefix: prefix, MaxKeys: kNamesMax });
    const names = (output.Contents ?? []).map(({ Key }) => ({ Key }));
    if (names.length === 0) return;
    await deleteNames(bucket, names);
    deleted += names.length;
    onProgress(deleted);
  }
}

/** Objects, versions, and folders with everything in them. */
export async function deleteEntries(bucket: string, entries: Entry[], onProgress: (deleted: number) => void): Promise<void> {
  const objects = entries.filter((entry) => entry.kind !== "folder");
  await deleteNames(
    bucket,
    objects.map(({ key, versionId }) => ({ Key: key, ...(versionId === undefined ? {} : { VersionId: versionId }) })),
  );
  onProgress(objects.length);
  for (const { key } of entries.filter((entry) => entry.kind === "folder")) await deleteBelow(bucket, key, (deleted) => onProgress(objects.length + deleted));
}

/** Every version of every object: what DeleteBucket asks for. */
export async function emptyBucket(bucket: string, onProgress: (deleted: number) => void): Promise<void> {
  let deleted = 0;
  for (;;) {
    const output = await call<ListVersionsOutput>("s3", "ListObjectVersions", { Bucket: bucket, MaxKeys: kNamesMax });
    const names = [...(output.Versions ?? []), ...(output.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (names.length === 0) return;
    await deleteNames(bucket, names);
    deleted += names.length;
    onProgress(deleted);
  }
}
