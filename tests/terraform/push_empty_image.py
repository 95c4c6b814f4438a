# SPDX-License-Identifier: Apache-2.0
"""push_empty_image.py PORT REPOSITORY_URL:TAG: an image of one small file, where only its being there matters. Python 3.9."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "clients"))
from image_case import Registry, layer  # noqa: E402


def push(port, uri):
    host, _, rest = uri.partition("/")
    name, _, tag = rest.partition(":")
    Registry("127.0.0.1", port).push(f"{host}/{name}", tag, [layer({"readme": b"nothing"})], {"Cmd": ["/readme"]})


if __name__ == "__main__":
    push(int(sys.argv[1]), sys.argv[2])
