# SPDX-License-Identifier: Apache-2.0
"""An image made of nothing but a static busybox, pushed to ECR as the OCI distribution specification says. Python 3.9, standard
library only."""
import gzip
import hashlib
import http.client
import io
import json
import os
import shutil
import tarfile
from urllib.parse import urlsplit

BUSYBOX = next((path for path in ("/bin/busybox", "/usr/bin/busybox", shutil.which("busybox")) if path and os.path.exists(path)), None)
APPLETS = ("sh", "echo", "sleep", "cat", "env", "true", "false", "id", "ls", "touch", "seq", "wget", "head", "yes", "test")


def layer():
    """A gzipped tar: /bin with busybox and names for what it does, and some empty folders."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        for folder in ("bin", "tmp", "etc", "proc", "dev", "work"):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(entry)
        with open(BUSYBOX, "rb") as file:
            program = file.read()
        entry = tarfile.TarInfo("bin/busybox")
        entry.mode, entry.size = 0o755, len(program)
        archive.addfile(entry, io.BytesIO(program))
        for name in APPLETS:
            entry = tarfile.TarInfo(f"bin/{name}")
            entry.type, entry.linkname = tarfile.SYMTYPE, "busybox"
            archive.addfile(entry)
    return raw.getvalue()


class Registry:
    """The registry at the server's port."""

    def __init__(self, server):
        self.server = server

    def call(self, method, path, body=b"", headers=None):
        connection = http.client.HTTPConnection(self.server.host, self.server.port, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            answer.body = answer.read()
            return answer
        finally:
            connection.close()

    def put_blob(self, repository, content):
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        answer = self.call("POST", f"/v2/{repository}/blobs/uploads/")
        assert answer.status == 202, (answer.status, answer.body)
        place = urlsplit(answer.headers["Location"])
        query = f"{place.query}&digest={digest}" if place.query else f"digest={digest}"
        answer = self.call("PUT", f"{place.path}?{query}", content, {"Content-Type": "application/octet-stream"})
        assert answer.status == 201, (answer.status, answer.body)
        return {"digest": digest, "size": len(content)}

    def push(self, repository, tag="latest", command=("echo", "hello"), **config):
        """`config`: more of the image's configuration ("Entrypoint", "Env", "User", "WorkingDir")."""
        content = layer()
        packed = gzip.compress(content, 1)
        diff_id = "sha256:" + hashlib.sha256(content).hexdigest()
        configuration = json.dumps({"architecture": "amd64", "os": "linux", "config": {"Cmd": list(command), **config},
                                    "rootfs": {"type": "layers", "diff_ids": [diff_id]}}).encode()
        manifest = json.dumps({
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **self.put_blob(repository, configuration)},
            "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", **self.put_blob(repository, packed)}],
        }).encode()
        answer = self.call("PUT", f"/v2/{repository}/manifests/{tag}", manifest,
                           {"Content-Type": "application/vnd.oci.image.manifest.v1+json"})
        assert answer.status == 201, (answer.status, answer.body)


def push_busybox(case, server, repository="jobs", **image):
    """Makes the repository and pushes; the image's URI."""
    uri = case.client(server, "ecr").create_repository(repositoryName=repository)["repository"]["repositoryUri"]
    Registry(server).push(repository, **image)
    return f"{uri}:latest"
