# SPDX-License-Identifier: Apache-2.0
"""downloadLambda: downloads a batch of images, at most `lambdaConcur` at a time, and stores them in the bucket.

What cannot be downloaded is no error of the function: it is told by status code and message, and the others go on."""
import asyncio
import os
from urllib.parse import urlsplit

import boto3
import httpx

DOWNLOAD_SECONDS_MAX = 10

bucket_name = os.environ["IMAGES_BUCKET_NAME"]
s3 = boto3.client("s3")


def handler(event, context):
    return asyncio.run(download_batch(event["resourcePaths"], **event["batchInput"]))


async def download_batch(paths, baseUrl, lambdaConcur):
    polite = asyncio.Semaphore(lambdaConcur)
    async with httpx.AsyncClient(follow_redirects=True, timeout=DOWNLOAD_SECONDS_MAX) as client:

        async def download_politely(path):
            async with polite:
                return await download(client, f"{baseUrl}/{path}")

        return await asyncio.gather(*(download_politely(path) for path in paths))


async def download(client, url):
    try:
        # httpx limits each wait, not their sum: a server that sends a byte now and then would be waited for without end.
        response = await asyncio.wait_for(client.get(url), DOWNLOAD_SECONDS_MAX)
    except (httpx.TimeoutException, asyncio.TimeoutError):
        return failure(url, 408, f"Timed out: {url}")
    except httpx.HTTPError as error:
        return failure(url, 503, f"Could not reach: {url} ({error})")
    if response.status_code == 404:
        return failure(url, 404, f"Could not find: {url}")
    if response.status_code != 200:
        return failure(url, response.status_code, f"Could not download: {url}")
    parts = urlsplit(url)
    filename = f"{parts.hostname}/{parts.path.rsplit('/', 1)[-1]}"
    await asyncio.to_thread(
        s3.put_object,
        Bucket=bucket_name,
        Key=filename,
        Body=response.content,
        ContentType=response.headers.get("content-type", "application/octet-stream"),
    )
    return {"url": url, "statusCode": 200, "filename": filename}


def failure(url, status, message):
    return {"url": url, "statusCode": status, "message": message}
