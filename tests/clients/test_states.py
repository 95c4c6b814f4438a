# SPDX-License-Identifier: Apache-2.0
"""All operations of Step Functions as a user of boto3 sees them, and what stands after the server was stopped or killed."""
import concurrent.futures
import json
import signal
import socket
import sys
import unittest
from unittest import mock

from states_case import MODEL, PASS, PREFIX, ROLE, WAIT, StatesCase, definition

STARTS = 200


class MachinesTest(StatesCase):
    def test_a_machine_and_its_versions(self):
        arn = self.machine("m", A=PASS)
        self.assertEqual(arn, PREFIX + "stateMachine:m")
        self.raises("StateMachineAlreadyExists", self.sfn.create_state_machine, name="m", roleArn=ROLE, definition=definition(B=PASS))
        self.raises("MissingRequiredParameter", self.sfn.update_state_machine, stateMachineArn=arn)
        one = self.sfn.publish_state_machine_version(stateMachineArn=arn)["stateMachineVersionArn"]
        update = self.sfn.update_state_machine(stateMachineArn=arn, definition=definition(B=PASS), publish=True)
        self.assertEqual([one, update["stateMachineVersionArn"]], [arn + ":1", arn + ":2"])
        self.assertEqual(self.sfn.describe_state_machine(stateMachineArn=arn)["revisionId"], update["revisionId"])
        self.assertEqual(json.loads(self.sfn.describe_state_machine(stateMachineArn=one)["definition"])["StartAt"], "A")
        listed = self.sfn.list_state_machine_versions(stateMachineArn=arn)["stateMachineVersions"]
        self.assertEqual([each["stateMachineVersionArn"] for each in listed], [arn + ":2", one])
        # A start through a version, through the machine: each runs its own definition.
        entered = {}
        for each in (arn, one):
            run = self.sfn.start_execution(stateMachineArn=each)["executionArn"]
            entered[each] = (self.ended(run).get("stateMachineVersionArn"), self.events(run)[1]["stateEnteredEventDetails"]["name"])
        self.assertEqual(entered, {arn: (None, "B"), one: (one, "A")})
        self.sfn.delete_state_machine_version(stateMachineVersionArn=one)
        self.raises("StateMachineDoesNotExist", self.sfn.describe_state_machine, stateMachineArn=one)
        self.assertEqual([each["name"] for each in self.sfn.list_state_machines()["stateMachines"]], ["m"])
        self.sfn.delete_state_machine(stateMachineArn=arn)
        self.until("gone", lambda: not self.sfn.list_state_machines()["stateMachines"])

    def test_an_alias_with_weights(self):
        arn = self.machine("m", {"publish": True}, A=PASS)
        self.sfn.update_state_machine(stateMachineArn=arn, definition=definition(B=PASS), publish=True)

        def route(*weights):
            return [{"stateMachineVersionArn": f"{arn}:{i + 1}", "weight": weight} for i, weight in enumerate(weights) if weight]
        alias = self.sfn.create_state_machine_alias(name="live", routingConfiguration=route(90, 10))["stateMachineAliasArn"]
        self.assertEqual(self.sfn.describe_state_machine_alias(stateMachineAliasArn=alias)["routingConfiguration"], route(90, 10))
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            runs = list(pool.map(lambda _: self.sfn.start_execution(stateMachineArn=alias)["executionArn"], range(STARTS)))
        versions = [self.ended(run)["stateMachineVersionArn"] for run in runs]
        # 200 throws of 9 in 10: outside 180 +- 26 (six standard deviations) once in 500 million runs.
        self.assertTrue(154 < versions.count(arn + ":1") <= STARTS, versions.count(arn + ":1"))
        self.assertEqual(set(versions), {arn + ":1", arn + ":2"})
        listed = self.sfn.list_executions(stateMachineArn=arn + ":2", maxResults=1000)["executions"]
        self.assertEqual(len(listed), versions.count(arn + ":2"))
        self.sfn.update_state_machine_alias(stateMachineAliasArn=alias, description="new", routingConfiguration=route(0, 100))
        run = self.ended(self.sfn.start_execution(stateMachineArn=alias)["executionArn"])
        self.assertEqual((run["stateMachineVersionArn"], run["stateMachineAliasArn"]), (arn + ":2", alias))
        aliases = self.sfn.list_state_machine_aliases(stateMachineArn=arn)["stateMachineAliases"]
        self.assertEqual([each["stateMachineAliasArn"] for each in aliases], [alias])
        self.raises("ConflictException", self.sfn.delete_state_machine_version, stateMachineVersionArn=arn + ":2")
        self.sfn.delete_state_machine_alias(stateMachineAliasArn=alias)
        self.raises("ResourceNotFound", self.sfn.describe_state_machine_alias, stateMachineAliasArn=alias)

    def test_tags_and_validation(self):
        arn = self.machine("m", {"tags": [{"key": "a", "value": "1"}]}, A=PASS)
        self.sfn.tag_resource(resourceArn=arn, tags=[{"key": "b", "value": "2"}])
        self.sfn.untag_resource(resourceArn=arn, tagKeys=["a"])
        self.assertEqual(self.sfn.list_tags_for_resource(resourceArn=arn)["tags"], [{"key": "b", "value": "2"}])
        many = [{"key": str(i), "value": ""} for i in range(50)]
        self.assertEqual(self.raises("TooManyTags", self.sfn.tag_resource, resourceArn=arn, tags=many)["resourceName"], arn)
        good = self.sfn.validate_state_machine_definition(definition=definition(A=PASS))
        self.assertEqual((good["result"], good["diagnostics"]), ("OK", []))
        bad = self.sfn.validate_state_machine_definition(definition=definition(A={"Type": "Pass", "Next": "Z"}))
        self.assertEqual((bad["result"], bad["diagnostics"][0]["severity"]), ("FAIL", "ERROR"))

    def test_test_state(self):
        state = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Arguments": {"QueueUrl": "q", "MessageBody": "{% $states.input.m %}"},
                 "QueryLanguage": "JSONata", "Output": "{% $states.result.MessageId %}", "End": True}
        answer = self.sfn.test_state(definition=json.dumps(state), input='{"m":"hello"}', inspectionLevel="TRACE",
                                     mock={"result": '{"MessageId":"1"}', "fieldValidationMode": "PRESENT"})
        self.assertEqual((answer["status"], answer["output"]), ("SUCCEEDED", '"1"'))
        self.assertEqual(json.loads(answer["inspectionData"]["afterArguments"]), {"QueueUrl": "q", "MessageBody": "hello"})
        failed = self.sfn.test_state(definition=json.dumps(state), input='{"m":"hello"}', mock={"errorOutput": {"error": "E", "cause": "C"}})
        self.assertEqual((failed["status"], failed["error"], failed["cause"]), ("FAILED", "E", "C"))


