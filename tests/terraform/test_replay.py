# SPDX-License-Identifier: Apache-2.0
"""What Terraform's AWS provider asks, in its order, asked again with boto3: recorded/*.jsonl.gz, made by record.py when Terraform was
content with every answer. Each answer must be what it was then, down to each attribute; ids, times and URLs may differ, as long as they
are used where they were used then. For machines without Terraform. Python 3.9.

boto3 may be of 2022: operations and members that its models lack are left out, and counted."""
import base64
import glob
import gzip
import json
import os
import re
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "clients"))
from client_case import ClientCase  # noqa: E402
from newer_models import session_with  # noqa: E402
import unittest  # noqa: E402
import botocore  # noqa: E402
from botocore.config import Config  # noqa: E402
from botocore.exceptions import ClientError, UnknownServiceError  # noqa: E402
from push_empty_image import push  # noqa: E402

MODELS = os.path.join(HERE, "..", "..", "models")
SECONDS_MAX = 20  # until a state is reached that the provider waited for
READ = re.compile(r"(Get|List|Describe|Head|BatchGet|Search)")
# How an upload is proved and names are written: another client, another choice. What state an alarm is in: a matter of time.
NOT_COMPARED = {"ChecksumAlgorithm", "ChecksumCRC32", "ChecksumCRC64NVME", "ChecksumType", "EncodingType",
                "StateValue", "StateReason", "StateReasonData", "StateTransitionedTimestamp", "StateUpdatedTimestamp"}
BINDING = re.compile(r"\{\{(\d+):([^}]*)\}\}")


def read_lines(path):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def plain(value):
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, (bytes, bytearray)):
        return {"$blob": base64.b64encode(bytes(value)).decode()}
    if hasattr(value, "read"):
        return {"$blob": base64.b64encode(value.read()).decode()}
    return value


def at(value, path):
    for part in path.split("/"):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


