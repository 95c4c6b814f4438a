#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes models/SERVICE/catch-up.json: the JSON merge patch (RFC 7396) that brings an old botocore model of a service to a
newer one, without its prose. Run by hand when a newer botocore is at hand; the result is committed.

    make_overlay.py SERVICE OLD_DATA_DIR NEW_DATA_DIR UNLESS_SHAPE DOCUMENTATION_URL

UNLESS_SHAPE is a shape that only the newer model has: where the installed model has it, the patch is not applied, so that it
never turns a still newer model back. DOCUMENTATION_URL may hold {operation}.
"""
import glob
import gzip
import json
import os
import sys


def load(directory, service):
    files = sorted(glob.glob(os.path.join(directory, service, "*", "service-2.json*")))
    opener = gzip.open if files[-1].endswith(".gz") else open
    with opener(files[-1], "rt", encoding="utf-8") as f:
        return json.load(f)


# What no codec reads.
PROSE = {"documentation", "deprecatedMessage", "deprecatedSince", "examples"}


def without_prose(value, is_names=False):
    """`is_names`: the keys are names of shapes or members, one of which may well be "documentation"."""
    if isinstance(value, dict):
        return {key: without_prose(item, key in ("members", "shapes", "operations") and not is_names)
                for key, item in value.items() if is_names or key not in PROSE}
    if isinstance(value, list):
        return [without_prose(item) for item in value]
    return value


def difference(old, new):
    """The merge patch from one object to another."""
    patch = {}
    for key in old:
        if key not in new:
            patch[key] = None
    for key, value in new.items():
        if key not in old:
            patch[key] = value
        elif isinstance(value, dict) and isinstance(old[key], dict):
            inner = difference(old[key], value)
            if inner:
                patch[key] = inner
        elif old[key] != value:
            patch[key] = value
    return patch


def main():
    service, old_dir, new_dir, unless_shape, url = sys.argv[1:]
    old, new = without_prose(load(old_dir, service)), without_prose(load(new_dir, service))
    patch = difference({k: old[k] for k in ("metadata", "operations", "shapes")},
                       {k: new[k] for k in ("metadata", "operations", "shapes")})
    for name in ("metadata", "operations", "shapes"):
        patch.setdefault(name, {})
    patch["metadata"].pop("uid", None)
    for name, operation in patch["operations"].items():
        if operation and name not in old["operations"]:
            operation["documentation"] = url.format(operation=name)
    order = list(new["operations"])
    patch["operations"] = dict(sorted(patch["operations"].items(), key=lambda i: order.index(i[0]) if i[0] in order else -1))
    result = {"documentation": url.format(operation="Operations"), "unlessShape": unless_shape, **patch}
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), service, "catch-up.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(result, f, indent=1)
        f.write("\n")
    print(f"{path}: {len(patch['operations'])} operations, {len(patch['shapes'])} shapes, {os.path.getsize(path)} bytes")


if __name__ == "__main__":
    main()
