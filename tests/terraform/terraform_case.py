# SPDX-License-Identifier: Apache-2.0
"""TerraformCase: the real Terraform with the real AWS provider against a server of the test's own, as a user runs it: nothing but the
variables that `pawl env` prints. Skipped where either is missing; nothing is downloaded. Python 3.9, standard library only.

The provider is looked for where PAWL_TERRAFORM_PLUGINS says and where Terraform and packages of it put such mirrors
(FOLDER/registry.terraform.io/hashicorp/aws/VERSION)."""
import glob
import json
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.normpath(os.path.join(HERE, "..", ".."))
sys.path.insert(0, os.path.join(HERE, "..", "server"))
from server_case import ServerCase  # noqa: E402

PROVIDER = "registry.terraform.io/hashicorp/aws"
SECONDS_MAX = 900  # of one command: the provider itself waits half a minute after each change of a queue


def _plugins():
    places = [os.environ.get("PAWL_TERRAFORM_PLUGINS", ""), os.path.expanduser("~/.terraform.d/plugins"),
              os.path.expanduser("~/.local/share/terraform/plugins"), "/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins",
              *sorted(glob.glob("/opt/*"))]
    return next((place for place in places if place and glob.glob(os.path.join(place, PROVIDER, "5.*"))), None)


TERRAFORM = shutil.which("terraform")
PLUGINS = _plugins()


def skip_without_terraform():
    if TERRAFORM is None:
        print("skipped: there is no terraform")
        sys.exit(77)
    if PLUGINS is None:
        print("skipped: there is no provider hashicorp/aws 5 (PAWL_TERRAFORM_PLUGINS)")
        sys.exit(77)


class TerraformCase(ServerCase):
    def setUp(self):
        super().setUp()
        self.server = self.serve("--data", os.path.join(self.folder, "data"))
        self.root = os.path.join(self.folder, "root")
        os.mkdir(self.root)
        config = os.path.join(self.folder, "terraform.rc")
        with open(config, "w", encoding="utf-8") as file:
            file.write(f'disable_checkpoint = true\nprovider_installation {{\n  filesystem_mirror {{\n    path = "{PLUGINS}"\n  }}\n}}\n')
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": self.folder, "TMPDIR": self.folder, "TF_CLI_CONFIG_FILE": config, "TF_IN_AUTOMATION": "1",
            "PAWL": os.environ["PAWL"], "PAWL_IMAGE_STORAGE": os.path.join(self.folder, "images"),
            **self.pawl_environment()}

    def pawl_environment(self):
        """What `pawl env` prints, as a shell takes it."""
        command = f'env -i PATH="$PATH" sh -c \'eval "$("$0" env --port {self.server.port})"; env\' "$PAWL"'
        text = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True, timeout=60).stdout
        return {name: value for name, _, value in (line.partition("=") for line in text.splitlines()) if name.startswith("AWS_")}

    def terraform(self, *arguments, codes=(0,)):
        """What it printed. Its exit code must be one of `codes`."""
        began = time.monotonic()
        done = subprocess.run([TERRAFORM, *arguments], cwd=self.root, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=SECONDS_MAX)
        print(f"terraform {' '.join(arguments)}: {time.monotonic() - began:.0f} s", flush=True)
        self.assertIn(done.returncode, codes, f"terraform {' '.join(arguments)}\n{done.stdout[-6000:]}\n{done.stderr[-6000:]}")
        return done.stdout

    def init(self):
        self.terraform("init", "-no-color", "-input=false")

    def apply(self, *variables):
        return self.terraform("apply", "-auto-approve", "-no-color", "-input=false", "-parallelism=40", *variables)

    def assert_no_changes(self, *variables):
        """The second plan: everything reads back as it was made."""
        self.terraform("plan", "-detailed-exitcode", "-no-color", "-input=false", "-parallelism=40", *variables)

    def changes(self, *variables):
        """{address: actions} of what a plan would change."""
        plan = os.path.join(self.folder, "plan")
        self.terraform("plan", "-no-color", "-input=false", "-out", plan, "-parallelism=40", *variables)
        shown = json.loads(self.terraform("show", "-json", plan))
        return {change["address"]: tuple(change["change"]["actions"]) for change in shown.get("resource_changes", [])
                if change["mode"] == "managed" and change["change"]["actions"] != ["no-op"]}

    def destroy(self, *variables):
        self.terraform("destroy", "-auto-approve", "-no-color", "-input=false", "-parallelism=40", *variables)
        self.assertEqual(self.terraform("state", "list"), "")
