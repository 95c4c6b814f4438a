# SPDX-License-Identifier: Apache-2.0
"""What clients may do to the port: nonsense, too much, too slowly, too many."""
import json
import socket
import time
import unittest

from server_case import SECONDS_MAX, ServerCase

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AWSStepFunctions.ListStateMachines\r\n"
BODY_MAX = 4096
IDLE_CONNECTIONS = 2000


def read_to_end(connection):
    text = b""
    while True:
        piece = connection.recv(65536)
        if not piece:
            return text
        text += piece


class HttpTest(ServerCase):
    def connect(self, server):
        connection = socket.create_connection((server.host, server.port), timeout=SECONDS_MAX)
        self.addCleanup(connection.close)
        return connection

    def assert_refused(self, server, raw, status, code):
        connection = self.connect(server)
        connection.sendall(raw)
        head, _, body = read_to_end(connection).partition(b"\r\n\r\n")
        self.assertEqual(head.split(b" ", 2)[1], str(status).encode(), head)
        self.assertIn(b"x-amzn-RequestId: ", head)
        self.assertEqual(json.loads(body)["__type"].rsplit("#", 1)[-1], code)

    def test_unknown_target_and_malformed_json(self):
        server = self.serve()
        unknown = self.call(server, "Fly")
        self.assertEqual((unknown.status, unknown.json()), (400, {"__type": "com.amazon.coral.service#UnknownOperationException"}))
        for body in (b"{", b"", b"[]", b"nonsense", b'{"maxResults": "many"}', b"\xff"):
            answer = self.call(server, "ListStateMachines", body)
            self.assertEqual(answer.status, 400, body)
            self.assertIn("SerializationException", answer.json()["__type"], body)
            self.assertEqual(len(answer.headers["x-amzn-RequestId"]), 36)
        self.assertEqual(server.stop(), 0)
        failures = [line for line in server.err.decode().splitlines() if "request failed" in line]
        self.assertEqual(len(failures), 7, server.err)
        self.assertIn("operation=ListStateMachines", failures[1])
        self.assertIn("code=SerializationException", failures[1])

    def test_malformed_and_oversize_requests(self):
        server = self.serve("--max-body", str(BODY_MAX))
        self.assert_refused(server, b"nonsense\r\n\r\n", 400, "MalformedHttpRequestException")
        self.assert_refused(server, HEAD + b"A: " + b"a" * 20_000 + b"\r\n\r\n", 431, "MalformedHttpRequestException")
        too_large = HEAD + b"Content-Length: %d\r\n\r\n" % (BODY_MAX + 1) + b"x" * (BODY_MAX + 1)
        self.assert_refused(server, too_large, 413, "RequestEntityTooLargeException")
        chunks = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + (b"400\r\n" + b"x" * 1024 + b"\r\n") * 5
        self.assert_refused(server, chunks, 413, "RequestEntityTooLargeException")
        self.assertEqual(self.request(server, "GET", "/_pawl/health").status, 200)

    def test_half_a_request_loses_nothing_for_others(self):
        server = self.serve()
        half = self.connect(server)
        half.sendall(HEAD + b"Content-Length: 2\r\n\r\n{")
        gone = self.connect(server)
        gone.sendall(HEAD + b"Conte")
        gone.close()
        self.assertEqual(self.call(server, "ListStateMachines").status, 200)
        half.sendall(b"}")
        self.assertTrue(half.recv(100).startswith(b"HTTP/1.1 200 OK"))

    def test_pipelined_requests_and_continue(self):
        server = self.serve()
        connection = self.connect(server)
        connection.sendall((HEAD + b"Content-Length: 2\r\n\r\n{}") * 50 + b"GET /_pawl/health HTTP/1.0\r\n\r\n")
        text = read_to_end(connection)
        self.assertEqual(text.count(b"HTTP/1.1 200 OK"), 51)
        waiting = self.connect(server)
        waiting.sendall(HEAD + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        self.assertTrue(waiting.recv(100).startswith(b"HTTP/1.1 100 Continue"))
        waiting.sendall(b"{}")
        self.assertTrue(waiting.recv(100).startswith(b"HTTP/1.1 200 OK"))

    def test_idle_connections_cost_little(self):
        server = self.serve()
        self.call(server, "ListStateMachines")
        before = self.memory(server)
        idle = [self.connect(server) for _ in range(IDLE_CONNECTIONS)]
        for connection in idle:
            connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")
        for connection in idle:
            self.assertTrue(connection.recv(4096).startswith(b"HTTP/1.1 200"))
        metrics = self.request(server, "GET", "/metrics").body.decode()
        self.assertIn(f"pawl_connections {IDLE_CONNECTIONS + 1}\n", metrics)
        self.assertLess((self.memory(server) - before) / IDLE_CONNECTIONS, 16 * 1024)
        self.assertEqual(self.call(server, "ListStateMachines").status, 200)

    def test_a_client_that_never_reads_is_not_read_from(self):
        server = self.serve()
        deaf = self.connect(server)
        deaf.setblocking(False)
        sent = 0
        request = HEAD + b"Content-Length: 2\r\n\r\n{}"
        before = self.memory(server)
        quiet_since = time.monotonic()
        # Until the kernel's buffers are full on both sides: the server must not take more.
        while time.monotonic() - quiet_since < 1 and sent < 512 << 20:
            try:
                sent += deaf.send(request * 100)
                quiet_since = time.monotonic()
            except BlockingIOError:
                pass
        self.assertLess(sent, 512 << 20)
        self.assertLess(self.memory(server) - before, 64 << 20)
        self.assertEqual(self.call(server, "ListStateMachines").status, 200)

    def test_pages_of_other_origins_are_refused(self):
        server = self.serve("--cors-origin", "https://console.example")
        for origin, allowed in (("http://localhost:3000", True), ("http://[::1]:8080", True), ("https://console.example", True),
                                ("https://evil.example", False), ("http://localhost.evil.example", False), ("null", False)):
            answer = self.request(server, headers={"Origin": origin, "X-Amz-Target": "AWSStepFunctions.ListStateMachines"}, body=b"{}")
            self.assertEqual(answer.status, 200 if allowed else 403, origin)
            self.assertEqual(answer.headers["Access-Control-Allow-Origin"], origin if allowed else None)
        preflight = self.request(server, "OPTIONS", headers={
            "Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,x-amz-target"})
        self.assertEqual((preflight.status, preflight.body), (204, b""))
        self.assertEqual(preflight.headers["Access-Control-Allow-Headers"], "authorization,x-amz-target")
        self.assertIn("POST", preflight.headers["Access-Control-Allow-Methods"])

    def test_metrics(self):
        server = self.serve()
        self.call(server, "ListStateMachines")
        self.call(server, "ListStateMachines", b"{")
        text = self.request(server, "GET", "/metrics").body.decode()
        label = 'service="stepfunctions",operation="ListStateMachines"'
        self.assertIn("pawl_requests_total{" + label + ',code=""} 1\n', text)
        self.assertIn("pawl_requests_total{" + label + ',code="SerializationException"} 1\n', text)
        self.assertIn("pawl_request_duration_seconds_count{" + label + "} 2\n", text)
        self.assertIn('pawl_executions_started_total{type="STANDARD"} 0\n', text)
        names = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
        self.assertEqual(len(names), len(set(names)))

    @staticmethod
    def memory(server):
        with open(f"/proc/{server.process.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * 4096


if __name__ == "__main__":
    unittest.main()
