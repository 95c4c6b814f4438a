# SPDX-License-Identifier: Apache-2.0
"""EventBridge Pipes as its User Guide describes it, through boto3 and AWS CLI: from uploads in a bucket to real executions. Python 3.9."""
import http.server
import json
import os
import shutil
import signal
import subprocess
import threading
import unittest

from botocore.config import Config

from client_case import ClientCase
from newer_models import session_with

AWS = shutil.which("aws", path="/usr/bin:" + os.environ.get("PATH", ""))
ROLE = "arn:aws:iam::000000000000:role/pipe"
FORGET = {"StepFunctionStateMachineParameters": {"InvocationType": "FIRE_AND_FORGET"}}
POLLS_MAX = 2000  # of a state that comes within milliseconds
LONG_POLLS_MAX = 3


class PipesCase(ClientCase):
    def setUp(self):
        super().setUp()
        self.data = os.path.join(self.folder, "data")
        self.start()
        self.sqs.create_queue(QueueName="in")
        self.sqs.create_queue(QueueName="out")

    def start(self):
        self.server = self.serve("--data", self.data, "--no-tls")
        self.url = f"http://{self.server.host}:{self.server.port}"
        session = session_with(os.path.join(self.folder, "models"), "pipes")
        self.pipes = session.client("pipes", endpoint_url=self.url, config=Config(retries={"total_max_attempts": 1}))
        self.addCleanup(getattr(self.pipes, "close", lambda: None))
        self.sqs = self.client(self.server, "sqs")
        self.states = self.client(self.server, "stepfunctions")

    @staticmethod
    def arn(name):
        return f"arn:aws:sqs:us-east-1:000000000000:{name}"

    def queue(self, name):
        return f"{self.url}/000000000000/{name}"

    def send(self, *bodies, queue="in"):
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.queue(queue), MessageBody=body if isinstance(body, str) else json.dumps(body))

    def receive(self, queue="out", wait=20):
        """The body of the next message, which is deleted; None if there is none."""
        for _ in range(LONG_POLLS_MAX if wait else 1):
            for message in self.sqs.receive_message(QueueUrl=self.queue(queue), WaitTimeSeconds=wait).get("Messages", []):
                self.sqs.delete_message(QueueUrl=self.queue(queue), ReceiptHandle=message["ReceiptHandle"])
                return message["Body"]
        return None

    def machine(self, name="m", kind="STANDARD", **state):
        """Says in "out" what it got, unless another state is given."""
        told = state or {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage",
                         "Parameters": {"QueueUrl": self.queue("out"), "MessageBody.$": "States.JsonToString($)"}}
        definition = json.dumps({"StartAt": "S", "States": {"S": {**told, "End": True}}})
        return self.states.create_state_machine(name=name, definition=definition, roleArn=ROLE, type=kind)["stateMachineArn"]

    def create(self, target, name="p", source=None, **more):
        self.pipes.create_pipe(Name=name, RoleArn=ROLE, Source=source or self.arn("in"), Target=target, **more)
        return self.until("RUNNING", name)

    def until(self, state, name="p"):
        for _ in range(POLLS_MAX):
            shown = self.pipes.describe_pipe(Name=name)
            if shown["CurrentState"] == state:
                return shown
        self.fail(f"the pipe is {shown['CurrentState']}, {shown.get('StateReason')}")

    def is_empty(self, queue="in"):
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=self.queue(queue), AttributeNames=names)["Attributes"]
        return set(found.values()) == {"0"}


