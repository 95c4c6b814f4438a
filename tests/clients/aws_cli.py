# SPDX-License-Identifier: Apache-2.0
"""The AWS CLI against a `pawl serve`, as a new user types it. Python 3.9."""
import json
import os
import shutil
import subprocess

PROGRAM = shutil.which("aws", path="/usr/bin:" + os.environ.get("PATH", ""))


def run(server, *arguments):
    environment = dict(os.environ, AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION="us-east-1",
                       AWS_PAGER="", AWS_EC2_METADATA_DISABLED="true")
    return subprocess.run([PROGRAM, "--endpoint-url", f"http://{server.host}:{server.port}", *arguments],
                          env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          universal_newlines=True, timeout=60)


def answer(server, *arguments):
    """What it printed, read; {} for nothing."""
    done = run(server, *arguments)
    if done.returncode != 0:
        raise AssertionError(f"aws {' '.join(arguments)}: {done.stderr}")
    return json.loads(done.stdout or "{}")
