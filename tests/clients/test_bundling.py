# SPDX-License-Identifier: Apache-2.0
"""pawl-docker as the CDK calls it to bundle a function (CDK_DOCKER): the command of AWS's build images over this machine's tools, in a
sandbox, with a wheel folder in place of a package index."""
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
import zipfile

IMAGE = "public.ecr.aws/sam/build-python3.12"
WHEEL_FILES = {
    "greeting/__init__.py": "WORD = 'hello'\n",
    "greeting-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n",
    "greeting-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "greeting-1.0.dist-info/RECORD": "greeting/__init__.py,,\ngreeting-1.0.dist-info/RECORD,,\n",
}


def why_not():
    for tool in ("bwrap", "pip3", "python3"):
        if shutil.which(tool) is None:
            return f"no {tool}"
    tried = subprocess.run(["bwrap", "--ro-bind", "/", "/", "true"], capture_output=True)
    return None if tried.returncode == 0 else "no namespaces on this machine"


class BundlingTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="pawl-bundling-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.docker = os.path.join(self.folder, "pawl-docker")
        os.symlink(os.environ["PAWL"], self.docker)
        for name in ("input", "output", "wheels"):
            os.mkdir(os.path.join(self.folder, name))
        with zipfile.ZipFile(os.path.join(self.folder, "wheels", "greeting-1.0-py3-none-any.whl"), "w") as wheel:
            for name, text in WHEEL_FILES.items():
                wheel.writestr(name, text)
        self.write("input/requirements.txt", "greeting==1.0\n")
        self.write("input/index.py", "import greeting\n")

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def docker_run(self, *words, image=IMAGE, options=(), **environment):
        """As aws-cdk-lib's DockerImage.run() calls it."""
        volumes = [f"{self.folder}/input:/asset-input:delegated", f"{self.folder}/output:/asset-output:delegated"]
        line = [self.docker, "run", "--rm", "-u", f"{os.getuid()}:{os.getgid()}", "-v", volumes[0], "-v", volumes[1], *options, "-w",
                "/asset-input", image, *words]
        keep = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PAWL_BUNDLING"))}
        return subprocess.run(line, capture_output=True, text=True, timeout=120,
                              env={**keep, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": os.path.join(self.folder, "wheels"), **environment})

    def test_requirements_are_installed_beside_the_function(self):
        done = self.docker_run("bash", "-c", "pip install -r requirements.txt -t /asset-output && cp -au . /asset-output")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(sorted(name for name in os.listdir(os.path.join(self.folder, "output")) if "info" not in name),
                         ["greeting", "index.py", "requirements.txt"])
        self.assertIn("PAWL_BUNDLING=image", done.stderr)  # it says what it does, and how to have the image

    def test_pip_and_python_are_those_of_functions(self):
        done = self.docker_run("bash", "-c", "pip --version; python3.12 -c 'import sys; print(sys.version_info[:2])'; python --version")
        self.assertEqual(done.returncode, 0, done.stderr)
        pip, version, _ = done.stdout.splitlines()
        self.assertIn("(python %s)" % ".".join(version.strip("()").split(", ")), pip)

    def test_a_package_that_is_not_there_fails_with_the_status_of_pip(self):
        self.write("input/requirements.txt", "no-such-package-of-ours\n")
        done = self.docker_run("bash", "-c", "pip install -r requirements.txt -t /asset-output")
        self.assertEqual(done.returncode, 1)
        self.assertIn("No matching distribution found for no-such-package-of-ours", done.stderr)

    def test_nothing_of_ours_is_there_and_nothing_of_the_system_can_be_written(self):
        self.write("secret", "do not read")
        done = self.docker_run("bash", "-c", f"cat {self.folder}/secret; touch /usr/here /etc/here; ls /proc | grep -c '^[0-9]'; echo $WORD $HOME; "
                               "echo ${AWS_SECRET_ACCESS_KEY:-none}", options=("--env", "WORD=given"), AWS_SECRET_ACCESS_KEY="mine")
        self.assertNotIn("do not read", done.stdout)
        self.assertEqual(done.stdout.splitlines()[1:], ["given /tmp", "none"])
        self.assertLess(int(done.stdout.splitlines()[0]), 8)
        self.assertFalse(os.path.exists("/usr/here") or os.path.exists("/etc/here"))

    def test_statuses_pass_through(self):
        self.assertEqual(self.docker_run("bash", "-c", "exit 3").returncode, 3)
        nothing = self.docker_run()
        self.assertEqual((nothing.returncode, "no command" in nothing.stderr), (125, True))
        self.assertEqual(self.docker_run("-c", "exit 4", options=("--entrypoint", "bash")).returncode, 4)
        unknown = self.docker_run("true", options=("--volumes-from", "x"))
        self.assertNotEqual(unknown.returncode, 0)

    def test_volumes_may_be_read_only(self):
        done = self.docker_run("bash", "-c", "touch /more/file", options=("-v", f"{self.folder}/wheels:/more:ro"))
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(os.listdir(os.path.join(self.folder, "wheels")), ["greeting-1.0-py3-none-any.whl"])

    def test_the_network_is_this_machines_or_none(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            connect = ("python3", "-c", f"import socket; socket.create_connection(('127.0.0.1', {listener.getsockname()[1]}), 5)")
            self.assertEqual(self.docker_run(*connect).returncode, 0)
            self.assertNotEqual(self.docker_run(*connect, options=("--network", "none")).returncode, 0)


if __name__ == "__main__":
    reason = why_not()
    if reason:
        print("skipped:", reason)
        sys.exit(77)
    unittest.main()
