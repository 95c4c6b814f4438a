# SPDX-License-Identifier: Apache-2.0
"""The state machines that tools/bench_server.py measures, and the requests for them."""
import json

ACCOUNT = "000000000000"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/bench"


def pass_chain(length):
    states = {f"S{i}": {"Type": "Pass", "Next": f"S{i + 1}"} for i in range(1, length)}
    return {"StartAt": "S1", "States": {**states, f"S{length}": {"Type": "Pass", "End": True}}}


# Two transitions and four history events a turn.
CHOICE_LOOP = {"StartAt": "More", "States": {
    "More": {"Type": "Choice", "Default": "Done",
             "Choices": [{"Variable": "$.n", "NumericLessThanPath": "$.turns", "Next": "Count"}]},
    "Count": {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, 1)", "turns.$": "$.turns"}, "Next": "More"},
    "Done": {"Type": "Succeed"}}}


def map_of(mode):
    processor = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}},
                 "ProcessorConfig": {"Mode": "INLINE"} if mode == "INLINE" else
                 {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}}
    return {"StartAt": "M", "States": {"M": {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": processor,
                                             "ResultPath": None, "End": True}}}


def wait(seconds):
    return {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": seconds, "End": True}}}


def http_request(target, body, service="states", method="POST", path="/", content_type="application/x-amz-json-1.0"):
    """The bytes that an SDK would send, about 600 of head."""
    data = body if isinstance(body, bytes) else json.dumps(body, separators=(",", ":")).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1:4566", f"Content-Type: {content_type}",
             "User-Agent: Boto3/1.40 md/Botocore#1.40 ua/2.1 os/linux lang/python#3.11 cfg/retry-mode#legacy",
             "X-Amz-Date: 20260101T000000Z", "amz-sdk-invocation-id: 0f3a2b9e-5c1d-4a7b-9b1e-3d2c1b0a9f8e",
             "amz-sdk-request: attempt=1",
             f"Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, "
             "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=" + "0" * 64,
             f"Content-Length: {len(data)}"]
    if target:
        lines.insert(2, f"X-Amz-Target: {target}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


def states_request(operation, body):
    return http_request(f"AWSStepFunctions.{operation}", body)


def start_request(arn, payload, operation="StartExecution"):
    return states_request(operation, {"stateMachineArn": arn, "input": json.dumps(payload, separators=(",", ":"))})


def describe_request(machine_arn):
    """With '?' where the ARN of an execution will stand; its name is a UUID."""
    execution = machine_arn.replace(":stateMachine:", ":execution:") + ":" + "x" * 36
    return states_request("DescribeExecution", {"executionArn": "?" * len(execution)})
