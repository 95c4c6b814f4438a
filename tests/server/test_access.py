# SPDX-License-Identifier: Apache-2.0
"""Who may call: signatures in headers and in the query, forged and expired ones; TLS beside plain HTTP; the environment of clients."""
import datetime
import hashlib
import hmac
import os
import socket
import ssl
import stat
import subprocess
import unittest
import urllib.parse

from server_case import SECONDS_MAX, ServerCase

CREDENTIALS = """# who may call
[default]
aws_access_key_id = AKIDEXAMPLE
aws_secret_access_key = secret/of+default

[second]
aws_access_key_id=AKIDSECOND
aws_secret_access_key=secret-of-second
aws_session_token=session
aws_account_id=123456789012
"""
TARGET = "AWSStepFunctions.ListStateMachines"


def digest(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signature(secret, date, canonical):
    scope = f"{date[:8]}/us-east-1/states/aws4_request"
    key = ("AWS4" + secret).encode()
    for part in (date[:8], "us-east-1", "states", "aws4_request"):
        key = digest(key, part)
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    return digest(key, f"AWS4-HMAC-SHA256\n{date}\n{scope}\n{hashed}").hex()


def amz_date(offset_seconds=0):
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=offset_seconds)
    return now.strftime("%Y%m%dT%H%M%SZ")


