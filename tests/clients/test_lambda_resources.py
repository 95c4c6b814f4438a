# SPDX-License-Identifier: Apache-2.0
"""What stands beside functions, as a user of boto3 sees it: layers, URLs, event sources, settings; and where functions run."""
import io
import json
import os
import shutil
import signal
import time
import unittest
import urllib.error
import urllib.request
import zipfile

from client_case import ClientCase  # ends the program where there is no boto3

import boto3  # noqa: E402
from botocore.auth import SigV4Auth  # noqa: E402
from botocore.awsrequest import AWSRequest  # noqa: E402
from botocore.credentials import Credentials  # noqa: E402

ROLE = "arn:aws:iam::000000000000:role/worker"
QUEUE = "arn:aws:sqs:us-east-1:000000000000:"


def package(files, mode=0o644):
    """A zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name)
            entry.create_system, entry.external_attr = 3, (0o100000 | mode) << 16
            archive.writestr(entry, text)
    return out.getvalue()


class ResourceCase(ClientCase):
    def setUp(self):
        super().setUp()
        self.data = os.path.join(self.folder, "data")
        self.start()

    def start(self):
        self.server = self.serve("--data", self.data)
        self.lambda_ = self.client(self.server, "lambda")
        self.sqs = self.client(self.server, "sqs")

    def create(self, name, code, runtime="python3.12", **more):
        file = "index.py" if runtime.startswith("python") else "index.js"
        return self.lambda_.create_function(**{"FunctionName": name, "Runtime": runtime, "Role": ROLE, "Handler": "index.handler",
                                               "Timeout": 10, "Code": {"ZipFile": package({file: code})}, **more})

    def invoke(self, name, payload=None):
        answer = self.lambda_.invoke(FunctionName=name, Payload=json.dumps(payload))
        return json.loads(answer["Payload"].read())

    def messages(self, url, count, seconds=20):
        """The bodies of so many messages."""
        bodies = []
        end = time.monotonic() + seconds
        while len(bodies) < count:
            self.assertLess(time.monotonic(), end, bodies)
            for message in self.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5).get("Messages", []):
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                bodies.append(message["Body"])
        return bodies


class LayerTest(ResourceCase):
    def test_layers_are_published_listed_used_and_deleted(self):
        made = [self.lambda_.publish_layer_version(LayerName="lib", Content={"ZipFile": package({"python/lib.py": f"X = {i}"})},
                                                   CompatibleRuntimes=["python3.12"]) for i in (1, 2)]
        self.assertEqual([each["Version"] for each in made], [1, 2])
        self.assertEqual(urllib.request.urlopen(made[0]["Content"]["Location"]).read(), package({"python/lib.py": "X = 1"}))
        listed = self.lambda_.list_layers(CompatibleRuntime="python3.12")["Layers"]
        self.assertEqual([(each["LayerName"], each["LatestMatchingVersion"]["Version"]) for each in listed], [("lib", 2)])
        self.assertEqual(self.lambda_.list_layers(CompatibleRuntime="nodejs20.x")["Layers"], [])
        page = self.lambda_.list_layer_versions(LayerName="lib", MaxItems=1)
        self.assertEqual(page["LayerVersions"][0]["Version"], 2)
        page = self.lambda_.list_layer_versions(LayerName="lib", Marker=page["NextMarker"])
        self.assertEqual([each["Version"] for each in page["LayerVersions"]], [1])
        self.create("f", "import lib\ndef handler(e, c): return lib.X", Layers=[made[0]["LayerVersionArn"]])
        self.assertEqual(self.invoke("f"), 1)
        changed = self.lambda_.update_function_configuration(FunctionName="f", Layers=[made[1]["LayerVersionArn"]])
        self.assertEqual(changed["Layers"][0]["Arn"], made[1]["LayerVersionArn"])
        self.assertEqual(self.invoke("f"), 2)
        self.lambda_.delete_layer_version(LayerName="lib", VersionNumber=2)
        self.assertEqual(self.refused(self.lambda_.get_layer_version, LayerName="lib", VersionNumber=2)[::2],
                         ("ResourceNotFoundException", 404))

    def test_policies(self):
        self.lambda_.publish_layer_version(LayerName="lib", Content={"ZipFile": package({"x": "y"})})
        parameters = {"LayerName": "lib", "VersionNumber": 1}
        self.assertEqual(self.refused(self.lambda_.get_layer_version_policy, **parameters)[0], "ResourceNotFoundException")
        self.lambda_.add_layer_version_permission(**parameters, StatementId="s", Action="lambda:GetLayerVersion", Principal="*")
        policy = json.loads(self.lambda_.get_layer_version_policy(**parameters)["Policy"])
        self.assertEqual(policy["Statement"][0]["Resource"], "arn:aws:lambda:us-east-1:000000000000:layer:lib:1")
        self.lambda_.remove_layer_version_permission(**parameters, StatementId="s")
        self.assertEqual(self.refused(self.lambda_.get_layer_version_policy, **parameters)[0], "ResourceNotFoundException")


class UrlTest(ResourceCase):
    ECHO = "def handler(e, c): return {'statusCode': 201, 'headers': {'x-a': 'b'}, 'cookies': ['c=1'], 'body': e['rawPath'] + e['body']}"

    def open(self, url, path="", **headers):
        return urllib.request.urlopen(urllib.request.Request(url + path, data=b"hello", headers={"Content-Type": "text/plain", **headers}))

    def test_a_url_calls_the_function(self):
        self.create("f", self.ECHO)
        made = self.lambda_.create_function_url_config(FunctionName="f", AuthType="NONE", Cors={"AllowOrigins": ["https://a.test"]})
        with self.open(made["FunctionUrl"], "x/y", Origin="https://a.test") as answer:
            self.assertEqual((answer.status, answer.headers["x-a"], answer.read()), (201, "b", b"/x/yhello"))
            self.assertEqual(answer.headers["Access-Control-Allow-Origin"], "https://a.test")
        # The same by the name of the host, as AWS has it.
        identity = made["FunctionUrl"].rstrip("/").rpartition("/")[2]
        with self.open(f"http://{self.server.host}:{self.server.port}/", "z", Host=f"{identity}.lambda-url.us-east-1.pawl.test") as answer:
            self.assertEqual(answer.read(), b"/zhello")
        self.lambda_.update_function_url_config(FunctionName="f", AuthType="AWS_IAM")
        with self.assertRaises(urllib.error.HTTPError) as caught:
            self.open(made["FunctionUrl"])
        self.assertEqual(caught.exception.code, 403)
        self.lambda_.delete_function_url_config(FunctionName="f")
        with self.assertRaises(urllib.error.HTTPError) as caught:
            self.open(made["FunctionUrl"])
        self.assertEqual(caught.exception.code, 404)

    def test_iam_lets_in_whom_the_server_knows(self):
        path = os.path.join(self.folder, "credentials")
        with open(path, "w") as f:
            f.write("[default]\naws_access_key_id = AKIDKNOWN\naws_secret_access_key = known\n")
        server = self.serve("--data", os.path.join(self.folder, "other"), "--credentials", path)
        client = boto3.client("lambda", endpoint_url=f"http://{server.host}:{server.port}", region_name="us-east-1",
                              aws_access_key_id="AKIDKNOWN", aws_secret_access_key="known")
        self.addCleanup(client.close)
        client.create_function(FunctionName="f", Runtime="python3.12", Role=ROLE, Handler="index.handler",
                               Code={"ZipFile": package({"index.py": self.ECHO})})
        url = client.create_function_url_config(FunctionName="f", AuthType="AWS_IAM")["FunctionUrl"]
        for secret, status in (("known", 201), ("made up", 403)):
            request = AWSRequest("POST", url, data=b"hello", headers={"Content-Type": "text/plain"})
            SigV4Auth(Credentials("AKIDKNOWN", secret), "lambda", "us-east-1").add_auth(request)
            try:
                answer = self.open(url, **dict(request.headers.items()))
            except urllib.error.HTTPError as error:
                answer = error
            with answer:
                self.assertEqual(answer.status, status)

    def test_a_function_that_streams(self):
        if shutil.which("node") is None:
            self.skipTest("no node")
        self.create("f", """
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  stream = awslambda.HttpResponseStream.from(stream, { statusCode: 418, headers: { 'x-a': 'b' } });
  stream.write('short and ');
  stream.write(event.rawPath);
  stream.end();
});
""", runtime="nodejs20.x")
        made = self.lambda_.create_function_url_config(FunctionName="f", AuthType="NONE")
        with self.assertRaises(urllib.error.HTTPError) as caught:
            self.open(made["FunctionUrl"], "stout")
        self.assertEqual((caught.exception.code, caught.exception.headers["x-a"], caught.exception.read()),
                         (418, "b", b"short and /stout"))

    def test_a_function_that_fails_is_a_bad_gateway(self):
        self.create("f", "def handler(e, c): raise ValueError('no')")
        url = self.lambda_.create_function_url_config(FunctionName="f", AuthType="NONE")["FunctionUrl"]
        with self.assertRaises(urllib.error.HTTPError) as caught:
            self.open(url)
        self.assertEqual(caught.exception.code, 502)


class EventSourceTest(ResourceCase):
    def mapped(self, code, **more):
        source, target = (self.sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("source", "target"))
        self.create("f", code)
        mapping = self.lambda_.create_event_source_mapping(FunctionName="f", EventSourceArn=QUEUE + "source", **more)
        return source, target, mapping["UUID"]

    # Functions have the address and credentials they need to call other services.
    FORWARD = """
