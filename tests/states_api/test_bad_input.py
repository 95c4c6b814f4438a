# SPDX-License-Identifier: Apache-2.0
"""Every operation answers bad input, generated from the model, with AWS's error: never a success, never a 500; and the server
stays alive and small."""
import http.client
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "server"))
from bad_input import ARN, SAMPLES, Generator  # noqa: E402
from merged_model import merged_model  # noqa: E402
from server_case import SCOPE, SECONDS_MAX, ServerCase  # noqa: E402

MODEL = merged_model()
COMMON = {"ValidationException", "SerializationException", "MissingRequiredParameter", "InvalidParameterValue"}
RESIDENT_KIB_MAX = 64 * 1024  # what bad requests may add to the server's resident memory
FOREIGN = [
    "arn:aws:sqs:us-east-1:000000000000:queue", "arn:aws:lambda:us-east-1:000000000000:function:f", "arn:aws:s3:::bucket",
    "arn:aws:states:us-east-1:000000000000:teapot:x", "arn:aws:states:us-east-1", "arn:", "nonsense", "arn:aws:states:::::::::",
    "arn:aws:states:us-east-1:000000000000:stateMachine:", "arn:aws:states:us-east-1:000000000000:stateMachine:a:b:c:d:e",
    "arn:aws:states:eu-west-1:999999999999:execution:m:e", "ARN:AWS:STATES:us-east-1:000000000000:activity:a\u0000b"]


def resident_kib(process):
    with open(f"/proc/{process.pid}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS:"))


class Lines:
    """One kept connection: thousands of calls need not open thousands."""

    def __init__(self, server):
        self.connection = http.client.HTTPConnection(server.host, server.port, timeout=SECONDS_MAX)
        self.calls = 0

    def call(self, operation, body, **more):
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        self.calls += 1
        self.connection.request("POST", "/", body, {
            "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AWSStepFunctions." + operation,
            "Authorization": SCOPE.format(key="test", region="us-east-1", service="states"), **more})
        answer = self.connection.getresponse()
        text = answer.read()
        data = json.loads(text or b"{}")
        return answer.status, data.get("__type", "").rsplit("#", 1)[-1], data


