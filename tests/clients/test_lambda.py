# SPDX-License-Identifier: Apache-2.0
"""Lambda as a user of boto3 sees it: functions made, changed, called, versioned, and still there after a restart."""
import base64
import hashlib
import io
import json
import os
import shutil
import signal
import time
import unittest
import urllib.request
import zipfile

from client_case import ClientCase

ROLE = "arn:aws:iam::000000000000:role/worker"
ARN = "arn:aws:lambda:us-east-1:000000000000:function:"
ECHO = """
import os
def handler(event, context):
    print("got", event)
    return {"event": event, "arn": context.invoked_function_arn, "version": context.function_version,
            "greeting": os.environ.get("GREETING"), "custom": getattr(context.client_context, "custom", None)}
"""


def package(files=None, **more):
    """A zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**(files or {}), **more}.items():
            archive.writestr(name, text)
    return out.getvalue()


def python(code):
    return package({"index.py": code})


class LambdaCase(ClientCase):
    def setUp(self):
        super().setUp()
        self.data = os.path.join(self.folder, "data")
        self.start()

    def start(self):
        self.server = self.serve("--data", self.data)
        self.lambda_ = self.client(self.server, "lambda")

    def create(self, name, code=ECHO, zip_file=None, **more):
        return self.lambda_.create_function(**{"FunctionName": name, "Runtime": "python3.12", "Role": ROLE,
                                               "Handler": "index.handler", "Timeout": 10,
                                               "Code": {"ZipFile": zip_file or python(code)}, **more})

    def invoke(self, name, payload=None, **more):
        if payload is not None:
            more["Payload"] = json.dumps(payload).encode()
        answer = self.lambda_.invoke(FunctionName=name, **more)
        answer["Body"] = json.loads(answer["Payload"].read() or b"null")
        return answer


class FunctionTest(LambdaCase):
    def test_from_making_to_deleting(self):
        code = python(ECHO)
        made = self.create("echo", Environment={"Variables": {"GREETING": "hello"}}, Tags={"team": "a"},
                           Description="says what it hears", MemorySize=256)
        self.assertEqual(made["CodeSha256"], base64.b64encode(hashlib.sha256(code).digest()).decode())
        self.assertEqual((made["State"], made["Version"], made["CodeSize"]), ("Pending", "$LATEST", len(code)))
        self.lambda_.get_waiter("function_active_v2").wait(FunctionName="echo")
        answer = self.invoke("echo", {"a": [1, 2.5]})
        self.assertEqual((answer["StatusCode"], answer["ExecutedVersion"]), (200, "$LATEST"))
        self.assertNotIn("FunctionError", answer)
        self.assertEqual(answer["Body"], {"event": {"a": [1, 2.5]}, "arn": ARN + "echo", "version": "$LATEST",
                                          "greeting": "hello", "custom": None})
        found = self.lambda_.get_function(FunctionName=ARN + "echo")
        self.assertEqual(found["Tags"], {"team": "a"})
        self.assertEqual(found["Configuration"]["MemorySize"], 256)
        self.assertEqual(urllib.request.urlopen(found["Code"]["Location"]).read(), code)
        self.lambda_.delete_function(FunctionName="echo")
        self.assertEqual(self.refused(self.lambda_.invoke, FunctionName="echo"),
                         ("ResourceNotFoundException", f"Function not found: {ARN}echo:$LATEST", 404))
        self.assertEqual(self.refused(self.lambda_.get_function, FunctionName="echo"),
                         ("ResourceNotFoundException", f"Function not found: {ARN}echo", 404))

    def test_new_code_and_configuration_count_at_once(self):
        self.create("f", "def handler(event, context): return 1")
        self.assertEqual(self.invoke("f")["Body"], 1)
        self.lambda_.update_function_code(FunctionName="f", ZipFile=python("import os\ndef handler(e, c): return os.environ.get('NEW')"))
        self.assertIsNone(self.invoke("f")["Body"])
        changed = self.lambda_.update_function_configuration(FunctionName="f", Timeout=7, Environment={"Variables": {"NEW": "3"}})
        self.assertEqual((changed["Timeout"], changed["LastUpdateStatus"]), (7, "InProgress"))
        self.lambda_.get_waiter("function_updated_v2").wait(FunctionName="f")
        self.assertEqual(self.invoke("f")["Body"], "3")
        self.assertEqual(self.refused(self.lambda_.update_function_configuration, FunctionName="f", RevisionId="old", Timeout=8)[::2],
                         ("PreconditionFailedException", 412))

    def test_functions_survive_restart_and_kill(self):
        self.create("f", Environment={"Variables": {"GREETING": "still here"}}, Tags={"k": "v"})
        version = self.lambda_.publish_version(FunctionName="f")["Version"]
        self.lambda_.create_alias(FunctionName="f", Name="live", FunctionVersion=version)
        before = self.lambda_.get_function(FunctionName="f")
        for number in (signal.SIGTERM, signal.SIGKILL):
            self.server.stop(number)
            self.start()
            after = self.lambda_.get_function(FunctionName="f")
            for answer in (before, after):
                answer.pop("ResponseMetadata", None)
                answer.pop("Code", None)  # its URL names the port
            self.assertEqual(before, after)
            self.assertEqual(self.invoke("f:live")["Body"]["greeting"], "still here")
        self.assertEqual(self.lambda_.publish_version(FunctionName="f")["Version"], version)

    def test_node(self):
        if shutil.which("node") is None:
            self.skipTest("no node")
        self.create("n", zip_file=package({"index.mjs": "export const handler = async (e, c) => ({e, v: c.functionVersion});"}),
                    Runtime="nodejs20.x")
        self.assertEqual(self.invoke("n", {"x": 1})["Body"], {"e": {"x": 1}, "v": "$LATEST"})

    def test_boto3_in_a_function_finds_this_server_whatever_its_age(self):
        self.create("f", "import boto3\ndef handler(e, c):\n  clients = boto3.client('lambda'), boto3.client('lambda', endpoint_url='http://other')\n"
                    "  return [len(clients[0].list_functions()['Functions']), clients[1].meta.endpoint_url]")
        self.assertEqual(self.invoke("f", {})["Body"], [1, "http://other"])

    def test_the_text_of_programs_is_no_memory_of_the_function(self):
        code = ("import boto3, subprocess, sys\nboto3.client('s3')\ndef handler(e, c):\n"
                "  child = 'import boto3; boto3.client(\"s3\"); import time; time.sleep(0.5)'\n"
                "  return subprocess.run([sys.executable, '-c', child]).returncode")
        self.create("f", code)  # 128 MB, as CDK's own functions have
        self.assertEqual(self.invoke("f", {})["Body"], 0)
        self.create("g", "import time\ndef handler(e, c):\n  held = b'x' * (200 << 20)\n  time.sleep(2)\n  return len(held)")
        self.assertEqual(self.invoke("g", {})["Body"]["errorType"], "Runtime.ExitError")

    def test_scripts_find_the_interpreter_where_aws_has_it(self):
        script = "#!/var/lang/bin/python\nimport sys\nprint('by', sys.version_info[0])\n"
        code = ("import os, shutil, subprocess\ndef handler(e, c):\n  shutil.copy('/var/task/tool', '/tmp/tool')\n  os.chmod('/tmp/tool', 0o700)\n"
                "  return subprocess.run(['/tmp/tool'], capture_output=True, text=True).stdout")
        self.create("f", zip_file=package({"index.py": code, "tool": script}))
        self.assertEqual(self.invoke("f", {})["Body"], "by 3\n")

    def test_list_in_pages(self):
        names = [f"f{i:02}" for i in range(7)]
        for name in reversed(names):
            self.create(name)
        pages = [self.lambda_.list_functions(MaxItems=3)]
        while "NextMarker" in pages[-1]:
            pages.append(self.lambda_.list_functions(MaxItems=3, Marker=pages[-1]["NextMarker"]))
        self.assertEqual([len(page["Functions"]) for page in pages], [3, 3, 1])
        self.assertEqual([f["FunctionName"] for page in pages for f in page["Functions"]], names)
        self.assertEqual(self.refused(self.lambda_.list_versions_by_function, FunctionName="f00",
                                      Marker=pages[0]["NextMarker"])[0], "InvalidParameterValueException")
        settings = self.lambda_.get_account_settings()
        self.assertEqual(settings["AccountUsage"]["FunctionCount"], 7)
        self.assertEqual(settings["AccountUsage"]["TotalCodeSize"], 7 * len(python(ECHO)))

    def test_regions_are_apart(self):
        self.create("f")
        far = self.client(self.server, "lambda", region="eu-west-1")
        self.assertEqual(far.list_functions()["Functions"], [])
        self.assertEqual(self.refused(far.get_function, FunctionName=ARN + "f")[:2], (
            "ResourceNotFoundException", "Functions from 'us-east-1' are not reachable in this region ('eu-west-1')"))


class RefusalTest(LambdaCase):
    def refused_create(self, **more):
        code, message, _ = self.refused(self.create, name="f", **more)
        self.assertEqual(self.lambda_.list_functions()["Functions"], [])
        return code, message

    def test_what_create_refuses(self):
        invalid = "InvalidParameterValueException"
        unzip = "Could not unzip uploaded file. Please check your file, then try to upload again."
        self.assertEqual(self.refused_create(zip_file=b"no zip at all"), (invalid, unzip))
        self.assertEqual(self.refused_create(zip_file=python(ECHO)[:-40]), (invalid, unzip))
        self.assertEqual(self.refused_create(zip_file=package({"../../out.py": "x"})), (invalid, unzip))
        self.assertEqual(self.refused_create(zip_file=package({"/out.py": "x"})), (invalid, unzip))
        self.assertEqual(self.refused_create(zip_file=package()), (invalid, "Uploaded file must be a non-empty zip"))
        self.assertEqual(self.refused_create(zip_file=package({"zeros": bytes(300 << 20)})),
                         (invalid, "Unzipped size must be smaller than 262144000 bytes"))
        self.assertEqual(self.refused_create(Runtime="java21")[1], "Runtime java21 is not supported by this server.")
        self.assertEqual(self.refused_create(Runtime="python2.7"), (invalid, (
            "The runtime parameter of python2.7 is no longer supported for creating or updating AWS Lambda functions. "
            "We recommend you use a supported runtime while creating or updating functions.")))
        self.assertEqual(self.refused_create(Layers=["arn:aws:lambda:us-east-1:000000000000:layer:l:1"])[1],
                         "Layer version arn:aws:lambda:us-east-1:000000000000:layer:l:1 does not exist.")
        self.assertEqual(self.refused_create(Code={"S3Bucket": "bucket", "S3Key": "k"})[0], invalid)
        self.assertIn("exceeded the 4KB limit", self.refused_create(Environment={"Variables": {"VV": "x" * 4096}})[1])
        self.assertIn("reserved keys", self.refused_create(Environment={"Variables": {"AWS_REGION": "x"}})[1])
        self.assertEqual(self.refused_create(Timeout=901)[0], "ValidationException")
        self.assertEqual(self.refused_create(Role="r")[0], "ValidationException")
        self.create("f")
        self.assertEqual(self.refused(self.create, name="f"), ("ResourceConflictException", "Function already exist: f", 409))
        self.assertFalse(os.path.exists(os.path.join(self.folder, "out.py")))

    def test_links_do_not_lead_outside(self):
        def linked(*links):
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w") as archive:
                archive.writestr("index.py", "def handler(e, c): return open('data').read()")
                archive.writestr("real.txt", "inside")
                for name, target in links:
                    entry = zipfile.ZipInfo(name)
                    entry.create_system, entry.external_attr = 3, 0o120777 << 16
                    archive.writestr(entry, target)
            return out.getvalue()
        for links in ([("data", "/etc/passwd")], [("data", "../../x")], [("a", "."), ("a/b", "../x")],
                      [("a", "b"), ("b", "a/../../..")]):
            self.assertIn("Could not unzip", self.refused_create(zip_file=linked(*links))[1], links)
        self.create("f", zip_file=linked(("data", "real.txt")))
        self.assertEqual(self.invoke("f")["Body"], "inside")

    def test_code_and_package_type_must_agree(self):
        image = {"ImageUri": "000000000000.dkr.ecr.us-east-1.amazonaws.com/none:v1"}
        refused = self.refused(self.create, name="f", PackageType="Image", Code=image)
        self.assertEqual(refused[::2], ("InvalidParameterValueException", 400), "an image has its own runtime")
        self.assertEqual(self.refused(self.create, name="f", Code={**image, "ZipFile": b"x"})[0], "InvalidParameterValueException")
        self.create("f")
        self.assertIn("does not exist", self.refused(self.lambda_.update_function_code, FunctionName="f", **image)[1])


class InvokeTest(LambdaCase):
    def test_log_tail_and_client_context(self):
        self.create("f")
        context = base64.b64encode(json.dumps({"custom": {"k": "v\n"}}).encode()).decode()
        answer = self.invoke("f", {"n": 1}, LogType="Tail", ClientContext=context)
        self.assertEqual(answer["Body"]["custom"], {"k": "v\n"})
        log = base64.b64decode(answer["LogResult"]).decode()
        self.assertRegex(log, r"\ASTART RequestId: (\S+) Version: \$LATEST\ngot {'n': 1}\nEND RequestId: \1\n"
                              r"REPORT RequestId: \1\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\t"
                              r"Max Memory Used: \d+ MB\t\n\Z")
        self.assertEqual(self.refused(self.lambda_.invoke, FunctionName="f", ClientContext="?")[0], "InvalidRequestContentException")

    def test_errors_of_the_function(self):
        self.create("raises", "def handler(e, c): raise ValueError('no')")
        answer = self.invoke("raises")
        self.assertEqual((answer["StatusCode"], answer["FunctionError"]), (200, "Unhandled"))
        self.assertEqual((answer["Body"]["errorType"], answer["Body"]["errorMessage"]), ("ValueError", "no"))
        self.create("late", "import time\ndef handler(e, c): time.sleep(60)", Timeout=1)
        self.assertIn("Task timed out after 1.00 seconds", self.invoke("late")["Body"]["errorMessage"])
        self.create("exits", "import os\ndef handler(e, c): os._exit(3)")
        self.assertIn("exit status 3", self.invoke("exits")["Body"]["errorMessage"])
        self.create("large", "def handler(e, c): return 'x' * 6291557")
        self.assertEqual(self.invoke("large")["Body"]["errorType"], "Function.ResponseSizeTooLarge")
        self.create("loud", "def handler(e, c):\n  print('x' * 9000000)\n  return 'ok'")
        self.assertEqual(self.invoke("loud", LogType="Tail")["Body"], "ok")
        self.create("absent", Handler="nothing.handler")
        self.assertEqual(self.invoke("absent")["Body"]["errorType"], "Runtime.ImportModuleError")

    def test_payloads(self):
        self.create("f", "def handler(e, c): return len(e)")
        self.assertEqual(self.invoke("f", "x" * 6_000_000)["Body"], 6_000_000)
        self.assertEqual(self.invoke("f")["Body"], 0)  # no payload is {}
        self.assertEqual(self.refused(self.lambda_.invoke, FunctionName="f", Payload=b'"' + b"x" * 6_291_456 + b'"')[::2],
                         ("RequestEntityTooLargeException", 413))
        code, message, _ = self.refused(self.lambda_.invoke, FunctionName="f", Payload=b"{")
        self.assertEqual(code, "InvalidRequestContentException")
        self.assertTrue(message.startswith("Could not parse request body into json: Could not parse payload into json: "), message)
        self.assertEqual(self.invoke("f", InvocationType="DryRun")["StatusCode"], 204)

    def test_events_run_and_survive(self):
        sqs = self.client(self.server, "sqs")
        url = sqs.create_queue(QueueName="done")["QueueUrl"]
        done = {"OnSuccess": {"Destination": "arn:aws:sqs:us-east-1:000000000000:done"}}
        self.create("f", "import time\ndef handler(e, c):\n  time.sleep(e['sleep'])\n  return e['name']")
        self.lambda_.put_function_event_invoke_config(FunctionName="f", DestinationConfig=done)
        self.assertEqual(self.invoke("f", {"name": "1", "sleep": 0}, InvocationType="Event")["StatusCode"], 202)
        self.assertEqual(self.next_result(sqs, url), "1")
        # Accepted while the one worker is busy; it runs after the process has been killed.
        self.lambda_.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=1)
        for name, sleep in (("2", 3), ("3", 0)):
            answer = self.invoke("f", {"name": name, "sleep": sleep}, InvocationType="Event")
            self.assertEqual(answer["StatusCode"], 202)
        self.server.stop(signal.SIGKILL)
        self.start()
        sqs = self.client(self.server, "sqs")
        url = sqs.get_queue_url(QueueName="done")["QueueUrl"]
        self.assertEqual({self.next_result(sqs, url), self.next_result(sqs, url)}, {"2", "3"})

    def next_result(self, sqs, url):
        messages = []
        end = time.monotonic() + 30
        while not messages:
            self.assertLess(time.monotonic(), end)
            messages = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10, MaxNumberOfMessages=1).get("Messages", [])
        sqs.delete_message(QueueUrl=url, ReceiptHandle=messages[0]["ReceiptHandle"])
        record = json.loads(messages[0]["Body"])
        self.assertEqual(record["requestContext"]["condition"], "Success")
        return record["responsePayload"]

    def test_reserved_concurrency(self):
        self.create("f")
        self.lambda_.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
        self.assertEqual(self.refused(self.lambda_.invoke, FunctionName="f"), ("TooManyRequestsException", "Rate Exceeded.", 429))
        self.assertEqual(self.lambda_.get_function_concurrency(FunctionName="f")["ReservedConcurrentExecutions"], 0)
        self.lambda_.delete_function_concurrency(FunctionName="f")
        self.assertEqual(self.invoke("f")["StatusCode"], 200)


class VersionTest(LambdaCase):
    def test_versions_and_aliases(self):
        self.create("f", "def handler(e, c): return 1", Publish=True)
        self.lambda_.update_function_code(FunctionName="f", ZipFile=python(ECHO), Publish=True)
        self.assertEqual(self.invoke("f:1")["Body"], 1)
        self.assertEqual(self.invoke("f", Qualifier="2")["Body"]["version"], "2")
        versions = self.lambda_.list_versions_by_function(FunctionName="f")["Versions"]
        self.assertEqual([v["Version"] for v in versions], ["$LATEST", "1", "2"])
        alias = self.lambda_.create_alias(FunctionName="f", Name="live", FunctionVersion="2", Description="d")
        self.assertEqual(alias["AliasArn"], ARN + "f:live")
        answer = self.invoke(alias["AliasArn"])
        self.assertEqual((answer["ExecutedVersion"], answer["Body"]["arn"]), ("2", ARN + "f:live"))
        self.lambda_.update_alias(FunctionName="f", Name="live", FunctionVersion="1")
        self.assertEqual(self.invoke("f:live")["Body"], 1)
        self.assertEqual(self.refused(self.lambda_.delete_function, FunctionName="f", Qualifier="1")[::2],
                         ("ResourceConflictException", 409))
        self.lambda_.delete_alias(FunctionName="f", Name="live")
        self.lambda_.delete_function(FunctionName="f", Qualifier="1")
        self.assertEqual(self.refused(self.lambda_.invoke, FunctionName="f", Qualifier="1")[1], f"Function not found: {ARN}f:1")
        self.assertEqual(self.invoke("f:2")["Body"]["version"], "2")

    def test_weights_divide_the_calls(self):
        self.create("f", "def handler(e, c): return c.function_version", Publish=True)
        self.lambda_.update_function_configuration(FunctionName="f", Description="two")
        self.lambda_.publish_version(FunctionName="f")
        self.lambda_.create_alias(FunctionName="f", Name="half", FunctionVersion="1",
                                  RoutingConfig={"AdditionalVersionWeights": {"2": 0.5}})
        self.assertEqual({self.invoke("f:half")["Body"] for _ in range(60)}, {"1", "2"})

    def test_tags_and_policies(self):
        arn = self.create("f")["FunctionArn"]
        self.lambda_.tag_resource(Resource=arn, Tags={"a": "1", "b": "2"})
        self.lambda_.untag_resource(Resource=arn, TagKeys=["a", "c"])
        self.assertEqual(self.lambda_.list_tags(Resource=arn)["Tags"], {"b": "2"})
        statement = {"FunctionName": "f", "StatementId": "s3", "Action": "lambda:InvokeFunction",
                     "Principal": "s3.amazonaws.com", "SourceArn": "arn:aws:s3:::bucket"}
        added = json.loads(self.lambda_.add_permission(**statement)["Statement"])
        self.assertEqual(added, {"Sid": "s3", "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"},
                                 "Action": "lambda:InvokeFunction", "Resource": arn,
                                 "Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::bucket"}}})
        self.assertEqual(self.refused(self.lambda_.add_permission, **statement)[0], "ResourceConflictException")
        policy = self.lambda_.get_policy(FunctionName="f")
        self.assertEqual(json.loads(policy["Policy"]), {"Version": "2012-10-17", "Id": "default", "Statement": [added]})
        self.assertEqual(self.refused(self.lambda_.remove_permission, FunctionName="f", StatementId="x")[1],
                         "Statement x is not found in resource policy.")
        self.assertEqual(self.refused(self.lambda_.remove_permission, FunctionName="f", StatementId="s3", RevisionId="old")[2], 412)
        self.lambda_.remove_permission(FunctionName="f", StatementId="s3", RevisionId=policy["RevisionId"])
        self.assertEqual(self.refused(self.lambda_.get_policy, FunctionName="f")[1], "The resource you requested does not exist.")


if __name__ == "__main__":
    unittest.main()
