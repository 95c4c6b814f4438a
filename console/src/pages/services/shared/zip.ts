// SPDX-License-Identifier: Apache-2.0
// Reads a zip archive that is in memory (PKWARE APPNOTE 4.3, 4.4: central directory; stored and deflated files).
// Names and sizes come from the directory; a file is unpacked when it is asked for.

export interface ZipEntry {
  name: string;
  size: number;
  packedSize: number;
  method: number;
  offset: number;
}

const kEndSignature = 0x06054b50;
const kEntrySignature = 0x02014b50;
const kLocalSignature = 0x04034b50;
const kEndBytes = 22;
const kCommentBytesMax = 0xffff;

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function findEnd(view: DataView): number {
  const first = Math.max(0, view.byteLength - kEndBytes - kCommentBytesMax);
  for (let at = view.byteLength - kEndBytes; at >= first; at -= 1) if (view.getUint32(at, true) === kEndSignature) return at;
  throw new Error("This is no zip archive.");
}

/** Its files, as the central directory has them. Throws if it is no archive. */
export function listZip(bytes: Uint8Array): ZipEntry[] {
  const view = viewOf(bytes);
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const entries: ZipEntry[] = [];
  const decoder = new TextDecoder();
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== kEntrySignature) throw new Error("The archive's directory is damaged.");
    const nameLength = view.getUint16(at + 28, true);
    const name = decoder.decode(bytes.subarray(at + 46, at + 46 + nameLength));
    if (!name.endsWith("/"))
      entries.push({
        name,
        method: view.getUint16(at + 10, true),
        packedSize: view.getUint32(at + 20, true),
        size: view.getUint32(at + 24, true),
        offset: view.getUint32(at + 42, true),
      });
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

/** A file's bytes, at most `bytesMax` of them. */
export async function readZipEntry(bytes: Uint8Array, entry: ZipEntry, bytesMax: number): Promise<Uint8Array> {
  const view = viewOf(bytes);
  if (entry.offset + 30 > bytes.length || view.getUint32(entry.offset, true) !== kLocalSignature) throw new Error("The archive is damaged.");
  const start = entry.offset + 30 + view.getUint16(entry.offset + 26, true) + view.getUint16(entry.offset + 28, true);
  const packed = bytes.slice(start, start + entry.packedSize);
  if (entry.method === 0) return packed.subarray(0, bytesMax);
  if (entry.method !== 8) throw new Error(`Packed with method ${entry.method}, which is not read here.`);
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const unpacked = new Uint8Array(Math.min(entry.size, bytesMax));
  let length = 0;
  while (length < unpacked.length) {
    const { done, value } = await reader.read();
    if (done) break;
    unpacked.set(value.subarray(0, unpacked.length - length), length);
    length += Math.min(value.length, unpacked.length - length);
  }
  void reader.cancel();
  return unpacked.subarray(0, length);
}
