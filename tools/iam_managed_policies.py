#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes src/services/iam/managed_policies.bin: the policies that AWS manages, each in its newest version.

    iam_managed_policies.py FILE

FILE is what `aws iam get-account-authorization-details --filter AWSManagedPolicy` of any account prints, or a JSON object of
the same by name ({"ReadOnlyAccess": {"Path", "DefaultVersionId", "CreateDate", "UpdateDate", "Document"}}). Run by hand; the
result is committed. Its form: 4 bytes, little-endian, the size of the index; the index; the blocks that the index names. Index
and blocks are gzip members. The index is JSON: {"blocks": [sizes], "policies": [[name, path, version, created, updated,
block], …]}, by name; a block is JSON: {name: text of the document}. So one policy costs one small block, not all.
"""
import datetime
import gzip
import json
import os
import struct
import sys

BLOCK_BYTES = 96 * 1024
OUT = os.path.join(os.path.dirname(__file__), "..", "src", "services", "iam", "managed_policies.bin")


def seconds(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def policies(data):
    if "Policies" not in data:
        return data
    found = {}
    for each in data["Policies"]:
        newest = next(v for v in each["PolicyVersionList"] if v["IsDefaultVersion"])
        found[each["PolicyName"]] = {**each, "Document": newest["Document"]}
    return found


def packed(value):
    text = json.dumps(value, separators=(",", ":")).encode()
    return gzip.compress(text, 9, mtime=0)


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        data = policies(json.load(f))
    index, blocks, block, size = [], [], {}, 0
    for name in sorted(data):
        policy = data[name]
        document = json.dumps(policy["Document"], separators=(",", ":"))
        if block and size + len(document) > BLOCK_BYTES:
            blocks.append(packed(block))
            block, size = {}, 0
        block[name] = document
        size += len(document)
        index.append([name, policy["Path"], policy["DefaultVersionId"], seconds(policy["CreateDate"]),
                      seconds(policy["UpdateDate"]), len(blocks)])
    blocks.append(packed(block))
    head = packed({"blocks": [len(b) for b in blocks], "policies": index})
    with open(OUT, "wb") as f:
        f.write(struct.pack("<I", len(head)) + head + b"".join(blocks))
    print(f"{len(index)} policies, {len(blocks)} blocks, {os.path.getsize(OUT)} bytes")


if __name__ == "__main__":
    main()
