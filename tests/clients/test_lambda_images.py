# SPDX-License-Identifier: Apache-2.0
"""Lambda functions from container images: pushed to ECR, created, invoked, changed, refused. The image is this machine's Python with a
Runtime API client of the test's own. Skipped where there is no sandbox. Python 3.9."""
import json
import os
import shutil
import signal
import subprocess
import sys
import unittest

from client_case import ClientCase
from image_case import BUSYBOX, PYTHON, RUNTIME_CLIENT, Registry, has_sandbox, layer, python_files

ROLE = "arn:aws:iam::000000000000:role/worker"
PLACE = "000000000000.dkr.ecr.us-east-1.amazonaws.com"
HANDLERS = b"""
import os, time
count = 0
def echo(event, context):
    global count
    count += 1
    print("handling", event)
    return {"event": event, "count": count, "greeting": os.environ.get("GREETING"), "folder": os.getcwd(), "user": os.getuid(),
            "image": os.environ.get("FROM_IMAGE"), "function": os.environ["AWS_LAMBDA_FUNCTION_NAME"]}
def touch(event, context):
    open("/tmp/may", "w").close()
    try:
        open("/app/may-not", "w").close()
    except OSError as error:
        return error.strerror
def look(event, context):
    return sorted(os.listdir("/")) + [os.path.exists(path) for path in event]
def sleep(event, context):
    time.sleep(60)
def fail(event, context):
    raise ValueError("no")
def hoard(event, context):
    held = []
    while True:
        held.append(bytearray(10_000_000))
        time.sleep(0.01)
"""

if not has_sandbox():
    print("skipped: bubblewrap cannot make namespaces here")
    sys.exit(77)
if not os.path.exists(PYTHON):
    print("skipped: there is no", PYTHON)
    sys.exit(77)


