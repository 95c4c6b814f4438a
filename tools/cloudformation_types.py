#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes src/services/cloudformation/types/resource_types.bin: what CloudFormation says of its resource types.

    npm pack @aws-cdk/aws-service-spec && tar xzf aws-cdk-aws-service-spec-*.tgz
    cloudformation_types.py package/db.json.gz SCHEMAS

The package (Apache-2.0) holds the public schemas of CloudFormation's registry, but for who gets CloudFormation's own tags: that
is read from the schemas themselves, SCHEMAS/*.json (AWS publishes them as CloudformationSchema.zip, and cfn-lint carries them
in data/schemas/resources). Run by hand; the result is committed. Its form is that of IAM's managed policies: 4 bytes, little-endian, the size of the index; the index; the blocks that the index names. Index
and blocks are gzip members. The index is JSON: {"blocks": [sizes], "types": {"SQS": {"Queue": block}}}; -1 is the block of a
type of which only the name is kept. A block has the types of one service:

    {"objects": [{"Name": "RedrivePolicy", "Properties": {name: property}}],
     "types": {"Queue": {"Properties": {name: property}, "Attributes": {name: type}, "Id": [names], "Ref": [names],
                         "Tags": "Tags" or "Tags{" if they are a map, "SystemTags": true}}}

A property is its type and, after a space, flags: r required, c a change replaces the resource, m it may. A type is s string,
i integer, n number, b boolean, j any JSON, d date and time, t a tag, @3 an object of the block, [x a list and {x a map of x,
(x|y) either.
"""
import glob
import gzip
import json
import os
import struct
import sys

SERVICES = """ApiGateway ApiGatewayV2 ApplicationAutoScaling Batch CDK CloudFormation CloudWatch DataSync DynamoDB EC2 ECR ECS Events IAM KMS Lambda
Logs Pipes S3 SNS SQS SSM Scheduler SecretsManager ServiceDiscovery StepFunctions""".split()
# What CloudFormation takes and the package lacks: CDK's own type, which makes nothing.
MORE = {"AWS::CDK::Metadata": {"properties": {"Analytics": {"type": {"type": "string"}}}, "attributes": {}}}
SCALARS = {"string": "s", "integer": "i", "number": "n", "boolean": "b", "json": "j", "date-time": "d", "tag": "t"}
REPLACEMENT = {"yes": "c", "maybe": "m"}
OUT = os.path.join(os.path.dirname(__file__), "..", "src", "services", "cloudformation", "types", "resource_types.bin")


def packed(value):
    return gzip.compress(json.dumps(value, separators=(",", ":")).encode(), 9, mtime=0)


class Block:
    """The types of one service."""

    def __init__(self, definitions):
        self.definitions = definitions
        self.numbers = {}
        self.objects = []
        self.types = {}

    def object_number(self, identifier):
        if identifier not in self.numbers:
            self.numbers[identifier] = len(self.objects)
            self.objects.append(None)
            definition = self.definitions[identifier]
            self.objects[self.numbers[identifier]] = {"Name": definition["name"],
                                                      "Properties": self.properties(definition["properties"])}
        return self.numbers[identifier]

    def type_text(self, kind):
        name = kind["type"]
        if name == "array":
            return "[" + self.type_text(kind["element"])
        if name == "map":
            return "{" + self.type_text(kind["element"])
        if name == "ref":
            return f"@{self.object_number(kind['reference']['$ref'])}"
        if name == "union":
            return "(" + "|".join(dict.fromkeys(self.type_text(each) for each in kind["types"])) + ")"
        return SCALARS[name]

    def properties(self, properties):
        found = {}
        for name, each in sorted(properties.items()):
            text = self.type_text(each["type"])
            flags = ("r" if each.get("required") else "") + REPLACEMENT.get(each.get("causesReplacement"), "")
            found[name] = f"{text} {flags}" if flags else text
        return found

    def add(self, name, entity, has_system_tags):
        row = {"Properties": self.properties(entity["properties"])}
        attributes = {key: self.type_text(each["type"]) for key, each in sorted(entity["attributes"].items())}
        if attributes:
            row["Attributes"] = attributes
        if "primaryIdentifier" in entity:
            row["Id"] = entity["primaryIdentifier"]
        if entity.get("cfnRefIdentifier", entity.get("primaryIdentifier")) != entity.get("primaryIdentifier"):
            row["Ref"] = entity["cfnRefIdentifier"]
        tags = entity.get("tagInformation")
        if tags:
            row["Tags"] = tags["tagPropertyName"] + ("{" if tags["variant"] == "map" else "")
        if has_system_tags:
            row["SystemTags"] = True
        self.types[name] = row


def types_with_system_tags(folder):
    found = set()
    for path in glob.glob(os.path.join(folder, "*.json")):
        with open(path, encoding="utf-8") as f:
            schema = json.load(f)
        # What "tagging" does not say is true (resource-type-schema.html); without it CloudFormation tags nothing.
        tagging = schema.get("tagging", {"taggable": False})
        if tagging.get("taggable", True) and tagging.get("cloudFormationSystemTags", True):
            found.add(schema.get("typeName"))
    return found


def main():
    with gzip.open(sys.argv[1], "rt", encoding="utf-8") as f:
        schema = json.load(f)["schema"]
    definitions = {each["$id"]: each for each in schema["typeDefinition"]["entities"]}
    types = {each["cloudFormationType"]: each for each in schema["resource"]["entities"]
             if "cloudFormationTransform" not in each and not each["cloudFormationType"].startswith("AWS::Serverless::")}
    types.update(MORE)
    system_tags = types_with_system_tags(sys.argv[2])
    blocks = {service: Block(definitions) for service in SERVICES}
    index = {}
    for full_name in sorted(types):
        vendor, service, name = full_name.split("::")[:3]
        if vendor != "AWS" or full_name.count("::") != 2:
            continue
        index.setdefault(service, {})[name] = SERVICES.index(service) if service in SERVICES else -1
        if service in blocks:
            blocks[service].add(name, types[full_name], full_name in system_tags)
    texts = [packed({"objects": block.objects, "types": block.types}) for block in blocks.values()]
    head = packed({"blocks": [len(text) for text in texts], "types": index})
    with open(OUT, "wb") as f:
        f.write(struct.pack("<I", len(head)) + head + b"".join(texts))
    print(f"{sum(map(len, index.values()))} types, {len(texts)} blocks, {os.path.getsize(OUT)} bytes")
    for service, text in zip(SERVICES, texts):
        print(f"{service} {len(text)} bytes")


if __name__ == "__main__":
    main()
