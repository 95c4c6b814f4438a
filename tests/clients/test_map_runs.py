# SPDX-License-Identifier: Apache-2.0
"""Map Runs as a user of boto3 sees them: described, listed, updated, redriven, and whole after the process was killed."""
import json
import os
import signal
import time
import unittest

from client_case import ClientCase

ROLE = "arn:aws:iam::000000000000:role/r"
COUNTS = {"pending", "running", "succeeded", "failed", "timedOut", "aborted", "total", "resultsWritten"}


def machine(kind, states, **fields):
    return json.dumps({"StartAt": "M", "States": {"M": {
        "Type": "Map", "End": True, "Label": "Each",
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": kind},
                          "StartAt": next(iter(states)), "States": states}, **fields}}})


PASS = {"P": {"Type": "Pass", "End": True}}
WAIT = {"W": {"Type": "Wait", "Seconds": 600, "End": True}}


class MapRunCase(ClientCase):
    def setUp(self):
        super().setUp()
        self.data = os.path.join(self.folder, "data")
        self.objects = os.path.join(self.folder, "s3")
        os.makedirs(os.path.join(self.objects, "bucket"))
        self.start_server()

    def start_server(self):
        self.server = self.serve("--data", self.data, "--s3-folder", self.objects)
        self.states = self.client(self.server, "stepfunctions")

    def start(self, name, definition, items=None):
        arn = self.states.create_state_machine(name=name, definition=definition, roleArn=ROLE)["stateMachineArn"]
        return self.states.start_execution(stateMachineArn=arn, input=json.dumps(items or []))["executionArn"]

    def await_answer(self, call, found):
        """The answer once `found` holds of it."""
        end = time.monotonic() + 30
        while True:
            answer = call()
            if found(answer):
                return answer
            self.assertLess(time.monotonic(), end, answer)
            time.sleep(0.01)

    def ended(self, arn):
        return self.await_answer(lambda: self.states.describe_execution(executionArn=arn),
                                 lambda answer: answer["status"] != "RUNNING")

    def only_run(self, arn):
        runs = self.await_answer(lambda: self.states.list_map_runs(executionArn=arn)["mapRuns"], len)
        self.assertEqual(len(runs), 1)
        return runs[0]["mapRunArn"]

    def children(self, run, **filters):
        pages = self.states.get_paginator("list_executions").paginate(
            mapRunArn=run, PaginationConfig={"PageSize": 100}, **filters)
        return [child for page in pages for child in page["executions"]]

    def test_an_ended_run(self):
        arn = self.start("batches", machine("STANDARD", PASS, ItemBatcher={"MaxItemsPerBatch": 2}), [1, 2, 3])
        self.assertEqual(json.loads(self.ended(arn)["output"]), [{"Items": [1, 2]}, {"Items": [3]}])
        listed = self.states.list_map_runs(executionArn=arn)["mapRuns"]
        self.assertEqual(len(listed), 1)
        self.assertRegex(listed[0]["mapRunArn"], "^arn:aws:states:us-east-1:000000000000:mapRun:batches/Each:[0-9a-f-]{36}$")
        self.assertEqual(listed[0]["executionArn"], arn)
        self.assertEqual(listed[0]["stateMachineArn"], "arn:aws:states:us-east-1:000000000000:stateMachine:batches")
        self.assertGreaterEqual(listed[0]["stopDate"], listed[0]["startDate"])
        run = self.states.describe_map_run(mapRunArn=listed[0]["mapRunArn"])
        self.assertEqual((run["status"], run["maxConcurrency"], run["toleratedFailureCount"]), ("SUCCEEDED", 0, 0))
        self.assertEqual(run["toleratedFailurePercentage"], 0.0)
        zero = dict.fromkeys(COUNTS, 0)
        self.assertLessEqual({**zero, "succeeded": 3, "total": 3}.items(), run["itemCounts"].items())
        self.assertLessEqual({**zero, "succeeded": 2, "total": 2}.items(), run["executionCounts"].items())
        children = self.children(run["mapRunArn"])
        self.assertEqual(sorted(child["itemCount"] for child in children), [1, 2])
        child = self.states.describe_execution(executionArn=children[0]["executionArn"])
        self.assertEqual(child["mapRunArn"], run["mapRunArn"])
        self.assertEqual(child["status"], "SUCCEEDED")

    def test_a_running_run_is_updated_and_stopped(self):
        arn = self.start("waits", machine("STANDARD", WAIT, MaxConcurrency=2), list(range(20)))
        run = self.only_run(arn)
        described = self.await_answer(lambda: self.states.describe_map_run(mapRunArn=run),
                                      lambda answer: answer["itemCounts"]["running"] == 2)
        self.assertEqual(described["status"], "RUNNING")
        self.assertNotIn("stopDate", described)
        self.assertEqual(described["itemCounts"]["pending"], 18)
        self.states.update_map_run(mapRunArn=run, maxConcurrency=5, toleratedFailureCount=3, toleratedFailurePercentage=50)
        described = self.await_answer(lambda: self.states.describe_map_run(mapRunArn=run),
                                      lambda answer: answer["executionCounts"]["running"] == 5)
        self.assertEqual((described["maxConcurrency"], described["toleratedFailureCount"],
                          described["toleratedFailurePercentage"]), (5, 3, 50.0))
        self.assertEqual(len(self.children(run, statusFilter="RUNNING")), 5)
        self.states.stop_execution(executionArn=arn, error="E", cause="C")
        described = self.await_answer(lambda: self.states.describe_map_run(mapRunArn=run),
                                      lambda answer: answer["executionCounts"]["running"] == 0)
        self.assertEqual(described["status"], "ABORTED")
        self.assertEqual(described["executionCounts"]["aborted"], 5)
        self.assertEqual(self.refused(self.states.update_map_run, mapRunArn=run, maxConcurrency=1)[0], "ValidationException")

    def test_what_is_not_there(self):
        unknown = "arn:aws:states:us-east-1:000000000000:mapRun:m/l:00000000-0000-0000-0000-000000000000"
        for call in (self.states.describe_map_run, self.states.update_map_run, self.states.list_executions):
            self.assertEqual(self.refused(call, mapRunArn=unknown)[0], "ResourceNotFound")
        self.assertEqual(self.refused(self.states.describe_map_run, mapRunArn="x")[0], "InvalidArn")
        execution = "arn:aws:states:us-east-1:000000000000:execution:m:e"
        self.assertEqual(self.refused(self.states.list_map_runs, executionArn=execution)[0], "ExecutionDoesNotExist")

    def test_objects_in_and_out_though_the_process_is_killed(self):
        count = 3_000
        with open(os.path.join(self.objects, "bucket", "items.json"), "w") as file:
            json.dump(list(range(count)), file)
        definition = machine(
            "STANDARD", {"W": {"Type": "Wait", "Seconds": 0, "Next": "P"}, **PASS}, MaxConcurrency=50,
            ItemReader={"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSON"},
                        "Parameters": {"Bucket": "bucket", "Key": "items.json"}},
            ResultWriter={"Resource": "arn:aws:states:::s3:putObject",
                          "WriterConfig": {"Transformation": "COMPACT", "OutputType": "JSON"},
                          "Parameters": {"Bucket": "bucket", "Prefix": "out"}})
        arn = self.start("files", definition)
        for part in (1, 2):
            run = self.only_run(arn)
            self.await_answer(lambda: self.states.describe_map_run(mapRunArn=run),
                              lambda answer: answer["itemCounts"]["succeeded"] >= part * count / 3 or answer["status"] != "RUNNING")
            self.server.stop(signal.SIGKILL)
            self.start_server()
        output = json.loads(self.ended(arn)["output"])
        self.assertEqual(output["MapRunArn"], run)
        with open(os.path.join(self.objects, "bucket", output["ResultWriterDetails"]["Key"])) as file:
            manifest = json.load(file)
        results = []
        for part in manifest["ResultFiles"]["SUCCEEDED"]:
            with open(os.path.join(self.objects, "bucket", part["Key"])) as file:
                results += json.load(file)
        self.assertEqual(results, list(range(count)))
        children = self.children(run)
        self.assertEqual(len(children), count)
        self.assertEqual({child["status"] for child in children}, {"SUCCEEDED"})
        self.assertEqual(self.states.describe_map_run(mapRunArn=run)["itemCounts"]["resultsWritten"], count)
        history = self.states.get_execution_history(executionArn=arn)["events"]
        self.assertEqual([event["type"] for event in history],
                         ["ExecutionStarted", "MapStateEntered", "MapStateStarted", "MapRunStarted", "MapRunSucceeded",
                          "MapStateSucceeded", "MapStateExited", "ExecutionSucceeded"])


if __name__ == "__main__":
    unittest.main()
