# SPDX-License-Identifier: Apache-2.0
"""Inputs that the model forbids, generated from it: for every member of an operation's input, however deep, one value of each wrong
type, the member left out where it is required, a string or list longer than it may be. Python 3.9, standard library only."""

ARN = "arn:aws:states:us-east-1:000000000000:"
SAMPLES = {
    "stateMachineArn": ARN + "stateMachine:machine", "stateMachineVersionArn": ARN + "stateMachine:machine:1",
    "stateMachineAliasArn": ARN + "stateMachine:machine:alias", "executionArn": ARN + "execution:machine:one",
    "activityArn": ARN + "activity:worker", "mapRunArn": ARN + "mapRun:machine/Map:5d4b1f07-7b0a-3e6c-9d5a-111111111111",
    "resourceArn": ARN + "stateMachine:machine", "roleArn": "arn:aws:iam::000000000000:role/role", "name": "name",
    "definition": '{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}', "taskToken": "token", "input": "{}", "output": "{}",
}
WRONG = {  # JSON values that no string, number, … may be
    "string": [7, True, [], {}], "integer": ["many", [], {}], "long": ["many", [], {}], "float": ["many", [], {}],
    "double": ["many", [], {}], "boolean": ["perhaps", [], {}], "list": ["one", 7, {}], "map": ["one", 7, []],
    "structure": ["one", 7, []], "timestamp": [[], {}],
}


class Generator:
    def __init__(self, model):
        self.model, self.shapes = model, model["shapes"]

    def shape(self, name):
        return self.shapes[name]

    def sample(self, shape_name, member=""):
        """A small value of the shape."""
        shape = self.shape(shape_name)
        kind = shape["type"]
        if kind == "structure":
            return {m: self.sample(shape["members"][m]["shape"], m) for m in shape.get("required", [])}
        if kind == "list":
            return [self.sample(shape["member"]["shape"])]
        if kind == "map":
            return {}
        if kind == "string":
            return shape["enum"][0] if "enum" in shape else SAMPLES.get(member, "x" * max(shape.get("min", 1), 1))
        return {"boolean": True}.get(kind, max(shape.get("min", 1), 1))

    def places(self, shape_name, build, seen=()):
        """(path, member's shape name, is required, function from a value to a whole input) for every member below."""
        shape = self.shape(shape_name)
        if shape["type"] == "list":
            inner = shape["member"]["shape"]
            yield "[0]", inner, False, lambda value: build([value])
            if inner not in seen:
                for path, *rest in self.places(inner, lambda value: build([value]), (*seen, inner)):
                    yield "[0]." + path, *rest
        if shape["type"] != "structure":
            return
        for member, reference in shape["members"].items():
            def put(value, member=member):
                return build({**self.sample(shape_name), member: value})
            yield member, reference["shape"], member in shape.get("required", []), put
            if reference["shape"] not in seen:
                for path, *rest in self.places(reference["shape"], put, (*seen, reference["shape"])):
                    yield member + "." + path, *rest

    def input_of(self, operation):
        return self.model["operations"][operation]["input"]["shape"]

    def wrong_types(self, operation):
        """(what, input): each must be a SerializationException."""
        for path, shape_name, _, put in self.places(self.input_of(operation), lambda value: value):
            for value in WRONG[self.shape(shape_name)["type"]]:
                yield f"{operation} {path} = {value!r}", put(value)

    def missing(self, operation):
        """(what, input) without a required member; null means the same."""
        marker = object()

        def without(value):
            if isinstance(value, dict):
                return {k: without(v) for k, v in value.items() if v is not marker}
            return [without(v) for v in value] if isinstance(value, list) else value

        for path, _, required, put in self.places(self.input_of(operation), lambda value: value):
            if required:
                yield f"{operation} without {path}", without(put(marker))
                yield f"{operation} {path} = null", put(None)

    def too_long(self, operation):
        """(what, input) with one more character or item than the model allows."""
        for path, shape_name, _, put in self.places(self.input_of(operation), lambda value: value):
            shape = self.shape(shape_name)
            if shape["type"] == "string" and "max" in shape:
                yield f"{operation} {path} of {shape['max'] + 1}", put("a" * (shape["max"] + 1))
            if shape["type"] == "list" and "max" in shape:
                yield f"{operation} {path} of {shape['max'] + 1}", put([self.sample(shape["member"]["shape"])] * (shape["max"] + 1))

    def out_of_range(self, operation):
        """(what, input) with a number outside its range, a word outside its enum."""
        for path, shape_name, _, put in self.places(self.input_of(operation), lambda value: value):
            shape = self.shape(shape_name)
            if shape["type"] in ("integer", "long", "float", "double"):
                for limit, value in (("max", shape.get("max", 0) + 1), ("min", shape.get("min", 0) - 1)):
                    if limit in shape:
                        yield f"{operation} {path} = {value}", put(value)
            if "enum" in shape:
                yield f"{operation} {path} = 'NO_SUCH_WORD'", put("NO_SUCH_WORD")
