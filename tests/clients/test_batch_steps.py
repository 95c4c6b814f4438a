# SPDX-License-Identifier: Apache-2.0
"""examples/batch-steps as its author runs it: the image pushed to ECR, cdk bootstrap, deploy, an execution, each job's log, deploy again,
a change, an image that is not there, destroy. With the library of the author's age, and with the current one (of image-download)."""
import json
import os
import sys
import unittest

import cdk_case
from cdk_case import CdkCase

STEPS = ["step1", "step2a", "step2b", "step3a", "step3b"]
TOOLS = ("bwrap", "buildah", "busybox", "aws")
MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:batch-steps-"


class BatchStepsCase(CdkCase):
    EXAMPLE = "batch-steps"
    MODULES = "batch-steps"  # whose node_modules has the library
    deployed = False

    @classmethod
    def setUpClass(cls):
        why = cdk_case.why_not(cls.MODULES, TOOLS)
        if why:
            raise unittest.SkipTest(why)
        super().setUpClass()
        remembered = os.path.join(cls.app, "cdk.context.json")  # of somebody's own server
        if os.path.exists(remembered):
            os.unlink(remembered)
        modules = os.path.join(cls.app, "node_modules")
        os.unlink(modules)
        os.symlink(os.path.abspath(os.path.join(cdk_case.EXAMPLES, cls.MODULES, "node_modules")), modules)

    def setUp(self):
        if not self.deployed and "deploy" not in self._testMethodName:
            self.skipTest("it was not deployed")

    def run_machine(self, branch="main"):
        """The execution that input.json starts, when it has ended."""
        states = self.client("stepfunctions")
        with open(os.path.join(self.app, "input.json"), encoding="utf-8") as file:
            arn = states.start_execution(stateMachineArn=MACHINE + branch, input=file.read())["executionArn"]

        def read():
            found = states.describe_execution(executionArn=arn)
            return found if found["status"] != "RUNNING" else None

        return self.eventually(read, "the end of " + arn)

    def jobs(self, status, branch="main"):
        batch = self.client("batch")
        ids = [job["jobId"] for job in batch.list_jobs(jobQueue="batch-steps-" + branch, jobStatus=status)["jobSummaryList"]]
        return batch.describe_jobs(jobs=ids)["jobs"] if ids else []

    def lines(self, job):
        events = self.client("logs").get_log_events(logGroupName="/aws/batch/job", logStreamName=job["container"]["logStreamName"],
                                                    startFromHead=True)["events"]
        return [event["message"] for event in events]

    def check_deploy(self):
        cls = type(self)
        self.shell("./busybox-base batch-steps-base && ./push-image --base batch-steps-base")
        self.assertEqual([image["imageTags"] for image in self.client("ecr").describe_images(repositoryName="batch-steps")["imageDetails"]],
                         [["main"]])
        self.cdk("bootstrap")
        cls.bootstrapped = self.what_is_there()
        self.cdk("deploy", "--require-approval", "never")
        cls.deployed = True

    def check_run(self, definition_revision=1):
        execution = self.run_machine()
        self.assertEqual(execution["status"], "SUCCEEDED", execution)
        output = json.loads(execution["output"])
        self.assertEqual(set(output), {"parameters", "step3_parameter", "resultData"})
        self.assertEqual(output["step3_parameter"], "step3a")  # OutputPath $.[0]
        self.assertEqual(output["parameters"], json.loads(execution["input"])["parameters"])
        result = output["resultData"]
        self.assertEqual((result["Status"], result["JobName"]), ("SUCCEEDED", "batch-steps-main-step3"))
        jobs = [job for job in self.jobs("SUCCEEDED") if job["jobDefinition"].endswith(f":{definition_revision}")]
        printed = {self.lines(job)[0]: job for job in jobs}
        self.assertEqual(sorted(printed), [f"Entrypoint running with parameter {step}" for step in STEPS])
        self.assertEqual([len(self.lines(job)) for job in jobs], [1] * len(STEPS))
        at = {text.split()[-1]: job for text, job in printed.items()}
        self.assertLessEqual(at["step1"]["stoppedAt"], min(at["step2a"]["startedAt"], at["step2b"]["startedAt"]))
        self.assertLessEqual(max(at["step2a"]["stoppedAt"], at["step2b"]["stoppedAt"]), min(at["step3a"]["startedAt"], at["step3b"]["startedAt"]))

    def check_no_changes(self):
        self.assertIn("There were no differences", self.cdk("diff", "--fail"))
        self.assertIn("(no changes)", self.cdk("deploy", "--require-approval", "never"))

    def check_destroy(self):
        self.assertIn("destroyed", self.cdk("destroy", "--force"))
        self.assertEqual(self.what_is_there(), self.bootstrapped)
        self.assertNotIn(b"status=500", self.server.err)


