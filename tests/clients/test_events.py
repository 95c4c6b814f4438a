# SPDX-License-Identifier: Apache-2.0
"""EventBridge as the User Guide describes it, through boto3 and AWS CLI: rules, schedules, transformers, dead letters, connections, API
destinations, archives; what S3, Lambda and Step Functions tell it. Python 3.9."""
import base64
import http.server
import io
import json
import os
import queue
import shutil
import signal
import subprocess
import threading
import time
import unittest
import zipfile

from client_case import ClientCase

AWS = shutil.which("aws", path="/usr/bin:" + os.environ.get("PATH", ""))
SECONDS_MAX = 30
ROLE = "arn:aws:iam::000000000000:role/worker"
BUS = "arn:aws:events:us-east-1:000000000000:event-bus/default"


class Listener:
    """An HTTP server of the test's own: keeps what it gets, answers with the next of `statuses`, then with 200 and `body`."""

    def __init__(self, case, port=0, body=b"{}"):
        self.requests, self.statuses = queue.Queue(), []
        listener = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                got = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(listener.statuses.pop(0) if listener.statuses else 200)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(body)
                listener.requests.put((self.path, self.headers, got))

            do_GET = do_POST

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        case.addCleanup(self.close)

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def next(self):
        """(path, headers, body) of the next request."""
        return self.requests.get(timeout=SECONDS_MAX)


