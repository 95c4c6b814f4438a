# SPDX-License-Identifier: Apache-2.0
"""Images made by the tests themselves, of what the machine has, and pushed over HTTP as any client of a registry does. Python 3.9."""
import gzip
import hashlib
import http.client
import io
import json
import os
import shutil
import subprocess
import tarfile

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)
BUSYBOX = "/bin/busybox"
PYTHON = "/usr/bin/python3"

# The worker's side of the Runtime API, for images: what AWS's awslambdaric is. /app/HANDLER_MODULE.py has the handler.
RUNTIME_CLIENT = '''
import importlib, json, os, sys, traceback, urllib.request
api = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/"
sys.path.insert(0, os.getcwd())
module, name = sys.argv[1].rsplit(".", 1)
handler = getattr(importlib.import_module(module), name)
def post(path, value):
    urllib.request.urlopen(urllib.request.Request(api + path, json.dumps(value).encode(), method="POST")).read()
while True:
    with urllib.request.urlopen(api + "invocation/next") as answer:
        request, event = answer.headers["Lambda-Runtime-Aws-Request-Id"], json.load(answer)
    try:
        post("invocation/%s/response" % request, handler(event, None))
    except Exception as error:
        traceback.print_exc()
        post("invocation/%s/error" % request, {"errorType": type(error).__name__, "errorMessage": str(error)})
    sys.stdout.flush()
'''


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def layer(files):
    """A layer of {name: bytes, ("link", target), or the path of a file or folder of this machine (os.PathLike)}."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0, compresslevel=1) as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in files.items():
            if isinstance(content, os.PathLike):
                tar.add(content, name, filter=_plain)
                continue
            info = tarfile.TarInfo(name)
            if isinstance(content, tuple):
                info.type, info.linkname = tarfile.SYMTYPE, content[1]
                tar.addfile(info)
            else:
                info.size, info.mode = len(content), 0o755
                tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def _plain(info):
    if "/__pycache__" in info.name or "/test/" in info.name or info.name.endswith((".a", ".so.debug")):
        return None
    info.uid = info.gid = 0
    return info


def libraries_of(program):
    """The shared libraries of a program, by ldd: absolute paths."""
    text = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    return sorted({word for line in text.splitlines() for word in line.split() if word.startswith("/")})


def python_files():
    """This machine's Python as files of an image: the program, its libraries and standard library."""
    import pathlib
    program = os.path.realpath(PYTHON)
    version = subprocess.run([program, "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))"], capture_output=True,
                             text=True, check=True).stdout.strip()
    wanted = {program, version}
    dynamic = os.path.join(version, "lib-dynload")
    for one in [program] + [os.path.join(dynamic, name) for name in os.listdir(dynamic)
                            if name.startswith(("_socket", "_ssl", "_hashlib", "_json", "_ctypes"))]:
        wanted.update(libraries_of(one))
    files = {"usr/bin/python3": ("link", os.path.basename(program))}
    for path in sorted(wanted):
        files[path.lstrip("/")] = pathlib.Path(os.path.realpath(path))
    return files


def has_sandbox():
    """Whether bubblewrap may make namespaces here."""
    if shutil.which("bwrap") is None:
        return False
    done = subprocess.run(["bwrap", "--unshare-user", "--unshare-pid", "--ro-bind", "/", "/", "/bin/true"], capture_output=True)
    return done.returncode == 0


class Registry:
    """The OCI distribution API of a server, one connection a request."""

    def __init__(self, host, port, prefix=""):
        self.host, self.port, self.prefix = host, port, prefix

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def push_blob(self, name, data):
        status, headers, body = self.ask("POST", f"/v2/{name}/blobs/uploads/")
        assert status == 202, (status, body)
        status, headers, body = self.ask("PUT", headers["Location"] + "?digest=" + digest(data), data,
                                         {"Content-Type": "application/octet-stream"})
        assert status == 201, (status, body)
        return digest(data)

    def push(self, name, tag, layers, process, architecture=ARCHITECTURE):
        """An image of these layers; its manifest's digest."""
        config = json.dumps({"os": "linux", "architecture": architecture, "config": process,
                             "rootfs": {"type": "layers", "diff_ids": []}}).encode()
        parts = [{"mediaType": LAYER, "digest": self.push_blob(name, data), "size": len(data)} for data in layers]
        manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "layers": parts,
                               "config": {"mediaType": CONFIG, "digest": self.push_blob(name, config),
                                          "size": len(config)}}).encode()
        status, headers, body = self.ask("PUT", f"/v2/{name}/manifests/{tag}", manifest, {"Content-Type": MANIFEST})
        assert status == 201, (status, body)
        return headers["Docker-Content-Digest"]
