# SPDX-License-Identifier: Apache-2.0
"""`pawl top`: one frame of a server that does something."""
import os
import subprocess
import threading
import unittest

from server_case import SECONDS_MAX, ServerCase

MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:m"


class TopTest(ServerCase):
    def top(self, *arguments):
        done = subprocess.run([os.environ["PAWL"], "top", "--once", "--interval", "0.5", *arguments], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=SECONDS_MAX, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def test_one_frame(self):
        server = self.serve("--data", os.path.join(self.folder, "data"), "--no-tls")
        self.call(server, "CreateStateMachine", {"name": "m", "roleArn": "arn:aws:iam::000000000000:role/r",
                                                 "definition": '{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":900,"End":true}}}'})
        ended = threading.Event()

        def start():
            while not ended.is_set():
                self.call(server, "StartExecution", {"stateMachineArn": MACHINE})
        thread = threading.Thread(target=start)
        thread.start()
        try:
            code, out, err = self.top("--endpoint", f"http://{server.host}:{server.port}")
        finally:
            ended.set()
            thread.join()
        self.assertEqual((code, err), (0, ""))
        self.assertRegex(out, r"\nSTANDARD +[1-9][0-9]*\.[0-9] +0\.0 +0\.0 +[1-9][0-9]* ")
        self.assertRegex(out, r"\nstepfunctions StartExecution +[1-9][0-9.]* +0\.0 +≤ ")
        self.assertRegex(out, r"\ncommits/s [1-9].* sync p50 ≤ ")

    def test_no_server(self):
        code, out, err = self.top("--endpoint", "http://127.0.0.1:1")
        self.assertEqual((code, out), (1, ""))
        self.assertIn("pawl top: http://127.0.0.1:1: Connection refused", err)
        self.assertEqual(self.top("--endpoint", "localhost")[0], 2)


if __name__ == "__main__":
    unittest.main()
