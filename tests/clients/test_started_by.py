# SPDX-License-Identifier: Apache-2.0
"""What starts an execution besides somebody's call: the end of a Batch job, the end of another execution, the clock, a queue, a request.
(Uploads: test_events, test_pipes.) Each with boto3, as a new user would set it up."""
import datetime
import json
import time
import unittest
import urllib.request

from test_batch import SECONDS_MAX, BatchCase

ROLE = "arn:aws:iam::000000000000:role/any"
PASS = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
FAIL = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Fail", "Error": "Broken", "Cause": "on purpose"}}})


class StartedByTest(BatchCase):
    def setUp(self):
        super().setUp()
        self.states, self.events = self.client(self.server, "stepfunctions"), self.client(self.server, "events")
        self.machine = self.make_machine("started", PASS)

    def make_machine(self, name, definition):
        return self.states.create_state_machine(name=name, definition=definition, roleArn=ROLE)["stateMachineArn"]

    def rule(self, pattern):
        self.events.put_rule(Name="rule", EventPattern=json.dumps(pattern))
        self.events.put_targets(Rule="rule", Targets=[{"Id": "1", "Arn": self.machine, "RoleArn": ROLE}])

    def inputs(self, count):
        """Those of the executions of the machine, once so many have succeeded."""
        end = time.monotonic() + SECONDS_MAX
        while time.monotonic() < end:
            listed = self.states.list_executions(stateMachineArn=self.machine, statusFilter="SUCCEEDED")["executions"]
            if len(listed) >= count:
                return [json.loads(self.states.describe_execution(executionArn=each["executionArn"])["input"]) for each in listed]
            time.sleep(0.1)
        self.fail(f"{len(listed)} executions, {count} wanted")

    def test_the_end_of_a_batch_job(self):
        self.rule({"source": ["aws.batch"], "detail-type": ["Batch Job State Change"], "detail": {"status": ["SUCCEEDED", "FAILED"]}})
        self.define(["sh", "-c", "exit $CODE"])
        jobs = {self.submit(f"job{code}", containerOverrides={"environment": [{"name": "CODE", "value": code}]}): code for code in "03"}
        started = self.inputs(2)
        self.assertEqual({each["detail"]["jobId"]: str(each["detail"]["container"]["exitCode"]) for each in started}, jobs)
        self.assertEqual({each["detail"]["status"] for each in started}, {"SUCCEEDED", "FAILED"})
        self.assertEqual({each["source"] for each in started}, {"aws.batch"})

    def test_the_end_of_another_execution(self):
        failing = self.make_machine("failing", FAIL)
        self.rule({"source": ["aws.states"], "detail": {"status": ["FAILED", "TIMED_OUT", "ABORTED"], "stateMachineArn": [failing]}})
        arn = self.states.start_execution(stateMachineArn=failing, name="one", input='{"a": 1}')["executionArn"]
        event = self.inputs(1)[0]
        described = self.states.describe_execution(executionArn=arn)
        self.assertEqual(event["resources"], [arn])
        self.assertEqual(event["detail-type"], "Step Functions Execution Status Change")
        detail = event["detail"]
        self.assertEqual((detail["executionArn"], detail["status"], detail["error"], detail["cause"], detail["input"], detail["output"]),
                         (arn, "FAILED", "Broken", "on purpose", '{"a": 1}', None))
        self.assertEqual(detail["stopDate"], round(described["stopDate"].timestamp() * 1000))

    def test_a_schedule_a_pipe_and_a_request(self):
        soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=3)
        self.client(self.server, "scheduler").create_schedule(
            Name="soon", ScheduleExpression=soon.strftime("at(%Y-%m-%dT%H:%M:%S)"), FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": self.machine, "RoleArn": ROLE, "Input": '{"by": "schedule"}'})
        sqs = self.client(self.server, "sqs")
        queue = sqs.create_queue(QueueName="q")["QueueUrl"]
        self.client(self.server, "pipes").create_pipe(
            Name="p", RoleArn=ROLE, Source="arn:aws:sqs:us-east-1:000000000000:q", Target=self.machine,
            SourceParameters={"SqsQueueParameters": {"BatchSize": 5, "MaximumBatchingWindowInSeconds": 2}},
            TargetParameters={"StepFunctionStateMachineParameters": {"InvocationType": "FIRE_AND_FORGET"}, "InputTemplate": '{"by": <$.body>}'})
        for number in range(3):
            sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(f"message {number}"))
        gateway = self.client(self.server, "apigatewayv2")
        api = gateway.create_api(Name="api", ProtocolType="HTTP")
        integration = gateway.create_integration(
            ApiId=api["ApiId"], IntegrationType="AWS_PROXY", IntegrationSubtype="StepFunctions-StartExecution", PayloadFormatVersion="1.0",
            CredentialsArn=ROLE, RequestParameters={"Input": "$request.body", "StateMachineArn": self.machine})["IntegrationId"]
        gateway.create_route(ApiId=api["ApiId"], RouteKey="$default", Target=f"integrations/{integration}")
        gateway.create_stage(ApiId=api["ApiId"], StageName="$default", AutoDeploy=True)
        request = urllib.request.Request(f"http://{self.server.host}:{self.server.port}/", b'{"by": "request"}', method="POST",
                                         headers={"Host": f"{api['ApiId']}.execute-api.us-east-1.amazonaws.com"})
        with urllib.request.urlopen(request, timeout=SECONDS_MAX) as answer:
            self.assertTrue(json.load(answer)["executionArn"].startswith("arn:aws:states:us-east-1:000000000000:execution:started:"))
        started = self.inputs(3)
        self.assertIn({"by": "schedule"}, started)
        self.assertIn({"by": "request"}, started)
        self.assertIn([{"by": f"message {number}"} for number in range(3)], started)


if __name__ == "__main__":
    unittest.main()
