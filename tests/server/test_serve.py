# SPDX-License-Identifier: Apache-2.0
"""Starting and stopping: the ready line, health, the data folder, signals."""
import os
import signal
import subprocess
import unittest

from server_case import SECONDS_MAX, ServerCase


class ServeTest(ServerCase):
    def test_is_ready_and_healthy(self):
        server = self.serve()
        self.assertEqual(server.host, "127.0.0.1")
        answer = self.request(server, "GET", "/_pawl/health")
        self.assertEqual((answer.status, answer.json()["status"]), (200, "running"))
        self.assertRegex(answer.json()["version"], r"^\d+\.\d+\.\d+$")

    def test_signals_stop_it(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            self.assertEqual(self.serve().stop(number), 0)

    def test_second_server_on_the_same_data_is_refused(self):
        data = os.path.join(self.folder, "data")
        first = self.serve("--data", data)
        second = subprocess.run([os.environ["PAWL"], "serve", "--port", "0", "--data", data], capture_output=True,
                                timeout=SECONDS_MAX, check=False)
        self.assertEqual((second.returncode, second.stdout), (2, b""))
        self.assertIn(data, second.stderr.decode())
        self.assertIn("in use", second.stderr.decode())
        self.assertEqual(first.stop(), 0)
        self.assertEqual(self.serve("--data", data).stop(), 0)

    def test_second_server_on_the_same_port_is_refused(self):
        first = self.serve()
        second = subprocess.run([os.environ["PAWL"], "serve", "--in-memory", "--port", str(first.port)], capture_output=True,
                                timeout=SECONDS_MAX, check=False)
        self.assertEqual(second.returncode, 2)
        self.assertIn(f"cannot listen on 127.0.0.1:{first.port}", second.stderr.decode())

    def test_data_goes_to_the_users_folder(self):
        self.serve("--data", "", environment={"XDG_DATA_HOME": self.folder}).stop()
        self.assertTrue(os.listdir(os.path.join(self.folder, "pawl")))


if __name__ == "__main__":
    unittest.main()
