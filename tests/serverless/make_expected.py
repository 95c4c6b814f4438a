#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes NAME.json beside each NAME.yaml: what the AWS SAM translator (pip install aws-sam-translator==1.110.0)
makes of it, or the text of its errors. The first comment line of a case may give parameters: "# parameters: {...}"."""
import json
import os
import pathlib
import sys

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from samtranslator.model.exceptions import InvalidDocumentException  # noqa: E402
from samtranslator.public.translator import ManagedPolicyLoader  # noqa: E402
from samtranslator.translator.transform import transform  # noqa: E402
from samtranslator.yaml_helper import yaml_parse  # noqa: E402

HERE = pathlib.Path(__file__).parent


class NoPolicies(ManagedPolicyLoader):
    def __init__(self):
        super().__init__(None)

    def load(self):
        return {}


def expected(text):
    first = text.split("\n", 1)[0]
    parameters = json.loads(first.removeprefix("# parameters:")) if first.startswith("# parameters:") else {}
    # CloudFormation hands the template on as JSON: keys are texts.
    template = json.loads(json.dumps(yaml_parse(text), default=str))
    try:
        return transform(template, parameters, NoPolicies())
    except InvalidDocumentException as error:
        return {"error": f"{error.message} " + " ".join(cause.message for cause in error.causes)}


if __name__ == "__main__":
    for case in map(pathlib.Path, sys.argv[1:] or sorted(HERE.glob("*.yaml"))):
        case.with_suffix(".json").write_text(json.dumps(expected(case.read_text()), indent=1, sort_keys=True) + "\n")
