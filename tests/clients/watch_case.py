# SPDX-License-Identifier: Apache-2.0
"""WatchCase: a server of the test's own, boto3's clients, and AWS CLI as a user types it. Python 3.9."""
import json
import os
import shutil
import subprocess
import time

from client_case import ClientCase

AWS = shutil.which("aws", path="/usr/bin:" + os.environ.get("PATH", ""))  # Debian's first
SECONDS_MAX = 30


class WatchCase(ClientCase):
    def setUp(self):
        super().setUp()
        self.data = os.path.join(self.folder, "data")
        self.server = self.serve("--data", self.data, "--no-tls")

    def made(self, service, region="us-east-1"):
        return self.client(self.server, service, region)

    def restart(self, number):
        """Ends the server by the signal and starts one with the same data."""
        self.server.stop(number)
        self.server = self.serve("--data", self.data, "--no-tls")

    def cli(self, *arguments):
        """The answer of AWS CLI as JSON, or as text."""
        if AWS is None:
            self.skipTest("no AWS CLI")
        environment = {"PATH": os.environ["PATH"], "HOME": self.folder, "AWS_PAGER": "", "AWS_ACCESS_KEY_ID": "test",
                       "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
        run = subprocess.run([AWS, "--endpoint-url", f"http://{self.server.host}:{self.server.port}", *arguments],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120, env=environment)
        self.assertEqual((run.returncode, run.stderr), (0, ""), arguments)
        try:
            return json.loads(run.stdout) if run.stdout.strip() else None
        except ValueError:
            return run.stdout

    def eventually(self, look, what="it"):
        """What `look` gives as soon as it is true; it is asked again until then, within bounds."""
        end = time.monotonic() + SECONDS_MAX
        while time.monotonic() < end:
            found = look()
            if found:
                return found
            time.sleep(0.05)
        self.fail(f"{what} did not come")
