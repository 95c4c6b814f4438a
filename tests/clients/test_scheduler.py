# SPDX-License-Identifier: Apache-2.0
"""EventBridge Scheduler as its User Guide describes it, through boto3 and AWS CLI: schedules that really fire. Python 3.9."""
import datetime
import json
import os
import shutil
import signal
import subprocess
import threading
import time
import unittest

from botocore.config import Config

from client_case import ClientCase
from newer_models import session_with

AWS = shutil.which("aws", path="/usr/bin:" + os.environ.get("PATH", ""))
ROLE = "arn:aws:iam::000000000000:role/scheduler"
OFF = {"Mode": "OFF"}
LONG_POLLS_MAX = 3
SECONDS_MAX = 40


def in_seconds(seconds):
    """at() of a time that comes in so many seconds."""
    time = datetime.datetime.utcnow() + datetime.timedelta(seconds=seconds)
    return time.strftime("at(%Y-%m-%dT%H:%M:%S)")


class SchedulerCase(ClientCase):
    def setUp(self):
        super().setUp()
        self.data = os.path.join(self.folder, "data")
        self.start()
        self.queue = self.sqs.create_queue(QueueName="q")["QueueUrl"]

    def start(self):
        self.server = self.serve("--data", self.data, "--no-tls")
        self.url = f"http://{self.server.host}:{self.server.port}"
        session = session_with(os.path.join(self.folder, "models"), "scheduler")
        self.scheduler = session.client("scheduler", endpoint_url=self.url, config=Config(retries={"total_max_attempts": 1}))
        self.addCleanup(getattr(self.scheduler, "close", lambda: None))
        self.sqs = self.client(self.server, "sqs")

    @staticmethod
    def arn(name):
        return f"arn:aws:sqs:us-east-1:000000000000:{name}"

    def target(self, text="hello", queue="q", **more):
        return {"Arn": self.arn(queue), "RoleArn": ROLE, "Input": text, **more}

    def create(self, name, expression, target=None, **more):
        return self.scheduler.create_schedule(Name=name, ScheduleExpression=expression, FlexibleTimeWindow=OFF,
                                              Target=target or self.target(), **more)["ScheduleArn"]

    def receive(self, queue="q", wait=20):
        """The next message, deleted; None if there is none. The queue of the server that runs now."""
        url = f"{self.url}/000000000000/{queue}"
        for _ in range(LONG_POLLS_MAX if wait else 1):
            for message in self.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=wait, MessageAttributeNames=["All"]).get("Messages", []):
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                return message
        return None


