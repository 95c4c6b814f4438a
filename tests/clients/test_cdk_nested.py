# SPDX-License-Identifier: Apache-2.0
"""A nested stack, and a function bundled by esbuild (cdk_nested/app.ts), deployed, compared, changed and destroyed by the CDK of
examples/image-download; functions see the AWS SDK for JavaScript of tools/node-packages."""
import os
import shutil
import sys
import unittest

import cdk_case
from cdk_case import CdkCase

reason = cdk_case.why_not("image-download", ("bwrap",))
if not reason and not cdk_case.node_packages():
    reason = "no AWS SDK for functions: run ./dev setup"
if reason:
    print("skipped:", reason)
    sys.exit(77)


class CdkNestedTest(CdkCase):
    SOURCE = os.path.join(cdk_case.HERE, "cdk_nested")
    EXAMPLE = "image-download"  # whose packages serve
    outputs = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        shutil.copy(os.path.join(cdk_case.EXAMPLES, cls.EXAMPLE, "package-lock.json"), cls.app)

    def test_a_deploy(self):
        self.cdk("bootstrap")
        type(self).bootstrapped = self.what_is_there()
        type(self).outputs = self.deploy()[1]
        answer = self.client("lambda").invoke(FunctionName=self.outputs["FunctionName"], Payload=b'{"word": "hello"}')
        self.assertNotIn("FunctionError", answer, answer["Payload"].read())
        messages = self.client("sqs").receive_message(QueueUrl=self.outputs["QueueUrl"], WaitTimeSeconds=10)["Messages"]
        self.assertEqual([message["Body"] for message in messages], ["hello"])

    def test_b_a_change_inside_is_seen_and_made(self):
        self.assertTrue(self.outputs, "not deployed")
        self.edit("app.ts", "Duration.seconds(40)", "Duration.seconds(50)")
        printed = self.cdk("diff", "--fail", status=1)
        self.assertIn("VisibilityTimeout", printed)
        self.assertEqual(self.deploy()[1], self.outputs)
        attributes = self.client("sqs").get_queue_attributes(QueueUrl=self.outputs["QueueUrl"], AttributeNames=["VisibilityTimeout"])
        self.assertEqual(attributes["Attributes"], {"VisibilityTimeout": "50"})

    def test_c_destroy(self):
        self.assertTrue(self.outputs, "not deployed")
        self.cdk("destroy", "--force")
        self.assertEqual(self.what_is_there(), self.bootstrapped)


if __name__ == "__main__":
    unittest.main()
