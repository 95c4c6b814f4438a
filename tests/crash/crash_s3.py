# SPDX-License-Identifier: Apache-2.0
"""S3 under kills: an acknowledged object is there whole, small, large or in parts, a deleted one not. Python 3.9, standard library only."""
import re

from crash_server import Client, ConnectionLost
from versions import ABSENT, Versions

KEYS = 12  # of each writer
SIZES = (10, 1000, 30_000, 1_500_000)  # what is kept in records, in blobs, in files


class S3Client(Client):
    def s3(self, method, path, body=b"", expect=(200, 204)):
        status, answer = self._exchange(method, "/crash" + path, body, "s3", {"Content-Type": "application/octet-stream"})
        if status not in expect:
            raise AssertionError(f"{method} {path}: status {status}: {answer[:300]!r}")
        return status, answer

    def read(self, key):
        """The object's (number, size) if its bytes are those of that version; ABSENT without it."""
        status, body = self.s3("GET", "/" + key, expect=(200, 404))
        if status == 404:
            return ABSENT
        match = re.match(rb"(\d+) (\d+)\n", body)
        if match is None or body != body_of(int(match[1]), int(match[2])):
            return f"{len(body)} bytes that nobody wrote: {body[:40]!r}"
        return int(match[1]), int(match[2])


def body_of(number, size):
    head = b"%d %d\n" % (number, size)
    return head + (b"%08d" % number * (size // 8 + 1))[:size]


class S3Load:
    def __init__(self, world):
        self.world = world
        self.objects = {}  # key -> Versions

    def start(self, base):
        client = S3Client(self.world.server)
        client.s3("PUT", "", expect=(200, 409))
        client.close()
        for index in range(3):
            self.world.spawn(self._write, base + index)

    def _write(self, chance, index):
        client, number = S3Client(self.world.server), 0
        keys = [f"{index}/{i}" for i in range(KEYS)]
        self.objects.update({key: Versions() for key in keys})
        while not self.world.ending.is_set():
            key, number, size = chance.choice(keys), number + 1, chance.choice(SIZES)
            versions, kind = self.objects[key], chance.random()
            versions.trying(ABSENT if kind < 0.2 else (number, size))
            try:
                if kind < 0.2:
                    client.s3("DELETE", "/" + key)
                elif kind < 0.35:
                    self._write_in_parts(client, key, body_of(number, size))
                else:
                    client.s3("PUT", "/" + key, body_of(number, size))
            except ConnectionLost:
                continue
            versions.is_acknowledged()
            if chance.random() < 0.2:
                self._look(client, key, versions)

    def _look(self, client, key, versions):
        try:
            fault = versions.fault(key, client.read(key))
        except ConnectionLost:
            return
        if fault:
            self.world.fault(fault)

    @staticmethod
    def _write_in_parts(client, key, body):
        upload = re.search(rb"<UploadId>([^<]+)<", client.s3("POST", f"/{key}?uploads")[1])[1].decode()
        client.s3("PUT", f"/{key}?partNumber=1&uploadId={upload}", body)
        listed = client.s3("GET", f"/{key}?uploadId={upload}")[1]
        tag = re.search(rb"<ETag>([^<]+)</ETag>", listed)[1]
        client.s3("POST", f"/{key}?uploadId={upload}",
                  b"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" + tag + b"</ETag></Part></CompleteMultipartUpload>")

    def check(self):
        client = S3Client(self.world.server)
        faults = [versions.fault(key, client.read(key)) for key, versions in self.objects.items()]
        listed = set(re.findall(r"<Key>([^<]+)</Key>", client.s3("GET", "?list-type=2")[1].decode()))
        for key, versions in self.objects.items():
            if ABSENT not in versions.possible and key not in listed:
                faults.append(f"{key} is not listed")
        return [fault for fault in faults if fault]

    def summary(self):
        return f"{sum(versions.acknowledged for versions in self.objects.values())} objects written and deleted"
