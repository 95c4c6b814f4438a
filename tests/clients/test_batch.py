# SPDX-License-Identifier: Apache-2.0
"""AWS Batch by boto3 and the AWS CLI: jobs in real containers, alone, from Step Functions, and as events."""
import json
import os
import shutil
import signal
import subprocess
import time
import unittest

from client_case import ClientCase
import image_push

SECONDS_MAX = 60


def bubblewrap_works():
    return shutil.which("bwrap") is not None and subprocess.run(
        ["bwrap", "--unshare-user", "--ro-bind", "/", "/", "true"], stderr=subprocess.DEVNULL).returncode == 0


@unittest.skipUnless(image_push.BUSYBOX, "no busybox-static")
@unittest.skipUnless(bubblewrap_works(), "no sandbox on this machine")
class BatchCase(ClientCase):
    arguments = ()

    def setUp(self):
        super().setUp()
        self.start()
        self.image = image_push.push_busybox(self, self.server)
        self.make_queue()

    def start(self):
        self.server = self.serve("--data", f"{self.folder}/data", *self.arguments)
        self.batch = self.client(self.server, "batch")

    def make_queue(self, name="q", priority=1, vcpus=16):
        self.batch.create_compute_environment(
            computeEnvironmentName=f"ce-{name}", type="MANAGED", state="ENABLED", serviceRole="arn:aws:iam::000000000000:role/batch",
            computeResources={"type": "EC2", "minvCpus": 0, "maxvCpus": vcpus, "instanceTypes": ["optimal"], "subnets": ["subnet-1"],
                              "securityGroupIds": ["sg-1"], "instanceRole": "arn:aws:iam::000000000000:instance-profile/ecs"})
        self.batch.create_job_queue(jobQueueName=name, state="ENABLED", priority=priority,
                                    computeEnvironmentOrder=[{"order": 1, "computeEnvironment": f"ce-{name}"}])

    def define(self, command, name="d", image=None, memory=64, **more):
        return self.batch.register_job_definition(
            jobDefinitionName=name, type="container", **more,
            containerProperties={"image": image or self.image, "vcpus": 1, "memory": memory, "command": command})["jobDefinitionArn"]

    def submit(self, name="job", definition="d", queue="q", **more):
        return self.batch.submit_job(jobName=name, jobQueue=queue, jobDefinition=definition, **more)["jobId"]

    def job(self, id):
        return self.batch.describe_jobs(jobs=[id])["jobs"][0]

    def wait(self, id, *statuses):
        end = time.monotonic() + SECONDS_MAX
        while time.monotonic() < end:
            job = self.job(id)
            if job["status"] in (statuses or ("SUCCEEDED", "FAILED")):
                return job
            time.sleep(0.05)
        self.fail(f"{id} is still {job['status']}: {job}")

    def lines(self, job):
        events = self.client(self.server, "logs").get_log_events(
            logGroupName="/aws/batch/job", logStreamName=job["container"]["logStreamName"], startFromHead=True)["events"]
        return [event["message"] for event in events]


