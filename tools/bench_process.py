# SPDX-License-Identifier: Apache-2.0
"""Processes under measurement: `pawl serve` on a folder of its own, the echo server, the load."""
import http.client
import json
import os
import re
import signal
import subprocess
import tempfile
import time

import bench_machines as machines

TICKS = os.sysconf("SC_CLK_TCK")


def on_cpus(cpus):
    return (lambda: os.sched_setaffinity(0, cpus)) if cpus else None


class Child:
    """A process that this one has started; ended by its id."""

    def __init__(self, arguments, ready, cpus=None, stderr=None):
        self.began = time.monotonic()
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=stderr, text=True, preexec_fn=on_cpus(cpus))
        line = self.process.stdout.readline()
        self.ready_ms = (time.monotonic() - self.began) * 1000
        found = re.search(ready, line)
        if not found:
            self.end()
            raise RuntimeError(f"{arguments[0]} said {line!r}")
        self.port = int(found.group(1))

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()

    def cpu_seconds(self):
        """User and system time of all its threads."""
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def status(self, name):
        """A number of /proc/PID/status, such as VmRSS (KiB) or Threads."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(rf"^{name}:\s+(\d+)", file.read(), re.M).group(1))


class Server(Child):
    def __init__(self, pawl, folder, cpus=None, arguments=()):
        self.folder = folder
        self.log = open(os.path.join(folder, "serve.log"), "a")
        super().__init__([pawl, "serve", "--port", "0", "--data", os.path.join(folder, "data"), *arguments],
                         r"ready on http://127\.0\.0\.1:(\d+)", cpus, self.log)
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port)

    def end(self):
        super().end()
        self.log.close()

    def send(self, method, path, body, headers):
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path} {headers}: {answer.status} {text!r}")
        return text

    def call(self, operation, body):
        return json.loads(self.send("POST", "/", json.dumps(body), {
            "X-Amz-Target": f"AWSStepFunctions.{operation}", "Content-Type": "application/x-amz-json-1.0"}))

    def make_machine(self, definition, kind="STANDARD"):
        name = f"m{time.monotonic_ns()}"
        return self.call("CreateStateMachine", {"name": name, "definition": json.dumps(definition), "type": kind,
                                                "roleArn": machines.ROLE})["stateMachineArn"]

    def metrics(self):
        """By name and labels; and by name alone the sum over all labels."""
        values = {}
        for line in self.send("GET", "/metrics", None, {}).decode().splitlines():
            if line.startswith("#") or not line:
                continue
            key, value = line.rsplit(" ", 1)
            name = key.partition("{")[0]
            values[key] = float(value)
            if name != key:
                values[name] = values.get(name, 0) + float(value)
        return values

    def counts(self, kind="STANDARD"):
        """(started, ended, succeeded)"""
        values = self.metrics()
        ended = {key: value for key, value in values.items()
                 if key.startswith("pawl_executions_ended_total{") and f'type="{kind}"' in key}
        return (values[f'pawl_executions_started_total{{type="{kind}"}}'], sum(ended.values()),
                sum(value for key, value in ended.items() if 'status="SUCCEEDED"' in key))

    def wait_until_all_ended(self, timeout=120):
        deadline = time.monotonic() + timeout
        while True:
            started, ended, _ = self.counts()
            if started == ended:
                return
            if time.monotonic() > deadline:
                raise RuntimeError(f"{started - ended} executions did not end")
            time.sleep(0.002)


class Tools:
    """Where the programs are, and a folder for what they need."""

    def __init__(self, build, folder):
        self.pawl = os.path.join(build, "pawl")
        self.programs = os.path.join(build, "bench", "load")
        self.folder = folder
        # Where one thread serves, it and the client have a core each, if there are two.
        cpus = sorted(os.sched_getaffinity(0))
        self.server_cpus, self.client_cpus = cpus[:1], cpus[-1:]

    def program(self, name):
        return os.path.join(self.programs, name)

    def new_folder(self):
        return tempfile.mkdtemp(dir=self.folder)

    def file_of(self, data):
        descriptor, path = tempfile.mkstemp(dir=self.folder)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        return path

    def server(self, folder=None, cpus=None, arguments=()):
        return Server(self.pawl, folder or self.new_folder(), cpus, arguments)

    def echo(self, cpus=None):
        return Child([self.program("pawl_echo")], r"^(\d+)$", cpus)

    def load(self, mode, port, request, cpus=None, **options):
        files = {"request": request, "describe": options.pop("describe", None)}
        arguments = [self.program("pawl_load"), mode, "--port", str(port)]
        for name, data in files.items():
            if data is not None:
                arguments += [f"--{name}", self.file_of(data)]
        for name, value in options.items():
            arguments += [f"--{name}", str(value)]
        done = subprocess.run(arguments, capture_output=True, text=True, preexec_fn=on_cpus(cpus))
        if done.returncode != 0:
            raise RuntimeError(f"{mode}: {done.stderr} {done.stdout}")
        return json.loads(done.stdout)

    def raw_log(self, seconds, *batches):
        """The ceiling of what is durable, on the disk that the server writes to; by batch size."""
        done = subprocess.run([self.program("pawl_ceiling_log"), self.folder, str(seconds), *map(str, batches)],
                              check=True, capture_output=True, text=True)
        return {int(size): figures for size, figures in json.loads(done.stdout).items()}