class LambdaImages(ClientCase):
    base = None

    @classmethod
    def setUpClass(cls):
        cls.base = layer(python_files())

    def setUp(self):
        super().setUp()
        self.data = os.path.join(self.folder, "data")
        self.start()
        self.client(self.server, "ecr").create_repository(repositoryName="functions")

    def start(self):
        self.server = self.serve("--data", self.data)
        self.lambda_ = self.client(self.server, "lambda")

    def push(self, tag="v1", code=HANDLERS, **more):
        files = {"app/client.py": RUNTIME_CLIENT.encode(), "app/handlers.py": code}
        process = {"Entrypoint": ["/usr/bin/python3", "-u", "/app/client.py"], "Cmd": ["handlers.echo"], "WorkingDir": "/app",
                   "Env": ["FROM_IMAGE=yes", "PATH=/usr/bin:/bin"], "User": "nobody-cares"}
        registry = Registry(self.server.host, self.server.port)
        self.digest = registry.push("functions", tag, [self.base, layer(files)], process, **more)
        return f"{PLACE}/functions:{tag}"

    def create(self, name, uri, **more):
        return self.lambda_.create_function(**{"FunctionName": name, "PackageType": "Image", "Role": ROLE, "Timeout": 20,
                                               "Code": {"ImageUri": uri}, **more})

    def invoke(self, name, payload=None, **more):
        answer = self.lambda_.invoke(FunctionName=name, Payload=json.dumps(payload).encode(), **more)
        return answer.get("FunctionError"), json.loads(answer["Payload"].read())

    def test_from_push_to_result(self):
        uri = self.push()
        made = self.create("f", uri, Environment={"Variables": {"GREETING": "hi"}})
        self.assertEqual((made["PackageType"], made["CodeSha256"]), ("Image", self.digest.split(":")[1]))
        self.assertNotIn("Runtime", made)
        self.assertEqual(self.invoke("f", {"a": 1}),
                         (None, {"event": {"a": 1}, "count": 1, "greeting": "hi", "folder": "/app", "user": 993, "image": "yes",
                                 "function": "f"}))
        self.assertEqual(self.invoke("f", 2)[1]["count"], 2, "the worker is warm")
        code = self.lambda_.get_function(FunctionName="f")["Code"]
        self.assertEqual(code, {"RepositoryType": "ECR", "ImageUri": uri, "ResolvedImageUri": f"{PLACE}/functions@{self.digest}"})
        # A tag that moves changes nothing until the code is updated.
        self.push(code=HANDLERS.replace(b'"event": event', b'"event": "new"'))
        self.assertEqual(self.invoke("f", 3)[1]["event"], 3)
        self.lambda_.update_function_code(FunctionName="f", ImageUri=uri)
        self.assertEqual(self.invoke("f", 3)[1]["event"], "new")
        self.server.stop(signal.SIGKILL)
        self.start()
        self.assertEqual(self.invoke("f", 4)[1]["event"], "new")

    def test_what_image_config_puts_in_place_of_the_image(self):
        uri = self.push()
        made = self.create("f", uri, ImageConfig={"Command": ["handlers.touch"]})
        self.assertEqual(made["ImageConfigResponse"], {"ImageConfig": {"Command": ["handlers.touch"]}})
        self.assertEqual(self.invoke("f"), (None, "Read-only file system"))
        self.lambda_.update_function_configuration(FunctionName="f", ImageConfig={
            "EntryPoint": ["python3", "/app/client.py"], "Command": ["app.handlers.echo"], "WorkingDirectory": "/"})
        self.assertEqual(self.invoke("f")[1]["folder"], "/")
        self.lambda_.update_function_configuration(FunctionName="f", ImageConfig={"EntryPoint": ["/nothing"]})
        kind, error = self.invoke("f")
        self.assertEqual((kind, error["errorType"]), ("Unhandled", "Runtime.InvalidEntrypoint"))

    def test_what_goes_wrong_inside(self):
        uri = self.push()
        for name, timeout in (("fail", 20), ("sleep", 1), ("hoard", 20)):
            self.create(name, uri, Timeout=timeout, MemorySize=128, ImageConfig={"Command": ["handlers." + name]})
        self.assertEqual(self.invoke("fail"), ("Unhandled", {"errorType": "ValueError", "errorMessage": "no"}))
        self.assertEqual(self.invoke("sleep")[1]["errorType"], "Sandbox.Timedout")
        self.assertEqual(self.invoke("hoard")[1]["errorType"], "Runtime.ExitError")

    def test_it_sees_nothing_of_the_machine(self):
        uri = self.push()
        self.create("look", uri, ImageConfig={"Command": ["handlers.look"]})
        _, seen = self.invoke("look", [self.data, "/usr/bin/bwrap", "/home"])
        self.assertEqual(seen[-3:], [False, False, False])

    def test_refused(self):
        uri = self.push()
        missing = f"{PLACE}/functions:none"
        code, message, _ = self.refused(self.create, name="f", uri=missing)
        self.assertEqual((code, message), ("InvalidParameterValueException",
                                           f"Source image {missing} does not exist. Provide a valid source image."))
        self.assertEqual(self.refused(self.create, name="f", uri=f"{PLACE}/none:v1")[0], "InvalidParameterValueException")
        self.assertEqual(self.refused(self.create, name="f", uri="No Image")[0], "InvalidParameterValueException")
        self.assertIn("not supported", self.refused(self.create, name="f", uri=self.push("other", architecture="sparc"))[1])
        self.assertEqual(self.refused(self.create, name="f", uri=uri, Runtime="python3.12")[0], "InvalidParameterValueException")
        self.create("f", uri)
        self.assertEqual(self.refused(self.lambda_.update_function_code, FunctionName="f", ZipFile=b"x")[1],
                         "Please provide ImageUri when updating a function with packageType Image.")
        self.assertEqual(self.refused(self.lambda_.update_function_code, FunctionName="f", ImageUri=missing)[1],
                         f"Source image {missing} does not exist. Provide a valid source image.")

    def test_an_image_with_path_tricks_touches_nothing(self):
        outside = os.path.join(self.folder, "outside")
        registry = Registry(self.server.host, self.server.port)
        for tag, files in (("upward", {"../" * 30 + outside.lstrip("/"): b"bad"}),
                           ("linked", {"out": ("link", self.folder), "out/outside": b"bad"})):
            registry.push("functions", tag, [layer(files)], {"Cmd": ["/x"]})
            self.create(tag, f"{PLACE}/functions:{tag}")
            code, message, _ = self.refused(self.lambda_.invoke, FunctionName=tag)
            self.assertEqual((code, "is not valid" in message), ("InvalidParameterValueException", True), message)
            self.assertFalse(os.path.exists(outside))
        self.assertEqual(sorted(os.listdir(os.path.join(self.data, "containers", "images"))), ["partial"])
        self.assertEqual(os.listdir(os.path.join(self.data, "containers", "images", "partial")), [])

    @unittest.skipUnless(shutil.which("buildah"), "buildah is not installed")
    @unittest.skipUnless(os.path.exists(BUSYBOX), "busybox-static is not installed")
    def test_pawl_image_build_and_push(self):
        """The way of a user: a Dockerfile over a base that stands in ECR."""
        self.push("base")
        context = os.path.join(self.folder, "context")
        os.makedirs(context)
        with open(os.path.join(context, "mine.py"), "w", encoding="utf-8") as file:
            file.write("def handler(event, context):\n    return event['width'] * 2\n")
        address = f"{self.server.host}:{self.server.port}"
        with open(os.path.join(context, "Dockerfile"), "w", encoding="utf-8") as file:
            file.write("ARG BASE\nFROM $BASE\nCOPY mine.py /app/mine.py\nCMD [\"mine.handler\"]\n")
        environment = {**os.environ, "PAWL_IMAGE_STORAGE": os.path.join(self.folder, "store"),
                       "AWS_ENDPOINT_URL": f"http://{address}"}
        uri = f"{PLACE}/functions:mine"
        done = subprocess.run([os.environ["PAWL"], "image", "build", context, "-t", uri, "--push",
                               "--build-arg", f"BASE={address}/functions:base"],
                              capture_output=True, text=True, env=environment, timeout=200)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.create("mine", uri)
        self.assertEqual(self.invoke("mine", {"width": 21}), (None, 42))
        listed = subprocess.run([os.environ["PAWL"], "image", "list", "functions"], capture_output=True, text=True, env=environment,
                                timeout=60)
        self.assertIn("functions:mine", listed.stdout, listed.stderr)
        ran = subprocess.run([os.environ["PAWL"], "image", "run", "--user", "0", "--entrypoint", "/usr/bin/python3", uri, "-c", "print(6*7)"],
                             capture_output=True, text=True, env=environment, timeout=60)
        self.assertEqual((ran.returncode, ran.stdout), (0, "42\n"), ran.stderr)
        ran = subprocess.run([os.environ["PAWL"], "image", "run", uri, "--user", "0", "--entrypoint", "/usr/bin/python3", "--", "-c",
                              "import sys; sys.exit(7)"], capture_output=True, text=True, env=environment, timeout=60)
        self.assertEqual(ran.returncode, 7, ran.stderr)


if __name__ == "__main__":
    unittest.main()