class FiringTest(SchedulerCase):
    def test_a_rate_fires_at_once_and_tells_its_context(self):
        names = ("schedule-arn", "scheduled-time", "execution-id", "attempt-number")
        text = json.dumps({name: f"<aws.scheduler.{name}>" for name in names})
        arn = self.create("tick", "rate(1 hour)", self.target(text))
        body = json.loads(self.receive()["Body"])
        self.assertEqual(body["schedule-arn"], arn)
        self.assertRegex(body["scheduled-time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertRegex(body["execution-id"], r"^[0-9a-f]{16}$")
        self.assertEqual(body["attempt-number"], "1")

    def test_one_time_schedules_start_an_execution_and_go_away(self):
        states = self.client(self.server, "stepfunctions")
        definition = {"StartAt": "Tell", "States": {"Tell": {
            "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": True,
            "Parameters": {"QueueUrl": self.queue, "MessageBody.$": "States.JsonToString($)"}}}}
        machine = states.create_state_machine(name="m", definition=json.dumps(definition), roleArn=ROLE)["stateMachineArn"]
        self.create("once", in_seconds(2), {"Arn": machine, "RoleArn": ROLE, "Input": '{"from": "a schedule"}'},
                    ActionAfterCompletion="DELETE")
        self.assertEqual(json.loads(self.receive()["Body"]), {"from": "a schedule"})
        self.assertEqual(len(states.list_executions(stateMachineArn=machine)["executions"]), 1)
        # It goes right after its target was called, which the message may overtake.
        for _ in range(100):
            names = [each["Name"] for each in self.scheduler.list_schedules()["Schedules"]]
            if not names:
                break
        self.assertEqual(names, [])

    def test_any_operation_of_any_service(self):
        given = json.dumps({"QueueUrl": self.queue, "MessageBody": "from anywhere"})
        self.create("universal", "rate(1 day)", {"Arn": "arn:aws:scheduler:::aws-sdk:sqs:sendMessage", "RoleArn": ROLE, "Input": given})
        self.assertEqual(self.receive()["Body"], "from anywhere")

    def test_an_event_on_the_default_bus(self):
        events = self.client(self.server, "events")
        events.put_rule(Name="r", EventPattern=json.dumps({"source": ["nightly"]}))
        events.put_targets(Rule="r", Targets=[{"Id": "t", "Arn": self.arn("q"), "InputPath": "$.detail"}])
        bus = {"Arn": "arn:aws:events:us-east-1:000000000000:event-bus/default", "RoleArn": ROLE, "Input": '{"n": 1}',
               "EventBridgeParameters": {"DetailType": "d", "Source": "nightly"}}
        self.create("s", "rate(1 day)", bus)
        self.assertEqual(json.loads(self.receive()["Body"]), {"n": 1})

    def test_a_target_that_is_gone_leaves_a_dead_letter(self):
        self.sqs.create_queue(QueueName="dead")
        arn = self.create("lost", "rate(1 day)", self.target("text", "gone", DeadLetterConfig={"Arn": self.arn("dead")}))
        message = self.receive("dead")
        attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
        self.assertEqual(message["Body"], "text")
        self.assertEqual(attributes["SCHEDULE_ARN"], arn)
        self.assertEqual(attributes["TARGET_ARN"], self.arn("gone"))
        self.assertEqual(attributes["RETRY_ATTEMPTS"], "0")
        self.assertEqual(attributes["ERROR_CODE"], "QueueDoesNotExist")

    def test_a_killed_server_fires_once_when_it_is_back(self):
        self.create("late", in_seconds(1), self.target("late"))
        self.create("early", "rate(1 day)", self.target("early"))
        self.assertEqual(self.receive()["Body"], "early")
        self.server.stop(signal.SIGKILL)
        self.start()
        self.assertEqual(self.receive()["Body"], "late")
        self.server.stop(signal.SIGKILL)
        self.start()
        self.assertIsNone(self.receive(wait=1))
        self.assertEqual(self.scheduler.get_schedule(Name="late")["State"], "ENABLED")


    def test_kills_forget_and_repeat_nothing(self):
        states = self.client(self.server, "stepfunctions")
        definition = json.dumps({"StartAt": "S", "States": {"S": {"Type": "Pass", "End": True}}})
        machine = states.create_state_machine(name="m", definition=definition, roleArn=ROLE)["stateMachineArn"]
        self.sqs.create_queue(QueueName="dead")
        count = 24
        for i in range(count):
            target = {"Arn": machine, "RoleArn": ROLE, "Input": json.dumps(i), "DeadLetterConfig": {"Arn": self.arn("dead")}}
            self.create(f"s{i}", in_seconds(2 + i // 3), target)

        def executions():
            return states.list_executions(stateMachineArn=machine)["executions"]

        for wanted in (4, 10, 16, count):
            deadline = time.monotonic() + SECONDS_MAX
            while len(executions()) < wanted and time.monotonic() < deadline:
                threading.Event().wait(0.05)
            self.server.stop(signal.SIGKILL)
            self.start()
            states = self.client(self.server, "stepfunctions")
        self.assertIsNone(self.receive("dead", wait=1))
        inputs = [int(states.describe_execution(executionArn=each["executionArn"])["input"]) for each in executions()]
        self.assertEqual(sorted(inputs), list(range(count)))


class ApiTest(SchedulerCase):
    def test_what_get_shows(self):
        self.scheduler.create_schedule_group(Name="g", Tags=[{"Key": "team", "Value": "a"}])
        start = datetime.datetime(2100, 1, 1, tzinfo=datetime.timezone.utc)
        self.create("s", "cron(0 9 ? * MON-FRI *)", GroupName="g", ScheduleExpressionTimezone="Europe/Zurich", Description="d",
                    StartDate=start, State="DISABLED")
        shown = self.scheduler.get_schedule(Name="s", GroupName="g")
        self.assertEqual(shown["Arn"], "arn:aws:scheduler:us-east-1:000000000000:schedule/g/s")
        self.assertEqual((shown["State"], shown["ScheduleExpressionTimezone"]), ("DISABLED", "Europe/Zurich"))
        self.assertEqual(shown["StartDate"], start)
        self.assertEqual(shown["Target"]["RetryPolicy"], {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185})
        group = self.scheduler.get_schedule_group(Name="g")
        self.assertEqual(self.scheduler.list_tags_for_resource(ResourceArn=group["Arn"])["Tags"], [{"Key": "team", "Value": "a"}])
        self.scheduler.delete_schedule_group(Name="g")
        self.assertEqual(self.scheduler.list_schedules()["Schedules"], [])

    def test_pages(self):
        for i in range(5):
            self.create(f"s{i}", "cron(0 0 1 1 ? 2199)")
        pages = self.scheduler.get_paginator("list_schedules").paginate(PaginationConfig={"PageSize": 2})
        self.assertEqual([[s["Name"] for s in page["Schedules"]] for page in pages], [["s0", "s1"], ["s2", "s3"], ["s4"]])

    def test_bad_input(self):
        def refused(expression, **more):
            return self.refused(self.scheduler.create_schedule, Name="s", ScheduleExpression=expression, FlexibleTimeWindow=OFF,
                                Target=self.target(), **more)

        for expression in ("cron(0 1 * * * *)", "cron(71 8 1 * ? *)", "rate(10 years)", "rate()", "at(2026-13-01T00:00:00)", "x"):
            self.assertEqual(refused(expression), ("ValidationException", f"Invalid Schedule Expression {expression}.", 400))
        self.assertEqual(refused("rate(1 hour)", ScheduleExpressionTimezone="Mars/Olympus")[0], "ValidationException")
        self.assertEqual(refused("rate(1 hour)", GroupName="none")[::2], ("ResourceNotFoundException", 404))
        self.create("s", "rate(1 hour)")
        self.assertEqual(refused("rate(1 hour)"), ("ConflictException", "Schedule s already exists.", 409))
        self.assertEqual(self.refused(self.scheduler.delete_schedule, Name="t")[::2], ("ResourceNotFoundException", 404))


@unittest.skipIf(AWS is None, "no AWS CLI")
class CliTest(SchedulerCase):
    def aws(self, *arguments):
        run = subprocess.run([AWS, "--endpoint-url", self.url, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                             timeout=60, env={"PATH": os.environ["PATH"], "HOME": self.folder, "AWS_ACCESS_KEY_ID": "test",
                                              "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1", "AWS_PAGER": ""})
        self.assertEqual((run.returncode, run.stderr), (0, ""), arguments)
        return json.loads(run.stdout) if run.stdout.strip() else None

    def test_from_group_to_message(self):
        self.aws("scheduler", "create-schedule-group", "--name", "jobs")
        self.aws("scheduler", "create-schedule", "--name", "s", "--group-name", "jobs", "--schedule-expression", "rate(5 minutes)",
                 "--flexible-time-window", '{"Mode": "OFF"}', "--target", json.dumps(self.target("from the CLI")))
        self.assertEqual(self.receive()["Body"], "from the CLI")
        listed = self.aws("scheduler", "list-schedules", "--group-name", "jobs")["Schedules"]
        self.assertEqual([each["Name"] for each in listed], ["s"])
        self.aws("scheduler", "delete-schedule", "--name", "s", "--group-name", "jobs")
        self.assertEqual(len(self.aws("scheduler", "list-schedule-groups")["ScheduleGroups"]), 2)


if __name__ == "__main__":
    unittest.main()
