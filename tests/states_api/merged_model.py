# SPDX-License-Identifier: Apache-2.0
"""The Step Functions model that Pawl serves: what botocore has installed, with models/stepfunctions laid over it (RFC 7396), as
src/aws/model does. Python 3.9, standard library only."""
import gzip
import importlib.util
import json
import os

HERE = os.path.dirname(os.path.abspath(__file__))
OVERLAYS = os.path.join(HERE, "..", "..", "models", "stepfunctions")
DEBIAN = "/usr/lib/python3/dist-packages/botocore"


def _botocore_folder():
    found = importlib.util.find_spec("botocore")
    return os.path.dirname(found.origin) if found else DEBIAN


def _read(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as f:
        return json.load(f)


def merge_patch(target, patch):
    if not isinstance(patch, dict):
        return patch
    out = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            out.pop(name, None)
        else:
            out[name] = merge_patch(out.get(name), value)
    return out


def merged_model():
    """The model of all 37 operations; None where no botocore is installed."""
    folder = os.path.join(_botocore_folder(), "data", "stepfunctions", "2016-11-23")
    path = next((p for p in (os.path.join(folder, "service-2.json" + end) for end in ("", ".gz")) if os.path.exists(p)), None)
    if path is None:
        return None
    model = _read(path)
    for name in ("catch-up.json", "overlay.json"):
        patch = _read(os.path.join(OVERLAYS, name))
        if patch.pop("unlessShape", None) not in model["shapes"]:
            model = merge_patch(model, patch)
    return model
