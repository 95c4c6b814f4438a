# SPDX-License-Identifier: Apache-2.0
"""boto3 that knows what models/SERVICE/catch-up.json adds: Debian's is of 2022. Python 3.9."""
import glob
import gzip
import json
import os
import sys

import boto3
import botocore
import botocore.session

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "states_api"))
from merged_model import merge_patch  # noqa: E402


def _read(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as f:
        return json.load(f)


def session_with(folder, *services):
    """A boto3 session; `folder` gets the merged models."""
    for service in services:
        installed = sorted(glob.glob(os.path.join(os.path.dirname(botocore.__file__), "data", service, "*", "service-2.json*")))[-1]
        model = _read(installed)
        patch = _read(os.path.join(HERE, "..", "..", "models", service, "catch-up.json"))
        if patch.pop("unlessShape", None) in model["shapes"]:
            continue
        made = os.path.join(folder, service, os.path.basename(os.path.dirname(installed)))
        os.makedirs(made, exist_ok=True)
        with open(os.path.join(made, "service-2.json"), "w", encoding="utf-8") as f:
            json.dump(merge_patch(model, patch), f)
    session = botocore.session.Session()
    session.set_config_variable("data_path", folder)
    return boto3.Session(botocore_session=session, aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