import json, os, urllib.parse, urllib.request
def handler(event, context):
    failed = []
    for record in event["Records"]:
        if record["body"] == "bad" and record["attributes"]["ApproximateReceiveCount"] == "1":
            failed.append({"itemIdentifier": record["messageId"]})
            continue
        form = urllib.parse.urlencode({"Action": "SendMessage", "Version": "2012-11-05", "MessageBody": record["body"],
                                       "QueueUrl": os.environ["AWS_ENDPOINT_URL"] + "/000000000000/target"})
        urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"] + "/000000000000/target", data=form.encode()).read()
    return {"batchItemFailures": failed}
"""

    def test_messages_reach_the_function_and_leave_the_queue(self):
        source, target, uuid = self.mapped(self.FORWARD)
        self.sqs.send_message(QueueUrl=source, MessageBody="one")
        self.assertEqual(self.messages(target, 1), ["one"])
        self.server.stop(signal.SIGKILL)
        self.start()
        self.assertEqual(self.lambda_.get_event_source_mapping(UUID=uuid)["State"], "Enabled")
        source, target = (self.sqs.get_queue_url(QueueName=name)["QueueUrl"] for name in ("source", "target"))
        self.sqs.send_message(QueueUrl=source, MessageBody="two")
        self.assertEqual(self.messages(target, 1), ["two"])
        self.lambda_.update_event_source_mapping(UUID=uuid, Enabled=False)
        self.sqs.send_message(QueueUrl=source, MessageBody="three")
        self.assertEqual(self.messages(source, 1), ["three"])
        self.assertEqual(self.lambda_.delete_event_source_mapping(UUID=uuid)["State"], "Deleting")
        self.assertEqual(self.refused(self.lambda_.get_event_source_mapping, UUID=uuid)[0], "ResourceNotFoundException")

    def test_items_that_fail_come_again_alone(self):
        source, target, _ = self.mapped(self.FORWARD, FunctionResponseTypes=["ReportBatchItemFailures"])
        self.sqs.set_queue_attributes(QueueUrl=source, Attributes={"VisibilityTimeout": "3"})
        self.sqs.send_message_batch(QueueUrl=source, Entries=[{"Id": body, "MessageBody": body} for body in ("good", "bad")])
        self.assertEqual(sorted(self.messages(target, 2)), ["bad", "good"])


class RuntimeTest(ResourceCase):
    def test_a_bootstrap_of_ones_own(self):
        if shutil.which("curl") is None:
            self.skipTest("no curl")
        bootstrap = """#!/bin/sh
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while true; do
  headers=$(mktemp)
  event=$(curl -sS -D "$headers" "$api/next")
  id=$(grep -i lambda-runtime-aws-request-id "$headers" | tr -d '[:space:]' | cut -d: -f2)
  curl -sS "$api/$id/response" -d "{\\"got\\": $event}"
