#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the data of the serverless transform from an installed AWS SAM translator (pip install aws-sam-translator,
Apache-2.0): policy_templates.json (one template a line), connector_profiles.json (one pair of types a line) and
managed_policies.txt (the path and name of each AWS managed policy, a line each)."""
import json
import pathlib

import samtranslator

HERE = pathlib.Path(__file__).parent
TRANSLATOR = pathlib.Path(samtranslator.__file__).parent


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def policy_templates():
    source = json.loads((TRANSLATOR / "policy_templates_data/policy_templates.json").read_text())["Templates"]
    lines = []
    for name, template in sorted(source.items()):
        kept = {"Parameters": list(template["Parameters"]), "Definition": template["Definition"]}
        lines.append(f'"{name}":{compact(kept)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def connector_profiles():
    source = json.loads((TRANSLATOR / "model/connector_profiles/profiles.json").read_text())
    pairs = [
        f'"{a} {b}":{compact(profile)}' for a, targets in source["Permissions"].items() for b, profile in targets.items()
    ]
    resources = [f'"{name}":{compact(value)}' for name, value in source["CfnResourceProperties"].items()]
    return '{"Permissions":{\n' + ",\n".join(pairs) + '\n},"Resources":{\n' + ",\n".join(resources) + "\n}}\n"


def managed_policies():
    source = json.loads((TRANSLATOR / "internal/data/aws_managed_policies.json").read_text())["aws"]
    return "".join(arn.removeprefix("arn:aws:iam::aws:policy/") + "\n" for _, arn in sorted(source.items()))


if __name__ == "__main__":
    (HERE / "policy_templates.json").write_text(policy_templates())
    (HERE / "connector_profiles.json").write_text(connector_profiles())
    (HERE / "managed_policies.txt").write_text(managed_policies())
