# SPDX-License-Identifier: Apache-2.0
"""examples/image-download as its author runs it: cdk bootstrap, deploy, the success and fail scripts, diff, deploy again, changes, and
destroy; and what goes wrong: files that are missing, failing, slow or never end, a site that is not there, a change that cannot be made, a
bucket that still holds something. Flags come from the example's own site, on loopback, and are checked as pixels."""
import collections
import importlib.util
import io
import json
import os
import socket
import sys
import threading
import unittest

import cdk_case
from cdk_case import CdkCase

reason = cdk_case.why_not("image-download")
try:
    from PIL import Image
    import httpx  # noqa: F401  its wheel is made of what Debian installed
except ImportError as error:
    reason = reason or str(error)
if reason:
    print("skipped:", reason)
    sys.exit(77)

spec = importlib.util.spec_from_file_location("flag_site", os.path.join(cdk_case.EXAMPLES, "image-download", "flag_site.py"))
flag_site = importlib.util.module_from_spec(spec)
spec.loader.exec_module(flag_site)

FLAGS = 96  # that ./success asks for
CAUSE = "One or more resources failed to download"


class ImageDownloadTest(CdkCase):
    EXAMPLE = "image-download"
    WHEELS = ("httpx", "httpcore", "h11", "anyio", "sniffio", "certifi", "idna", "rfc3986")
    outputs = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.site = flag_site.Site(("127.0.0.1", 0))
        cls.addClassCleanup(cls.site.close)
        threading.Thread(target=cls.site.serve_forever, daemon=True).start()
        cls.base_url = f"http://127.0.0.1:{cls.site.server_address[1]}/flags"

    def output(self, name):
        if not self.outputs:
            self.skipTest("it was not deployed")
        return self.outputs[name]

    def ended(self, answer):
        """The execution that a script, or curl, has started, when it has ended."""
        answer = json.loads(answer)
        self.assertEqual(set(answer), {"executionArn", "startDate"})
        states = self.client("stepfunctions")

        def read():
            found = states.describe_execution(executionArn=answer["executionArn"])
            return found if found["status"] != "RUNNING" else None

        return self.eventually(read, "the end of " + answer["executionArn"])

    def post(self, paths, base_url=None):
        body = json.dumps({"resourcePaths": paths, "baseUrl": base_url or self.base_url, "lambdaConcur": 5})
        return self.ended(self.shell(f"curl -sS -d '{body}' {self.output('ApiUrl')}"))

    def results_of(self, execution):
        """What the Map of downloads has given: {url's last two parts: (status code, message or file name)}."""
        events = self.client("stepfunctions").get_execution_history(executionArn=execution["executionArn"], maxResults=1000)["events"]
        exited = [event["stateExitedEventDetails"] for event in events if event["type"] == "MapStateExited"]
        results = json.loads(exited[0]["output"])["results"]
        for result in results:
            self.assertEqual(set(result), {"url", "statusCode", "filename" if result["statusCode"] == 200 else "message"})
        return {"/".join(result["url"].split("/")[-2:]): (result["statusCode"], result.get("filename") or result["message"]) for result in results}

    def items(self):
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=self.output("TableName"))
        return {item["url"]["S"]: item["filename"]["S"] for page in pages for item in page["Items"]}

    def check_picture(self, key, name):
        stored = self.client("s3").get_object(Bucket=self.output("BucketName"), Key=key)
        self.assertEqual(stored["ContentType"], "image/gif")
        picture = Image.open(io.BytesIO(stored["Body"].read())).convert("RGB")
        self.assertEqual(picture.size, (flag_site.WIDTH, flag_site.STRIPE_HEIGHT * 3))
        middles = [picture.getpixel((flag_site.WIDTH // 2, flag_site.STRIPE_HEIGHT * stripe + 5)) for stripe in range(3)]
        self.assertEqual(middles, flag_site.colours(name))

    def test_a_bootstrap_and_deploy(self):
        cls = type(self)
        cls.before = self.what_is_there()
        self.assertIn("bootstrapped", self.cdk("bootstrap"))
        self.assertIn("no changes", self.cdk("bootstrap"))
        cls.bootstrapped = self.what_is_there()
        printed, cls.outputs = self.deploy()
        self.assertIn("ImageDownload.ApiUrl = https://", printed)
        self.assertEqual(set(self.outputs), {"ApiUrl", "StateMachineArn", "BucketName", "TableName", "TopicArn"})

    def test_b_everything_is_as_the_app_says(self):
        s3, bucket = self.client("s3"), self.output("BucketName")
        self.assertEqual(set(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values()), {True})
        rule = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
        self.assertEqual(rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"], "AES256")
        rule = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"][0]
        self.assertEqual((rule["Status"], rule["Transitions"]), ("Enabled", [{"Days": 1, "StorageClass": "GLACIER_IR"}]))
        table = self.client("dynamodb").describe_table(TableName=self.output("TableName"))["Table"]
        self.assertEqual(table["KeySchema"], [{"AttributeName": "url", "KeyType": "HASH"}])
        self.assertEqual(table["BillingModeSummary"]["BillingMode"], "PAY_PER_REQUEST")
        key = self.client("sns").get_topic_attributes(TopicArn=self.output("TopicArn"))["Attributes"]["KmsMasterKeyId"]
        self.assertTrue(self.client("kms").get_key_rotation_status(KeyId=key)["KeyRotationEnabled"])
        functions = {item["FunctionName"].split("-")[1].split("Lambda")[0]: item for item in self.client("lambda").list_functions()["Functions"]}
        self.assertEqual({name: (item["Timeout"], item["Runtime"]) for name, item in functions.items()},
                         {"batch": (5, "python3.12"), "download": (120, "python3.12"), "consolidate": (3, "python3.12")})
        self.assertEqual(functions["download"]["Environment"]["Variables"], {"IMAGES_BUCKET_NAME": bucket})
        gateway = self.client("apigatewayv2")
        api = gateway.get_apis()["Items"][0]
        self.assertEqual([route["RouteKey"] for route in gateway.get_routes(ApiId=api["ApiId"])["Items"]], ["$default"])
        self.assertEqual([stage["StageName"] for stage in gateway.get_stages(ApiId=api["ApiId"])["Items"]], ["$default"])
        integration = gateway.get_integrations(ApiId=api["ApiId"])["Items"][0]
        self.assertEqual({name: integration[name] for name in ("IntegrationType", "IntegrationSubtype", "PayloadFormatVersion", "TimeoutInMillis")},
                         {"IntegrationType": "AWS_PROXY", "IntegrationSubtype": "StepFunctions-StartExecution", "PayloadFormatVersion": "1.0",
                          "TimeoutInMillis": 10000})
        self.assertEqual(integration["RequestParameters"], {"Input": "$request.body", "StateMachineArn": self.output("StateMachineArn")})

    def test_c_success(self):
        execution = self.ended(self.shell(f"./success {self.output('ApiUrl')} {self.base_url}"))
        self.assertEqual(execution["status"], "SUCCEEDED", execution)
        results = self.results_of(execution)
        self.assertEqual(len(results), FLAGS)
        self.assertEqual({status for status, _ in results.values()}, {200})
        listed = self.client("s3").list_objects_v2(Bucket=self.output("BucketName"))["Contents"]
        self.assertEqual(sorted(item["Key"] for item in listed), sorted(filename for _, filename in results.values()))
        self.assertEqual(self.items(), {f"{self.base_url}/{path}": filename for path, (_, filename) in results.items()})
        for path, (_, filename) in results.items():
            self.check_picture(filename, path.split("/")[0])
        self.assertGreater(self.site.running_max, 1)  # in parallel,
        self.assertLessEqual(self.site.running_max, 5 * 5)  # but no more than batches and lambdaConcur allow

    def test_d_the_api_answers_as_step_functions_does(self):
        answer = self.shell(f"curl -sS -i -d '{{\"resourcePaths\": [], \"baseUrl\": \"{self.base_url}\", \"lambdaConcur\": 1}}' {self.output('ApiUrl')}")
        head, _, body = answer.replace("\r\n", "\n").partition("\n\n")
        self.assertIn(" 200 ", head.splitlines()[0])
        self.assertIn("content-type: application/x-amz-json-1.0", head.lower())
        self.assertEqual(self.ended(body)["status"], "SUCCEEDED")
        refused = self.shell(f"curl -sS -i -d 'no JSON' {self.output('ApiUrl')}")
        self.assertIn(" 400 ", refused.splitlines()[0])

    def test_e_fail(self):
        sns, sqs, topic = self.client("sns"), self.client("sqs"), self.output("TopicArn")
        queue = sqs.create_queue(QueueName="told")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        policy = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn}]}
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(policy)})
        subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True)["SubscriptionArn"]
        execution = self.ended(self.shell(f"./fail {self.output('ApiUrl')} {self.base_url}"))
        self.assertEqual((execution["status"], execution["cause"]), ("FAILED", CAUSE))
        told = json.loads(sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)["Messages"][0]["Body"])
        self.assertEqual(told["Subject"], "Failed stepfunction download tasks")
        self.assertEqual(json.loads(told["Message"]), [f"Could not find: {self.base_url}/xx/missing.gif"])
        sns.unsubscribe(SubscriptionArn=subscription)
        sqs.delete_queue(QueueUrl=queue)

    def test_f_a_site_that_is_not_well(self):
        execution = self.post(["zz/zz.gif", "xx/missing.gif", "failing/zz.gif", "slow/sl.gif", "hanging/ha.gif", "trickling/tr.gif"])
        self.assertEqual((execution["status"], execution["cause"]), ("FAILED", CAUSE))
        self.assertEqual(self.results_of(execution), {
            "zz/zz.gif": (200, "127.0.0.1/zz.gif"),
            "slow/sl.gif": (200, "127.0.0.1/sl.gif"),
            "xx/missing.gif": (404, f"Could not find: {self.base_url}/xx/missing.gif"),
            "failing/zz.gif": (500, f"Could not download: {self.base_url}/failing/zz.gif"),
            "hanging/ha.gif": (408, f"Timed out: {self.base_url}/hanging/ha.gif"),
            "trickling/tr.gif": (408, f"Timed out: {self.base_url}/trickling/tr.gif")})
        stored = self.items()
        self.assertIn(f"{self.base_url}/slow/sl.gif", stored)  # what came is kept, whatever else failed
        self.assertNotIn(f"{self.base_url}/hanging/ha.gif", stored)
        self.check_picture("127.0.0.1/sl.gif", "sl")

    def test_g_a_site_that_cannot_be_reached(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            execution = self.post(["ad/ad.gif", "ae/ae.gif"], f"http://127.0.0.1:{closed.getsockname()[1]}")
        self.assertEqual((execution["status"], execution["cause"]), ("FAILED", CAUSE))
        for status, message in self.results_of(execution).values():
            self.assertEqual((status, message.split(":")[0]), (503, "Could not reach"))

    def test_h_nothing_to_change(self):
        self.output("ApiUrl")
        self.assertIn("There were no differences", self.cdk("diff", "--fail"))
        printed, outputs = self.deploy()
        self.assertIn("(no changes)", printed)
        self.assertEqual(outputs, self.outputs)

    def test_i_changes(self):
        self.output("ApiUrl")
        self.edit("lib/image-download-stack.ts", "Duration.seconds(5)", "Duration.seconds(7)")
        self.edit("functions/batch/index.py", "PATHS_PER_BATCH_MAX = 5", "PATHS_PER_BATCH_MAX = 3")
        printed = self.cdk("diff", "--fail", status=1)
        self.assertIn("batchLambda", printed)
        self.assertIn("Timeout", printed)
        self.assertNotIn("downloadLambda", printed)
        printed, outputs = self.deploy()
        self.assertNotIn("(no changes)", printed)
        self.assertEqual(outputs, self.outputs)  # nothing was replaced
        execution = self.post([f"{name}/{name}.gif" for name in ("ia", "ib", "ic", "id")])
        events = self.client("stepfunctions").get_execution_history(executionArn=execution["executionArn"], maxResults=1000)["events"]
        lengths = [event["mapStateStartedEventDetails"]["length"] for event in events if event["type"] == "MapStateStarted"]
        self.assertEqual((execution["status"], lengths), ("SUCCEEDED", [2, 4]))

    def test_j_a_change_that_cannot_be_made_is_taken_back(self):
        self.output("ApiUrl")
        self.client("s3").create_bucket(Bucket="taken-already")
        self.edit("lib/image-download-stack.ts", "Duration.seconds(7)", "Duration.seconds(9)")
        self.edit("lib/image-download-stack.ts", "    const table =", "    new s3.Bucket(this, 'Second', { bucketName: 'taken-already' });\n    const table =")
        printed = self.cdk("deploy", "--require-approval", "never", status=1)
        self.assertIn("taken-already", printed)
        self.assertIn("already exists", printed)
        stack = self.client("cloudformation").describe_stacks(StackName="ImageDownload")["Stacks"][0]
        self.assertEqual(stack["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")
        timeouts = {item["Timeout"] for item in self.client("lambda").list_functions()["Functions"]}
        self.assertNotIn(9, timeouts)
        self.client("s3").delete_bucket(Bucket="taken-already")
        self.edit("lib/image-download-stack.ts", "    new s3.Bucket(this, 'Second', { bucketName: 'taken-already' });\n", "")
        self.deploy()
        timeouts = {item["Timeout"] for item in self.client("lambda").list_functions()["Functions"]}
        self.assertIn(9, timeouts)

    def test_k_destroy(self):
        bucket = self.output("BucketName")
        printed = self.cdk("destroy", "--force", status=1)
        self.assertIn("DELETE_FAILED", printed)
        self.assertIn("The bucket you tried to delete is not empty", printed)
        s3 = self.client("s3")
        keys = [{"Key": item["Key"]} for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket) for item in page["Contents"]]
        s3.delete_objects(Bucket=bucket, Delete={"Objects": keys})
        self.assertIn("destroyed", self.cdk("destroy", "--force"))
        self.assertEqual(self.what_is_there(), self.bootstrapped)
        groups = [group["logGroupName"] for group in self.client("logs").describe_log_groups()["logGroups"]]
        kinds = collections.Counter(name.split("-")[1].split("Lambda")[0] for name in groups)  # functions' logs stay, as on AWS
        self.assertEqual(set(kinds), {"batch", "download", "consolidate"})
        self.assertNotIn(b"status=500", self.server.err)  # 501 is CloudTrail, which the CDK asks about failures


if __name__ == "__main__":
    unittest.main()
