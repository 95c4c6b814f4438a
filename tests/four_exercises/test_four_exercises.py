# SPDX-License-Identifier: Apache-2.0
"""The four exercises from nothing to their results, deployed by examples/four-exercises/deploy, on one server with IAM enforced: the
roles that the exercises give must be enough. Python 3.9."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from exercise_checks import AWS, EXAMPLE, FIRST_USERS, PASSWORD, SECOND_USERS, USER, ExerciseChecks, Page

from client_case import ClientCase  # exercise_checks knows where it is
from image_case import has_sandbox
from server_case import Server

if AWS is None:
    print("skipped: the AWS CLI is not installed")
    sys.exit(77)
ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "us-east-1"}


def can_resize():
    try:
        import PIL  # noqa: F401
    except ImportError:
        return False
    return has_sandbox() and shutil.which("buildah") is not None


class FourExercises(ExerciseChecks, ClientCase):
    folder = None

    @classmethod
    def setUpClass(cls):
        cls.shared = tempfile.mkdtemp(prefix="pawl-exercises-")
        cls.addClassCleanup(shutil.rmtree, cls.shared, ignore_errors=True)
        cls.server = Server(["--data", os.path.join(cls.shared, "data"), "--enforce-iam"], {})
        cls.addClassCleanup(cls.server.stop)
        cls.page = Page()
        cls.addClassCleanup(cls.page.end)
        cls.outputs = {}

    def deploy(self, exercise, **variables):
        environment = {**os.environ, **ENVIRONMENT, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.server.port}",
                       "PAWL_IMAGE_STORAGE": os.path.join(self.shared, "images"), "TF_VAR_api_endpoint": self.page.url,
                       "TF_VAR_api_user": USER, "TF_VAR_api_password": PASSWORD, **variables}
        done = subprocess.run(["/usr/bin/python3", os.path.join(EXAMPLE, "deploy"), exercise], env=environment, capture_output=True, text=True,
                              timeout=200)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.outputs.update(json.loads(done.stdout))

    def test_should_i_deploy(self):
        self.deploy("should-i-deploy")
        self.check_should_i_deploy()
        self.check_a_page_that_fails_is_asked_again()
        self.check_a_wrong_password()

    def test_create_new_user(self):
        self.deploy("create-new-user")
        self.confirm_the_address()
        self.check_create_new_user()
        self.check_a_user_is_refused()

    def test_bucket_replication(self):
        self.deploy("bucket-replication")
        self.check_bucket_replication()
        # The destination goes: the copy ends in an error, and so does the execution.
        destination = self.outputs["bucket-replication"]["destination_bucket"]
        s3 = self.made("s3")
        for one in s3.list_objects_v2(Bucket=destination)["Contents"]:
            s3.delete_object(Bucket=destination, Key=one["Key"])
        s3.delete_bucket(Bucket=destination)
        execution = self.begin("bucket-replication", {})
        error, cause = self.failed(execution)
        self.assertEqual(self.states_of(execution)[-1], "Failed")
        self.assertTrue(error and cause, (error, cause))

    @unittest.skipUnless(can_resize(), "Pillow, buildah or a sandbox is missing")
    def test_resize_profile_picture(self):
        self.deploy("resize-profile-picture")
        machine = self.outputs["resize-profile-picture"]["state_machine_arn"]
        self.check_resize(machine, FIRST_USERS)
        self.check_no_picture(machine)
        # The other definition: the same function, table and bucket.
        other = machine.replace("-jsonata", "-jsonpath")
        role = "arn:aws:iam::000000000000:role/resize-profile-picture-pipe"
        aws_pipes = [AWS, "--endpoint-url", f"http://127.0.0.1:{self.server.port}", "pipes", "update-pipe", "--name", "resize-profile-picture",
                     "--role-arn", role, "--target", other]
        subprocess.run(aws_pipes, env={**os.environ, **ENVIRONMENT}, check=True, capture_output=True, timeout=60)
        self.eventually(lambda: "RUNNING" in subprocess.run(
            [*aws_pipes[:4], "describe-pipe", "--name", "resize-profile-picture"], env={**os.environ, **ENVIRONMENT}, check=True,
            capture_output=True, text=True, timeout=60).stdout, "the changed pipe")
        self.check_resize(other, SECOND_USERS)
        self.check_no_picture(other)


if __name__ == "__main__":
    unittest.main()
