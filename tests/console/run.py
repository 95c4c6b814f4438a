# SPDX-License-Identifier: Apache-2.0
"""Runs one test of the console: `run.py NAME` a file of this folder, in Node.js with Debian's Chromium; `run.py unit` and
`run.py types` what console/package.json calls test and check. Exits 77, with the reason, where something is not installed. Python 3.9."""
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
CONSOLE = os.path.join(HERE, "..", "..", "console")
NODE_VERSION_MIN = 18  # Debian 12's


def installed(folder, package):
    return os.path.isdir(os.path.join(folder, "node_modules", *package.split("/")))


def why_not(name):
    node = shutil.which("node") or shutil.which("nodejs")
    if node is None:
        return "no node"
    version = subprocess.run([node, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    if int(version.lstrip("v").split(".")[0]) < NODE_VERSION_MIN:
        return f"node {version} is older than {NODE_VERSION_MIN}"
    if name in ("unit", "types"):
        return None if installed(CONSOLE, "vitest") else "no packages: run npm ci in console"
    if not installed(HERE, "playwright-core"):
        return "no playwright-core: run npm ci in tests/console"
    if shutil.which(os.environ.get("CHROMIUM", "chromium")) is None:
        return "no chromium"
    return None


def command(name):
    node = shutil.which("node") or shutil.which("nodejs")
    if name == "unit":
        return [node, os.path.join(CONSOLE, "node_modules", "vitest", "vitest.mjs"), "run"]
    if name == "types":
        return [node, os.path.join(CONSOLE, "node_modules", "typescript", "bin", "tsc"), "--noEmit"]
    return [node, "--test-reporter=spec", os.path.join(HERE, f"{name}.test.mjs")]


def main():
    name = sys.argv[1]
    reason = why_not(name)
    if reason is not None:
        print("skipped:", reason)
        return 77
    os.chdir(CONSOLE if name in ("unit", "types") else HERE)
    sys.stdout.flush()
    os.execv(command(name)[0], command(name))


if __name__ == "__main__":
    sys.exit(main())
