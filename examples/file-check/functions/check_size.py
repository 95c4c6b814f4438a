# SPDX-License-Identifier: Apache-2.0
"""checkSize: the size of one file in bytes, as a bare number.

The local form of a function that asks S3 for an object's ContentLength: the environment variable
`bucket` is a folder instead of a bucket's name, `file` the name of a file in it.
"""
import os


def lambda_handler(event, context):
    path = os.path.join(os.environ["bucket"], os.environ["file"])
    size = os.stat(path).st_size
    print(f"{os.environ['file']} has {size:,} bytes")
    return size
