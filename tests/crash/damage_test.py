# SPDX-License-Identifier: Apache-2.0
"""A torn log, a flipped bit, a full disk: what `pawl serve` says, and that nothing acknowledged is lost. Python 3.9, standard
library only."""
import glob
import http.client
import os
import resource
import signal
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "server"))
from server_case import ServerCase  # noqa: E402

MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:m"
DEFINITION = '{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}'


class DamageTest(ServerCase):
    def setUp(self):
        super().setUp()
        self.data = os.path.join(self.folder, "data")

    def start(self):
        return self.serve("--data", self.data, "--no-tls")

    def start_executions(self, server, first, count, text="{}"):
        for number in range(first, first + count):
            answer = self.call(server, "StartExecution", {"stateMachineArn": MACHINE, "name": f"e{number}", "input": text})
            self.assertEqual(answer.status, 200, answer.body)

    def create_machine(self, server):
        made = self.call(server, "CreateStateMachine", {"name": "m", "roleArn": "arn:aws:iam::000000000000:role/r", "definition": DEFINITION})
        self.assertEqual(made.status, 200, made.body)

    def names(self, server):
        answer = self.call(server, "ListExecutions", {"stateMachineArn": MACHINE, "maxResults": 1000})
        return {execution["name"] for execution in answer.json()["executions"]}

    def log(self):
        return max(glob.glob(os.path.join(self.data, "store", "*.log")))

    def kill_after(self, first, count):
        """Starts the server and as many executions; the size of the log then."""
        server = self.start()
        if first == 0:
            self.create_machine(server)
        self.start_executions(server, first, count)
        server.stop(signal.SIGKILL)
        return os.path.getsize(self.log())

    def test_a_torn_tail_is_dropped_and_nothing_else(self):
        server = self.start()
        self.create_machine(server)
        self.start_executions(server, 0, 20)
        before = os.path.getsize(self.log())
        self.start_executions(server, 20, 1)
        server.stop(signal.SIGKILL)
        # As if the machine had died in the middle of the write of the last start.
        os.truncate(self.log(), before + (os.path.getsize(self.log()) - before) // 2)
        for _ in range(2):
            server = self.start()
            self.assertGreaterEqual(self.names(server), {f"e{number}" for number in range(20)})
            server.stop(signal.SIGKILL)
        self.start_executions(self.start(), 20, 1)

    def test_a_flipped_bit_in_the_log_is_refused_and_named(self):
        self.kill_after(0, 20)
        path = self.log()
        with open(path, "r+b") as file:
            file.seek(os.path.getsize(path) // 2)
            byte = file.read(1)
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte[0] ^ 0x10]))
        with self.assertRaises(AssertionError) as caught:
            self.start()
        refused = str(caught.exception)
        self.assertIn("exit 2", refused)
        self.assertRegex(refused, f"pawl serve: store: .*{os.path.basename(path)}.*damaged data")

    def test_a_full_disk_ends_it_and_nothing_acknowledged_is_lost(self):
        server = self.start()
        self.create_machine(server)
        size_max = os.path.getsize(self.log()) + 200_000
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size_max, size_max))
        acknowledged = 0
        try:
            while True:
                self.start_executions(server, acknowledged, 1, '"' + "x" * 10_000 + '"')
                acknowledged += 1
        except (OSError, http.client.HTTPException):
            pass
        self.assertGreater(acknowledged, 5)
        self.assertEqual(server.wait(), 1)
        self.assertRegex(server.err.decode(), "the store has failed.*File too large")
        server = self.start()  # without the limit: there is room again
        names = self.names(server)
        self.assertGreaterEqual(names, {f"e{number}" for number in range(acknowledged)})
        self.start_executions(server, 1000, 5)


if __name__ == "__main__":
    unittest.main()
