# SPDX-License-Identifier: Apache-2.0
"""EventBridge, Scheduler and Pipes under kills: what was acknowledged reaches its target, at least once. Python 3.9, standard library only."""
import datetime
import json
import time

from crash_server import ConnectionLost, Refused
from crash_sqs import SqsClient

ROLE = "arn:aws:iam::000000000000:role/crash"
SECONDS_TO_ARRIVE = 60
VISIBLE_AGAIN_SECONDS = 2  # what a pipe held when it was killed comes back then


class EventsClient(SqsClient):
    def put_event(self, identity):
        answer = self._request("POST", "/", {"Entries": [{"Source": "crash", "DetailType": "load", "Detail": json.dumps({"id": identity})}]},
                               "events", {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSEvents.PutEvents"})
        assert answer["FailedEntryCount"] == 0, answer

    def rule_to(self, queue_arn):
        for operation, parameters in (
                ("PutRule", {"Name": "crash", "EventPattern": json.dumps({"source": ["crash"]})}),
                ("PutTargets", {"Rule": "crash", "Targets": [{"Id": "1", "Arn": queue_arn, "InputPath": "$.detail"}]})):
            self._request("POST", "/", parameters, "events",
                          {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSEvents." + operation})

    def rest(self, service, path, parameters):
        return self._request("POST", path, parameters, service, {"Content-Type": "application/json"})


class EventsLoad:
    def __init__(self, world):
        self.world = world
        self.sent = set()  # acknowledged
        self.tried = set()
        self.arrived = set()
        self.twice = 0
        self.landing = self.source = None

    def start(self, base):
        client = EventsClient(self.world.server)
        self.landing = client.call("CreateQueue", QueueName="landing")["QueueUrl"]
        self.source = client.call("CreateQueue", QueueName="source", Attributes={"VisibilityTimeout": str(VISIBLE_AGAIN_SECONDS)})["QueueUrl"]
        client.rule_to("arn:aws:sqs:us-east-1:000000000000:landing")
        client.rest("pipes", "/v1/pipes/crash", {
            "RoleArn": ROLE, "Source": "arn:aws:sqs:us-east-1:000000000000:source", "Target": "arn:aws:sqs:us-east-1:000000000000:landing",
            "SourceParameters": {"SqsQueueParameters": {"BatchSize": 3}}, "TargetParameters": {"InputTemplate": '{"id": <$.body.id>}'}})
        client.close()
        for index, send in enumerate((self._event, self._schedule, self._message)):
            self.world.spawn(lambda chance, at, send=send: self._send(chance, at, send), base + index)

    def _send(self, chance, index, send):
        client, number = EventsClient(self.world.server), 0
        while not self.world.ending.is_set():
            identity, number = f"{index}-{number}", number + 1
            self.tried.add(identity)
            try:
                send(client, identity, chance)
            except ConnectionLost:
                continue
            self.sent.add(identity)
            self.world.ending.wait(chance.random() * 0.05)

    @staticmethod
    def _event(client, identity, _chance):
        client.put_event(identity)

    @staticmethod
    def _schedule(client, identity, chance):
        client.server.wait_for_address()
        # Never in the past, although the fraction of the second is cut off: nobody knows what AWS does with that.
        due = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=chance.randint(3, 6))
        client.rest("scheduler", f"/schedules/{identity}", {
            "ScheduleExpression": due.strftime("at(%Y-%m-%dT%H:%M:%S)"), "FlexibleTimeWindow": {"Mode": "OFF"},
            "ActionAfterCompletion": "DELETE", "ClientToken": identity,
            "Target": {"Arn": "arn:aws:sqs:us-east-1:000000000000:landing", "RoleArn": ROLE, "Input": json.dumps({"id": identity})}})

    def _message(self, client, identity, _chance):
        client.call("SendMessage", QueueUrl=self.source, MessageBody=json.dumps({"id": identity}))

    def check(self):
        client = EventsClient(self.world.server)
        deadline = time.monotonic() + SECONDS_TO_ARRIVE
        while self.sent - self.arrived and time.monotonic() < deadline:
            messages = client.call("ReceiveMessage", QueueUrl=self.landing, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", [])
            for message in messages:
                identity = json.loads(message["Body"])["id"]
                self.twice += identity in self.arrived
                self.arrived.add(identity)
                client.call("DeleteMessage", QueueUrl=self.landing, ReceiptHandle=message["ReceiptHandle"])
        faults = [f"{identity} was never sent" for identity in sorted(self.arrived - self.tried)]
        if lost := sorted(self.sent - self.arrived):
            faults.append(f"{len(lost)} of {len(self.sent)} did not arrive, for instance {lost[:5]}")
        try:
            state = client._request("GET", "/v1/pipes/crash", {}, "pipes", {})["CurrentState"]
        except Refused as refused:
            state = str(refused)
        if state != "RUNNING":
            faults.append(f"the pipe is {state}")
        return faults

    def summary(self):
        return f"{len(self.sent)} events, schedules and messages accepted, {len(self.arrived)} arrived, {self.twice} of them again"
