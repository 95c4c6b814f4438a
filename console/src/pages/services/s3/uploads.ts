// SPDX-License-Identifier: Apache-2.0
// Files on their way into a bucket: some at a time, large ones in parts (API "Multipart upload"), so that each request
// fits into what a server takes.
import { useCallback, useRef, useState } from "react";
import { asApiError } from "../../../api/api-error";
import { call } from "../../../api/console-api";
import { toBase64 } from "../shared/bytes";

/** The least that S3 takes as a part; as base64 it fits into a request of 8 MiB, what a server takes at first. */
const kPartBytes = 5 * 1024 * 1024;
export const kUploadBytesMax = 1024 * 1024 * 1024;
const kAtOnce = 3;
export const kFilesMax = 2000;

export interface Upload {
  id: number;
  key: string;
  size: number;
  sent: number;
  state: "waiting" | "sending" | "done" | "failed";
  error?: string;
}

export interface NamedFile {
  /** Below the folder that it is put into. */
  path: string;
  file: File;
}

async function bytesOf(file: Blob): Promise<string> {
  return toBase64(new Uint8Array(await file.arrayBuffer()));
}

async function sendParts(bucket: string, key: string, file: File, onSent: (bytes: number) => void): Promise<void> {
  const name = { Bucket: bucket, Key: key };
  const type = file.type === "" ? {} : { ContentType: file.type };
  const { UploadId } = await call<{ UploadId: string }>("s3", "CreateMultipartUpload", { ...name, ...type });
  try {
    const Parts: { PartNumber: number; ETag: string }[] = [];
    for (let from = 0, number = 1; from < file.size; from += kPartBytes, number += 1) {
      const Body = await bytesOf(file.slice(from, from + kPartBytes));
      const { ETag } = await call<{ ETag: string }>("s3", "UploadPart", { ...name, UploadId, PartNumber: number, Body });
      Parts.push({ PartNumber: number, ETag });
      onSent(Math.min(from + kPartBytes, file.size));
    }
    await call("s3", "CompleteMultipartUpload", { ...name, UploadId, MultipartUpload: { Parts } });
  } catch (failure) {
    await call("s3", "AbortMultipartUpload", { ...name, UploadId }).catch(() => undefined);
    throw failure;
  }
}

async function send(bucket: string, key: string, file: File, onSent: (bytes: number) => void): Promise<void> {
  if (file.size > kPartBytes) return sendParts(bucket, key, file, onSent);
  await call("s3", "PutObject", { Bucket: bucket, Key: key, Body: await bytesOf(file), ...(file.type === "" ? {} : { ContentType: file.type }) });
  onSent(file.size);
}

export interface Uploads {
  uploads: Upload[];
  add: (prefix: string, files: NamedFile[]) => void;
  clear: () => void;
}

/** `onSettled` is called when nothing is under way any more. */
export function useUploads(bucket: string, onSettled: () => void): Uploads {
  const [uploads, setUploads] = useState<Upload[]>([]);
  const waiting = useRef<{ upload: Upload; file: File }[]>([]);
  const running = useRef(0);
  const next = useRef(0);
  const settled = useRef(onSettled);
  settled.current = onSettled;

  const change = useCallback((id: number, changes: Partial<Upload>) => {
    setUploads((old) => old.map((upload) => (upload.id === id ? { ...upload, ...changes } : upload)));
  }, []);

  const work = useCallback(async () => {
    running.current += 1;
    for (let job = waiting.current.shift(); job !== undefined; job = waiting.current.shift()) {
      const { id, key } = job.upload;
      change(id, { state: "sending" });
      try {
        await send(bucket, key, job.file, (sent) => change(id, { sent }));
        change(id, { state: "done" });
      } catch (failure) {
        const error = asApiError(failure);
        change(id, { state: "failed", error: `${error.code}: ${error.message}` });
      }
    }
    running.current -= 1;
    if (running.current === 0) settled.current();
  }, [bucket, change]);

  const add = useCallback(
    (prefix: string, files: NamedFile[]) => {
      const jobs = files.map(({ path, file }) => {
        const upload: Upload = { id: next.current++, key: prefix + path, size: file.size, sent: 0, state: "waiting" };
        if (file.size > kUploadBytesMax) {
          upload.state = "failed";
          upload.error = `Larger than a browser sends. Use: aws s3 cp ${JSON.stringify(file.name)} ${JSON.stringify(`s3://${bucket}/${upload.key}`)}`;
        }
        return { upload, file };
      });
      setUploads((old) => [...old.filter((upload) => upload.state !== "done"), ...jobs.map((job) => job.upload)]);
      waiting.current.push(...jobs.filter((job) => job.upload.state === "waiting"));
      while (running.current < Math.min(kAtOnce, waiting.current.length + running.current)) void work();
    },
    [bucket, work],
  );

  return { uploads, add, clear: useCallback(() => setUploads((old) => old.filter(({ state }) => state === "waiting" || state === "sending")), []) };
}

/** The files of a drop; folders with what is in them. */
export async function filesOfDrop(transfer: DataTransfer): Promise<NamedFile[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter((entry) => entry != null);
  if (entries.length === 0) return [...transfer.files].map((file) => ({ path: file.name, file }));
  const files: NamedFile[] = [];
  const walk = async (entry: FileSystemEntry, parent: string): Promise<void> => {
    if (files.length >= kFilesMax) return;
    if (entry.isFile) {
      const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
      files.push({ path: parent + file.name, file });
      return;
    }
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    for (;;) {
      const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (batch.length === 0) return;
      for (const child of batch) await walk(child, `${parent}${entry.name}/`);
    }
  };
  for (const entry of entries) await walk(entry, "");
  return files;
}
