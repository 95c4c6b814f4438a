// SPDX-License-Identifier: Apache-2.0
// An object's bytes: read in pieces, so that any size fits into answers; and what they may be shown as.
import { call } from "../../../api/console-api";
import { fromBase64 } from "../shared/bytes";

const kPieceBytes = 4 * 1024 * 1024;
/** What a page of a browser keeps in memory; more is for the command line. */
export const kDownloadBytesMax = 512 * 1024 * 1024;

export interface ObjectName {
  bucket: string;
  key: string;
  versionId?: string | undefined;
}

export function nameInput({ bucket, key, versionId }: ObjectName) {
  return { Bucket: bucket, Key: key, ...(versionId === undefined ? {} : { VersionId: versionId }) };
}

/** The first `bytes` of an object of `size`. */
export async function readObject(
  name: ObjectName,
  size: number,
  bytes: number,
  signal?: AbortSignal,
  onProgress?: (done: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const wanted = Math.min(size, bytes);
  const whole = new Uint8Array(wanted);
  for (let from = 0; from < wanted; from += kPieceBytes) {
    const to = Math.min(from + kPieceBytes, wanted);
    const { Body = "" } = await call<{ Body?: string }>("s3", "GetObject", { ...nameInput(name), Range: `bytes=${from}-${to - 1}` }, signal);
    whole.set(fromBase64(Body).subarray(0, to - from), from);
    onProgress?.(to);
  }
  return whole;
}

export type ContentKind = "picture" | "json" | "csv" | "zip" | "gzip" | "text" | "other";

const kPictures: Record<string, string> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  svg: "image/svg+xml",
  ico: "image/x-icon",
  bmp: "image/bmp",
  avif: "image/avif",
};

const kByExtension: Record<string, ContentKind> = {
  json: "json",
  csv: "csv",
  tsv: "csv",
  zip: "zip",
  jar: "zip",
  whl: "zip",
  gz: "gzip",
  txt: "text",
  md: "text",
  log: "text",
  jsonl: "text",
  ndjson: "text",
  yaml: "text",
  yml: "text",
  xml: "text",
  html: "text",
  css: "text",
  js: "text",
  ts: "text",
  py: "text",
  sh: "text",
};

function extensionOf(key: string): string {
  return /\.([a-z0-9]+)$/i.exec(key)?.[1]?.toLowerCase() ?? "";
}

/** A type that an <img> may be given; undefined: it is no picture. */
export function pictureType(key: string, contentType = ""): string | undefined {
  const declared = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  if (Object.values(kPictures).includes(declared)) return declared;
  return kPictures[extensionOf(key)];
}

export function contentKind(key: string, contentType = ""): ContentKind {
  if (pictureType(key, contentType) !== undefined) return "picture";
  const byName = kByExtension[extensionOf(key)];
  if (byName !== undefined) return byName;
  if (/json/.test(contentType)) return "json";
  if (/csv/.test(contentType)) return "csv";
  if (/zip/.test(contentType)) return /gzip/.test(contentType) ? "gzip" : "zip";
  return /^text\/|xml|yaml|javascript/.test(contentType) ? "text" : "other";
}

export async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** RFC 4180, and what people write instead: rows of at most `rowsMax`. */
export function parseCsv(text: string, separator: string, rowsMax: number): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let isQuoted = false;
  const endField = () => {
    row.push(field);
    field = "";
  };
  const endRow = () => {
    endField();
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
  };
  for (let index = 0; index < text.length && rows.length < rowsMax; index += 1) {
    const c = text[index];
    if (isQuoted) {
      if (c !== '"') field += c;
      else if (text[index + 1] === '"') {
        field += '"';
        index += 1;
      } else isQuoted = false;
    } else if (c === '"' && field === "") isQuoted = true;
    else if (c === separator) endField();
    else if (c === "\n") endRow();
    else if (c !== "\r") field += c;
  }
  if (rows.length < rowsMax && (field !== "" || row.length > 0)) endRow();
  return rows;
}
