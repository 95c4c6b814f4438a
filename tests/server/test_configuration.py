# SPDX-License-Identifier: Apache-2.0
"""Where options come from, what systemd is told, how the log looks, how requests under way end."""
import json
import os
import signal
import socket
import subprocess
import unittest

from server_case import SECONDS_MAX, ServerCase


class ConfigurationTest(ServerCase):
    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        return path

    def test_options_of_a_file_and_the_environment(self):
        config = self.write("pawl.toml", '[serve]\nmax-body = 100\nlog-format = "json"\nio-threads = 2\n')
        for arguments, environment, accepted in (
                (("--config", config), {}, 100), ((), {"PAWL_CONFIG": config}, 100),
                (("--config", config), {"PAWL_MAX_BODY": "200"}, 200),
                (("--config", config, "--max-body", "300"), {"PAWL_MAX_BODY": "200"}, 300)):
            server = self.serve(*arguments, environment=environment)
            for size, status in ((accepted, 400), (accepted + 1, 413)):
                answer = self.request(server, headers={"X-Amz-Target": "AWSStepFunctions.ListStateMachines"}, body=b"x" * size)
                self.assertEqual(answer.status, status, (arguments, environment, size))
            self.assertEqual(server.stop(), 0)
            for line in server.err.decode().splitlines():
                self.assertIn(json.loads(line)["level"], ("info", "warning"))

    def test_mistakes_in_a_file_are_named(self):
        for text, mistake in (("colour = 1\n", "no such option: colour"), ("port = nonsense\n", "nonsense"), (None, "nowhere")):
            path = os.path.join(self.folder, "nowhere") if text is None else self.write("pawl.toml", text)
            done = subprocess.run([os.environ["PAWL"], "serve", "--in-memory", "--config", path], capture_output=True,
                                  timeout=SECONDS_MAX, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn(mistake, done.stderr.decode())

    def test_systemd_is_told(self):
        path = os.path.join(self.folder, "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
            listener.settimeout(SECONDS_MAX)
            listener.bind(path)
            server = self.serve(environment={"NOTIFY_SOCKET": path})
            self.assertEqual(listener.recv(100), b"READY=1")
            server.stop()
            self.assertEqual(listener.recv(100), b"STOPPING=1")

    def test_requests_under_way_are_answered(self):
        server = self.serve("--io-threads", "2")
        with socket.create_connection((server.host, server.port), timeout=SECONDS_MAX) as connection:
            body = b"{}"
            head = b"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AWSStepFunctions.ListStateMachines\r\nContent-Length: 2\r\n\r\n"
            connection.sendall(head + body[:1])
            self.assertEqual(self.request(server, "GET", "/_pawl/health").status, 200)  # what was sent has been read
            server.process.send_signal(signal.SIGTERM)
            while b"stopping" not in server.err:
                pass
            connection.sendall(body[1:])
            answer = connection.recv(4096)
            self.assertTrue(answer.startswith(b"HTTP/1.1 200 OK"), answer)
            self.assertIn(b"Connection: close", answer)
        self.assertEqual(server.wait(), 0)

    def test_what_never_ends_does_not_stop_the_stop(self):
        server = self.serve("--stop-timeout", "0")
        with socket.create_connection((server.host, server.port), timeout=SECONDS_MAX) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\n")
            self.assertEqual(self.request(server, "GET", "/_pawl/health").status, 200)
            self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    unittest.main()
