# SPDX-License-Identifier: Apache-2.0
"""checkSize: the size of one object in bytes, as a bare number.

Bucket and key are the environment variables `bucket` and `file`. Where there is no server (`pawl run`), `bucket` is the absolute path of a
folder instead.
"""
import os


def size_of(bucket, key):
    if os.path.isabs(bucket):
        return os.stat(os.path.join(bucket, key)).st_size
    import boto3  # a runtime of Lambda has it

    # Clients of 2023 and later find AWS_ENDPOINT_URL themselves.
    s3 = boto3.client("s3", endpoint_url=os.environ.get("AWS_ENDPOINT_URL"))
    return s3.head_object(Bucket=bucket, Key=key)["ContentLength"]


def lambda_handler(event, context):
    size = size_of(os.environ["bucket"], os.environ["file"])
    print(f"{os.environ['file']} has {size:,} bytes")
    return size