class EventsCase(ClientCase):
    def setUp(self):
        super().setUp()
        self.data = os.path.join(self.folder, "data")
        self.start()

    def start(self):
        self.server = self.serve("--data", self.data, "--no-tls")
        self.url = f"http://{self.server.host}:{self.server.port}"
        self.events = self.client(self.server, "events")
        self.sqs = self.client(self.server, "sqs")
        self.states = self.client(self.server, "stepfunctions")

    def queue(self, name="q"):
        """(URL, ARN)"""
        url = self.sqs.create_queue(QueueName=name)["QueueUrl"]
        return url, self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]

    def message(self, url, **more):
        """The next message of the queue, taken out of it."""
        end = time.monotonic() + SECONDS_MAX
        while time.monotonic() < end:
            for message in self.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5, **more).get("Messages", []):
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                return message
        self.fail("no message")

    def rule(self, name, pattern, *targets, **more):
        self.events.put_rule(Name=name, EventPattern=json.dumps(pattern), **more)
        answer = self.events.put_targets(Rule=name, Targets=list(targets), **more)
        self.assertEqual(answer["FailedEntryCount"], 0)

    def put(self, source="shop", detail=None, kind="order", **more):
        answer = self.events.put_events(Entries=[{"Source": source, "DetailType": kind, "Detail": json.dumps(detail or {}), **more}])
        self.assertEqual(answer["FailedEntryCount"], 0, answer)
        return answer["Entries"][0]["EventId"]

    def machine(self, name="m", **state):
        state = state or {"Type": "Pass", "End": True}
        definition = json.dumps({"StartAt": "A", "States": {"A": state}})
        return self.states.create_state_machine(name=name, definition=definition, roleArn=ROLE)["stateMachineArn"]

    def execution(self, machine, seconds=SECONDS_MAX):
        """The description of the first execution, once it has ended."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for execution in self.states.list_executions(stateMachineArn=machine)["executions"]:
                if execution["status"] != "RUNNING":
                    return self.states.describe_execution(executionArn=execution["executionArn"])
            threading.Event().wait(0.1)
        self.fail("no execution of " + machine)


class RulesTest(EventsCase):
    def test_an_event_reaches_the_targets_of_the_rules_that_match(self):
        url, arn = self.queue()
        self.rule("orders", {"source": ["shop"], "detail": {"total": [{"numeric": [">", 100]}], "tags": ["big"]}}, {"Id": "1", "Arn": arn})
        self.put(detail={"total": 50, "tags": ["big"]})
        self.put(detail={"total": 150, "tags": ["small"]})
        event_id = self.put(detail={"total": 150, "tags": ["new", "big"]}, Resources=["arn:x"], Time="2026-01-02T03:04:05Z")
        event = json.loads(self.message(url)["Body"])
        self.assertEqual(event, {"version": "0", "id": event_id, "detail-type": "order", "source": "shop", "account": "000000000000",
                                 "time": "2026-01-02T03:04:05Z", "region": "us-east-1", "resources": ["arn:x"],
                                 "detail": {"total": 150, "tags": ["new", "big"]}})
        self.assertNotIn("Messages", self.sqs.receive_message(QueueUrl=url))

    def test_an_input_transformer(self):
        url, arn = self.queue()
        self.rule("r", {"source": ["shop"]},
                  {"Id": "text", "Arn": arn, "InputTransformer": {
                      "InputPathsMap": {"id": "$.detail.id", "items": "$.detail.items"},
                      "InputTemplate": '"Order <id> with <items> by <aws.events.rule-name>"'}})
        self.put(detail={"id": "o-1", "items": [1, 2]})
        self.assertEqual(self.message(url)["Body"], '"Order o-1 with [1,2] by r"')
        self.events.put_targets(Rule="r", Targets=[{"Id": "text", "Arn": arn, "InputTransformer": {
            "InputPathsMap": {"id": "$.detail.id", "items": "$.detail.items"},
            "InputTemplate": '{"id": <id>, "first": <items>, "what": <aws.events.event.json>, "none": "<id>!"}'}}])
        event_id = self.put(detail={"id": "o-2", "items": {"a": None}})
        body = json.loads(self.message(url)["Body"])
        self.assertEqual((body["id"], body["first"], body["none"], body["what"]["id"]), ("o-2", {"a": None}, "o-2!", event_id))

    def test_a_target_that_is_gone_leaves_a_dead_letter(self):
        letters, letters_arn = self.queue("letters")
        url, arn = self.queue("gone")
        self.rule("r", {"source": ["shop"]}, {"Id": "1", "Arn": arn, "DeadLetterConfig": {"Arn": letters_arn}})
        self.sqs.delete_queue(QueueUrl=url)
        event_id = self.put()
        letter = self.message(letters, MessageAttributeNames=["All"])
        self.assertEqual(json.loads(letter["Body"])["id"], event_id)
        attributes = {name: value["StringValue"] for name, value in letter["MessageAttributes"].items()}
        self.assertEqual(attributes["RULE_ARN"], "arn:aws:events:us-east-1:000000000000:rule/r")
        self.assertEqual((attributes["TARGET_ARN"], attributes["RETRY_ATTEMPTS"]), (arn, "0"))
        self.assertEqual(attributes["ERROR_CODE"], "QueueDoesNotExist")

    def test_what_is_wrong_is_said(self):
        code, message, status = self.refused(self.events.put_rule, Name="r", EventPattern='{"source": "shop"}')
        self.assertEqual((code, status), ("InvalidEventPatternException", 400))
        self.assertEqual(message, 'Event pattern is not valid. Reason: "source" must be an object or an array\n at [Source: (String)'
                                  '"{"source": "shop"}"; line: 1, column: 13]')
        self.assertEqual(self.refused(self.events.put_rule, Name="r", ScheduleExpression="cron(0 25 * * ? *)")[:2],
                         ("ValidationException", "Parameter ScheduleExpression is not valid."))
        answer = self.events.put_events(Entries=[{"Source": "aws.s3", "DetailType": "T", "Detail": "{}"},
                                                 {"Source": "shop", "DetailType": "T", "Detail": "{"},
                                                 {"Source": "shop", "DetailType": "T", "Detail": "{}"}])
        self.assertEqual([entry.get("ErrorCode") for entry in answer["Entries"]],
                         ["NotAuthorizedForSourceException", "MalformedDetail", None])

    def test_a_loop_of_events_stops_nobody(self):
        url, arn = self.queue()
        self.rule("loop", {"source": ["loop"]}, {"Id": "again", "Arn": BUS})
        self.rule("r", {"source": ["shop"]}, {"Id": "1", "Arn": arn})
        self.put("loop")
        for number in range(20):
            self.put(detail={"number": number})
        got = {json.loads(self.message(url)["Body"])["detail"]["number"] for _ in range(20)}
        self.assertEqual(got, set(range(20)))
        self.events.disable_rule(Name="loop")

    def test_an_archive_is_replayed(self):
        url, arn = self.queue()
        archive = self.events.create_archive(ArchiveName="all", EventSourceArn=BUS, EventPattern='{"source": ["shop"]}')["ArchiveArn"]
        ids = [self.put(detail={"number": number}) for number in range(3)]
        self.rule("r", {"source": ["shop"], "replay-name": [{"exists": True}]}, {"Id": "1", "Arn": arn})
        now = time.time()
        self.events.start_replay(ReplayName="again", EventSourceArn=archive, EventStartTime=now - 3600, EventEndTime=now + 3600,
                                 Destination={"Arn": BUS})
        got = [json.loads(self.message(url)["Body"]) for _ in ids]
        self.assertEqual(sorted(event["id"] for event in got), sorted(ids))
        self.assertEqual({event["replay-name"] for event in got}, {"again"})
        self.assertEqual(self.events.describe_replay(ReplayName="again")["State"], "COMPLETED")

    def test_acknowledged_events_survive_a_kill(self):
        listener = Listener(self)
        port = listener.port
        listener.close()
        connection = self.events.create_connection(Name="c", AuthorizationType="API_KEY", AuthParameters={
            "ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "k"}})["ConnectionArn"]
        destination = self.events.create_api_destination(Name="d", ConnectionArn=connection, HttpMethod="POST",
                                                         InvocationEndpoint=f"http://127.0.0.1:{port}/in")["ApiDestinationArn"]
        self.rule("r", {"source": ["shop"]}, {"Id": "d", "Arn": destination, "RoleArn": ROLE})
        ids = {self.put(detail={"number": number}) for number in range(20)}
        self.server.stop(signal.SIGKILL)
        listener = Listener(self, port)
        self.start()
        got = set()
        while got != ids:
            got.add(json.loads(listener.next()[2])["id"])


class ConnectionsTest(EventsCase):
    def test_an_api_destination_is_called(self):
        listener = Listener(self)
        listener.statuses = [503]  # it is tried again
        connection = self.events.create_connection(Name="shop", AuthorizationType="BASIC", AuthParameters={
            "BasicAuthParameters": {"Username": "me", "Password": "secret"},
            "InvocationHttpParameters": {"HeaderParameters": [{"Key": "X-Shop", "Value": "s", "IsValueSecret": False}]}})
        self.assertEqual(connection["ConnectionState"], "AUTHORIZED")
        destination = self.events.create_api_destination(
            Name="orders", ConnectionArn=connection["ConnectionArn"], HttpMethod="POST",
            InvocationEndpoint=listener.url + "/orders/*", InvocationRateLimitPerSecond=100)
        self.rule("r", {"source": ["shop"]}, {
            "Id": "d", "Arn": destination["ApiDestinationArn"], "RoleArn": ROLE, "InputPath": "$.detail",
            "HttpParameters": {"PathParameterValues": ["$.detail.id"], "QueryStringParameters": {"from": "pawl"}}})
        self.put(detail={"id": "a/b"})
        for _ in range(2):
            path, headers, body = listener.next()
            self.assertEqual(path, "/orders/a%2Fb?from=pawl")
            self.assertEqual(headers["Authorization"], "Basic " + base64.b64encode(b"me:secret").decode())
            self.assertEqual(headers["X-Shop"], "s")
            self.assertEqual(json.loads(body), {"id": "a/b"})

    def test_an_oauth_connection_fetches_its_token(self):
        authority = Listener(self, body=b'{"access_token": "t-1", "token_type": "Bearer", "expires_in": 3600}')
        listener = Listener(self)
        connection = self.events.create_connection(Name="o", AuthorizationType="OAUTH_CLIENT_CREDENTIALS", AuthParameters={
            "OAuthParameters": {"AuthorizationEndpoint": authority.url + "/token", "HttpMethod": "POST",
                                "ClientParameters": {"ClientID": "id", "ClientSecret": "cs"}}})["ConnectionArn"]
        _, _, body = authority.next()
        self.assertEqual(body, b"grant_type=client_credentials&client_id=id&client_secret=cs")
        destination = self.events.create_api_destination(Name="d", ConnectionArn=connection, HttpMethod="POST",
                                                         InvocationEndpoint=listener.url)["ApiDestinationArn"]
        self.rule("r", {"source": ["shop"]}, {"Id": "d", "Arn": destination, "RoleArn": ROLE})
        self.put()
        self.assertEqual(listener.next()[1]["Authorization"], "Bearer t-1")

    def test_a_workflow_calls_with_a_connection(self):
        listener = Listener(self, body=b'{"ok": true}')
        connection = self.events.create_connection(Name="c", AuthorizationType="BASIC", AuthParameters={
            "BasicAuthParameters": {"Username": "me", "Password": "secret"}})["ConnectionArn"]
        machine = self.machine(Type="Task", End=True, Resource="arn:aws:states:::http:invoke", Parameters={
            "ApiEndpoint": listener.url + "/x", "Method": "GET", "Authentication": {"ConnectionArn": connection}})
        self.states.start_execution(stateMachineArn=machine)
        execution = self.execution(machine)
        self.assertEqual(execution["status"], "SUCCEEDED", execution)
        self.assertEqual(json.loads(execution["output"])["ResponseBody"], {"ok": True})
        self.assertEqual(listener.next()[1]["Authorization"], "Basic " + base64.b64encode(b"me:secret").decode())
        secrets = self.client(self.server, "secretsmanager")
        secret = self.events.describe_connection(Name="c")["SecretArn"]
        self.assertEqual(json.loads(secrets.get_secret_value(SecretId=secret)["SecretString"]), {"username": "me", "password": "secret"})
        self.events.delete_connection(Name="c")
        self.assertEqual(self.refused(secrets.describe_secret, SecretId=secret)[0], "ResourceNotFoundException")


class ServicesTest(EventsCase):
    def test_an_upload_starts_an_execution(self):
        machine = self.machine()
        s3 = self.client(self.server, "s3")
        s3.create_bucket(Bucket="pictures")
        s3.put_bucket_notification_configuration(Bucket="pictures", NotificationConfiguration={"EventBridgeConfiguration": {}})
        self.rule("uploads", {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": {
            "bucket": {"name": ["pictures"]}, "object": {"key": [{"suffix": ".png"}]}}}, {"Id": "m", "Arn": machine, "RoleArn": ROLE})
        s3.put_object(Bucket="pictures", Key="notes.txt", Body=b"x")
        s3.put_object(Bucket="pictures", Key="cat.png", Body=b"png")
        event = json.loads(self.execution(machine)["input"])
        self.assertEqual((event["source"], event["detail"]["object"]["key"]), ("aws.s3", "cat.png"))
        self.assertEqual(len(self.states.list_executions(stateMachineArn=machine)["executions"]), 1)

    def test_a_function_tells_of_its_success(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("f.py", "def handler(event, context):\n    return {'double': event['n'] * 2}\n")
        functions = self.client(self.server, "lambda")
        functions.create_function(FunctionName="f", Runtime="python3.9", Role=ROLE, Handler="f.handler", Code={"ZipFile": out.getvalue()})
        functions.get_waiter("function_active_v2").wait(FunctionName="f")
        functions.put_function_event_invoke_config(FunctionName="f", DestinationConfig={"OnSuccess": {"Destination": BUS}})
        url, arn = self.queue()
        self.rule("r", {"source": ["lambda"]}, {"Id": "1", "Arn": arn})
        functions.invoke(FunctionName="f", InvocationType="Event", Payload=b'{"n": 21}')
        event = json.loads(self.message(url)["Body"])
        self.assertEqual(event["detail-type"], "Lambda Function Invocation Result - Success")
        self.assertEqual(event["detail"]["responsePayload"], {"double": 42})

    def test_step_functions_tells_of_its_executions(self):
        machine = self.machine()
        url, arn = self.queue()
        self.rule("r", {"source": ["aws.states"], "detail": {"status": ["SUCCEEDED"], "stateMachineArn": [machine]}}, {"Id": "1", "Arn": arn})
        execution = self.states.start_execution(stateMachineArn=machine, input='{"n": 1}')["executionArn"]
        event = json.loads(self.message(url)["Body"])
        self.assertEqual((event["detail-type"], event["resources"]), ("Step Functions Execution Status Change", [execution]))
        self.assertEqual(event["detail"]["input"], '{"n": 1}')

    def test_a_stage_of_api_gateway_is_called(self):
        listener = Listener(self)
        gateway = self.client(self.server, "apigatewayv2")
        api = gateway.create_api(Name="orders", ProtocolType="HTTP")["ApiId"]
        integration = gateway.create_integration(ApiId=api, IntegrationType="HTTP_PROXY", IntegrationMethod="POST", PayloadFormatVersion="1.0",
                                                 IntegrationUri=listener.url + "/in")["IntegrationId"]
        gateway.create_route(ApiId=api, RouteKey="POST /orders", Target="integrations/" + integration)
        gateway.create_stage(ApiId=api, StageName="prod", AutoDeploy=True)
        self.rule("r", {"source": ["shop"]}, {
            "Id": "a", "Arn": f"arn:aws:execute-api:us-east-1:000000000000:{api}/prod/POST/orders", "InputPath": "$.detail",
            "HttpParameters": {"HeaderParameters": {"X-Kind": "$.detail-type"}}})
        self.put(detail={"k": 1})
        path, headers, body = listener.next()
        self.assertEqual((path, headers["X-Kind"], json.loads(body)), ("/in", "order", {"k": 1}))

    def test_a_schedule_starts_executions(self):
        machine = self.machine()
        self.events.put_rule(Name="every-minute", ScheduleExpression="cron(* * * * ? *)")
        self.events.put_targets(Rule="every-minute", Targets=[{"Id": "m", "Arn": machine, "RoleArn": ROLE}])
        event = json.loads(self.execution(machine, seconds=75)["input"])
        self.assertEqual((event["source"], event["detail-type"]), ("aws.events", "Scheduled Event"))
        self.assertTrue(event["time"].endswith(":00Z"), event)
        self.assertEqual(event["resources"], ["arn:aws:events:us-east-1:000000000000:rule/every-minute"])


@unittest.skipUnless(AWS, "no AWS CLI")
class CliTest(EventsCase):
    def aws(self, *arguments, code=0):
        done = subprocess.run([AWS, "--endpoint-url", self.url, "--output", "json", "events", *arguments], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=120, check=False,
                              env={**os.environ, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
                                   "AWS_DEFAULT_REGION": "us-east-1"})
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr if code else json.loads(done.stdout or "{}")

    def test_a_day_with_rules(self):
        url, arn = self.queue()
        self.aws("create-event-bus", "--name", "orders")
        self.assertEqual({bus["Name"] for bus in self.aws("list-event-buses")["EventBuses"]}, {"default", "orders"})
        self.aws("put-rule", "--name", "r", "--event-bus-name", "orders", "--event-pattern", '{"source": [{"prefix": "shop"}]}',
                 "--tags", "Key=team,Value=a")
        self.aws("put-targets", "--rule", "r", "--event-bus-name", "orders", "--targets", f"Id=1,Arn={arn}")
        entry = {"Source": "shop.web", "DetailType": "T", "Detail": '{"k": 1}', "EventBusName": "orders"}
        self.assertEqual(self.aws("put-events", "--entries", json.dumps([entry]))["FailedEntryCount"], 0)
        self.assertEqual(json.loads(self.message(url)["Body"])["detail"], {"k": 1})
        rule = self.aws("describe-rule", "--name", "r", "--event-bus-name", "orders")
        self.assertEqual((rule["State"], rule["EventBusName"]), ("ENABLED", "orders"))
        self.assertEqual(self.aws("list-tags-for-resource", "--resource-arn", rule["Arn"])["Tags"], [{"Key": "team", "Value": "a"}])
        self.assertEqual(self.aws("list-rule-names-by-target", "--target-arn", arn, "--event-bus-name", "orders")["RuleNames"], ["r"])
        error = self.aws("delete-rule", "--name", "r", "--event-bus-name", "orders", code=254)
        self.assertIn("Rule can't be deleted since it has targets.", error)
        self.aws("remove-targets", "--rule", "r", "--event-bus-name", "orders", "--ids", "1")
        self.aws("delete-rule", "--name", "r", "--event-bus-name", "orders")
        self.aws("delete-event-bus", "--name", "orders")
        self.assertIn("does not exist", self.aws("describe-event-bus", "--name", "orders", code=254))
        event = {"id": "1", "source": "a", "detail-type": "b", "account": "1", "region": "r", "time": "2026-01-01T00:00:00Z"}
        self.assertTrue(self.aws("test-event-pattern", "--event", json.dumps(event), "--event-pattern", '{"source": ["a"]}')["Result"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