class ExecutionsTest(StatesCase):
    def test_started_once_whatever_happens(self):
        arn = self.machine("m", W=WAIT)
        first = self.sfn.start_execution(stateMachineArn=arn, name="n", input="{}")
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            again = list(pool.map(lambda _: self.sfn.start_execution(stateMachineArn=arn, name="n", input="{}"), range(20)))
        self.assertEqual({(each["executionArn"], each["startDate"]) for each in again}, {(first["executionArn"], first["startDate"])})
        self.raises("ExecutionAlreadyExists", self.sfn.start_execution, stateMachineArn=arn, name="n", input="[]")
        run = first["executionArn"]
        self.assertEqual(self.sfn.describe_state_machine_for_execution(executionArn=run)["definition"], definition(W=WAIT))
        self.sfn.stop_execution(executionArn=run)
        stopped = self.ended(run)
        self.assertEqual((stopped["status"], "error" in stopped, "cause" in stopped), ("ABORTED", False, False))
        self.assertEqual([each["type"] for each in self.events(run)], ["ExecutionStarted", "WaitStateEntered", "ExecutionAborted"])

    def test_lists_and_histories_page_by_page_across_a_restart(self):
        arn = self.machine("m", A={"Type": "Pass", "Next": "B"}, B=PASS)
        runs = [self.sfn.start_execution(stateMachineArn=arn, name=f"n{i}")["executionArn"] for i in range(7)]
        for run in runs:
            self.ended(run)
        page = self.sfn.list_executions(stateMachineArn=arn, maxResults=3)
        told = self.sfn.get_execution_history(executionArn=runs[0], maxResults=4, reverseOrder=True)
        whole = self.events(runs[0])
        self.assertEqual(self.server.stop(), 0)
        self.start()
        rest = [each["executionArn"] for each in page["executions"]]
        while "nextToken" in page:
            page = self.sfn.list_executions(stateMachineArn=arn, maxResults=3, nextToken=page["nextToken"])
            rest += [each["executionArn"] for each in page["executions"]]
        self.assertEqual(rest, runs[::-1])
        end = self.sfn.get_execution_history(executionArn=runs[0], maxResults=4, reverseOrder=True, nextToken=told["nextToken"])
        self.assertEqual(told["events"] + end["events"], whole[::-1])
        self.assertEqual(len(self.sfn.list_executions(stateMachineArn=arn, statusFilter="SUCCEEDED")["executions"]), 7)
        self.assertEqual(self.sfn.list_executions(stateMachineArn=arn, statusFilter="PENDING_REDRIVE")["executions"], [])
        self.raises("InvalidToken", self.sfn.list_executions, stateMachineArn=arn, nextToken="x")

    def test_sync_through_the_host_prefix(self):
        arn = self.machine("m", {"type": "EXPRESS"}, A={"Type": "Pass", "Result": {"x": 1}, "End": True})
        asked, resolve = [], socket.getaddrinfo

        def to_loopback(host, *rest, **more):
            asked.append(host)
            return resolve("127.0.0.1" if host.startswith("sync-") else host, *rest, **more)
        prefixed = self.states_client(inject_host_prefix=True)
        with mock.patch("socket.getaddrinfo", to_loopback):
            answer = prefixed.start_sync_execution(stateMachineArn=arn, input='{"in":1}')
        self.assertEqual(asked, ["sync-127.0.0.1"])
        self.assertEqual((answer["status"], answer["output"], answer["input"]), ("SUCCEEDED", '{"x":1}', '{"in":1}'))
        self.assertLessEqual(answer["startDate"], answer["stopDate"])
        self.raises("StateMachineTypeNotSupported", self.sfn.list_executions, stateMachineArn=arn)

    def test_redrive_after_a_restart(self):
        activity = self.sfn.create_activity(name="a")["activityArn"]
        arn = self.machine("m", T={"Type": "Task", "Resource": activity, "End": True})
        run = self.sfn.start_execution(stateMachineArn=arn)["executionArn"]
        self.raises("ExecutionNotRedrivable", self.sfn.redrive_execution, executionArn=run)
        self.sfn.send_task_failure(taskToken=self.sfn.get_activity_task(activityArn=activity)["taskToken"], error="E")
        self.assertEqual(self.ended(run)["redriveStatus"], "REDRIVABLE")
        self.server.stop(signal.SIGKILL)
        self.start()
        self.sfn.redrive_execution(executionArn=run)
        self.sfn.send_task_success(taskToken=self.sfn.get_activity_task(activityArn=activity)["taskToken"], output="1")
        done = self.ended(run)
        self.assertEqual((done["status"], done["redriveCount"], done["output"]), ("SUCCEEDED", 1, "1"))