class AuthorsLibraryTest(BatchStepsCase):
    def test_a_deploy(self):
        self.check_deploy()

    def test_b_everything_is_as_the_app_says(self):
        batch, iam, ec2 = self.client("batch"), self.client("iam"), self.client("ec2")
        environment = batch.describe_compute_environments(computeEnvironments=["batch-steps-main"])["computeEnvironments"][0]
        self.assertEqual((environment["type"], environment["state"], environment["status"]), ("MANAGED", "ENABLED", "VALID"))
        resources = environment["computeResources"]
        self.assertEqual({name: resources[name] for name in ("type", "allocationStrategy", "minvCpus", "maxvCpus", "instanceTypes", "instanceRole")},
                         {"type": "SPOT", "allocationStrategy": "SPOT_CAPACITY_OPTIMIZED", "minvCpus": 0, "maxvCpus": 10,
                          "instanceTypes": ["r4.large", "r5.large"], "instanceRole": "batch-steps-main"})
        self.assertEqual(resources["launchTemplate"], {"launchTemplateName": "batch-steps-main", "version": "$Latest"})
        vpc = ec2.describe_vpcs(Filters=[{"Name": "isDefault", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
        subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
        self.assertEqual(sorted(resources["subnets"]), sorted(subnet["SubnetId"] for subnet in subnets))
        group = ec2.describe_security_groups(GroupIds=resources["securityGroupIds"])["SecurityGroups"][0]
        self.assertEqual((group["VpcId"], group["IpPermissions"]), (vpc, []))
        self.assertEqual(group["IpPermissionsEgress"][0]["IpRanges"], [{"CidrIp": "0.0.0.0/0", "Description": "Allow all outbound traffic by default"}])
        self.assertEqual(len(group["IpPermissionsEgress"]), 1)
        data = ec2.describe_launch_template_versions(LaunchTemplateName="batch-steps-main")["LaunchTemplateVersions"][0]["LaunchTemplateData"]
        self.assertEqual(data["ImageId"], resources["imageId"])
        queue = batch.describe_job_queues(jobQueues=["batch-steps-main"])["jobQueues"][0]
        self.assertEqual((queue["priority"], queue["state"], queue["computeEnvironmentOrder"]),
                         (100, "ENABLED", [{"order": 1, "computeEnvironment": environment["computeEnvironmentArn"]}]))
        definition = batch.describe_job_definitions(jobDefinitionName="batch-steps-main", status="ACTIVE")["jobDefinitions"][0]
        container = definition["containerProperties"]
        self.assertEqual((container["vcpus"], container["memory"], definition["retryStrategy"]["attempts"]), (1, 2000, 1))
        self.assertTrue(container["image"].startswith("000000000000.dkr.ecr.us-east-1."), container["image"])
        self.assertTrue(container["image"].endswith("/batch-steps:main"), container["image"])
        profile = iam.get_instance_profile(InstanceProfileName="batch-steps-main")["InstanceProfile"]
        attached = iam.list_attached_role_policies(RoleName=profile["Roles"][0]["RoleName"])["AttachedPolicies"]
        self.assertEqual({policy["PolicyName"] for policy in attached}, {"AmazonECS_FullAccess", "AmazonEC2ContainerServiceforEC2Role"})
        self.assertIn("batch:TerminateJob", json.dumps(iam.get_role_policy(RoleName="batch-steps-main", PolicyName="jobs")["PolicyDocument"]))
        definition = json.loads(self.client("stepfunctions").describe_state_machine(stateMachineArn=MACHINE + "main")["definition"])
        for name in ("Step2Map", "Step3Map"):
            step = definition["States"][name]
            self.assertEqual((step["MaxConcurrency"], step["OutputPath"]), (0, "$.[0]"))
            self.assertIn("Iterator", step)
            self.assertEqual(step["Parameters"]["parameters.$"], "$.parameters")

    def test_c_run(self):
        self.check_run()

    def test_d_nothing_to_change(self):
        self.check_no_changes()

    def test_e_an_image_that_is_not_there(self):
        self.cdk("deploy", "--require-approval", "never", "-c", "branch=gone")
        execution = self.run_machine("gone")
        self.assertEqual((execution["status"], execution["error"]), ("FAILED", "States.TaskFailed"))
        cause = json.loads(execution["cause"])
        self.assertEqual((cause["Status"], cause["StatusReason"], cause["JobName"]), ("FAILED", "Task failed to start", "batch-steps-gone-step1"))
        self.assertIn("CannotPullContainerError", cause["Container"]["Reason"])
        job = self.jobs("FAILED", "gone")[0]
        self.assertEqual(job["statusReason"], "Task failed to start")
        self.cdk("destroy", "--force", "-c", "branch=gone")
        self.assertEqual([name for name in self.what_is_there()["machines"]], ["batch-steps-main"])

    def test_f_a_change(self):
        self.edit("lib/main-stack.ts", "JOB_MEMORY_MIB = 2000", "JOB_MEMORY_MIB = 1000")
        printed = self.cdk("diff", "--fail", status=1)
        self.assertIn("JobDefinition", printed)
        self.assertNotIn("JobQueue", printed.split("Resources")[-1])
        self.cdk("deploy", "--require-approval", "never")
        self.check_run(definition_revision=2)

    def test_g_a_template_that_cannot_be_made_is_taken_back(self):
        self.edit("lib/main-stack.ts", "JOB_MEMORY_MIB = 1000", "JOB_MEMORY_MIB = 1")
        printed = self.cdk("deploy", "--require-approval", "never", status=1)
        self.assertIn("JobDefinition", printed)
        stack = self.client("cloudformation").describe_stacks(StackName="batch-steps-main")["Stacks"][0]
        self.assertEqual(stack["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")

    def test_h_destroy(self):
        self.check_destroy()


class CurrentLibraryTest(BatchStepsCase):
    MODULES = "image-download"

    def test_a_deploy(self):
        self.check_deploy()

    def test_b_run(self):
        self.check_run()

    def test_c_destroy(self):
        self.check_destroy()


if __name__ == "__main__":
    why = cdk_case.why_not("batch-steps", TOOLS)
    if why:
        print("skipped:", why)
        sys.exit(77)
    unittest.main()
