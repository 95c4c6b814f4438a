# SPDX-License-Identifier: Apache-2.0
"""ProcessFile: the work on an object that is large enough. It counts its lines and says so."""
import os


def lines_of(bucket, key):
    if os.path.isabs(bucket):  # pawl run: a folder
        with open(os.path.join(bucket, key), "rb") as file:
            return sum(1 for _ in file)
    import boto3

    s3 = boto3.client("s3", endpoint_url=os.environ.get("AWS_ENDPOINT_URL"))
    return sum(1 for _ in s3.get_object(Bucket=bucket, Key=key)["Body"].iter_lines())


def lambda_handler(event, context):
    lines = lines_of(os.environ["bucket"], os.environ["file"])
    print(f"processing {os.environ['file']}: {event:,} bytes, {lines:,} lines")
    return {"file": os.environ["file"], "bytes": event, "lines": lines}