class BadInputTest(ServerCase):
    def setUp(self):
        super().setUp()
        self.server = self.serve("--data", os.path.join(self.folder, "data"), "--no-tls")
        self.lines = Lines(self.server)
        self.addCleanup(self.lines.connection.close)
        self.make_resources()
        self.resident = resident_kib(self.server.process)

    def tearDown(self):
        self.assertEqual(self.request(self.server, "GET", "/_pawl/health").status, 200)
        grown = resident_kib(self.server.process) - self.resident
        self.assertLess(grown, RESIDENT_KIB_MAX, "the server grew")
        self.assertEqual(self.server.stop(), 0)
        self.assertNotIn(b"status=5", self.server.err)

    def make_resources(self):
        """What the samples name, so that nothing is refused only because it does not exist."""
        ok = self.ok
        ok("CreateStateMachine", name="machine", roleArn=SAMPLES["roleArn"], definition=SAMPLES["definition"], publish=True)
        ok("CreateStateMachineAlias", name="alias", routingConfiguration=[{"stateMachineVersionArn": ARN + "stateMachine:machine:1",
                                                                          "weight": 100}])
        ok("CreateActivity", name="worker")
        ok("StartExecution", stateMachineArn=ARN + "stateMachine:machine", name="one")

    def ok(self, operation, **parameters):
        status, code, data = self.lines.call(operation, parameters)
        self.assertEqual(status, 200, (operation, code, data))
        return data

    def refused(self, what, operation, body, codes=None):
        status, code, data = self.lines.call(operation, body)
        declared = {error["shape"] for error in MODEL["operations"].get(operation, {}).get("errors", [])} | COMMON
        if status != 400 or code not in (codes or declared):
            self.wrong.append(f"{what}: {status} {code or 'success'} {data.get('message', data.get('Message', ''))[:200]}")
        return code

    def for_each(self, kind, codes=None):
        self.wrong = []
        count = 0
        for operation in sorted(MODEL["operations"]):
            for what, body in getattr(Generator(MODEL), kind)(operation):
                self.refused(what, operation, body, codes)
                count += 1
        self.assertFalse(self.wrong, f"{len(self.wrong)} of {count}:\n" + "\n".join(self.wrong[:60]))
        print(f"{kind}: {count} requests refused")

    def test_a_wrong_type_in_every_member(self):
        self.for_each("wrong_types", {"SerializationException"})

    def test_required_members_missing(self):
        self.for_each("missing")

    def test_strings_and_lists_too_long(self):
        self.for_each("too_long")

    def test_numbers_out_of_range_and_words_outside_the_enum(self):
        self.for_each("out_of_range")

    def test_malformed_bodies_of_every_operation(self):
        self.wrong = []
        for operation in sorted(MODEL["operations"]):
            for body in (b"", b"{", b"[]", b"null", b'"x"', b"7", b"\xff\xfe", b'{"a":1,}', b"{}{}", b"[" * 100_000,
                         b'{"stateMachineArn":"\xc3\x28"}', b'{"name":"\\ud800"}x'):
                self.refused(f"{operation} {body[:20]!r}", operation, body, {"SerializationException"})
        self.assertFalse(self.wrong, "\n".join(self.wrong[:60]))

    def test_unknown_targets(self):
        for operation in ("Fly", "", "startExecution", "StartExecution2", "StartExecution.X", "../StartExecution", "a" * 4000):
            status, code, _ = self.lines.call(operation, {})
            self.assertEqual((status, code), (400, "UnknownOperationException"), operation)

    def test_a_body_of_ten_megabytes(self):
        for operation in ("StartExecution", "CreateStateMachine", "SendTaskSuccess", "TestState"):
            for _ in range(3):
                answer = self.call(self.server, operation, {"input": "x" * 10_000_000})
                self.assertEqual((answer.status, answer.json()["__type"].rsplit("#", 1)[-1]), (413, "RequestEntityTooLargeException"))

    def test_arns_of_other_services(self):
        self.wrong, generator = [], Generator(MODEL)
        for operation in sorted(MODEL["operations"]):
            members = MODEL["shapes"][generator.input_of(operation)]["members"]
            for member in members:
                if not member.endswith("Arn") or (operation, member) == ("TestState", "roleArn"):
                    continue
                for arn in FOREIGN:
                    self.refused(f"{operation} {member} = {arn!r}", operation,
                                 {**generator.sample(generator.input_of(operation)), member: arn})
        self.assertFalse(self.wrong, "\n".join(self.wrong[:60]))

    def test_page_tokens_of_another_list(self):
        for name in ("a", "b"):
            self.ok("CreateActivity", name=name)
            self.ok("CreateStateMachine", name=name, roleArn=SAMPLES["roleArn"], definition=SAMPLES["definition"])
            self.ok("StartExecution", stateMachineArn=ARN + "stateMachine:machine", name="x" + name)
        machine, execution = ARN + "stateMachine:machine", ARN + "execution:machine:one"
        lists = {"ListActivities": {}, "ListStateMachines": {}, "ListExecutions": {"stateMachineArn": machine},
                 "GetExecutionHistory": {"executionArn": execution}}
        tokens = {op: self.ok(op, maxResults=1, **more)["nextToken"] for op, more in lists.items()}
        more_lists = {"ListStateMachineVersions": {"stateMachineArn": machine}, "ListStateMachineAliases": {"stateMachineArn": machine},
                      "ListMapRuns": {"executionArn": execution}}
        self.wrong = []
        for operation, more in {**lists, **more_lists}.items():
            foreign = [token for of, token in tokens.items() if of != operation]
            for token in foreign + ["x", "A" * 1000, tokens["ListActivities"][:-4] + "AAAA"]:
                self.refused(f"{operation} {token[:20]}", operation, {**more, "nextToken": token}, {"InvalidToken"})
        # The same list asked with other words is another list.
        self.refused("ListExecutions", "ListExecutions", {"stateMachineArn": machine, "statusFilter": "FAILED",
                                                          "nextToken": tokens["ListExecutions"]}, {"InvalidToken"})
        self.assertFalse(self.wrong, "\n".join(self.wrong))
        for operation, token in tokens.items():
            self.ok(operation, nextToken=token, **lists[operation])

    def test_invented_and_reused_task_tokens(self):
        self.ok("CreateStateMachine", name="task", roleArn=SAMPLES["roleArn"], definition=json.dumps({
            "StartAt": "A", "States": {"A": {"Type": "Task", "Resource": ARN + "activity:worker", "End": True}}}))
        self.ok("StartExecution", stateMachineArn=ARN + "stateMachine:task", name="one")
        token = self.ok("GetActivityTask", activityArn=ARN + "activity:worker")["taskToken"]
        calls = {"SendTaskSuccess": {"output": "{}"}, "SendTaskFailure": {}, "SendTaskHeartbeat": {}}
        self.wrong = []
        for operation, more in calls.items():
            for invented in ("x", "A" * 500, token[:-4] + "AAAA", token + "A", "\u00e4\u00f6", token[::-1]):
                if invented != token:
                    self.refused(f"{operation} {invented[:20]}", operation, {"taskToken": invented, **more}, {"InvalidToken"})
        self.ok("SendTaskHeartbeat", taskToken=token)
        self.refused("output", "SendTaskSuccess", {"taskToken": token, "output": "{"}, {"InvalidOutput"})
        self.ok("SendTaskSuccess", taskToken=token, output='"done"')
        for operation, more in calls.items():
            self.refused(f"{operation} again", operation, {"taskToken": token, **more}, {"TaskTimedOut", "TaskDoesNotExist"})
        self.assertFalse(self.wrong, "\n".join(self.wrong))
        self.assertEqual(self.ok("DescribeExecution", executionArn=ARN + "execution:task:one")["output"], '"done"')


if __name__ == "__main__":
    if MODEL is None:
        print("skipped: no botocore, whose model is needed")
        sys.exit(77)
    unittest.main()