done
"""
        self.create("f", "", runtime="provided.al2023", Code={"ZipFile": package({"bootstrap": bootstrap}, 0o755)})
        self.assertEqual(self.invoke("f", {"a": 1}), {"got": {"a": 1}})
        self.create("g", "", runtime="provided.al2", Code={"ZipFile": package({"other": "x"})})
        self.assertEqual(self.invoke("g")["errorType"], "Runtime.InvalidEntrypoint")

    def test_what_functions_print_is_in_the_logs(self):
        self.create("f", "def handler(e, c): print('here', e)")
        self.invoke("f", 7)
        logs = self.client(self.server, "logs")
        end = time.monotonic() + 20
        messages = []
        while not any(text.startswith("REPORT") for text in messages):
            self.assertLess(time.monotonic(), end, messages)
            groups = [each["logGroupName"] for each in logs.describe_log_groups()["logGroups"]]
            if "/aws/lambda/f" in groups:
                events = logs.filter_log_events(logGroupName="/aws/lambda/f")["events"]
                messages = [each["message"].rstrip() for each in events]
        self.assertEqual([text.partition(" ")[0] for text in messages], ["START", "here", "END", "REPORT"])


class SettingTest(ResourceCase):
    def test_settings_are_kept(self):
        self.create("f", "def handler(e, c): return 1")
        version = self.lambda_.publish_version(FunctionName="f")["Version"]
        provisioned = {"FunctionName": "f", "Qualifier": version}
        self.assertEqual(self.refused(self.lambda_.get_provisioned_concurrency_config, **provisioned)[::2],
                         ("ProvisionedConcurrencyConfigNotFoundException", 404))
        put = self.lambda_.put_provisioned_concurrency_config(**provisioned, ProvisionedConcurrentExecutions=2)
        self.assertEqual(put["Status"], "IN_PROGRESS")
        self.assertEqual(self.lambda_.get_provisioned_concurrency_config(**provisioned)["Status"], "READY")
        self.lambda_.delete_function(FunctionName="f", Qualifier=version)
        self.assertEqual(self.lambda_.list_provisioned_concurrency_configs(FunctionName="f")["ProvisionedConcurrencyConfigs"], [])

    def test_old_invoke(self):
        self.create("f", "def handler(e, c): return 1")
        self.assertEqual(self.lambda_.invoke_async(FunctionName="f", InvokeArgs=b"{}")["Status"], 202)


if __name__ == "__main__":
    unittest.main()