class AccessTest(ServerCase):
    def serve_with_credentials(self):
        path = os.path.join(self.folder, "credentials")
        with open(path, "w", encoding="ascii") as file:
            file.write(CREDENTIALS)
        return self.serve("--credentials", path)

    def signed(self, server, key="AKIDEXAMPLE", secret="secret/of+default", date=None, token=None, body=b"{}", sent_body=None):
        date = date or amz_date()
        host = f"{server.host}:{server.port}"
        fields = {"host": host, "x-amz-date": date, "x-amz-target": TARGET}
        if token:
            fields["x-amz-security-token"] = token
        names = ";".join(sorted(fields))
        canonical = "POST\n/\n\n" + "".join(f"{name}:{fields[name]}\n" for name in sorted(fields)) + "\n" + names + "\n"
        canonical += hashlib.sha256(body).hexdigest()
        fields["Authorization"] = (f"AWS4-HMAC-SHA256 Credential={key}/{date[:8]}/us-east-1/states/aws4_request, "
                                   f"SignedHeaders={names}, Signature={signature(secret, date, canonical)}")
        return self.request(server, headers=fields, body=sent_body or body)

    def presigned(self, server, expires=60, date=None, secret="secret/of+default"):
        date = date or amz_date()
        query = urllib.parse.urlencode({
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": f"AKIDEXAMPLE/{date[:8]}/us-east-1/states/aws4_request",
            "X-Amz-Date": date, "X-Amz-Expires": expires, "X-Amz-SignedHeaders": "host"}, quote_via=urllib.parse.quote, safe="")
        canonical = f"POST\n/\n{query}\nhost:{server.host}:{server.port}\n\nhost\n{hashlib.sha256(b'{}').hexdigest()}"
        path = f"/?{query}&X-Amz-Signature={signature(secret, date, canonical)}"
        return self.request(server, path=path, headers={"X-Amz-Target": TARGET}, body=b"{}")

    def assert_refused(self, answer, code):
        self.assertEqual((answer.status, answer.json()["__type"].rsplit("#", 1)[-1]), (400, code), answer.body)

    def test_only_who_signs_may_call(self):
        server = self.serve_with_credentials()
        self.assertEqual(self.signed(server).status, 200)
        self.assertEqual(self.signed(server, "AKIDSECOND", "secret-of-second", token="session").status, 200)
        self.assert_refused(self.call(server, "ListStateMachines", key="AKIDEXAMPLE"), "IncompleteSignatureException")
        self.assert_refused(self.request(server, headers={"X-Amz-Target": TARGET}, body=b"{}"), "MissingAuthenticationTokenException")
        self.assert_refused(self.signed(server, secret="forged"), "InvalidSignatureException")
        self.assert_refused(self.signed(server, sent_body=b'{"maxResults":1}'), "InvalidSignatureException")
        self.assert_refused(self.signed(server, date=amz_date(-3600)), "InvalidSignatureException")
        self.assert_refused(self.signed(server, date=amz_date(3600)), "InvalidSignatureException")
        self.assert_refused(self.signed(server, key="AKIDNOBODY"), "UnrecognizedClientException")
        self.assert_refused(self.signed(server, "AKIDSECOND", "secret-of-second"), "UnrecognizedClientException")
        self.assertEqual(self.request(server, "GET", "/_pawl/health").status, 200)

    def test_presigned_requests(self):
        server = self.serve_with_credentials()
        self.assertEqual(self.presigned(server).status, 200)
        self.assert_refused(self.presigned(server, secret="forged"), "InvalidSignatureException")
        self.assert_refused(self.presigned(server, expires=60, date=amz_date(-120)), "InvalidSignatureException")

    def refusal(self, *arguments):
        done = subprocess.run([os.environ["PAWL"], "serve", "--in-memory", "--port", "0", *arguments], capture_output=True,
                              timeout=SECONDS_MAX, check=False)
        self.assertEqual((done.returncode, done.stdout), (2, b""))
        return done.stderr.decode()

    def test_others_are_let_in_only_with_credentials(self):
        self.assertIn("--credentials", self.refusal("--host", "0.0.0.0"))
        self.assertIn("--credentials", self.refusal("--host", "::"))
        path = os.path.join(self.folder, "credentials")
        self.assertIn("cannot read " + path, self.refusal("--credentials", path))
        for text, mistake in (("", "no profiles"), ("[a]\naws_access_key_id = x\n", "line 1: profile [a] has no aws_secret_access_key"),
                              ("x = y\n", "line 1: expected [profile]"), ("[a]\nnonsense\n", "line 2: expected name = value")):
            with open(path, "w", encoding="ascii") as file:
                file.write(text)
            self.assertIn(mistake, self.refusal("--credentials", path))

    def test_tls_and_plain_on_one_port(self):
        data = os.path.join(self.folder, "data")
        server = self.serve("--data", data)
        self.assertEqual(self.request(server, "GET", "/_pawl/health").status, 200)
        trusting = ssl.create_default_context(cafile=os.path.join(data, "tls", "ca.pem"))
        for name in ("localhost", "127.0.0.1", "sync-states.us-east-1.amazonaws.com", "sync-localhost"):
            with socket.create_connection((server.host, server.port), timeout=SECONDS_MAX) as plain, \
                    trusting.wrap_socket(plain, server_hostname=name) as connection:
                for _ in range(2):
                    connection.sendall(b"GET /_pawl/health HTTP/1.1\r\nHost: x\r\n\r\n")
                    self.assertTrue(connection.recv(4096).startswith(b"HTTP/1.1 200 OK"))
        with socket.create_connection((server.host, server.port), timeout=SECONDS_MAX) as plain:
            with self.assertRaises(ssl.SSLCertVerificationError):
                trusting.wrap_socket(plain, server_hostname="example.com")
        for key in ("ca-key.pem", "server-key.pem"):
            self.assertEqual(stat.S_IMODE(os.stat(os.path.join(data, "tls", key)).st_mode), 0o600)

    def test_the_authority_stays(self):
        data = os.path.join(self.folder, "data")
        authority = os.path.join(data, "tls", "ca.pem")
        self.assertEqual(self.serve("--data", data).stop(), 0)
        with open(authority, "rb") as file:
            first = file.read()
        os.remove(os.path.join(data, "tls", "server.pem"))
        self.assertEqual(self.serve("--data", data).stop(), 0)
        with open(authority, "rb") as file:
            self.assertEqual(file.read(), first)

    def environment(self, *arguments):
        """What a shell has after `eval $(pawl env …)`."""
        script = 'eval $("$0" env "$@"); env -0'
        done = subprocess.run(["sh", "-c", script, os.environ["PAWL"], *arguments], capture_output=True, check=True,
                              timeout=SECONDS_MAX, env={"PATH": os.environ["PATH"], "AWS_PROFILE": "real"})
        return dict(entry.split("=", 1) for entry in done.stdout.decode().split("\0") if entry)

    def test_env_is_all_that_a_client_needs(self):
        plain = self.environment("--port", "4600", "--data", os.path.join(self.folder, "no data"))
        self.assertEqual(plain["AWS_ENDPOINT_URL"], "http://127.0.0.1:4600")
        self.assertEqual((plain["AWS_REGION"], plain["AWS_DEFAULT_REGION"]), ("us-east-1", "us-east-1"))
        self.assertEqual(plain["AWS_DISABLE_HOST_PREFIX_INJECTION"], "true")
        self.assertNotIn("AWS_PROFILE", plain)
        self.assertNotIn("AWS_CA_BUNDLE", plain)
        data = os.path.join(self.folder, "it's data")
        self.serve("--data", data)
        secure = self.environment("--tls", "--data", data, "--region", "eu-west-1")
        self.assertEqual(secure["AWS_ENDPOINT_URL"], "https://127.0.0.1:4566")
        self.assertEqual(secure["AWS_REGION"], "eu-west-1")
        self.assertTrue(os.path.exists(secure["AWS_CA_BUNDLE"]))
        self.assertEqual(secure["NODE_EXTRA_CA_CERTS"], os.path.join(data, "tls", "ca.pem"))
        trusting = self.environment("--data", data)
        self.assertEqual(trusting["AWS_ENDPOINT_URL"], "http://127.0.0.1:4566")
        self.assertEqual(trusting["CURL_CA_BUNDLE"], secure["CURL_CA_BUNDLE"])
        with open(trusting["CURL_CA_BUNDLE"], encoding="ascii", errors="replace") as bundle, \
             open(secure["NODE_EXTRA_CA_CERTS"], encoding="ascii") as authority:
            self.assertTrue(bundle.read().endswith(authority.read()), "the server's own authority is the last")


if __name__ == "__main__":
    unittest.main()
