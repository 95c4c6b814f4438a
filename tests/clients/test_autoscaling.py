# SPDX-License-Identifier: Apache-2.0
"""Application Auto Scaling by boto3, the AWS CLI and a stack: targets, policies, scheduled actions, kept over a kill."""
import json
import signal
import time
import unittest

import aws_cli
from client_case import ClientCase
from newer_models import session_with

PLACE = {"ServiceNamespace": "dynamodb", "ResourceId": "table/t", "ScalableDimension": "dynamodb:table:ReadCapacityUnits"}
TRACKING = {"TargetValue": 70.0, "PredefinedMetricSpecification": {"PredefinedMetricType": "DynamoDBReadCapacityUtilization"}}


class AutoScalingTest(ClientCase):
    def setUp(self):
        super().setUp()
        self.start()

    def start(self):
        self.server = self.serve("--data", f"{self.folder}/data")
        session = session_with(f"{self.folder}/models", "application-autoscaling")
        self.scaling = session.client("application-autoscaling", endpoint_url=f"http://{self.server.host}:{self.server.port}")
        self.addCleanup(getattr(self.scaling, "close", lambda: None))

    def test_what_was_answered_is_there_after_a_kill(self):
        arn = self.scaling.register_scalable_target(**PLACE, MinCapacity=1, MaxCapacity=5, Tags={"a": "b"})["ScalableTargetARN"]
        policy = self.scaling.put_scaling_policy(
            **PLACE, PolicyName="p", PolicyType="TargetTrackingScaling", TargetTrackingScalingPolicyConfiguration=TRACKING)
        self.scaling.put_scheduled_action(**PLACE, ScheduledActionName="a", Schedule="rate(1 day)", ScalableTargetAction={"MinCapacity": 2})
        self.server.stop(signal.SIGKILL)
        self.start()
        target = self.scaling.describe_scalable_targets(ServiceNamespace="dynamodb")["ScalableTargets"][0]
        self.assertEqual((target["ScalableTargetARN"], target["MinCapacity"], target["MaxCapacity"]), (arn, 1, 5))
        found = self.scaling.describe_scaling_policies(ServiceNamespace="dynamodb")["ScalingPolicies"][0]
        self.assertEqual((found["PolicyARN"], found["TargetTrackingScalingPolicyConfiguration"]), (policy["PolicyARN"], TRACKING))
        self.assertEqual(self.scaling.list_tags_for_resource(ResourceARN=arn)["Tags"], {"a": "b"})
        self.scaling.deregister_scalable_target(**PLACE)
        self.assertEqual(self.scaling.describe_scaling_policies(ServiceNamespace="dynamodb")["ScalingPolicies"], [])

    def test_what_is_wrong(self):
        self.assertEqual(self.refused(self.scaling.deregister_scalable_target, **PLACE)[0], "ObjectNotFoundException")
        self.assertEqual(self.refused(self.scaling.register_scalable_target, **PLACE)[0], "ValidationException")
        self.assertEqual(self.refused(self.scaling.register_scalable_target, **{**PLACE, "ServiceNamespace": "nothing"})[0],
                         "ValidationException")

    @unittest.skipUnless(aws_cli.PROGRAM, "no AWS CLI")
    def test_the_aws_cli(self):
        place = ["--service-namespace", "lambda", "--resource-id", "function:f:live", "--scalable-dimension", "lambda:function:ProvisionedConcurrency"]
        aws_cli.answer(self.server, "application-autoscaling", "register-scalable-target", *place, "--min-capacity", "1", "--max-capacity", "3")
        targets = aws_cli.answer(self.server, "application-autoscaling", "describe-scalable-targets", "--service-namespace", "lambda")
        self.assertEqual([each["ResourceId"] for each in targets["ScalableTargets"]], ["function:f:live"])
        failed = aws_cli.run(self.server, "application-autoscaling", "delete-scaling-policy", *place, "--policy-name", "none")
        self.assertIn("ObjectNotFoundException", failed.stderr)

    def test_a_stack(self):
        stacks = self.client(self.server, "cloudformation")
        target = {"MinCapacity": 1, "MaxCapacity": 5, "RoleARN": "arn:aws:iam::000000000000:role/r", **PLACE}
        resources = {
            "Target": {"Type": "AWS::ApplicationAutoScaling::ScalableTarget", "Properties": target},
            "Policy": {"Type": "AWS::ApplicationAutoScaling::ScalingPolicy", "Properties": {
                "PolicyName": "p", "PolicyType": "TargetTrackingScaling", "ScalingTargetId": {"Ref": "Target"},
                "TargetTrackingScalingPolicyConfiguration": TRACKING}}}

        def template():
            return json.dumps({"Resources": resources, "Outputs": {name: {"Value": {"Ref": name}} for name in resources}})

        def wait(status):
            end = time.monotonic() + 30
            while time.monotonic() < end:
                stack = stacks.describe_stacks(StackName=id)["Stacks"][0]
                if stack["StackStatus"] == status:
                    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", ())}
                time.sleep(0.05)
            self.fail(f"{stack['StackStatus']}: {stacks.describe_stack_events(StackName=id)['StackEvents']}")

        id = stacks.create_stack(StackName="s", TemplateBody=template())["StackId"]
        made = wait("CREATE_COMPLETE")
        self.assertEqual(made["Target"], "table/t|dynamodb:table:ReadCapacityUnits|dynamodb")
        self.assertIn(":scalingPolicy:", made["Policy"])
        target["MaxCapacity"] = 9
        stacks.update_stack(StackName="s", TemplateBody=template())
        self.assertEqual(wait("UPDATE_COMPLETE"), made)
        self.assertEqual(self.scaling.describe_scalable_targets(ServiceNamespace="dynamodb")["ScalableTargets"][0]["MaxCapacity"], 9)
        stacks.delete_stack(StackName="s")
        wait("DELETE_COMPLETE")
        self.assertEqual(self.scaling.describe_scalable_targets(ServiceNamespace="dynamodb")["ScalableTargets"], [])


if __name__ == "__main__":
    unittest.main()