class TasksTest(StatesCase):
    def test_task_tokens_survive_a_stop_and_a_kill(self):
        activity = self.sfn.create_activity(name="a")["activityArn"]
        arn = self.machine("m", T={"Type": "Task", "Resource": activity, "TimeoutSeconds": 1000, "HeartbeatSeconds": 900, "End": True})
        runs = [self.sfn.start_execution(stateMachineArn=arn, input=str(i))["executionArn"] for i in range(3)]
        tokens = {}
        for _ in range(2):
            task = self.sfn.get_activity_task(activityArn=activity, workerName="w")
            tokens[int(task["input"])] = task["taskToken"]
        for number in (signal.SIGTERM, signal.SIGKILL):
            self.server.stop(number)
            self.start()
            for token in tokens.values():
                self.sfn.send_task_heartbeat(taskToken=token)
        # Who has taken a task keeps it; what nobody had taken is still to be had.
        left = self.sfn.get_activity_task(activityArn=activity)
        self.assertNotIn(int(left["input"]), tokens)
        tokens[int(left["input"])] = left["taskToken"]
        self.raises("InvalidToken", self.sfn.send_task_success, taskToken=tokens[0][:-4] + "AAAA", output="1")
        self.sfn.send_task_success(taskToken=tokens[0], output='"done"')
        self.sfn.send_task_failure(taskToken=tokens[1], error="E", cause="C")
        self.assertEqual(self.ended(runs[0])["output"], '"done"')
        failed = self.ended(runs[1])
        self.assertEqual((failed["status"], failed["error"], failed["cause"]), ("FAILED", "E", "C"))
        self.server.stop(signal.SIGKILL)
        self.start()
        for token in (tokens[0], tokens[1]):
            self.raises("TaskTimedOut", self.sfn.send_task_success, taskToken=token, output="1")
        self.sfn.send_task_success(taskToken=tokens[2], output="2")
        self.assertEqual(self.ended(runs[2])["output"], "2")

    def test_workers_that_wait(self):
        activity = self.sfn.create_activity(name="a")["activityArn"]
        arn = self.machine("m", T={"Type": "Task", "Resource": activity, "End": True})
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            polls = [pool.submit(self.sfn.get_activity_task, activityArn=activity) for _ in range(20)]
            runs = {str(i): self.sfn.start_execution(stateMachineArn=arn, input=str(i))["executionArn"] for i in range(20)}
            tasks = [poll.result(60) for poll in polls]
        self.assertEqual(sorted(task["input"] for task in tasks), sorted(runs))
        self.assertEqual(len({task["taskToken"] for task in tasks}), 20)
        for task in tasks:
            self.sfn.send_task_success(taskToken=task["taskToken"], output=task["input"])
        for number, run in runs.items():
            self.assertEqual(self.ended(run)["output"], number)

    def test_a_worker_that_has_gone_takes_no_task_with_it(self):
        activity = self.sfn.create_activity(name="a")["activityArn"]
        arn = self.machine("m", T={"Type": "Task", "Resource": activity, "End": True})
        body = json.dumps({"activityArn": activity}).encode()
        for _ in range(5):
            with socket.create_connection((self.server.host, self.server.port)) as gone:
                gone.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AWSStepFunctions.GetActivityTask\r\n"
                             b"Content-Type: application/x-amz-json-1.0\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        # Events of one loop come in order: what was asked before this answer has been read, what was closed is known.
        self.sfn.list_activities()
        run = self.sfn.start_execution(stateMachineArn=arn, input='"in"')["executionArn"]
        task = self.sfn.get_activity_task(activityArn=activity)
        self.sfn.send_task_success(taskToken=task["taskToken"], output=task["input"])
        self.assertEqual(self.ended(run)["output"], '"in"')

    def test_activities(self):
        activity = self.sfn.create_activity(name="a")["activityArn"]
        self.assertEqual(self.sfn.describe_activity(activityArn=activity)["name"], "a")
        self.assertEqual([each["activityArn"] for each in self.sfn.list_activities()["activities"]], [activity])
        self.sfn.delete_activity(activityArn=activity)
        self.raises("ActivityDoesNotExist", self.sfn.describe_activity, activityArn=activity)

    def test_a_map_run_survives_a_kill(self):
        activity = self.sfn.create_activity(name="a")["activityArn"]
        arn = self.machine("m", M={"Type": "Map", "MaxConcurrency": 2, "Label": "L", "End": True, "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "T",
            "States": {"T": {"Type": "Task", "Resource": activity, "End": True}}}})
        run = self.sfn.start_execution(stateMachineArn=arn, input="[0,1,2,3]")["executionArn"]
        map_run = self.until("a Map Run", lambda: self.sfn.list_map_runs(executionArn=run)["mapRuns"])[0]["mapRunArn"]

        def counted(member, value):
            def read():
                found = self.sfn.describe_map_run(mapRunArn=map_run)
                return found if found["itemCounts"][member] == value else None
            return self.until(f"{value} {member}", read)
        counted("running", 2)
        self.sfn.update_map_run(mapRunArn=map_run, maxConcurrency=3)
        counted("running", 3)
        task = self.sfn.get_activity_task(activityArn=activity)
        self.server.stop(signal.SIGKILL)
        self.start()
        self.assertEqual(counted("running", 3)["maxConcurrency"], 3)
        self.sfn.send_task_success(taskToken=task["taskToken"], output=task["input"])
        for _ in range(3):
            task = self.sfn.get_activity_task(activityArn=activity)
            self.sfn.send_task_success(taskToken=task["taskToken"], output=task["input"])
        self.assertEqual(self.ended(run)["output"], "[0,1,2,3]")
        done = self.sfn.describe_map_run(mapRunArn=map_run)
        self.assertEqual((done["status"], done["itemCounts"]["succeeded"], done["executionCounts"]["total"]), ("SUCCEEDED", 4, 4))
        children = self.sfn.list_executions(mapRunArn=map_run)["executions"]
        self.assertEqual([each["status"] for each in children], ["SUCCEEDED"] * 4)
        self.assertEqual(self.events(children[0]["executionArn"])[-1]["type"], "ExecutionSucceeded")


def tearDownModule():
    left = sorted(set(MODEL["operations"]) - StatesCase.answered)
    print(f"{len(MODEL['operations']) - len(left)} of {len(MODEL['operations'])} operations answered")
    if left and len(sys.argv) == 1:
        raise AssertionError(f"nobody called {left}")


if __name__ == "__main__":
    if MODEL is None:
        print("skipped: no model of Step Functions in botocore")
        sys.exit(77)
    unittest.main()
