// SPDX-License-Identifier: Apache-2.0
import { deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { listZip, readZipEntry } from "./zip";

function archive(files: Record<string, string>, method: 0 | 8): Uint8Array {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const data = method === 8 ? deflateRawSync(text) : Buffer.from(text);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt32LE(Buffer.byteLength(text), 24);
    entry.writeUInt16LE(Buffer.byteLength(name), 28);
    entry.writeUInt32LE(offset, 42);
    locals.push(local, Buffer.from(name), data);
    directory.push(entry, Buffer.from(name));
    offset += 30 + Buffer.byteLength(name) + data.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(offset, 16);
  return new Uint8Array(Buffer.concat([...locals, ...directory, end]));
}

test("names and sizes come from the directory, folders do not", () => {
  const zip = archive({ "index.py": "print(1)", "lib/": "", "lib/ä.txt": "ä" }, 0);
  expect(listZip(zip).map(({ name, size }) => [name, size])).toEqual([
    ["index.py", 8],
    ["lib/ä.txt", 2],
  ]);
});

test("a stored file is read, and no more of it than asked", async () => {
  const zip = archive({ "a.txt": "hello" }, 0);
  const [entry] = listZip(zip);
  expect(new TextDecoder().decode(await readZipEntry(zip, entry!, 100))).toBe("hello");
  expect(new TextDecoder().decode(await readZipEntry(zip, entry!, 2))).toBe("he");
});

test("what is no archive is said to be none", () => {
  expect(() => listZip(new TextEncoder().encode("this is but text, and longer than the end of an archive"))).toThrow("no zip archive");
  const damaged = archive({ "a.txt": "hello" }, 0);
  damaged[35 + 5] = 0;
  expect(() => listZip(damaged)).toThrow("damaged");
});
