# SPDX-License-Identifier: Apache-2.0
"""AWS SDK for JavaScript v3 walks through all operations of Step Functions: runs js/walk.mjs against a server of its own. Skipped
without node 20 or the SDK (npm ci in js/, which ./dev test does)."""
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
    if not os.path.isdir(os.path.join(FOLDER, "node_modules", "@aws-sdk", "client-sfn")):
        return "no @aws-sdk/client-sfn: run npm ci in tests/clients/js"
    return None


class JavaScriptTest(ServerCase):
    def test_walk(self):
        server = self.serve("--data", os.path.join(self.folder, "data"), "--no-tls")
        run = subprocess.run([shutil.which("node") or "nodejs", "walk.mjs"], cwd=FOLDER, timeout=WALK_SECONDS_MAX, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True,
                             env={**os.environ, "PAWL_ENDPOINT": f"http://{server.host}:{server.port}"})
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
