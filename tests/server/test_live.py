# SPDX-License-Identifier: Apache-2.0
"""The console's live API: histories, and watches that push what happens, on a real server."""
import http.client
import json
import os
import signal
import socket
import time
import unittest

from server_case import SECONDS_MAX, ServerCase

MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:"
EXECUTION = "arn:aws:states:us-east-1:000000000000:execution:"
API = "/_pawl/console/api/"
LOOP = {"StartAt": "More", "States": {
    "More": {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericGreaterThan": 0, "Next": "Count"}], "Default": "Done"},
    "Count": {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, -1)"}, "Next": "More"},
    "Done": {"Type": "Succeed"}}}
CALLBACK = {"StartAt": "Ask", "States": {
    "Ask": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Parameters": {"QueueUrl": "http://localhost:4566/000000000000/tokens", "MessageBody.$": "$$.Task.Token"}, "Next": "Pause"},
    "Pause": {"Type": "Wait", "Seconds": 1, "Next": "Each"},
    "Each": {"Type": "Map", "ItemsPath": "$.items", "End": True,
             "ItemProcessor": {"StartAt": "One", "States": {"One": {"Type": "Pass", "End": True}}}}}}
DISTRIBUTED = {"StartAt": "Each", "States": {"Each": {
    "Type": "Map", "Label": "each", "End": True, "ItemsPath": "$.items", "MaxConcurrency": 5,
    "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Rest", "States": {
        "Rest": {"Type": "Wait", "Seconds": 1, "End": True}}}}}}
WAITS = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 100, "End": True}}}


class Stream:
    """An answer of server-sent events, read as it comes."""

    def __init__(self, server, name, body):
        self.connection = http.client.HTTPConnection(server.host, server.port, timeout=SECONDS_MAX)
        self.connection.request("POST", API + name, json.dumps(body), {"Content-Type": "application/json"})
        self.answer = self.connection.getresponse()
        self.status = self.answer.status

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.answer.close()
        self.connection.close()

    def next(self):
        """(event, data), or None at the end."""
        event, data = None, ""
        while True:
            line = self.answer.readline().decode()
            if not line:
                return None
            line = line.rstrip("\n")
            if line.startswith("event: "):
                event = line[7:]
            elif line.startswith("data: "):
                data += line[6:]
            elif not line and event:
                return event, json.loads(data)

    def until(self, condition):
        """All events up to the first that fulfils it."""
        seen = []
        while True:
            each = self.next()
            if each is None:
                raise AssertionError(f"ended after {[name for name, _ in seen]}")
            seen.append(each)
            if condition(*each):
                return seen

    def rest(self):
        seen = []
        while (each := self.next()) is not None:
            seen.append(each)
        return seen


def events_of(seen):
    return [event for name, data in seen if name == "history" for event in data["events"]]


