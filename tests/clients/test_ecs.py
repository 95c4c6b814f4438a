# SPDX-License-Identifier: Apache-2.0
"""Amazon ECS by boto3 and the AWS CLI: tasks in real containers, alone and from Step Functions."""
import json
import os
import subprocess
import time
import unittest

from client_case import ClientCase
import image_push
from test_batch import SECONDS_MAX, bubblewrap_works


@unittest.skipUnless(image_push.BUSYBOX, "no busybox-static")
@unittest.skipUnless(bubblewrap_works(), "no sandbox on this machine")
class EcsTest(ClientCase):
    def setUp(self):
        super().setUp()
        self.server = self.serve("--data", f"{self.folder}/data")
        self.ecs = self.client(self.server, "ecs")
        self.image = image_push.push_busybox(self, self.server, command=("sh", "-c", "echo from the image"))
        self.ecs.create_cluster(clusterName="c")

    def define(self, *containers, family="f", **more):
        return self.ecs.register_task_definition(family=family, containerDefinitions=[
            {"image": self.image, "memory": 64, **container} for container in containers], **more)["taskDefinition"]["taskDefinitionArn"]

    @staticmethod
    def logged(name):
        return {"name": name, "logConfiguration": {"logDriver": "awslogs", "options": {
            "awslogs-group": "/ecs/f", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "p"}}}

    def run_task(self, **more):
        answer = self.ecs.run_task(cluster="c", taskDefinition="f", **more)
        self.assertEqual(answer["failures"], [])
        return answer["tasks"][0]

    def stopped(self, arn):
        self.ecs.get_waiter("tasks_stopped").wait(cluster="c", tasks=[arn], WaiterConfig={"Delay": 1, "MaxAttempts": SECONDS_MAX})
        return self.ecs.describe_tasks(cluster="c", tasks=[arn])["tasks"][0]

    def test_a_task_from_its_start_to_its_end(self):
        self.define(self.logged("main"))
        task = self.run_task()
        self.assertEqual(task["lastStatus"], "PROVISIONING")
        task = self.stopped(task["taskArn"])
        self.assertEqual((task["stopCode"], task["stoppedReason"]),
                         ("EssentialContainerExited", "Essential container in task exited"))
        self.assertEqual(task["containers"][0]["exitCode"], 0)
        id = task["taskArn"].rsplit("/", 1)[1]
        events = self.client(self.server, "logs").get_log_events(logGroupName="/ecs/f", logStreamName=f"p/main/{id}")["events"]
        self.assertEqual([event["message"] for event in events], ["from the image"])

    def test_overrides_and_exit_codes(self):
        self.define({"name": "main"})
        task = self.run_task(overrides={"containerOverrides": [
            {"name": "main", "command": ["sh", "-c", "exit $CODE"], "environment": [{"name": "CODE", "value": "7"}]}]})
        self.assertEqual(self.stopped(task["taskArn"])["containers"][0]["exitCode"], 7)

    def test_stopping(self):
        self.define({"name": "main", "command": ["sh", "-c", "trap 'exit 5' TERM; while true; do sleep 0.1; done"]},
                    {"name": "side", "command": ["sleep", "1000"], "stopTimeout": 2})
        arn = self.run_task()["taskArn"]
        self.ecs.get_waiter("tasks_running").wait(cluster="c", tasks=[arn], WaiterConfig={"Delay": 1, "MaxAttempts": SECONDS_MAX})
        self.assertEqual(self.ecs.list_tasks(cluster="c")["taskArns"], [arn])
        self.ecs.stop_task(cluster="c", task=arn, reason="enough")
        task = self.stopped(arn)
        self.assertEqual((task["stopCode"], task["stoppedReason"]), ("UserInitiated", "enough"))
        self.assertEqual(self.ecs.list_tasks(cluster="c", desiredStatus="STOPPED")["taskArns"], [arn])

    def test_an_image_that_does_not_exist(self):
        self.define({"name": "main", "image": self.image.replace("latest", "gone")})
        task = self.stopped(self.run_task()["taskArn"])
        self.assertEqual(task["stopCode"], "TaskFailedToStart")
        self.assertTrue(task["stoppedReason"].startswith("CannotPullContainerError: "), task["stoppedReason"])

    def test_the_command_line_client(self):
        self.define({"name": "main"})

        def aws(*words):
            answer = subprocess.run(
                ["aws", "--endpoint-url", f"http://{self.server.host}:{self.server.port}", "--region", "us-east-1", "ecs", *words],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=90,
                env={**os.environ, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"})
            self.assertEqual(answer.returncode, 0, answer.stderr.decode())
            return json.loads(answer.stdout) if answer.stdout.strip() else None

        arn = aws("run-task", "--cluster", "c", "--task-definition", "f:1", "--launch-type", "EC2")["tasks"][0]["taskArn"]
        aws("wait", "tasks-stopped", "--cluster", "c", "--tasks", arn)
        self.assertEqual(aws("describe-tasks", "--cluster", "c", "--tasks", arn)["tasks"][0]["lastStatus"], "STOPPED")
        self.assertEqual(aws("list-task-definitions")["taskDefinitionArns"], [
            "arn:aws:ecs:us-east-1:000000000000:task-definition/f:1"])
        self.assertEqual(aws("delete-cluster", "--cluster", "c")["cluster"]["status"], "INACTIVE")

    def test_from_a_workflow(self):
        self.define({"name": "main"})
        states = self.client(self.server, "stepfunctions")

        def run(name, command):
            arn = states.create_state_machine(name=name, roleArn="arn:aws:iam::000000000000:role/r", definition=json.dumps({
                "StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask.sync", "End": True, "Parameters": {
                    "Cluster": "c", "TaskDefinition": "f", "LaunchType": "EC2",
                    "Overrides": {"ContainerOverrides": [{"Name": "main", "Command": command}]}}}}}))["stateMachineArn"]
            execution = states.start_execution(stateMachineArn=arn)["executionArn"]
            end = time.monotonic() + SECONDS_MAX
            while time.monotonic() < end:
                described = states.describe_execution(executionArn=execution)
                if described["status"] != "RUNNING":
                    return described
                time.sleep(0.1)
            self.fail("the execution does not end")

        good = run("good", ["true"])
        self.assertEqual(good["status"], "SUCCEEDED", good)
        self.assertEqual(json.loads(good["output"])["Containers"][0]["ExitCode"], 0)
        bad = run("bad", ["sh", "-c", "exit 4"])
        self.assertEqual((bad["status"], bad["error"]), ("FAILED", "States.TaskFailed"))
        self.assertEqual(json.loads(bad["cause"])["Containers"][0]["ExitCode"], 4)

    def test_what_is_refused(self):
        self.define({"name": "main"})
        self.assertEqual(self.refused(self.ecs.run_task, taskDefinition="f")[:2], ("ClusterNotFoundException", "Cluster not found."))
        self.assertEqual(self.refused(self.ecs.run_task, cluster="c", taskDefinition="none")[:2],
                         ("ClientException", "TaskDefinition not found."))
        self.assertEqual(self.refused(self.ecs.stop_task, cluster="c", task="none")[:2],
                         ("InvalidParameterException", "The referenced task was not found."))
        self.assertEqual(self.refused(self.ecs.create_service, cluster="c", serviceName="s", taskDefinition="f")[2], 501)


if __name__ == "__main__":
    unittest.main()
