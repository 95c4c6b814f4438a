# SPDX-License-Identifier: Apache-2.0
"""examples/four-exercises with Terraform, as its README says: made, planned again without a difference, the exercises do what they
must, changed in place and by replacement, destroyed without a trace. Python 3.9."""
import json
import os
import shutil
import subprocess
import sys
import unittest

from terraform_case import SOURCE, TerraformCase, skip_without_terraform

skip_without_terraform()
sys.path.insert(0, os.path.join(SOURCE, "tests", "four_exercises"))
from exercise_checks import EXAMPLE, FIRST_USERS, PASSWORD, SECOND_USERS, USER, ExerciseChecks, Page  # noqa: E402
from client_case import ClientCase  # noqa: E402
from image_case import has_sandbox  # noqa: E402

missing = [name for name, is_there in (("Pillow", subprocess.run(["/usr/bin/python3", "-c", "import PIL"], capture_output=True).returncode == 0),
                                       ("buildah", shutil.which("buildah")), ("a sandbox", has_sandbox())) if not is_there]
if missing:
    print(f"skipped: there is no {' and no '.join(missing)}")
    sys.exit(77)


class FourExercises(ExerciseChecks, ClientCase, TerraformCase):
    def setUp(self):
        super().setUp()
        self.page = Page()
        self.addCleanup(self.page.end)
        # As it stands in the repository, so that the image can be built; but what Terraform writes stays out of it.
        self.environment["TF_DATA_DIR"] = os.path.join(self.folder, "terraform-data")
        shutil.rmtree(self.root)
        shutil.copytree(EXAMPLE, os.path.join(self.folder, "examples", "four-exercises"))
        shutil.copytree(os.path.join(SOURCE, "src", "services", "lambda", "bootstrap"),
                        os.path.join(self.folder, "src", "services", "lambda", "bootstrap"))
        self.root = os.path.join(self.folder, "examples", "four-exercises")
        self.init()

    def read_outputs(self):
        shown = json.loads(self.terraform("output", "-json"))
        self.outputs = {name.replace("_", "-"): output["value"] for name, output in shown.items()}

    def test_from_nothing_to_nothing(self):
        first = [f"-var=api_endpoint={self.page.url}", f"-var=api_user={USER}", f"-var=api_password={PASSWORD}"]
        self.apply(*first)
        self.assert_no_changes(*first)
        self.read_outputs()
        self.check_should_i_deploy()
        self.confirm_the_address()
        self.check_create_new_user()
        self.check_bucket_replication()
        self.check_resize(self.outputs["resize-profile-picture"]["state_machine_arn"], FIRST_USERS)
        # In place: the connection's password, the pipe's target. By another: the subscription.
        self.page.is_good = True
        second = [*first[:2], "-var=api_password=guessed", "-var=query_language=JSONPath", "-var=email=other@example.com"]
        self.assertEqual(self.changes(*second), {
            "module.create_new_user.aws_sns_topic_subscription.boss": ("delete", "create"),
            "module.resize_profile_picture.aws_pipes_pipe.uploads": ("update",),
            "module.should_i_deploy.aws_cloudwatch_event_connection.page": ("update",),
            # Names the connection's secret, which the provider does not promise to stay.
            "module.should_i_deploy.aws_iam_role_policy.machine": ("update",)})
        self.apply(*second)
        self.assert_no_changes(*second)
        self.read_outputs()
        error, _ = self.failed(self.begin("should-i-deploy", {}))
        self.assertEqual(error, "States.Http.StatusCode.401")
        machine = self.outputs["resize-profile-picture"]["state_machine_arn"]
        self.assertTrue(machine.endswith("-jsonpath"), machine)
        self.check_resize(machine, SECOND_USERS)
        for user in ("grace", "linus"):  # made by the machine: Terraform knows nothing of them
            for group in self.made("iam").list_groups_for_user(UserName=user)["Groups"]:
                self.made("iam").remove_user_from_group(GroupName=group["GroupName"], UserName=user)
            self.made("iam").delete_user(UserName=user)
        self.destroy(*second)
        self.assert_nothing_is_left()

    def assert_nothing_is_left(self):
        left = {
            "buckets": self.made("s3").list_buckets()["Buckets"],
            "queues": self.made("sqs").list_queues().get("QueueUrls", []),
            "topics": self.made("sns").list_topics()["Topics"],
            "subscriptions": [one for one in self.made("sns").list_subscriptions()["Subscriptions"]
                              if one["SubscriptionArn"] != "PendingConfirmation"],  # goes by itself, as on AWS
            "functions": self.made("lambda").list_functions()["Functions"],
            "machines": self.made("stepfunctions").list_state_machines()["stateMachines"],
            "tables": self.made("dynamodb").list_tables()["TableNames"],
            "roles": [role for role in self.made("iam").list_roles()["Roles"] if not role["Path"].startswith("/aws-service-role/")],
            "users": self.made("iam").list_users()["Users"], "groups": self.made("iam").list_groups()["Groups"],
            "rules": self.made("events").list_rules()["Rules"], "connections": self.made("events").list_connections()["Connections"],
            "repositories": self.made("ecr").describe_repositories()["repositories"],
            "tasks": self.made("datasync").list_tasks()["Tasks"], "locations": self.made("datasync").list_locations()["Locations"],
            "log groups": self.made("logs").describe_log_groups()["logGroups"],
        }
        self.assertEqual({kind: found for kind, found in left.items() if found}, {})


if __name__ == "__main__":
    unittest.main()