class Replay(ClientCase):
    def setUp(self):
        super().setUp()
        self.server = self.serve("--data", os.path.join(self.folder, "data"))
        self.clients, self.answers, self.left_out = {}, {}, set()

    def maker(self, service):
        if service not in self.clients:
            config = Config(retries={"total_max_attempts": 1}, inject_host_prefix=False, read_timeout=60, s3={"addressing_style": "path"})
            more = {"endpoint_url": f"http://{self.server.host}:{self.server.port}", "region_name": "us-east-1", "config": config}
            # CloudWatch's newer model has a protocol that an older boto3 does not speak.
            merged = [service] if os.path.exists(os.path.join(MODELS, service, "catch-up.json")) and service != "cloudwatch" else []
            has_model = glob.glob(os.path.join(os.path.dirname(botocore.__file__), "data", service))
            session = session_with(os.path.join(self.folder, "models"), *(merged if has_model else []))
            try:
                self.clients[service] = session.client(service, **more)
                self.addCleanup(getattr(self.clients[service], "close", lambda: None))
            except UnknownServiceError:
                self.clients[service] = None
        return self.clients[service]

    def bound(self, value):
        """With what the server made up this time. KeyError: it comes from an answer that was left out."""
        if isinstance(value, dict):
            if set(value) == {"$blob"}:
                return base64.b64decode(value["$blob"])
            return {name: self.bound(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.bound(each) for each in value]
        if isinstance(value, str):
            return BINDING.sub(lambda found: str(at(self.answers[int(found[1])], found[2])), value)
        return value

    def known(self, value, shape, where):
        """The members of a value that this boto3's model has."""
        if shape.type_name == "structure" and isinstance(value, dict):
            out = {}
            for name, each in value.items():
                if name in shape.members:
                    out[name] = self.known(each, shape.members[name], where)
                elif not getattr(shape, "is_document_type", False):
                    self.left_out.add(f"{where} {name}")
            return out
        if shape.type_name == "list" and isinstance(value, list):
            return [self.known(each, shape.member, where) for each in value]
        if shape.type_name == "map" and isinstance(value, dict):
            return {name: self.known(each, shape.value, where) for name, each in value.items()}
        return value

    def differences(self, expected, found, path=""):
        if expected == "<any>":
            return [] if found is not None else [f"{path} is missing"]
        if isinstance(expected, dict) and isinstance(found, dict) and set(expected) != {"$blob"}:
            expected, found = ({name: each for name, each in one.items() if name not in NOT_COMPARED and each is not None}
                               for one in (expected, found))
            return [line for name, each in expected.items() for line in (
                self.differences(each, found[name], f"{path}/{name}") if name in found else [f"{path}/{name} is missing"])] + [
                    f"{path}/{name} was not there then: {found[name]!r}" for name in found if name not in expected]
        if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
            straight = [line for i, (a, b) in enumerate(zip(expected, found)) for line in self.differences(a, b, f"{path}/{i}")]
            return [] if straight and self.reorder(expected, found) else straight
        wanted = self.bound(expected) if isinstance(expected, str) else expected
        if wanted == found or self.same_document(wanted, found):
            return []
        return [f"{path} is {found!r}, was {wanted!r}"]

    def reorder(self, expected, found):
        """Whether they are the same in some order, for many answers promise none; `found` then has that of `expected`, which is what
        later bindings go by."""
        left, ordered = list(found), []
        for one in expected:
            same = next((i for i, each in enumerate(left) if not self.differences(one, each)), None)
            if same is None:
                return False
            ordered.append(left.pop(same))
        found[:] = ordered
        return True

    @staticmethod
    def same_document(a, b):
        """JSON as text, however it is written; IAM's policies boto3 reads itself."""
        def read(text):
            return json.loads(text) if isinstance(text, str) else text
        try:
            return isinstance(a, str) and read(a) == read(b)
        except (TypeError, ValueError):
            return False

    def ask(self, client, call, parameters):
        try:
            answer = client._make_api_call(call["operation"], parameters)
        except ClientError as error:
            return None, error.response["Error"]["Code"]
        answer.pop("ResponseMetadata", None)
        return plain(answer), None

    def replay(self, number, call):
        """What was wrong with it."""
        client = self.maker(call["service"])
        if client is None or call["operation"] not in client.meta.service_model.operation_names:
            self.left_out.add(f"{call['service']}:{call['operation']}")
            return []
        model = client.meta.service_model.operation_model(call["operation"])
        where = f"{call['service']}:{call['operation']}"
        try:
            parameters = self.bound(call["input"])
        except (KeyError, IndexError):
            self.left_out.add(where + " (asks with what was left out)")
            return []
        if model.input_shape is not None:
            parameters = self.known(parameters, model.input_shape, where)
        if where == "lambda:CreateFunction" and "ImageUri" in parameters.get("Code", {}):
            push(self.server.port, parameters["Code"]["ImageUri"])
        end = time.monotonic() + SECONDS_MAX
        while True:
            answer, code = self.ask(client, call, parameters)
            if code is not None or "error" in call:
                wrong = [] if code == call.get("error") else [f"is {code or answer}, was {call.get('error') or call.get('output')}"]
            else:
                expected = self.known(call["output"], model.output_shape, where) if model.output_shape is not None else {}
                self.answers[number] = answer
                unsettled = call.get("unsettled", ())
                wrong = self.differences(*({name: each for name, each in one.items() if name not in unsettled} for one in (expected, answer)))
            if not wrong or not READ.match(call["operation"]) or time.monotonic() > end:
                return [f"line {number + 1}, {call['phase']}, {where} {line}" for line in wrong]
            time.sleep(0.05)


def test_of(path):
    def test(self):
        wrong = []
        calls = read_lines(path)
        for number, call in enumerate(calls):
            wrong += self.replay(number, call)
            if len(wrong) > 20:
                break
        self.assertEqual(wrong, [])
        if self.left_out:
            print(f"{os.path.basename(path)}: {len(calls)} calls; this boto3 knows nothing of {', '.join(sorted(self.left_out))}")
    return test


for recorded in sorted(glob.glob(os.path.join(HERE, "recorded", "*.jsonl.gz"))):
    setattr(Replay, "test_" + re.sub(r"\W", "_", os.path.basename(recorded).split(".")[0]), test_of(recorded))


if __name__ == "__main__":
    unittest.main()