class LiveTest(ServerCase):
    def start_server(self):
        self.server = self.serve("--data", os.path.join(self.folder, "data"), "--no-tls")

    def setUp(self):
        super().setUp()
        self.start_server()

    def ask(self, name, body):
        return self.request(self.server, path=API + name, headers={"Content-Type": "application/json"}, body=json.dumps(body).encode())

    def create(self, name, definition):
        answer = self.call(self.server, "CreateStateMachine", {"name": name, "roleArn": "arn:aws:iam::000000000000:role/r",
                                                               "definition": json.dumps(definition)})
        self.assertEqual(answer.status, 200, answer.body)

    def start(self, machine, name, value=None):
        answer = self.call(self.server, "StartExecution", {"stateMachineArn": MACHINE + machine, "name": name, "input": json.dumps(value or {})})
        self.assertEqual(answer.status, 200, answer.body)
        return EXECUTION + machine + ":" + name

    def open_raw(self, name, body):
        """A connection on which nothing is read."""
        client = socket.create_connection((self.server.host, self.server.port), SECONDS_MAX)
        self.addCleanup(client.close)
        text = json.dumps(body).encode()
        client.sendall(f"POST {API}{name} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                       f"Content-Length: {len(text)}\r\n\r\n".encode() + text)
        return client

    def test_an_execution_with_callback_wait_and_map(self):
        self.create("callback", CALLBACK)
        queue = self.call(self.server, "CreateQueue", {"QueueName": "tokens"}, "sqs", "AmazonSQS").json()["QueueUrl"]
        arn = self.start("callback", "one", {"items": [1, 2, 3]})
        with Stream(self.server, "execution/watch", {"executionArn": arn}) as stream:
            self.assertEqual(stream.answer.headers["Content-Type"], "text/event-stream")
            seen = stream.until(lambda _, data: "TaskSubmitted" in data.get("types", []))
            token = self.call(self.server, "ReceiveMessage", {"QueueUrl": queue, "WaitTimeSeconds": 5}, "sqs", "AmazonSQS").json()
            self.call(self.server, "SendTaskSuccess", {"taskToken": token["Messages"][0]["Body"],
                                                       "output": '{"items":[1,2,3]}'})
            seen += stream.rest()
        events = events_of(seen)
        self.assertEqual([event[0] for event in events], list(range(1, len(events) + 1)))
        self.assertEqual(seen[-1][0], "execution")
        self.assertEqual((seen[-1][1]["status"], seen[-1][1]["output"]), ("SUCCEEDED", "[1,2,3]"))
        whole = self.call(self.server, "GetExecutionHistory", {"executionArn": arn, "maxResults": 1000}).json()["events"]
        self.assertEqual(len(whole), len(events))
        outline = self.ask("execution/history", {"executionArn": arn}).json()
        self.assertEqual([outline["types"][event[2]] for event in outline["events"]], [event["type"] for event in whole])
        some = self.ask("execution/events", {"executionArn": arn, "ids": [2, 5]}).json()["events"]
        self.assertEqual(some, [whole[1], whole[4]])

    def test_a_distributed_map_and_what_stops_and_goes_on(self):
        self.create("distributed", DISTRIBUTED)
        arn = self.start("distributed", "one", {"items": list(range(10))})
        with Stream(self.server, "execution/watch", {"executionArn": arn}) as stream:
            seen = stream.rest()
        progress = [data["mapRuns"][0]["executionCounts"] for name, data in seen if name == "mapRuns"]
        self.assertTrue(any(counts["running"] == 5 for counts in progress), progress)
        self.assertEqual(progress[-1]["succeeded"], 10)
        self.create("waits", WAITS)
        arn = self.start("waits", "two")
        with Stream(self.server, "execution/watch", {"executionArn": arn}) as stream:
            stream.until(lambda name, _: name == "execution")
            self.call(self.server, "StopExecution", {"executionArn": arn, "error": "Enough"})
            seen = stream.rest()
        self.assertEqual((seen[-1][1]["status"], seen[-1][1]["error"]), ("ABORTED", "Enough"))
        last = events_of(seen)[-1][0]
        self.call(self.server, "RedriveExecution", {"executionArn": arn})
        with Stream(self.server, "execution/watch", {"executionArn": arn, "after": last}) as stream:
            seen = stream.until(lambda name, data: name == "execution" and data["status"] == "RUNNING")
        self.assertEqual(seen[0][1]["types"][0], "ExecutionRedriven")

    def test_a_restart_in_between(self):
        self.create("waits", WAITS)
        arn = self.start("waits", "one")
        with Stream(self.server, "execution/watch", {"executionArn": arn}) as stream:
            seen = stream.until(lambda name, _: name == "execution")
            last = events_of(seen)[-1][0]
            # Streams do not keep the server from ending. They are not whole then: whoever watches comes again.
            raw = self.open_raw("execution/watch", {"executionArn": arn})
            received = b""
            while b"event: execution" not in received:
                received += raw.recv(65536)
            began = time.monotonic()
            self.server.stop(signal.SIGTERM)
            self.assertLess(time.monotonic() - began, 8)
            self.assertIsNone(stream.next())
            while piece := raw.recv(65536):
                received += piece
            self.assertNotIn(b"\r\n0\r\n\r\n", received)
        self.start_server()
        self.start("waits", "two")
        self.server.process.kill()
        self.server.wait()
        self.start_server()
        with Stream(self.server, "executions/watch", {"stateMachineArn": MACHINE + "waits"}) as stream:
            name, counts = stream.next()
            self.assertEqual((name, counts["RUNNING"], counts["isComplete"]), ("counts", 2, True))
            with Stream(self.server, "execution/watch", {"executionArn": arn, "after": last}) as again:
                again.until(lambda name, _: name == "execution")
                self.call(self.server, "StopExecution", {"executionArn": arn})
                seen = again.rest()
            self.assertEqual(events_of(seen)[0][0], last + 1)
            seen = stream.until(lambda name, _: name == "changed")
        self.assertEqual((seen[0][1]["RUNNING"], seen[0][1]["ABORTED"]), (1, 1))
        self.assertEqual([each["executionArn"] for each in seen[-1][1]["executions"]], [arn])

    def test_twenty_five_thousand_events(self):
        self.create("loop", LOOP)
        arn = self.start("loop", "one", {"n": 6230})
        with Stream(self.server, "execution/watch", {"executionArn": arn}) as stream:
            seen = stream.rest()
        events = events_of(seen)
        self.assertGreater(len(events), 24900)
        self.assertEqual([event[0] for event in events], list(range(1, len(events) + 1)))
        times = []
        for _ in range(5):
            began = time.monotonic()
            after, read = 0, []
            while True:
                page = self.ask("execution/history", {"executionArn": arn, "after": after}).json()
                read += page["events"]
                after = page["last"]
                if len(page["events"]) < 10000:
                    break
            times.append(time.monotonic() - began)
            self.assertEqual(len(read), len(events))
        whole = []
        for start in (1, 12_000, 24_800):
            began = time.monotonic()
            page = self.ask("execution/events", {"executionArn": arn, "from": start, "limit": 100}).json()["events"]
            whole.append(time.monotonic() - began)
            self.assertEqual([event["id"] for event in page], list(range(start, start + 100)))
        print(f"25,000 events in outline: {min(times) * 1000:.1f} ms with JSON's reading here; "
              f"100 whole ones: {[round(each * 1000, 1) for each in whole]} ms")
        self.assertLess(min(times), 2)

    def test_a_client_that_never_reads(self):
        self.create("loop", LOOP)
        arn = self.start("loop", "one", {"n": 6000})
        lazy = []
        for _ in range(10):
            lazy.append(self.open_raw("execution/watch", {"executionArn": arn}))
        # Others are served meanwhile.
        with Stream(self.server, "execution/watch", {"executionArn": arn}) as stream:
            self.assertGreater(len(events_of(stream.rest())), 24000)

    def test_the_overview(self):
        self.create("fails", {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Broken"}}})
        with Stream(self.server, "overview/watch", {}) as stream:
            first = stream.next()[1]
            self.assertEqual(first["series"]["seconds"], len(first["series"]["started"]))
            self.assertTrue(first["store"]["isDurable"])
            arn = self.start("fails", "one")
            seen = stream.until(lambda _, data: data["failing"])
        self.assertEqual((seen[-1][1]["failing"][0]["lastError"], seen[-1][1]["failing"][0]["lastFailedExecutionArn"]), ("Broken", arn))
        self.assertEqual(seen[-1][1]["counts"]["FAILED"], 1)
        self.assertGreaterEqual(sum(each["requests"] for each in seen[-1][1]["services"]), 2)
        self.assertEqual(sum(data["sample"]["started"] for _, data in seen), 1)

    def test_too_many_watchers_and_wrong_questions(self):
        self.assertEqual(self.ask("execution/watch", {"executionArn": EXECUTION + "m:x"}).json()["__type"], "ExecutionDoesNotExist")
        self.assertEqual(self.ask("executions/watch", {"stateMachineArn": "x"}).json()["__type"], "InvalidArn")
        self.assertEqual(self.ask("execution/watch", {}).status, 400)
        streams = [Stream(self.server, "executions/watch", {}) for _ in range(200)]
        for stream in streams:
            self.addCleanup(stream.__exit__)
        self.assertEqual({stream.status for stream in streams}, {200})
        with Stream(self.server, "overview/watch", {}) as stream:
            self.assertEqual(stream.status, 503)
            self.assertEqual(json.loads(stream.answer.read())["__type"], "TooManyStreamsException")
        streams[0].__exit__()
        for _ in range(1000):
            with Stream(self.server, "overview/watch", {}) as stream:
                if stream.status == 200:
                    return
        self.fail("a place that was left stays taken")


if __name__ == "__main__":
    unittest.main()
