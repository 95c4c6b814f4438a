# SPDX-License-Identifier: Apache-2.0
"""ServerCase: starts `pawl serve` (the program named by the environment variable PAWL) on a free port, with data of its own. Python
3.9, standard library only."""
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import unittest

SECONDS_MAX = 30  # nothing may take longer to start, to answer or to stop
SCOPE = "AWS4-HMAC-SHA256 Credential={key}/20240101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0"


class Server:
    """One running process; its ready line has been read."""

    def __init__(self, arguments, environment):
        self.process = subprocess.Popen([os.environ["PAWL"], "serve", "--port", "0", *arguments], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env={**os.environ, **environment})
        self.ready_line = self.process.stdout.readline().decode()
        match = re.fullmatch(r"Pawl is ready on (https?)://(.*):(\d+)\n", self.ready_line)
        if match is None:
            _, err = self.process.communicate(timeout=SECONDS_MAX)
            raise AssertionError(f"not ready but {self.ready_line!r}, exit {self.process.returncode}: {err.decode()}")
        self.host, self.port = match[2].strip("[]"), int(match[3])
        self.err = b""
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stderr:
            self.err += line

    def stop(self, number=signal.SIGTERM):
        """Sends the signal; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.wait()

    def wait(self):
        code = self.process.wait(SECONDS_MAX)
        self.reader.join(SECONDS_MAX)
        self.process.stdout.close()
        self.process.stderr.close()
        return code


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class ServerCase(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="pawl-server-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def serve(self, *arguments, environment=None):
        """Without a word about data it is in memory."""
        if not {"--data", "--in-memory"} & set(arguments):
            arguments = (*arguments, "--in-memory")
        server = Server(arguments, environment or {})
        self.addCleanup(self._end, server)
        return server

    @staticmethod
    def _end(server):
        if server.process.poll() is None:
            server.process.kill()
            server.wait()

    def request(self, server, method="POST", path="/", headers=None, body=b""):
        connection = http.client.HTTPConnection(server.host, server.port, timeout=SECONDS_MAX)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def call(self, server, operation, body=b"{}", service="states", prefix="AWSStepFunctions", region="us-east-1", key="test"):
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        return self.request(server, headers={
            "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"{prefix}.{operation}",
            "Authorization": SCOPE.format(key=key, region=region, service=service)}, body=body)
