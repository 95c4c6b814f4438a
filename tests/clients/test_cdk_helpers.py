# SPDX-License-Identifier: Apache-2.0
"""What the CDK does by custom resources and functions of its own (cdk_helpers/app.ts): emptying a bucket, filling it, notifications,
retention of logs, providers, single calls of AWS's SDK; a function bundled by esbuild, a nested stack. With the CDK of
examples/image-download and the AWS SDK for JavaScript that functions see (tools/node-packages)."""
import json
import os
import shutil
import sys
import unittest

import cdk_case
from cdk_case import CdkCase

reason = cdk_case.why_not("image-download")
if not reason and not cdk_case.node_packages():
    reason = "no AWS SDK for functions: ./dev test installs it"
if reason:
    print("skipped:", reason)
    sys.exit(77)


class CdkHelpersTest(CdkCase):
    SOURCE = os.path.join(cdk_case.HERE, "cdk_helpers")
    EXAMPLE = "image-download"  # whose packages serve
    outputs = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        shutil.copy(os.path.join(cdk_case.EXAMPLES, cls.EXAMPLE, "package-lock.json"), cls.app)

    def test_a_deploy(self):
        cls = type(self)
        self.cdk("bootstrap")
        cls.bootstrapped = self.what_is_there()
        cls.outputs = self.deploy()[1]
        self.assertEqual((self.outputs["Was"], self.outputs["Read"]), ("Create first", "kept in a parameter"))
        s3, bucket = self.client("s3"), self.outputs["BucketName"]
        self.assertEqual(s3.get_object(Bucket=bucket, Key="site/index.html")["Body"].read(), b"<h1>Deployed</h1>\n")
        config = json.loads(s3.get_object(Bucket=bucket, Key="site/config.json")["Body"].read())
        self.assertEqual(config, {"queue": self.outputs["QueueUrl"].rsplit("/", 1)[1]})
        groups = {group["logGroupName"]: group.get("retentionInDays") for group in self.client("logs").describe_log_groups()["logGroups"]}
        self.assertEqual(groups["/aws/lambda/" + self.outputs["FunctionName"]], 7)

    def test_b_notifications_arrive(self):
        self.assertTrue(self.outputs, "not deployed")
        sqs = self.client("sqs")
        keys = set()

        def received():
            for message in sqs.receive_message(QueueUrl=self.outputs["QueueUrl"], MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", ()):
                keys.add(message["Body"])
            return keys >= {"site/index.html", "site/config.json"}

        self.eventually(received, "the notifications")

    def test_c_changes(self):
        self.assertTrue(self.outputs, "not deployed")
        self.edit("app.ts", "word: 'first'", "word: 'second'")
        self.edit("site/index.html", "Deployed", "Deployed again")
        self.assertIn("Custom::Word", self.cdk("diff", "--fail", status=1))
        outputs = self.deploy()[1]
        self.assertEqual(outputs, {**self.outputs, "Was": "Update second"})
        body = self.client("s3").get_object(Bucket=outputs["BucketName"], Key="site/index.html")["Body"].read()
        self.assertEqual(body, b"<h1>Deployed again</h1>\n")
        self.assertIn("no changes", self.deploy()[0])

    def test_d_destroy_empties_the_bucket(self):
        self.assertTrue(self.outputs, "not deployed")
        self.client("s3").put_object(Bucket=self.outputs["BucketName"], Key="of somebody else", Body=b"x")
        self.cdk("destroy", "--force")
        self.assertEqual(self.what_is_there(), self.bootstrapped)
        self.assertNotIn(b"status=5", self.server.err)


if __name__ == "__main__":
    unittest.main()