class ToExecutionsTest(PipesCase):
    def test_uploads_within_the_window_share_one_execution(self):
        s3 = self.client(self.server, "s3")
        s3.create_bucket(Bucket="pictures")
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"},
                                                          "Action": "sqs:SendMessage", "Resource": self.arn("in")}]}
        self.sqs.set_queue_attributes(QueueUrl=self.queue("in"), Attributes={"Policy": json.dumps(policy)})
        s3.put_bucket_notification_configuration(Bucket="pictures", NotificationConfiguration={"QueueConfigurations": [
            {"QueueArn": self.arn("in"), "Events": ["s3:ObjectCreated:*"],
             "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "uploaded/"}]}}}]})
        self.sqs.purge_queue(QueueUrl=self.queue("in"))  # S3's test event
        machine = self.machine()
        self.create(machine, SourceParameters={"SqsQueueParameters": {"BatchSize": 5, "MaximumBatchingWindowInSeconds": 5}},
                    TargetParameters=FORGET)
        for name in ("ada", "bob", "eve"):
            s3.put_object(Bucket="pictures", Key=f"uploaded/{name}.png", Body=name.encode())
        batch = json.loads(self.receive())
        keys = [json.loads(message["body"])["Records"][0]["s3"]["object"]["key"] for message in batch]
        self.assertEqual(sorted(keys), ["uploaded/ada.png", "uploaded/bob.png", "uploaded/eve.png"])
        self.assertEqual({message["eventSourceARN"] for message in batch}, {self.arn("in")})
        self.assertEqual(len(self.states.list_executions(stateMachineArn=machine)["executions"]), 1)

    def test_a_stopped_pipe_leaves_messages_and_a_started_one_takes_them(self):
        self.create(self.machine(), TargetParameters=FORGET)
        self.send("1")
        self.assertEqual([m["body"] for m in json.loads(self.receive())], ["1"])
        self.assertEqual(self.pipes.stop_pipe(Name="p")["CurrentState"], "STOPPING")
        self.until("STOPPED")
        self.send("2")
        self.assertIsNone(self.receive(wait=1))
        self.pipes.start_pipe(Name="p")
        self.assertEqual([m["body"] for m in json.loads(self.receive())], ["2"])

    def test_a_killed_server_goes_on(self):
        self.create(self.machine(), TargetParameters=FORGET)
        self.server.stop(signal.SIGKILL)
        self.start()
        self.send("after")
        self.assertEqual([m["body"] for m in json.loads(self.receive())], ["after"])
        self.assertEqual(self.pipes.describe_pipe(Name="p")["CurrentState"], "RUNNING")

    def test_a_target_that_is_gone_fills_the_queues_dead_letters(self):
        self.sqs.create_queue(QueueName="dead")
        redrive = json.dumps({"deadLetterTargetArn": self.arn("dead"), "maxReceiveCount": 2})
        self.sqs.set_queue_attributes(QueueUrl=self.queue("in"), Attributes={"RedrivePolicy": redrive, "VisibilityTimeout": "1"})
        self.create("arn:aws:states:us-east-1:000000000000:stateMachine:gone", TargetParameters=FORGET)
        self.send("unlucky")
        self.assertEqual(self.receive("dead"), "unlucky")
        self.assertTrue(self.is_empty())
        self.assertEqual(self.pipes.describe_pipe(Name="p")["CurrentState"], "RUNNING")


class ThroughTest(PipesCase):
    def test_filter_and_template_look_into_the_body(self):
        pattern = json.dumps({"body": {"kind": ["order"], "total": [{"numeric": [">", 100]}]}})
        self.create(self.arn("out"), SourceParameters={"FilterCriteria": {"Filters": [{"Pattern": pattern}]}},
                    TargetParameters={"InputTemplate": '{"from": "<aws.pipes.pipe-name>", "total": <$.body.total>}'})
        self.send({"kind": "order", "total": 5}, {"kind": "order", "total": 500}, "no JSON")
        self.assertEqual(json.loads(self.receive()), {"from": "p", "total": 500})
        self.assertIsNone(self.receive(wait=1))
        self.assertTrue(self.is_empty())

    def test_an_express_machine_enriches(self):
        enrichment = self.machine("enrich", "EXPRESS", Type="Pass", Parameters={"count.$": "States.ArrayLength($)"}, OutputPath="$")
        self.create(self.machine(), Enrichment=enrichment, EnrichmentParameters={"InputTemplate": "<$.body>"}, TargetParameters=FORGET,
                    SourceParameters={"SqsQueueParameters": {"BatchSize": 2, "MaximumBatchingWindowInSeconds": 20}})
        self.send("a", "b")
        self.assertEqual(json.loads(self.receive()), [{"count": 2}])

    def test_an_express_target_says_which_messages_failed(self):
        failing = {"Type": "Pass", "Parameters": {"batchItemFailures": [{"itemIdentifier.$": "$[1].messageId"}]}}
        self.sqs.create_queue(QueueName="dead")
        redrive = json.dumps({"deadLetterTargetArn": self.arn("dead"), "maxReceiveCount": 1})
        self.sqs.set_queue_attributes(QueueUrl=self.queue("in"), Attributes={"RedrivePolicy": redrive, "VisibilityTimeout": "1"})
        self.create(self.machine("sync", "EXPRESS", **failing),
                    SourceParameters={"SqsQueueParameters": {"BatchSize": 2, "MaximumBatchingWindowInSeconds": 20}})
        self.send("a", "b")
        self.assertIn(self.receive("dead"), ("a", "b"))
        self.assertIsNone(self.receive("dead", wait=1))
        self.assertTrue(self.is_empty())

    def test_changes_of_a_table_reach_a_topic(self):
        dynamodb = self.client(self.server, "dynamodb")
        table = dynamodb.create_table(TableName="people", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}], BillingMode="PAY_PER_REQUEST",
                                      AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                                      StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})["TableDescription"]
        sns = self.client(self.server, "sns")
        topic = sns.create_topic(Name="changes")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=self.arn("out"), Attributes={"RawMessageDelivery": "true"})
        self.create(topic, source=table["LatestStreamArn"],
                    SourceParameters={"DynamoDBStreamParameters": {"StartingPosition": "TRIM_HORIZON", "BatchSize": 10}},
                    TargetParameters={"InputTemplate": "<$.eventName> of <$.dynamodb.Keys.id.S>"})
        dynamodb.put_item(TableName="people", Item={"id": {"S": "ada"}})
        self.assertEqual(self.receive(), "INSERT of ada")
        self.server.stop(signal.SIGKILL)
        self.start()
        self.client(self.server, "dynamodb").put_item(TableName="people", Item={"id": {"S": "bob"}})
        self.assertEqual(self.receive(), "INSERT of bob")
        self.assertIsNone(self.receive(wait=1))

    def test_messages_become_events_on_a_bus(self):
        events = self.client(self.server, "events")
        bus = events.create_event_bus(Name="orders")["EventBusArn"]
        events.put_rule(Name="r", EventBusName="orders", EventPattern=json.dumps({"source": ["Pipe p"], "detail": {"total": [{"numeric": [">", 1]}]}}))
        events.put_targets(Rule="r", EventBusName="orders", Targets=[{"Id": "t", "Arn": self.arn("out")}])
        self.create(bus, TargetParameters={"InputTemplate": "<$.body>"})
        self.send({"total": 1}, {"total": 2})
        event = json.loads(self.receive())
        self.assertEqual((event["detail-type"], event["detail"]), ("Event from aws:sqs", {"total": 2}))

    def test_an_api_destination_enriches(self):
        asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                asked.append((self.path, self.headers["X-Key"], json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b'{"name": "Ada"}')

            def log_message(self, *_):
                pass

        site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=site.serve_forever, daemon=True).start()
        self.addCleanup(site.server_close)
        self.addCleanup(site.shutdown)
        events = self.client(self.server, "events")
        connection = events.create_connection(Name="c", AuthorizationType="API_KEY", AuthParameters={
            "ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "k"}})["ConnectionArn"]
        destination = events.create_api_destination(Name="d", ConnectionArn=connection, HttpMethod="POST",
                                                    InvocationEndpoint=f"http://127.0.0.1:{site.server_port}/people/*")["ApiDestinationArn"]
        self.create(self.arn("out"), Enrichment=destination, EnrichmentParameters={
            "InputTemplate": '{"id": <$.body.id>}', "HttpParameters": {"PathParameterValues": ["$.body.id"]}})
        self.send({"id": "a7"})
        self.assertEqual(json.loads(self.receive()), {"name": "Ada"})
        self.assertEqual(asked, [("/people/a7", "k", {"id": "a7"})])

    def test_a_stage_of_api_gateway_is_a_target(self):
        gateway = self.client(self.server, "apigatewayv2")
        api = gateway.create_api(Name="a", ProtocolType="HTTP")["ApiId"]
        integration = gateway.create_integration(
            ApiId=api, IntegrationType="AWS_PROXY", IntegrationSubtype="SQS-SendMessage", PayloadFormatVersion="1.0", CredentialsArn=ROLE,
            RequestParameters={"QueueUrl": self.queue("out"), "MessageBody": "$request.body.text"})["IntegrationId"]
        gateway.create_route(ApiId=api, RouteKey="POST /notes", Target="integrations/" + integration)
        gateway.create_stage(ApiId=api, StageName="prod", AutoDeploy=True)
        self.create(f"arn:aws:execute-api:us-east-1:000000000000:{api}/prod/POST/notes", TargetParameters={"InputTemplate": '{"text": <$.body>}'})
        self.send("through the gateway")
        self.assertEqual(self.receive(), "through the gateway")

    def test_a_fifo_queue_keeps_its_order(self):
        for name in ("in.fifo", "out.fifo"):
            self.sqs.create_queue(QueueName=name, Attributes={"FifoQueue": "true", "ContentBasedDeduplication": "true"})
        self.create(self.arn("out.fifo"), source=self.arn("in.fifo"),
                    TargetParameters={"InputTemplate": "<$.body>", "SqsQueueParameters": {"MessageGroupId": "$.attributes.MessageGroupId"}})
        for i in range(6):
            self.sqs.send_message(QueueUrl=self.queue("in.fifo"), MessageBody=str(i), MessageGroupId="g")
        self.assertEqual([self.receive("out.fifo") for _ in range(6)], [str(i) for i in range(6)])


class ApiTest(PipesCase):
    def test_update_list_tag_delete(self):
        shown = self.create(self.arn("out"), Description="d", Tags={"team": "a"})
        self.assertEqual(shown["Arn"], "arn:aws:pipes:us-east-1:000000000000:pipe/p")
        self.assertEqual((shown["Tags"], shown["Description"], shown["DesiredState"]), ({"team": "a"}, "d", "RUNNING"))
        self.pipes.update_pipe(Name="p", RoleArn=ROLE, Description="e", DesiredState="STOPPED")
        self.assertEqual(self.until("STOPPED")["Description"], "e")
        self.pipes.tag_resource(resourceArn=shown["Arn"], tags={"more": "b"})
        self.pipes.untag_resource(resourceArn=shown["Arn"], tagKeys=["team"])
        self.assertEqual(self.pipes.list_tags_for_resource(resourceArn=shown["Arn"])["tags"], {"more": "b"})
        self.assertEqual([each["Name"] for each in self.pipes.list_pipes(CurrentState="STOPPED")["Pipes"]], ["p"])
        self.assertEqual(self.pipes.delete_pipe(Name="p")["CurrentState"], "DELETING")
        for _ in range(POLLS_MAX):
            if not self.pipes.list_pipes()["Pipes"]:
                break
        self.assertEqual(self.refused(self.pipes.describe_pipe, Name="p"), ("NotFoundException", "Pipe p does not exist.", 404))

    def test_bad_input(self):
        def refused(**more):
            given = {"Name": "p", "RoleArn": ROLE, "Source": self.arn("in"), "Target": self.arn("out"), **more}
            return self.refused(self.pipes.create_pipe, **given)

        self.assertEqual(refused(Source="arn:aws:kinesis:us-east-1:000000000000:stream/s")[::2], ("ValidationException", 400))
        self.assertEqual(refused(Target="arn:aws:s3:::bucket")[::2], ("ValidationException", 400))
        bad = {"FilterCriteria": {"Filters": [{"Pattern": "{"}]}}
        self.assertIn("Event pattern is not valid", refused(SourceParameters=bad)[1])
        self.assertEqual(refused(TargetParameters={"InputTemplate": "<aws.pipes.none>"})[0], "ValidationException")
        self.pipes.create_pipe(Name="q", RoleArn=ROLE, Source=self.arn("none"), Target=self.arn("out"))
        self.assertIn("does not exist", self.until("CREATE_FAILED", "q")["StateReason"])
        self.assertEqual(refused(Name="q")[::2], ("ConflictException", 409))


@unittest.skipIf(AWS is None, "no AWS CLI")
class CliTest(PipesCase):
    def aws(self, *arguments):
        run = subprocess.run([AWS, "--endpoint-url", self.url, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                             timeout=60, env={"PATH": os.environ["PATH"], "HOME": self.folder, "AWS_ACCESS_KEY_ID": "test",
                                              "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1", "AWS_PAGER": ""})
        self.assertEqual((run.returncode, run.stderr), (0, ""), arguments)
        return json.loads(run.stdout) if run.stdout.strip() else None

    def test_from_queue_to_queue(self):
        self.aws("pipes", "create-pipe", "--name", "p", "--role-arn", ROLE, "--source", self.arn("in"), "--target", self.arn("out"),
                 "--target-parameters", json.dumps({"InputTemplate": "<$.body.n>"}))
        self.send({"n": 7})
        self.assertEqual(self.receive(), "7")
        self.assertEqual(self.aws("pipes", "stop-pipe", "--name", "p")["DesiredState"], "STOPPED")
        self.assertEqual(len(self.aws("pipes", "list-pipes")["Pipes"]), 1)


if __name__ == "__main__":
    unittest.main()
