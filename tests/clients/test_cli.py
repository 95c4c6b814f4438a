# SPDX-License-Identifier: Apache-2.0
"""The 26 operations of Step Functions that Debian's AWS CLI knows (2.9, of 2022), called as a user calls them: `aws stepfunctions
...` in the environment that `pawl env` prints. Skipped without the CLI. Python 3.9, standard library only."""
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "server"))
from server_case import ServerCase  # noqa: E402

AWS = shutil.which("aws", path="/usr/bin:" + os.environ.get("PATH", ""))  # Debian's first
OPERATIONS = 26
CALL_SECONDS_MAX = 120
REFUSED = 254  # the CLI's exit code for an error of the service
ROLE = "arn:aws:iam::000000000000:role/worker"
PREFIX = "arn:aws:states:us-east-1:000000000000:"


def definition(**states):
    return json.dumps({"StartAt": next(iter(states)), "States": states})


class CliTest(ServerCase):
    answered = set()

    def setUp(self):
        super().setUp()
        self.server = self.serve("--data", os.path.join(self.folder, "data"), "--no-tls")
        self.url = f"http://{self.server.host}:{self.server.port}"
        self.environment = self.as_pawl_env_says()

    def as_pawl_env_says(self):
        lines = subprocess.run([os.environ["PAWL"], "env", "--port", str(self.server.port)], stdout=subprocess.PIPE, text=True, check=True).stdout
        script = lines + "\nenv -0"
        told = subprocess.run(["sh", "-c", script], stdout=subprocess.PIPE, text=True, check=True, env={"PATH": os.environ["PATH"]}).stdout
        found = dict(line.split("=", 1) for line in told.split("\0") if "=" in line)
        self.assertEqual(found["AWS_ENDPOINT_URL"], self.url)
        return {**found, "HOME": self.folder, "AWS_PAGER": ""}

    def run_cli(self, command, *arguments, environment=None):
        # The CLI of 2022 does not read AWS_ENDPOINT_URL yet.
        return subprocess.run([AWS, "stepfunctions", command, "--endpoint-url", self.url, *arguments], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=CALL_SECONDS_MAX, env={**self.environment, **(environment or {})})

    def aws(self, command, *arguments, environment=None):
        """The answer as JSON, None if nothing was printed."""
        run = self.run_cli(command, *arguments, environment=environment)
        self.assertEqual((run.returncode, run.stderr), (0, ""), (command, arguments))
        CliTest.answered.add(command)
        return json.loads(run.stdout) if run.stdout.strip() else None

    def refused(self, error, command, *arguments):
        run = self.run_cli(command, *arguments)
        self.assertEqual(run.returncode, REFUSED, run.stdout + run.stderr)
        operation = "".join(word.capitalize() for word in command.split("-"))
        self.assertRegex(run.stderr, rf"^\nAn error occurred \({error}\) when calling the {operation} operation: \S")

    def machine(self, name, *more, **states):
        return self.aws("create-state-machine", "--name", name, "--role-arn", ROLE, "--definition", definition(**states), *more)["stateMachineArn"]

    def ended(self, arn):
        while True:
            execution = self.aws("describe-execution", "--execution-arn", arn)
            if execution["status"] != "RUNNING":
                return execution

    def test_machines(self):
        path = os.path.join(self.folder, "definition.json")
        with open(path, "w") as f:
            f.write(definition(A={"Type": "Pass", "End": True}))
        made = self.aws("create-state-machine", "--name", "m", "--role-arn", ROLE, "--definition", "file://" + path, "--tags", "key=a,value=1")
        arn = made["stateMachineArn"]
        self.assertEqual(arn, PREFIX + "stateMachine:m")
        self.assertRegex(made["creationDate"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+[+-]\d\d:\d\d$")
        self.assertIn("updateDate", self.aws("update-state-machine", "--state-machine-arn", arn, "--definition",
                                             definition(B={"Type": "Pass", "End": True}), "--tracing-configuration", "enabled=true"))
        described = self.aws("describe-state-machine", "--state-machine-arn", arn)
        self.assertEqual((json.loads(described["definition"])["StartAt"], described["tracingConfiguration"]), ("B", {"enabled": True}))
        for name in ("n", "o"):
            self.machine(name, A={"Type": "Pass", "End": True})
        listed = self.aws("list-state-machines", "--page-size", "1", "--query", "sort(stateMachines[].name)")
        self.assertEqual(listed, ["m", "n", "o"])
        part = self.aws("list-state-machines", "--max-items", "2")
        rest = self.aws("list-state-machines", "--starting-token", part["NextToken"])
        self.assertEqual(sorted(each["name"] for each in part["stateMachines"] + rest["stateMachines"]), ["m", "n", "o"])
        self.aws("tag-resource", "--resource-arn", arn, "--tags", "key=b,value=2")
        self.aws("untag-resource", "--resource-arn", arn, "--tag-keys", "a")
        self.assertEqual(self.aws("list-tags-for-resource", "--resource-arn", arn), {"tags": [{"key": "b", "value": "2"}]})
        self.assertIsNone(self.aws("delete-state-machine", "--state-machine-arn", arn))
        self.refused("InvalidName", "create-state-machine", "--name", "a b", "--role-arn", ROLE, "--definition", "file://" + path)
        self.refused("InvalidDefinition", "create-state-machine", "--name", "x", "--role-arn", ROLE, "--definition", "{}")
        self.refused("StateMachineDoesNotExist", "describe-state-machine", "--state-machine-arn", PREFIX + "stateMachine:nobody")

    def test_executions(self):
        arn = self.machine("m", A={"Type": "Pass", "Result": {"x": "é"}, "Next": "B"}, B={"Type": "Pass", "End": True})
        run = self.aws("start-execution", "--state-machine-arn", arn, "--name", "n", "--input", '{"a": 1}')["executionArn"]
        self.assertEqual(self.ended(run)["output"], '{"x":"é"}')
        self.assertEqual(self.aws("start-execution", "--state-machine-arn", self.machine("w", W={"Type": "Wait", "Seconds": 9, "End": True}),
                                  "--name", "stop")["executionArn"], PREFIX + "execution:w:stop")
        self.aws("stop-execution", "--execution-arn", PREFIX + "execution:w:stop", "--error", "E", "--cause", "C")
        stopped = self.ended(PREFIX + "execution:w:stop")
        self.assertEqual((stopped["status"], stopped["error"], stopped["cause"]), ("ABORTED", "E", "C"))
        listed = self.aws("list-executions", "--state-machine-arn", arn, "--status-filter", "SUCCEEDED")["executions"]
        self.assertEqual([each["executionArn"] for each in listed], [run])
        types = self.aws("get-execution-history", "--execution-arn", run, "--reverse-order", "--page-size", "2", "--query", "events[].type")
        self.assertEqual(types[::-1], ["ExecutionStarted", "PassStateEntered", "PassStateExited", "PassStateEntered", "PassStateExited",
                                       "ExecutionSucceeded"])
        used = self.aws("describe-state-machine-for-execution", "--execution-arn", run)
        self.assertEqual((used["stateMachineArn"], json.loads(used["definition"])["StartAt"]), (arn, "A"))
        self.refused("ExecutionAlreadyExists", "start-execution", "--state-machine-arn", arn, "--name", "n")
        self.refused("InvalidExecutionInput", "start-execution", "--state-machine-arn", arn, "--input", "{")
        self.refused("ExecutionDoesNotExist", "describe-execution", "--execution-arn", run + "x")

    def test_sync_through_the_host_prefix(self):
        arn = self.machine("m", "--type", "EXPRESS", A={"Type": "Pass", "Result": 7, "End": True})
        # No name server knows sync-127.0.0.1, so the server is also named as the proxy: it gets the request as "POST
        # http://sync-127.0.0.1:.../", which RFC 9112 3.2.2 lets nobody refuse.
        answer = self.aws("start-sync-execution", "--state-machine-arn", arn, "--input", "{}", environment={"HTTP_PROXY": self.url})
        self.assertEqual((answer["status"], answer["output"]), ("SUCCEEDED", "7"))

    def test_workers(self):
        activity = self.aws("create-activity", "--name", "a")["activityArn"]
        self.assertEqual(self.aws("describe-activity", "--activity-arn", activity)["name"], "a")
        self.assertEqual([each["name"] for each in self.aws("list-activities")["activities"]], ["a"])
        arn = self.machine("m", T={"Type": "Task", "Resource": activity, "HeartbeatSeconds": 600, "End": True})
        runs = []
        for result in (("send-task-success", "--task-output", '{"done": true}'), ("send-task-failure", "--error", "E", "--cause", "C")):
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                poll = pool.submit(self.aws, "get-activity-task", "--activity-arn", activity, "--worker-name", "w")
                runs.append(self.aws("start-execution", "--state-machine-arn", arn, "--input", '"in"')["executionArn"])
                task = poll.result(CALL_SECONDS_MAX)
            self.assertEqual(task["input"], '"in"')
            self.aws("send-task-heartbeat", "--task-token", task["taskToken"])
            self.aws(*result, "--task-token", task["taskToken"])
        self.assertEqual([self.ended(run)["status"] for run in runs], ["SUCCEEDED", "FAILED"])
        self.refused("TaskTimedOut", "send-task-heartbeat", "--task-token", task["taskToken"])
        self.refused("InvalidToken", "send-task-success", "--task-token", "x", "--task-output", "1")
        self.aws("delete-activity", "--activity-arn", activity)
        self.refused("ActivityDoesNotExist", "describe-activity", "--activity-arn", activity)

    def test_map_runs(self):
        activity = self.aws("create-activity", "--name", "a")["activityArn"]
        arn = self.machine("m", M={"Type": "Map", "MaxConcurrency": 1, "End": True, "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "T",
            "States": {"T": {"Type": "Task", "Resource": activity, "End": True}}}})
        run = self.aws("start-execution", "--state-machine-arn", arn, "--input", "[1,2]")["executionArn"]
        task = self.aws("get-activity-task", "--activity-arn", activity)
        map_run = self.aws("list-map-runs", "--execution-arn", run)["mapRuns"][0]["mapRunArn"]
        self.aws("update-map-run", "--map-run-arn", map_run, "--max-concurrency", "2", "--tolerated-failure-percentage", "50.5")
        for _ in range(2):
            self.aws("send-task-success", "--task-token", task["taskToken"], "--task-output", task["input"])
            if task["input"] == "1":
                task = self.aws("get-activity-task", "--activity-arn", activity)
        self.assertEqual(self.ended(run)["output"], "[1,2]")
        found = self.aws("describe-map-run", "--map-run-arn", map_run)
        self.assertEqual((found["status"], found["maxConcurrency"], found["toleratedFailurePercentage"], found["itemCounts"]["succeeded"]),
                         ("SUCCEEDED", 2, 50.5, 2))
        self.assertEqual(len(self.aws("list-executions", "--map-run-arn", map_run)["executions"]), 2)


def tearDownModule():
    print(f"{len(CliTest.answered)} of {OPERATIONS} operations answered")
    if len(sys.argv) == 1 and len(CliTest.answered) != OPERATIONS:
        raise AssertionError(sorted(CliTest.answered))


if __name__ == "__main__":
    if AWS is None:
        print("skipped: no AWS CLI")
        sys.exit(77)
    unittest.main()
