# SPDX-License-Identifier: Apache-2.0
"""Where services are said to live, and where large bodies go."""
import os
import subprocess
import unittest

from server_case import SCOPE, SECONDS_MAX, ServerCase


class EndpointsTest(ServerCase):
    def test_mistakes_are_named(self):
        for value, mistake in (("s3", "expected SERVICE=WHERE"), ("s3=minio", "expected embedded, aws or a URL"),
                               ("s4=aws", "no service is called so")):
            done = subprocess.run([os.environ["PAWL"], "serve", "--in-memory", "--port", "0", "--endpoint", value],
                                  capture_output=True, timeout=SECONDS_MAX, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn(mistake, done.stderr.decode())

    def test_any_number_of_them(self):
        config = os.path.join(self.folder, "pawl.toml")
        with open(config, "w", encoding="ascii") as file:
            file.write('endpoint = ["s3=https://minio.local:9000", "*=aws"]\n')
        for arguments in (("--endpoint", "s3=https://minio.local:9000", "--endpoint", "glue=aws", "--endpoint", "*=aws"),
                          ("--config", config)):
            self.assertEqual(self.call(self.serve(*arguments), "ListStateMachines").status, 200)


class SpoolTest(ServerCase):
    def test_is_emptied_at_the_start(self):
        spool = os.path.join(self.folder, "data", "spool")
        os.makedirs(spool)
        with open(os.path.join(spool, "left"), "w", encoding="ascii") as file:
            file.write("from an earlier process")
        server = self.serve("--data", os.path.join(self.folder, "data"))
        self.assertEqual(os.listdir(spool), [])
        self.assertEqual(server.stop(), 0)

    def test_refusals_speak_the_protocol_of_the_request(self):
        server = self.serve("--max-body", "100")
        answer = self.request(server, path="/2015-03-31/functions/f/invocations", body=b"x" * 101,
                              headers={"Authorization": SCOPE.format(key="a", region="us-east-1", service="lambda")})
        self.assertEqual((answer.status, answer.headers["x-amzn-ErrorType"]), (413, "RequestEntityTooLargeException"))


if __name__ == "__main__":
    unittest.main()
