#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kills `pawl serve` (the program named by PAWL) with SIGKILL while workflows write items, count and send messages, and checks that
each did so exactly once: no call was lost, none was repeated. Python 3.9, standard library only.

    PAWL=build/dev/pawl tests/crash/effects_test.py --kills 100 --seed 7
"""
import argparse
import collections
import json
import os
import random
import sys
import tempfile
import threading

from crash_machines import ROLE, machine_arn, states
from crash_server import Client, ConnectionLost, CrashServer

TABLE, QUEUE = "effects", "effects"
DYNAMODB = {"Content-Type": "application/x-amz-json-1.0"}
# A call that is repeated is refused by the condition, counts twice, or sends two messages.
MACHINE = states(
    ("Put", {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:putItem", "ResultPath": None, "Parameters": {
        "TableName": TABLE, "Item": {"pk": {"S.$": "$.name"}}, "ConditionExpression": "attribute_not_exists(pk)"}}),
    ("Count", {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:dynamodb:updateItem", "ResultPath": None, "Parameters": {
        "TableName": TABLE, "Key": {"pk": {"S": "counter"}}, "UpdateExpression": "ADD n :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}}}}),
    ("Send", {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "ResultPath": None, "Parameters": {
        "QueueUrl": f"http://127.0.0.1/000000000000/{QUEUE}", "MessageBody.$": "$.name"}}))


class Load:
    """Starts executions until it is stopped."""

    def __init__(self, server):
        self.server = server
        self.names = []
        self.faults = []
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self):
        client = Client(self.server)
        try:
            while not self.stopped.is_set():
                name = f"e{len(self.names)}"
                client.insist("StartExecution", stateMachineArn=machine_arn("effects"), name=name, input=json.dumps({"name": name}))
                self.names.append(name)
                self.stopped.wait(0.002)
        except Exception as error:  # reported by the main thread
            self.faults.append(repr(error))

    def stop(self):
        self.stopped.set()
        self.thread.join()


def service_call(client, service, target, parameters):
    while True:
        try:
            return client._request("POST", "/", parameters, service, {**DYNAMODB, "X-Amz-Target": target})
        except ConnectionLost:
            pass


def prepare(client):
    service_call(client, "dynamodb", "DynamoDB_20120810.CreateTable", {
        "TableName": TABLE, "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}]})
    service_call(client, "sqs", "AmazonSQS.CreateQueue", {"QueueName": QUEUE})
    client.call("CreateStateMachine", name="effects", roleArn=ROLE, definition=json.dumps(MACHINE))


def statuses(client, names, waiting):
    """Status of each execution, when all have ended."""
    found = {}
    for name in names:
        arn = machine_arn("effects").replace(":stateMachine:", ":execution:") + ":" + name
        for _ in range(600):
            described = client.call("DescribeExecution", executionArn=arn)
            found[name] = (described["status"], described.get("cause"))
            if described["status"] != "RUNNING":
                break
            waiting.wait(0.1)
    return found


def messages(client):
    url = service_call(client, "sqs", "AmazonSQS.GetQueueUrl", {"QueueName": QUEUE})["QueueUrl"]
    bodies = []
    while True:
        received = service_call(client, "sqs", "AmazonSQS.ReceiveMessage", {
            "QueueUrl": url, "MaxNumberOfMessages": 10, "VisibilityTimeout": 3600, "WaitTimeSeconds": 0}).get("Messages", [])
        if not received:
            return bodies
        bodies += [message["Body"] for message in received]


def check(client, names, waiting):
    faults = [f"{name}: {found}" for name, found in statuses(client, names, waiting).items() if found[0] != "SUCCEEDED"]
    counter = service_call(client, "dynamodb", "DynamoDB_20120810.GetItem", {
        "TableName": TABLE, "Key": {"pk": {"S": "counter"}}, "ConsistentRead": True}).get("Item", {}).get("n", {}).get("N", "0")
    if int(counter) != len(names):
        faults.append(f"counted {counter} times, not {len(names)}")
    sent = collections.Counter(messages(client))
    faults += [f"no message of {name}" for name in names if name not in sent]
    faults += [f"{count} messages of {name}" for name, count in sent.items() if count != 1]
    return faults


def run(options, server):
    server.start()
    client, chance = Client(server), random.Random(options.seed)
    prepare(client)
    load = Load(server)
    for _ in range(options.kills):
        load.stopped.wait(chance.uniform(0.05, 0.5))
        server.kill()
        server.start()
        if load.faults:
            break
    load.stop()
    faults = load.faults or check(client, load.names, threading.Event())
    server.stop()
    faults += [damage for damage in [server.check()] if damage]
    print(f"{options.kills} kills, {len(load.names)} executions of three calls each, "
          f"{server.connections_lost} answers lost: {len(faults)} faults")
    print("\n".join(faults[:20]))
    return 1 if faults else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=15)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pawl-effects-") as folder:
        server = CrashServer(os.environ["PAWL"], folder, random.Random(options.seed))
        try:
            return run(options, server)
        finally:
            if server.process and server.process.poll() is None:
                server.process.kill()
                server.process.wait()


if __name__ == "__main__":
    sys.exit(main())
