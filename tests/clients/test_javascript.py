# SPDX-License-Identifier: Apache-2.0
"""AWS SDK for JavaScript v3: js/walk.mjs walks through all operations of Step Functions, js/services.mjs uses the other services with
nothing set but what `pawl env` prints; each against a server of its own. Skipped without node 20 or the SDK (npm ci in js/, which ./dev
test does)."""
import os
import shutil
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "server"))
from server_case import ServerCase  # noqa: E402

FOLDER = os.path.join(HERE, "js")
NODE_VERSION_MIN = 20  # what the SDK asks for
WALK_SECONDS_MAX = 240


def why_not():
    node = shutil.which("node") or shutil.which("nodejs")
    if node is None:
        return "no node"
    version = subprocess.run([node, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    if int(version.lstrip("v").split(".")[0]) < NODE_VERSION_MIN:
        return f"node {version} is older than {NODE_VERSION_MIN}"
    if not os.path.isdir(os.path.join(FOLDER, "node_modules", "@aws-sdk", "client-sqs")):
        return "no AWS SDK: run npm ci in tests/clients/js"
    return None


class JavaScriptTest(ServerCase):
    def test_walk(self):
        server = self.serve("--data", os.path.join(self.folder, "data"), "--no-tls")
        self.run_node(server, "walk.mjs", {**os.environ, "PAWL_ENDPOINT": f"http://{server.host}:{server.port}"})

    def test_services(self):
        server = self.serve("--data", os.path.join(self.folder, "data"), "--no-tls")
        told = subprocess.run([os.environ["PAWL"], "env", "--port", str(server.port)], stdout=subprocess.PIPE, text=True, check=True).stdout
        script = told + "\nenv -0"
        told = subprocess.run(["sh", "-c", script], stdout=subprocess.PIPE, text=True, check=True, env={"PATH": os.environ["PATH"]}).stdout
        self.run_node(server, "services.mjs", {**dict(line.split("=", 1) for line in told.split("\0") if "=" in line), "HOME": self.folder})

    def run_node(self, server, script, environment):
        run = subprocess.run([shutil.which("node") or "nodejs", script], cwd=FOLDER, timeout=WALK_SECONDS_MAX, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, env=environment)
        print(run.stdout)
        self.assertEqual(run.returncode, 0, run.stdout)
        self.assertEqual(server.stop(), 0)
        self.assertNotIn(b"status=5", server.err)


if __name__ == "__main__":
    reason = why_not()
    if reason:
        print("skipped:", reason)
        sys.exit(77)
    unittest.main()
