# SPDX-License-Identifier: Apache-2.0
"""`pawl admin`: check, backup and restore of a data folder, while a server uses it and while none does."""
import glob
import os
import subprocess
import unittest

from server_case import SECONDS_MAX, ServerCase

MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:m"
DEFINITION = ('{"StartAt":"P","States":{"P":{"Type":"Pass","Next":"W"},"W":{"Type":"Wait","SecondsPath":"$.seconds","End":true}}}')


class AdminTest(ServerCase):
    def setUp(self):
        super().setUp()
        self.data = self.path("data")

    def path(self, name):
        return os.path.join(self.folder, name)

    def admin(self, *arguments):
        """(exit code, stdout, stderr)."""
        done = subprocess.run([os.environ["PAWL"], "admin", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              cwd=self.folder, timeout=SECONDS_MAX, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def fill(self):
        """A server whose store has one execution that has ended and one that waits."""
        server = self.serve("--data", self.data, "--no-tls")
        made = self.call(server, "CreateStateMachine", {"name": "m", "roleArn": "arn:aws:iam::000000000000:role/r", "definition": DEFINITION})
        self.assertEqual(made.status, 200, made.body)
        self.start_execution(server, "ended", 0)
        self.start_execution(server, "waits", 5000)
        return server

    def start_execution(self, server, name, seconds):
        answer = self.call(server, "StartExecution", {"stateMachineArn": MACHINE, "name": name, "input": f'{{"seconds":{seconds}}}'})
        self.assertEqual(answer.status, 200, answer.body)

    def names(self, server):
        listed = self.call(server, "ListExecutions", {"stateMachineArn": MACHINE}).json()["executions"]
        return {execution["name"] for execution in listed}

    def test_check_counts_what_is_there(self):
        self.fill().stop()
        code, out, err = self.admin("check", "--data", self.data)
        self.assertEqual((code, err), (0, ""))
        self.assertRegex(out, r"executions +2\n +of them running +1\n(.*\n)+timers +1\n(.*\n)*no faults\n")

    def test_check_leaves_a_server_alone(self):
        self.fill()
        code, out, err = self.admin("check", "--data", self.data)
        self.assertEqual((code, out), (2, ""))
        self.assertRegex(err, "^pawl admin: store: .* is in use: .*Stop the server")

    def test_check_makes_nothing(self):
        code, _, err = self.admin("check", "--data", self.data)
        self.assertEqual((code, err), (2, f"pawl admin: {self.data}: no data of pawl serve\n"))
        self.assertFalse(os.path.exists(self.data))

    def test_a_backup_without_a_server_and_its_restore(self):
        self.fill().stop()
        self.assertEqual(self.admin("backup", "copy", "--data", self.data), (0, f"backed up to {self.path('copy')}\n", ""))
        code, _, err = self.admin("backup", "copy", "--data", self.data)
        self.assertEqual(code, 1)
        self.assertIn(self.path("copy"), err)
        self.assertEqual(self.admin("restore", "copy", "--data", "other")[0], 0)
        code, _, err = self.admin("restore", "copy", "--data", self.data)  # there are data
        self.assertEqual(code, 1, err)
        server = self.serve("--data", self.path("other"), "--no-tls")
        self.assertEqual(self.names(server), {"ended", "waits"})

    def test_a_backup_of_a_running_server_is_of_one_moment(self):
        server = self.fill()
        endpoint = f"http://{server.host}:{server.port}"
        self.assertEqual(self.admin("backup", "copy", "--endpoint", endpoint), (0, f"backed up to {self.path('copy')}\n", ""))
        self.start_execution(server, "later", 0)
        self.assertEqual(self.names(server), {"ended", "waits", "later"})
        code, _, err = self.admin("backup", "copy", "--endpoint", endpoint)
        self.assertEqual(code, 1)
        self.assertIn(self.path("copy"), err)
        self.assertEqual(self.admin("restore", "copy", "--data", "other")[0], 0)
        self.assertEqual(self.admin("check", "--data", "other")[0], 0)
        self.assertEqual(self.names(self.serve("--data", self.path("other"), "--no-tls")), {"ended", "waits"})

    def test_a_flipped_bit_is_found_by_check_and_by_restore(self):
        self.fill().stop()
        self.assertEqual(self.admin("backup", "copy", "--data", self.data)[0], 0)
        self.assertEqual(self.admin("restore", "copy", "--data", "other")[0], 0)
        for store in ("copy", "other/store"):
            tables = glob.glob(os.path.join(self.path(store), "*.sst"))
            self.assertNotEqual(tables, [])
            flip_a_bit(max(tables, key=os.path.getsize), 40)
        code, _, err = self.admin("check", "--data", "other")
        self.assertEqual(code, 1)
        self.assertRegex(err, r"fault: store: .*damaged data.*\.sst")
        code, _, err = self.admin("restore", "copy", "--data", "third")
        self.assertEqual(code, 1)
        self.assertRegex(err, r"pawl admin: store: .*damaged data.*\.sst")
        self.assertFalse(os.path.exists(self.path("third/store")))

    def test_web_pages_cannot_have_backups_made(self):
        server = self.serve("--data", self.data, "--no-tls", "--cors-origin", "https://example.com")
        body = f'{{"to":"{self.path("copy")}"}}'.encode()
        answer = self.request(server, path="/_pawl/admin/backup", body=body, headers={"Origin": "https://example.com"})
        self.assertEqual(answer.status, 403)
        self.assertFalse(os.path.exists(self.path("copy")))
        for wrong in (b"", b"[]", b'{"to":7}', b'{"to":"copy"}'):
            answer = self.request(server, path="/_pawl/admin/backup", body=wrong)
            self.assertEqual((answer.status, answer.json()), (400, {"message": '"to" must be an absolute path'}))

    def test_where_requests_must_be_signed_there_is_none(self):
        with open(self.path("credentials"), "w") as file:
            file.write("[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\n")
        server = self.serve("--data", self.data, "--no-tls", "--credentials", self.path("credentials"))
        code, _, err = self.admin("backup", "copy", "--endpoint", f"http://{server.host}:{server.port}")
        self.assertEqual(code, 1)
        self.assertIn("a server with --credentials", err)
        self.assertFalse(os.path.exists(self.path("copy")))

    def test_usage(self):
        for arguments, fragment in ((("backup",), "needs a folder"), (("check", "copy"), "takes no folder"),
                                    (("mend",), "is not check or backup or restore"), ((), "ction")):
            code, out, err = self.admin(*arguments)
            self.assertEqual((code, out), (2, ""), arguments)
            self.assertIn(fragment, err)
        self.assertIn("Connection refused", self.admin("backup", "copy", "--endpoint", "http://127.0.0.1:1")[2])
        self.assertIn("no endpoint", self.admin("backup", "copy", "--endpoint", "http://a/b")[2])


def flip_a_bit(path, offset):
    with open(path, "r+b") as file:
        file.seek(offset)
        byte = file.read(1)
        file.seek(offset)
        file.write(bytes([byte[0] ^ 1]))


if __name__ == "__main__":
    unittest.main()