class JobsTest(BatchCase):
    def test_what_a_container_prints_is_its_log(self):
        self.define(["sh", "-c", "echo $PARAMETER of $AWS_BATCH_JQ_NAME, attempt $AWS_BATCH_JOB_ATTEMPT"])
        job = self.wait(self.submit(containerOverrides={"environment": [{"name": "PARAMETER", "value": "step1"}]}))
        self.assertEqual((job["status"], job["statusReason"]), ("SUCCEEDED", "Essential container in task exited"))
        self.assertEqual(job["container"]["exitCode"], 0)
        self.assertLessEqual(job["createdAt"], job["startedAt"])
        self.assertLessEqual(job["startedAt"], job["stoppedAt"])
        self.assertTrue(job["container"]["logStreamName"].startswith("d/default/"))
        self.assertEqual(self.lines(job), ["step1 of q, attempt 1"])

    def test_a_job_that_fails_is_tried_again(self):
        self.define(["sh", "-c", "exit 9"], retryStrategy={"attempts": 2})
        job = self.wait(self.submit())
        self.assertEqual((job["status"], job["container"]["exitCode"], len(job["attempts"])), ("FAILED", 9, 2))

    def test_an_image_that_does_not_exist(self):
        self.define(["true"], image=self.image.replace("latest", "gone"))
        job = self.wait(self.submit())
        self.assertEqual((job["status"], job["statusReason"]), ("FAILED", "Task failed to start"))
        self.assertTrue(job["container"]["reason"].startswith("CannotPullContainerError: "), job["container"]["reason"])

    def test_a_job_that_heeds_SIGTERM_and_its_dependent(self):
        self.define(["sh", "-c", "trap 'echo bye; exit 3' TERM; echo begun; while true; do sleep 0.1; done"])
        id = self.submit()
        dependent = self.submit("after", dependsOn=[{"jobId": id}])
        self.wait(id, "RUNNING")
        end = time.monotonic() + SECONDS_MAX
        while time.monotonic() < end:  # until it can catch the signal
            streams = self.client(self.server, "logs").describe_log_streams(logGroupName="/aws/batch/job")["logStreams"]
            if streams and self.lines(self.job(id)):
                break
            time.sleep(0.05)
        self.batch.terminate_job(jobId=id, reason="not needed")
        job = self.wait(id)
        self.assertEqual((job["status"], job["statusReason"], job["container"]["exitCode"]), ("FAILED", "not needed", 3))
        self.assertEqual(self.lines(job), ["begun", "bye"])
        self.assertEqual(self.wait(dependent)["statusReason"], "Dependent Job failed")

    def test_an_array(self):
        self.define(["sh", "-c", "exit $AWS_BATCH_JOB_ARRAY_INDEX"])
        id = self.submit(arrayProperties={"size": 3})
        job = self.wait(id)
        self.assertEqual(job["status"], "FAILED")
        self.assertEqual({status: count for status, count in job["arrayProperties"]["statusSummary"].items() if count},
                         {"SUCCEEDED": 1, "FAILED": 2})
        failed = self.batch.list_jobs(arrayJobId=id, jobStatus="FAILED")["jobSummaryList"]
        self.assertEqual([each["container"]["exitCode"] for each in failed], [1, 2])

    def test_secrets(self):
        secret = self.client(self.server, "secretsmanager").create_secret(Name="s", SecretString=json.dumps({"password": "sesame"}))["ARN"]
        self.client(self.server, "ssm").put_parameter(Name="/a/b", Value="parameter", Type="SecureString")

        def run(name, *secrets):
            self.batch.register_job_definition(jobDefinitionName=name, type="container", containerProperties={
                "image": self.image, "vcpus": 1, "memory": 64, "command": ["sh", "-c", "echo $A $B"], "secrets": list(secrets)})
            return self.wait(self.submit(definition=name))

        job = run("good", {"name": "A", "valueFrom": f"{secret}:password::"}, {"name": "B", "valueFrom": "/a/b"})
        self.assertEqual(self.lines(job), ["sesame parameter"])
        self.assertNotIn("sesame", json.dumps(job))
        job = run("bad", {"name": "A", "valueFrom": "/not/there"})
        self.assertEqual((job["status"], job["statusReason"]), ("FAILED", "Task failed to start"))
        self.assertTrue(job["container"]["reason"].startswith("ResourceInitializationError: unable to pull secrets"), job)

    def test_too_much_memory(self):
        self.define(["sh", "-c", "x=$(yes 123456789 | head -c 200000000); sleep 5"], memory=32)
        job = self.wait(self.submit())
        self.assertEqual(job["status"], "FAILED")
        self.assertEqual(job["container"]["reason"], "OutOfMemoryError: Container killed due to memory usage")

    def test_what_ran_when_the_server_was_killed(self):
        self.define(["sleep", "1000"])
        once = self.submit("once")
        twice = self.submit("twice", retryStrategy={"attempts": 2})
        waits = self.submit("waits", dependsOn=[{"jobId": twice}])
        self.wait(once, "RUNNING")
        self.wait(twice, "RUNNING")
        self.server.stop(signal.SIGKILL)
        self.start()
        job = self.wait(once)
        self.assertRegex(job["statusReason"], r"^Host EC2 \(instance i-0[0-9a-f]{16}\) terminated\.$")
        self.assertEqual(self.wait(twice, "RUNNING")["attempts"][0]["statusReason"][:9], "Host EC2 ")
        self.assertEqual(self.job(waits)["status"], "PENDING")
        self.batch.terminate_job(jobId=twice, reason="enough")
        self.assertEqual(self.wait(waits)["status"], "FAILED")

    def test_the_command_line_client(self):
        self.define(["echo", "Ref::what"], parameters={"what": "nothing"})

        def aws(*words):
            answer = subprocess.run(
                ["aws", "--endpoint-url", f"http://{self.server.host}:{self.server.port}", "--region", "us-east-1", "batch", *words],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                env={**os.environ, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"})
            self.assertEqual(answer.returncode, 0, answer.stderr.decode())
            return json.loads(answer.stdout) if answer.stdout.strip() else None

        id = aws("submit-job", "--job-name", "cli", "--job-queue", "q", "--job-definition", "d:1", "--parameters", "what=words")["jobId"]
        self.assertEqual(self.lines(self.wait(id)), ["words"])
        self.assertEqual(aws("describe-jobs", "--jobs", id)["jobs"][0]["status"], "SUCCEEDED")
        listed = aws("list-jobs", "--job-queue", "q", "--job-status", "SUCCEEDED")["jobSummaryList"]
        self.assertEqual([job["jobId"] for job in listed], [id])
        aws("deregister-job-definition", "--job-definition", "d:1")
        aws("update-job-queue", "--job-queue", "q", "--state", "DISABLED")
        aws("delete-job-queue", "--job-queue", "q")
        aws("update-compute-environment", "--compute-environment", "ce-q", "--state", "DISABLED")
        aws("delete-compute-environment", "--compute-environment", "ce-q")
        self.assertEqual(aws("describe-compute-environments")["computeEnvironments"], [])

    def test_what_is_refused(self):
        self.define(["true"])
        code, message, status = self.refused(self.batch.submit_job, jobName="a b", jobQueue="q", jobDefinition="d")
        self.assertEqual((code, status), ("ClientException", 400))
        self.assertTrue(message.startswith("Error executing request, Exception : Job name should match valid pattern, RequestId: "))
        self.assertEqual(self.refused(self.batch.submit_job, jobName="a", jobQueue="none", jobDefinition="d")[1], "JobQueue none not found.")
        self.assertEqual(self.refused(self.batch.submit_job, jobName="a", jobQueue="q", jobDefinition="none")[1],
                         "JobDefinition name none does not exist or is not in ACTIVE status")
        self.assertEqual(self.refused(self.batch.delete_compute_environment, computeEnvironment="ce-q")[1],
                         "Cannot delete, found existing JobQueue relationship")


class WorkflowsTest(BatchCase):
    def run_machine(self, definition, input, name="m"):
        self.states = self.client(self.server, "stepfunctions")
        arn = self.states.create_state_machine(name=name, definition=json.dumps(definition),
                                               roleArn="arn:aws:iam::000000000000:role/r")["stateMachineArn"]
        return self.states.start_execution(stateMachineArn=arn, input=json.dumps(input))["executionArn"]

    def ended(self, execution):
        end = time.monotonic() + SECONDS_MAX
        while time.monotonic() < end:
            described = self.states.describe_execution(executionArn=execution)
            if described["status"] != "RUNNING":
                return described
            time.sleep(0.1)
        self.fail("the execution does not end")

    @staticmethod
    def submit_state(parameter, **more):
        return {"Type": "Task", "Resource": "arn:aws:states:::batch:submitJob.sync",
                "Parameters": {"JobDefinition": "d", "JobName": "job", "JobQueue": "q",
                               "ContainerOverrides": {"Environment": [{"Name": "PARAMETER", "Value.$": parameter}]}}, **more}

    def test_three_steps(self):
        self.define(["sh", "-c", "echo $PARAMETER"])

        def over_items(number, **more):
            return {"Type": "Map", "MaxConcurrency": 0, "ItemsPath": f"$.parameters.step{number}_parameters",
                    "Parameters": {"parameters.$": "$.parameters", f"step{number}_parameter.$": "$$.Map.Item.Value"},
                    "Iterator": {"StartAt": f"Run{number}", "States": {
                        f"Run{number}": self.submit_state(f"$.step{number}_parameter", ResultPath="$.resultData", End=True)}},
                    "OutputPath": "$.[0]", **more}

        definition = {"StartAt": "Step1", "States": {
            "Step1": self.submit_state("$.parameters.step1_parameter", ResultPath="$.resultData", Next="Step2"),
            "Step2": over_items(2, Next="Step3"),
            "Step3": over_items(3, End=True)}}
        execution = self.run_machine(definition, {"parameters": {
            "step1_parameter": "step1", "step2_parameters": ["step2a", "step2b"], "step3_parameters": ["step3a", "step3b"]}})
        described = self.ended(execution)
        self.assertEqual(described["status"], "SUCCEEDED", described)
        output = json.loads(described["output"])
        self.assertEqual((output["step3_parameter"], output["resultData"]["Status"]), ("step3a", "SUCCEEDED"))
        jobs = self.batch.list_jobs(jobQueue="q", jobStatus="SUCCEEDED")["jobSummaryList"]
        self.assertEqual(sorted(self.lines(self.job(job["jobId"]))[0] for job in jobs),
                         ["step1", "step2a", "step2b", "step3a", "step3b"])

    def test_a_failure_has_the_job_as_its_cause(self):
        self.define(["sh", "-c", "exit 4"])
        described = self.ended(self.run_machine({"StartAt": "A", "States": {"A": self.submit_state("$.x", End=True)}}, {"x": "y"}))
        self.assertEqual((described["status"], described["error"]), ("FAILED", "States.TaskFailed"))
        cause = json.loads(described["cause"])
        self.assertEqual((cause["Status"], cause["Container"]["ExitCode"]), ("FAILED", 4))

    def test_a_stopped_execution_terminates_its_job(self):
        self.define(["sleep", "1000"])
        execution = self.run_machine({"StartAt": "A", "States": {"A": self.submit_state("$.x", End=True)}}, {"x": "y"})
        end = time.monotonic() + SECONDS_MAX
        while not (running := self.batch.list_jobs(jobQueue="q")["jobSummaryList"]) and time.monotonic() < end:
            time.sleep(0.1)
        self.states.stop_execution(executionArn=execution)
        job = self.wait(running[0]["jobId"])
        self.assertEqual((job["status"], job["statusReason"]), ("FAILED", "The task in Step Functions was aborted"))

    def test_a_change_of_state_is_an_event_that_starts_an_execution(self):
        self.define(["sh", "-c", "exit 6"])
        self.states = self.client(self.server, "stepfunctions")
        machine = self.states.create_state_machine(
            name="told", roleArn="arn:aws:iam::000000000000:role/r",
            definition=json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}))["stateMachineArn"]
        events = self.client(self.server, "events")
        events.put_rule(Name="failures", EventPattern=json.dumps({
            "source": ["aws.batch"], "detail-type": ["Batch Job State Change"], "detail": {"status": ["FAILED"]}}))
        events.put_targets(Rule="failures", Targets=[{"Id": "1", "Arn": machine, "RoleArn": "arn:aws:iam::000000000000:role/r"}])
        job = self.wait(self.submit())
        end = time.monotonic() + SECONDS_MAX
        while not (found := self.states.list_executions(stateMachineArn=machine)["executions"]) and time.monotonic() < end:
            time.sleep(0.1)
        event = json.loads(self.ended(found[0]["executionArn"])["output"])
        self.assertEqual((event["source"], event["detail-type"], event["resources"]),
                         ("aws.batch", "Batch Job State Change", [job["jobArn"]]))
        self.assertEqual((event["detail"]["status"], event["detail"]["container"]["exitCode"]), ("FAILED", 6))


if __name__ == "__main__":
    unittest.main()
