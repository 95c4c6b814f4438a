# SPDX-License-Identifier: Apache-2.0
"""Makes a square PNG of an uploaded picture: what the container image's function does."""
import io
import os
import pathlib
import urllib.parse

import boto3
from PIL import Image, ImageOps

# A boto3 older than 2023 does not find AWS_ENDPOINT_URL itself.
s3 = boto3.client("s3", endpoint_url=os.environ.get("AWS_ENDPOINT_URL"))


def handler(event, context):
    """`event`: {"size": pixels of each side, "body": one record of an S3 notification}. uploaded/ada.jpg becomes ada/SIZE.png."""
    size = event["size"]
    bucket = event["body"]["s3"]["bucket"]["name"]
    upload = urllib.parse.unquote_plus(event["body"]["s3"]["object"]["key"])
    user = pathlib.PurePosixPath(upload).stem
    key = f"{user}/{size}.png"

    content = s3.get_object(Bucket=bucket, Key=upload)["Body"].read()
    with Image.open(io.BytesIO(content)) as picture:
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
    out = io.BytesIO()
    ImageOps.fit(upright, (size, size), Image.Resampling.LANCZOS).save(out, "PNG")
    s3.put_object(Bucket=bucket, Key=key, Body=out.getvalue(), ContentType="image/png")
    print(f"{upload}: {upright.width} x {upright.height} -> {key}")
    return {"bucket": bucket, "upload": upload, "user": user, "key": key}
