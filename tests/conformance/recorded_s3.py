# SPDX-License-Identifier: Apache-2.0
"""What recorded cases of S3 lost on the way from the recorded tests to the data, put right. Nothing here knows a case by its name."""
import base64
import datetime
import hashlib
import re
import zlib

# The tests took times from their clock; the data has those of the ten seconds in which it was made.
EXTRACTED = datetime.datetime(2026, 11, 20, 21, 9, 35, tzinfo=datetime.timezone.utc)
LAST = datetime.datetime(2026, 11, 20, 21, 9, 38, tzinfo=datetime.timezone.utc)
NEAR = datetime.timedelta(days=3)
LATER = datetime.timedelta(seconds=1.5)  # the tests looked at their clock after the first steps


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return (crc ^ 0xFFFFFFFF).to_bytes(4, "big")


def crc64nvme(data):
    ones = (1 << 64) - 1
    crc = ones
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x9A6C9329AC4BC9B5 if crc & 1 else 0)
    return (crc ^ ones).to_bytes(8, "big")


CHECKSUMS = {"ChecksumCRC32": lambda data: zlib.crc32(data).to_bytes(4, "big"), "ChecksumCRC32C": crc32c,
             "ChecksumCRC64NVME": crc64nvme, "ChecksumSHA1": lambda data: hashlib.sha1(data).digest(),
             "ChecksumSHA256": lambda data: hashlib.sha256(data).digest()}


def times(value):
    if isinstance(value, list):
        return [time for each in value for time in times(each)]
    if not isinstance(value, dict):
        return []
    if set(value) == {"__datetime__"}:
        time = datetime.datetime.fromisoformat(value["__datetime__"])
        return [time if time.tzinfo else time.replace(tzinfo=datetime.timezone.utc)]
    return [time for each in value.values() for time in times(each)]


def params(value, shift):
    """Times move along with the clock. Of a checksum the data has the bytes that it was computed of."""
    if isinstance(value, list):
        return [params(each, shift) for each in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"__datetime__"}:
        time = times(value)[0]
        return value if abs(time - EXTRACTED) > NEAR else {"__datetime__": (time + shift).isoformat()}
    out = {}
    for name, each in value.items():
        if name in CHECKSUMS and isinstance(each, dict) and set(each) == {"__bytes__"}:
            out[name] = base64.b64encode(CHECKSUMS[name](base64.b64decode(each["__bytes__"]))).decode()
        else:
            out[name] = params(each, shift)
    return out


def expected(value):
    """Entity tags that AWS draws at random, ids whose replacement lost its brackets, bodies that had been read before they were shown."""
    if isinstance(value, list):
        return [expected(each) for each in value]
    if not isinstance(value, dict):
        return "<id>" if value == "i-d" else value
    out = {name: expected(each) for name, each in value.items()}
    is_random = "SSECustomerAlgorithm" in out or str(out.get("ServerSideEncryption", "")).startswith("aws:kms")
    if is_random and re.fullmatch(r'"[0-9a-f]{32}"', str(out.get("ETag", ""))):
        out["ETag"] = '"<etag>"'
    if out.get("Body") == "" and out.get("ContentLength", 0) > 0:
        out["Body"] = "<body>"
    return out


def restored(case):
    found = [time for time in times([step["params"] for step in case["steps"]]) if EXTRACTED - LATER * 4 < time < LAST]
    shift = datetime.datetime.now(datetime.timezone.utc) + LATER - min(found, default=EXTRACTED)
    return dict(case, steps=[dict(step, params=params(step["params"], shift)) for step in case["steps"]],
                expect=[dict(e, expected=expected(e["expected"])) for e in case["expect"]])
