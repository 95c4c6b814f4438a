# SPDX-License-Identifier: Apache-2.0
"""`pawl replay`: executions of a running server, and of data that no server uses."""
import json
import os
import subprocess
import unittest

from server_case import SECONDS_MAX, ServerCase

ARN = "arn:aws:states:us-east-1:000000000000:execution:m:one"
DEFINITION = {"QueryLanguage": "JSONata", "StartAt": "A", "States": {
    "A": {"Type": "Pass", "Assign": {"x": "{% $states.input.n + 1 %}"}, "Output": {"a": 1}, "Next": "B"},
    "B": {"Type": "Wait", "Seconds": 5000, "End": True}}}


class ReplayTest(ServerCase):
    def replay(self, *arguments):
        done = subprocess.run([os.environ["PAWL"], "replay", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=SECONDS_MAX, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def setUp(self):
        super().setUp()
        self.data = os.path.join(self.folder, "data")
        self.server = self.serve("--data", self.data, "--no-tls")
        self.call(self.server, "CreateStateMachine", {"name": "m", "roleArn": "arn:aws:iam::000000000000:role/r",
                                                      "definition": json.dumps(DEFINITION)})
        started = self.call(self.server, "StartExecution", {"stateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:m",
                                                            "name": "one", "input": '{"n":4}'})
        self.assertEqual(started.status, 200, started.body)

    def test_with_and_without_the_server_the_same(self):
        endpoint = ("--endpoint", f"http://{self.server.host}:{self.server.port}")
        live = [self.replay(ARN, *endpoint, *more) for more in ((), ("--until", "3"), ("--json",), ("--until", "6"))]
        self.server.stop()
        stored = [self.replay(ARN, "--data", self.data, *more) for more in ((), ("--until", "3"), ("--json",), ("--until", "6"))]
        self.assertEqual(live, stored)
        (code, out, err), (_, early, _), (_, as_json, _), missing = stored
        self.assertEqual((code, err), (0, ""))
        self.assertRegex(out, "^" + ARN + r" RUNNING\nevent 4 of 4: WaitStateEntered at 20.*Z\n\nline 0\n"
                         r"  state      B: waits for a time\n  input      \{\"a\":1\}\n  \$x = 5\n  waits for  until 20.*Z\n"
                         r"  last event 4\n\nrun again: 4 events of 1 records came out the same\n$")
        self.assertIn('  state      A: between states\n  input      {"a":1}\n  $x = 5\n', early)
        shown = json.loads(as_json)
        self.assertEqual((shown["events"], shown["lines"][0]["variables"]), (4, {"x": 5}))
        self.assertEqual(shown["check"], {"records": 1, "eventsCompared": 4, "notDerivable": [], "random": [], "firstDifference": None})
        self.assertEqual(missing, (2, "", "pawl replay: its events are 1 to 4\n"))

    def test_what_is_not_there(self):
        endpoint = ("--endpoint", f"http://{self.server.host}:{self.server.port}")
        self.assertEqual(self.replay(ARN + "x", *endpoint), (2, "", f"pawl replay: there is no execution {ARN}x\n"))
        self.assertIn("is no ARN of a STANDARD execution", self.replay("one", *endpoint)[2])
        self.assertIn("is in use", self.replay(ARN, "--data", self.data)[2])
        self.assertIn("no data of pawl serve", self.replay(ARN, "--data", self.folder)[2])


if __name__ == "__main__":
    unittest.main()
