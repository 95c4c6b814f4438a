# SPDX-License-Identifier: Apache-2.0
"""Holds an answer's JSON against the model: no member that it does not know, none missing that it requires, every type and enum
right. Clients do not: they drop what they do not know and give nothing for what is absent. Python 3.9, standard library only."""
TYPES = {"string": str, "boolean": bool, "integer": int, "long": int, "float": (int, float), "double": (int, float),
         "timestamp": (int, float), "list": list, "map": dict, "structure": dict}


def differences(model, shape_name, value, path="$"):
    """What is wrong, one line each."""
    shape = model["shapes"][shape_name]
    kind = shape["type"]
    if not isinstance(value, TYPES[kind]) or isinstance(value, bool) != (kind == "boolean"):
        return [f"{path}: {value!r} is no {kind}"]
    found = []
    if kind == "structure":
        for member in shape.get("required", []):
            if member not in value:
                found.append(f"{path}: lacks {member}")
        for member, inner in value.items():
            if member not in shape["members"]:
                found.append(f"{path}: unknown member {member}")
            else:
                found += differences(model, shape["members"][member]["shape"], inner, f"{path}.{member}")
    elif kind == "list":
        for i, inner in enumerate(value):
            found += differences(model, shape["member"]["shape"], inner, f"{path}[{i}]")
    elif "enum" in shape and value not in shape["enum"]:
        found.append(f"{path}: {value!r} is not in the enum")
    return found
