# SPDX-License-Identifier: Apache-2.0
"""docs/services.md says what the server says of itself."""
import os
import sys
import unittest

from server_case import ServerCase

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "tools"))
from services_doc import render  # noqa: E402

FILE = os.path.join(ROOT, "docs", "services.md")


class ServicesDocTest(ServerCase):
    def test_lists_every_operation_of_each_model(self):
        services = self.request(self.serve(), "GET", "/_pawl/services").json()
        self.assertIn("StartExecution", services["stepfunctions"]["implemented"])
        for name, those in services.items():
            self.assertFalse(set(those["implemented"]) & set(those["missing"]), name)
        made = render(services)
        if os.environ.get("PAWL_REBASE"):
            with open(FILE, "w", encoding="utf-8") as f:
                f.write(made)
        with open(FILE, encoding="utf-8") as f:
            self.assertEqual(f.read(), made, "run ./dev test --rebase")


if __name__ == "__main__":
    unittest.main()
