# SPDX-License-Identifier: Apache-2.0
"""CliCase: runs the program named by the environment variable PAWL in a folder of its own. Python 3.9, standard library only."""
import json
import os
import shutil
import subprocess
import tempfile
import unittest

# No command may take longer, whatever it is given.
SECONDS_MAX = 30

FUNCTION_ARN = "arn:aws:lambda:us-east-1:123456789012:function:"


class Outcome:
    def __init__(self, code, out, err):
        self.code = code
        self.out = out
        self.err = err

    def json(self):
        return json.loads(self.out)

    def events(self):
        return self.json()["events"]


def machine(states, start=None):
    """A definition of these states, the first of which is where it starts."""
    return {"StartAt": start or next(iter(states)), "States": states}


def task(function, **more):
    return {"Type": "Task", "Resource": FUNCTION_ARN + function, "End": True, **more}


class CliCase(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="pawl-cli-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content):
        """Bytes and text as they are, all else as JSON."""
        if not isinstance(content, (bytes, str)):
            content = json.dumps(content)
        with open(self.path(name), "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return name

    def pawl(self, *arguments, stdin="", environment=None):
        """Runs the program; fails if it does not end in time or dies of a signal."""
        done = subprocess.run(
            [os.environ["PAWL"], *arguments],
            input=stdin.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.folder,
            env={**os.environ, **(environment or {})},
            timeout=SECONDS_MAX,
            check=False,
        )
        self.assertGreaterEqual(done.returncode, 0, f"died of signal {-done.returncode}: {done.stderr!r}")
        return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())

    def run_machine(self, definition, *arguments, **more):
        return self.pawl("run", self.write("machine.json", definition), *arguments, **more)

    def assert_refused(self, outcome, *fragments):
        """Exit code 2, nothing on stdout, and an error that says all of this."""
        self.assertEqual(outcome.code, 2, outcome.err)
        self.assertEqual(outcome.out, "")
        for fragment in fragments:
            self.assertIn(fragment, outcome.err)
