# SPDX-License-Identifier: Apache-2.0
"""The server that is killed, and clients that survive it. Python 3.9, standard library only."""
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time

SCOPE = "AWS4-HMAC-SHA256 Credential=test/20240101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
SECONDS_MAX = 120  # longer than any answer, also that of a long poll


class CrashServer:
    """`pawl serve` on one data folder, started again after each death."""

    def __init__(self, program, folder, chance):
        self.program, self.folder, self.chance = program, folder, chance
        self.changed = threading.Condition()
        self.address = None  # None: it is down
        self.generation = 0
        self.process = None
        self.log = open(os.path.join(folder, "server.log"), "ab")
        self.seconds_to_ready = []
        self.connections_lost = 0
        self.lock = threading.Lock()

    def start(self):
        begin = time.monotonic()
        # Any number of partitions finds what any other number has left.
        threads = ["--partitions", str(self.chance.randint(1, 4)), "--io-threads", str(self.chance.randint(1, 2))]
        command = [self.program, "serve", "--data", os.path.join(self.folder, "data"), "--port", "0", "--no-tls",
                   "--stop-timeout", "1", *threads]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log)
        line = self.process.stdout.readline().decode()
        match = re.fullmatch(r"Pawl is ready on http://(.*):(\d+)\n", line)
        if match is None:
            raise AssertionError(f"generation {self.generation + 1} is not ready but exits with {self.process.wait()}; "
                                 f"its log: {self.log_tail()}")
        self.seconds_to_ready.append(time.monotonic() - begin)
        with self.changed:
            self.address = (match[1], int(match[2]))
            self.generation += 1
            self.changed.notify_all()

    def kill(self):
        """SIGKILL; fails if it had died of something else before."""
        with self.changed:
            self.address = None
        self.process.send_signal(signal.SIGKILL)
        code = self.process.wait()
        self.process.stdout.close()
        if code != -signal.SIGKILL:
            raise AssertionError(f"generation {self.generation} had ended with {code}; its log: {self.log_tail()}")

    def stop(self):
        self.process.terminate()
        code = self.process.wait(60)
        self.process.stdout.close()
        return code

    def check(self):
        """What `pawl admin check` finds in the data; "" if all is well."""
        done = subprocess.run([self.program, "admin", "check", "--data", os.path.join(self.folder, "data")],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return done.stdout.decode() if done.returncode != 0 else ""

    def log_tail(self):
        self.log.flush()
        with open(self.log.name, "rb") as file:
            return file.read()[-4000:].decode(errors="replace")

    def wait_for_address(self):
        with self.changed:
            self.changed.wait_for(lambda: self.address is not None)
            return self.address


class ConnectionLost(Exception):
    """No answer: what the server did is not known."""


class Refused(Exception):
    """An answer that is an error of the API."""

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code


class Client:
    """One connection, kept alive while its server lives. One thread."""

    def __init__(self, server):
        self.server = server
        self.connection = None
        self.address = None

    def call(self, operation, **parameters):
        """The answer. Raises Refused, or ConnectionLost when the server died meanwhile."""
        return self._request("POST", "/", parameters, "states",
                             {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AWSStepFunctions." + operation})

    def create_function(self, **parameters):
        return self._request("POST", "/2015-03-31/functions", parameters, "lambda", {"Content-Type": "application/json"})

    def replay(self, arn):
        """What `pawl replay` shows of an execution at its last event."""
        return self._request("POST", "/_pawl/admin/replay", {"executionArn": arn}, "states", {"Content-Type": "application/json"})

    def insist(self, operation, **parameters):
        """Calls until there is an answer: (answer, whether one was lost before)."""
        lost = False
        while True:
            try:
                return self.call(operation, **parameters), lost
            except ConnectionLost:
                lost = True
            except Refused as refused:
                refused.lost_before = lost
                raise

    def _request(self, method, path, parameters, service, headers):
        status, body = self._exchange(method, path, json.dumps(parameters).encode(), service, headers)
        decoded = json.loads(body) if body else {}
        if status >= 300:
            raise Refused(decoded.get("__type", "").rpartition("#")[2], decoded.get("message", ""))
        return decoded

    def _exchange(self, method, path, body, service, headers):
        """Status below 500, and the body."""
        address = self.server.wait_for_address()
        if address != self.address or self.connection is None:
            self.close()
            self.address = address
            self.connection = http.client.HTTPConnection(*address, timeout=SECONDS_MAX)
        try:
            if self.connection.sock is None:
                self.connection.connect()
                self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connection.request(method, path, body, {**headers, "Authorization": SCOPE.format(service=service)})
            answer = self.connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            if isinstance(error, TimeoutError):
                raise AssertionError(f"no answer within {SECONDS_MAX} s: {path} {headers}") from error
            with self.server.lock:
                self.server.connections_lost += 1
            raise ConnectionLost() from error
        if answer.status >= 500:
            raise AssertionError(f"status {answer.status}: {body!r}")
        return answer.status, body

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None
