# SPDX-License-Identifier: Apache-2.0
"""ProcessFile: the work on a file that is large enough. It counts the file's lines and says so."""
import os


def lambda_handler(event, context):
    path = os.path.join(os.environ["bucket"], os.environ["file"])
    with open(path, "rb") as file:
        lines = sum(1 for _ in file)
    print(f"processing {os.environ['file']}: {event:,} bytes, {lines:,} lines")
    return {"file": os.environ["file"], "bytes": event, "lines": lines}
