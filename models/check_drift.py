#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares our merged model of a service with the schemas of the npm client: every operation, error and structure member that
AWS's JavaScript SDK knows must be in the model, or on the list of exceptions with a reason.

    check_drift.py SERVICE CLIENT_DIR BOTOCORE_DATA_DIR...

CLIENT_DIR is an installed @aws-sdk/client-* package. Exits 1 if something is missing.
"""
import glob
import gzip
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# service -> name -> reason
EXCEPTIONS = {}


def merge(target, patch):
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge(result.get(key), value)
    return result


def load(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8") as f:
        return json.load(f)


def merged_model(service, directories):
    files = [f for d in directories for f in glob.glob(os.path.join(d, service, "*", "service-2.json*"))]
    version = max(os.path.basename(os.path.dirname(f)) for f in files)
    models = [load(f) for f in files if os.path.basename(os.path.dirname(f)) == version]
    model = max(models, key=lambda m: len(m["operations"]))
    catch_up = os.path.join(HERE, service, "catch-up.json")
    if os.path.exists(catch_up):
        patch = load(catch_up)
        if patch["unlessShape"] not in model["shapes"]:
            model = merge(model, patch)
    overlay = os.path.join(HERE, service, "overlay.json")
    return merge(model, load(overlay)) if os.path.exists(overlay) else model


def read_schemas(client):
    """Operations, errors, and structures with their members, out of the compact arrays of dist-es/schemas."""
    text = "".join(open(f, encoding="utf-8").read() for f in sorted(glob.glob(os.path.join(client, "dist-es/schemas/*.js"))))
    words = dict(re.findall(r'const (_\w+) = "([^"]*)";', text))
    kinds = {"9": {}, "3": {}, "-3": {}}
    for kind, name, rest in re.findall(r"export var \w+\$ = \[(-?\d), n\d+, (_\w+),(.*?)\n\];", text, re.S):
        if kind not in kinds:
            continue
        lists = re.search(r"\n\s*\[([_\w, ]*)\],", rest)
        members = [words[m.strip()] for m in lists[1].split(",") if m.strip() in words] if lists and kind != "9" else []
        kinds[kind][words[name]] = members
    return kinds["9"], kinds["-3"], kinds["3"]


def main():
    service, client, *directories = sys.argv[1:]
    model = merged_model(service, directories)
    operations, errors, structures = read_schemas(client)
    shapes, missing = model["shapes"], []
    missing += [f"operation {n}" for n in operations if n not in model["operations"]]
    missing += [f"error {n}" for n in errors if n not in shapes]
    for name, members in {**structures, **errors}.items():
        if name in shapes:
            known = {m.lower() for m in shapes[name].get("members", {})}
            missing += [f"member {name}.{m}" for m in members if m.lower() not in known]
    excused = EXCEPTIONS.get(service, {})
    missing = [m for m in missing if m not in excused]
    for name in missing:
        print(f"{service}: {name} is in the SDK and not in the model")
    compared = sum(1 for n in structures if n in shapes)
    print(f"{service}: {len(operations)} operations, {len(errors)} errors, {compared} structures compared, {len(missing)} missing")
    sys.exit(1 if missing or not operations else 0)


if __name__ == "__main__":
    main()
