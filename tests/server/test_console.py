# SPDX-License-Identifier: Apache-2.0
"""The console's door: headers of its pages, who may call its API, what its API answers, and that content of others is no part of it."""
import base64
import datetime
import hashlib
import hmac
import json
import os
import unittest

from server_case import SCOPE, ServerCase

ROOT = "/_pawl/console/"
API = ROOT + "api/"
KEY, SECRET = "AKIDEXAMPLE", "secret/of+default"
CREDENTIALS = f"[default]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\naws_account_id = 123456789012\n"
GUARDS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NAVIGATION = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"}
SANDBOX = "sandbox allow-scripts allow-forms allow-popups allow-downloads"


def digest(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class ConsoleCase(ServerCase):
    def api(self, server, name, body=None, headers=None):
        """As a page of the console calls it."""
        sent = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        origin = f"http://{server.host}:{server.port}"
        return self.request(server, path=API + name, body=sent, headers={"Content-Type": "application/json", "Origin": origin, **(headers or {})})

    def call_api(self, server, service, operation, values=None, **more):
        return self.api(server, "call", {"service": service, "operation": operation, "input": values or {}, **more})

    def code(self, answer):
        problem = answer.json()
        self.assertTrue(problem["message"], answer.body)
        return answer.status, problem["__type"]


class PagesTest(ConsoleCase):
    def test_pages_are_guarded(self):
        server = self.serve()
        page = self.request(server, "GET", ROOT)
        self.assertEqual((page.status, page.headers["Content-Type"]), (200, "text/html; charset=utf-8"))
        for name, value in GUARDS.items():
            self.assertEqual(page.headers[name], value, name)
        policy = page.headers["Content-Security-Policy"]
        self.assertTrue(policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';"), policy)
        self.assertNotIn("unsafe", policy)
        self.assertEqual(page.headers["Cache-Control"], "no-cache")
        self.assertEqual(len(page.headers.get_all("Content-Security-Policy")), 1)
        self.assertIn(b"<title>", page.body)

    def test_routes_are_the_page_and_files_are_files(self):
        server = self.serve()
        page = self.request(server, "GET", ROOT).body
        for route in ("machines", "executions/arn:aws:states:us-east-1:000000000000:execution:m:e?tab=graph"):
            self.assertEqual(self.request(server, "GET", ROOT + route).body, page)
        moved = self.request(server, "GET", ROOT[:-1])
        self.assertEqual((moved.status, moved.headers["Location"]), (308, ROOT))
        for path in ("assets/gone-123.js", "gone.css", "../../etc/passwd.txt", "assets/%2e%2e/index.html"):
            self.assertEqual(self.request(server, "GET", ROOT + path).status, 404, path)
        self.assertEqual(self.request(server, "PUT", ROOT + "index.html", body=b"x").status, 405)
        head = self.request(server, "HEAD", ROOT)
        self.assertEqual((head.status, head.body), (200, b""))

    def test_assets_are_as_the_page_wants_them(self):
        server = self.serve()
        if not self.api(server, "config").json()["isBuilt"]:
            self.assertIn(b"./dev build", self.request(server, "GET", ROOT).body)
            self.skipTest("this pawl was built without node or npm")
        page = self.request(server, "GET", ROOT)
        again = self.request(server, "GET", ROOT, {"If-None-Match": page.headers["ETag"]})
        self.assertEqual((again.status, again.body), (304, b""))
        script = page.body.decode().split('src="')[1].split('"')[0]
        self.assertTrue(script.startswith(ROOT + "assets/"), script)
        plain = self.request(server, "GET", script)
        packed = self.request(server, "GET", script, {"Accept-Encoding": "gzip, br"})
        self.assertEqual(packed.headers["Content-Encoding"], "gzip")
        self.assertIsNone(plain.headers["Content-Encoding"])
        self.assertLess(len(packed.body), len(plain.body) / 2)
        self.assertEqual(packed.headers["Cache-Control"], "public, max-age=31536000, immutable")
        self.assertEqual(packed.headers["Content-Type"], "text/javascript; charset=utf-8")
        self.assertNotIn(b"<style", page.body)
        self.assertNotIn(b"style=", page.body)


class OriginsTest(ConsoleCase):
    def statuses(self, server, cases):
        for host, origin, status in cases:
            headers = {"Host": host.replace("PORT", str(server.port))}
            if origin:
                headers["Origin"] = origin.replace("PORT", str(server.port))
            answer = self.request(server, path=API + "config", body=b"{}", headers=headers)
            self.assertEqual(answer.status, status, f"{headers}: {answer.body}")
            if status == 403:
                self.assertEqual(self.code(answer), (403, "AccessDeniedException"))

    def test_only_its_own_pages_may_call(self):
        self.statuses(self.serve(), (
            ("127.0.0.1:PORT", "http://127.0.0.1:PORT", 200),
            ("localhost:PORT", "http://localhost:PORT", 200),
            ("localhost:PORT", "", 200),
            ("localhost:PORT", "null", 403),
            ("localhost:PORT", "http://localhost:1", 403),
            ("localhost:PORT", "http://evil.example", 403),
            ("evil.example:PORT", "http://evil.example:PORT", 403),  # DNS rebinding
            ("evil.example:PORT", "", 403),
        ))

    def test_named_origins_may_call(self):
        self.statuses(self.serve("--cors-origin", "https://console.example"), (
            ("internal:PORT", "https://console.example", 200),
            ("internal:PORT", "https://other.example", 403),
            ("internal:PORT", "", 403),
        ))

    def test_it_is_not_on_hosts_of_others(self):
        server = self.serve()
        for host in ("bucket.s3.localhost", "x.execute-api.us-east-1.localhost", "x.lambda-url.us-east-1.localhost"):
            answer = self.request(server, "GET", ROOT, {"Host": f"{host}:{server.port}"})
            self.assertNotEqual(answer.status, 200, host)
            answer = self.request(server, path=API + "config", body=b"{}", headers={"Host": f"{host}:{server.port}"})
            self.assertNotEqual(answer.status, 200, host)


class SigningTest(ConsoleCase):
    def serve_with_credentials(self):
        path = os.path.join(self.folder, "credentials")
        with open(path, "w", encoding="ascii") as file:
            file.write(CREDENTIALS)
        return self.serve("--credentials", path)

    def signed(self, server, name, body, service="pawl", secret=SECRET, host=None, origin=None):
        sent = json.dumps(body).encode()
        date = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        host = host or f"{server.host}:{server.port}"
        payload = hashlib.sha256(sent).hexdigest()
        fields = {"host": host, "x-amz-content-sha256": payload, "x-amz-date": date}
        names = ";".join(sorted(fields))
        canonical = f"POST\n{API}{name}\n\n" + "".join(f"{each}:{fields[each]}\n" for each in sorted(fields)) + f"\n{names}\n{payload}"
        scope = f"{date[:8]}/eu-west-1/{service}/aws4_request"
        key = ("AWS4" + secret).encode()
        for part in scope.split("/"):
            key = digest(key, part)
        text = f"AWS4-HMAC-SHA256\n{date}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        headers = {**fields, "Origin": origin or f"http://{host}", "Authorization":
                   f"AWS4-HMAC-SHA256 Credential={KEY}/{scope}, SignedHeaders={names}, Signature={digest(key, text).hex()}"}
        return self.request(server, path=API + name, headers=headers, body=sent)

    def test_calls_are_signed(self):
        server = self.serve_with_credentials()
        self.assertEqual(self.request(server, "GET", ROOT).status, 200)
        self.assertEqual(self.code(self.api(server, "config")), (403, "MissingAuthenticationTokenException"))
        unsigned = SCOPE.format(key=KEY, region="eu-west-1", service="pawl")
        self.assertEqual(self.api(server, "config", headers={"Authorization": unsigned}).status, 403)
        config = self.signed(server, "config", {}).json()
        self.assertEqual((config["account"], config["region"], config["signs"]), ("123456789012", "eu-west-1", True))
        self.assertEqual(self.code(self.signed(server, "config", {}, secret="wrong")), (403, "InvalidSignatureException"))
        self.assertEqual(self.signed(server, "config", {}, service="states").status, 403)
        # Under any name, for its own pages.
        self.assertEqual(self.signed(server, "config", {}, host="pawl.example").status, 200)
        self.assertEqual(self.code(self.signed(server, "config", {}, origin="https://evil.example")), (403, "AccessDeniedException"))

    def test_the_signer_is_who_calls(self):
        server = self.serve_with_credentials()
        made = self.signed(server, "call", {"service": "sns", "operation": "CreateTopic", "input": {"Name": "t"}}).json()
        self.assertEqual(made, {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:t"})


class CallTest(ConsoleCase):
    def test_any_service_answers(self):
        server = self.serve()
        self.assertEqual(self.call_api(server, "stepfunctions", "ListStateMachines").json(), {"stateMachines": []})
        self.assertEqual(self.call_api(server, "sns", "CreateTopic", {"Name": "t"}, region="eu-west-1").json(),
                         {"TopicArn": "arn:aws:sns:eu-west-1:000000000000:t"})
        queue = self.call_api(server, "sqs", "CreateQueue", {"QueueName": "q"}).json()["QueueUrl"]
        self.call_api(server, "sqs", "SendMessage", {"QueueUrl": queue, "MessageBody": "<script>alert(1)</script>"})
        got = self.call_api(server, "sqs", "ReceiveMessage", {"QueueUrl": queue}).json()
        self.assertEqual(got["Messages"][0]["Body"], "<script>alert(1)</script>")
        self.assertEqual(self.call_api(server, "s3", "CreateBucket", {"Bucket": "bucket"}).status, 200)
        body = base64.b64encode(bytes(range(256))).decode()
        self.assertEqual(self.call_api(server, "s3", "PutObject", {"Bucket": "bucket", "Key": "k", "Body": body}).status, 200)
        read = self.call_api(server, "s3", "GetObject", {"Bucket": "bucket", "Key": "k"}).json()
        self.assertEqual((read["Body"], read["ContentLength"]), (body, 256))
        self.assertIsInstance(read["LastModified"], (int, float))
        table = {"TableName": "table", "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST",
                 "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}]}
        self.assertEqual(self.call_api(server, "dynamodb", "CreateTable", table).status, 200)
        self.call_api(server, "dynamodb", "PutItem", {"TableName": "table", "Item": {"p": {"S": "x"}, "n": {"N": "1.50"}}})
        self.assertEqual(self.call_api(server, "dynamodb", "Scan", {"TableName": "table"}).json()["Count"], 1)
        for service, operation in (("logs", "DescribeLogGroups"), ("events", "ListRules"), ("lambda", "ListFunctions"),
                                   ("pipes", "ListPipes"), ("scheduler", "ListSchedules"), ("cloudformation", "DescribeStacks"),
                                   ("batch", "DescribeJobQueues")):
            self.assertEqual(self.call_api(server, service, operation).status, 200, service)

    def test_policies_are_enforced(self):
        server = self.serve("--enforce-iam")
        self.call_api(server, "iam", "CreateUser", {"UserName": "eve"})
        key = self.call_api(server, "iam", "CreateAccessKey", {"UserName": "eve"}).json()["AccessKey"]["AccessKeyId"]
        eve = {"Authorization": SCOPE.format(key=key, region="us-east-1", service="pawl")}
        self.assertTrue(self.api(server, "config", headers=eve).json()["principal"].endswith(":user/eve"))
        listing = {"service": "stepfunctions", "operation": "ListStateMachines", "input": {}}
        refused = self.api(server, "call", listing, eve)
        self.assertEqual(self.code(refused), (400, "AccessDeniedException"))
        self.assertIn("states:ListStateMachines", refused.json()["message"])
        policy = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "states:List*", "Resource": "*"}}
        self.call_api(server, "iam", "PutUserPolicy", {"UserName": "eve", "PolicyName": "p", "PolicyDocument": json.dumps(policy)})
        self.assertEqual(self.api(server, "call", listing, eve).json(), {"stateMachines": []})

    def test_an_account_is_chosen_by_its_key(self):
        server = self.serve()
        scope = SCOPE.format(key="210987654321", region="eu-west-3", service="pawl")
        config = self.api(server, "config", headers={"Authorization": scope}).json()
        self.assertEqual((config["account"], config["region"]), ("210987654321", "eu-west-3"))

    def test_errors_are_those_of_aws(self):
        server = self.serve()
        arn = "arn:aws:states:us-east-1:000000000000:stateMachine:nosuch"
        answer = self.call_api(server, "stepfunctions", "DescribeStateMachine", {"stateMachineArn": arn})
        self.assertEqual(self.code(answer), (400, "StateMachineDoesNotExist"))
        self.assertIn(arn, answer.json()["message"])
        self.assertEqual(self.code(self.call_api(server, "s3", "GetObject", {"Bucket": "nosuch", "Key": "k"})), (404, "NoSuchBucket"))
        self.assertEqual(self.code(self.call_api(server, "sqs", "CreateQueue")), (400, "MissingRequiredParameterException"))
        self.assertEqual(self.code(self.call_api(server, "stepfunctions", "DescribeStateMachine")), (400, "ValidationException"))

    def test_what_is_not_there_is_said(self):
        server = self.serve()
        self.assertEqual(self.code(self.call_api(server, "nosuch", "X")), (400, "ValidationException"))
        self.assertEqual(self.code(self.call_api(server, "../s3", "X")), (400, "ValidationException"))
        self.assertEqual(self.code(self.call_api(server, "sqs", "Nosuch")), (400, "UnknownOperationException"))
        self.assertEqual(self.code(self.call_api(server, "rekognition", "ListCollections"))[0], 501)
        self.assertEqual(self.code(self.api(server, "nosuch")), (404, "UnknownOperationException"))
        self.assertEqual(self.request(server, "GET", API + "config").status, 405)

    def test_large_objects_are_refused_clearly(self):
        server = self.serve()
        self.call_api(server, "s3", "CreateBucket", {"Bucket": "bucket"})
        auth = {"Authorization": SCOPE.format(key="test", region="us-east-1", service="s3")}
        for size, status in ((8 << 20, 200), ((8 << 20) + 1, 413)):
            self.assertEqual(self.request(server, "PUT", "/bucket/k", auth, b"x" * size).status, 200)
            self.assertEqual(self.call_api(server, "s3", "GetObject", {"Bucket": "bucket", "Key": "k"}).status, status, size)

    def test_bad_requests_are_refused(self):
        server = self.serve()
        for body in (b"[]", b"7", b"{", b"null", b"\xff\xfe", b"[" * 100_000, b'{"service":7}', b"{}",
                     b'{"service":"sqs","operation":"CreateQueue","input":[]}',
                     b'{"service":"sqs","operation":"CreateQueue","input":{"QueueName":{"a":1}}}',
                     b'{"service":"sqs","operation":"CreateQueue","input":{"\\u0000":1}}',
                     b'{"service":"dynamodb","operation":"GetItem","input":{"Key":{"a":' + b'{"M":{"a":' * 600 + b"1" + b"}}" * 600 + b"}}}"):
            answer = self.api(server, "call", body)
            self.assertEqual(answer.status, 400, body[:60])
            self.code(answer)
        too_large = self.api(server, "call", b'{"service":"' + b"x" * (10 << 20) + b'"}')
        self.assertEqual(self.code(too_large), (413, "RequestEntityTooLargeException"))
        form = self.api(server, "call", b"x" * (10 << 20), {"Content-Type": "multipart/form-data; boundary=x"})
        self.assertEqual(form.status, 413)
        self.assertEqual(self.api(server, "config").status, 200)

    def test_graph_of_good_and_bad_definitions(self):
        server = self.serve()
        good = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
        drawn = self.api(server, "graph", {"definition": json.dumps(good)}).json()
        self.assertEqual((drawn["result"], drawn["diagnostics"], [node["kind"] for node in drawn["graph"]["nodes"]]),
                         ("OK", [], ["Start", "State", "End"]))
        half = self.api(server, "graph", {"definition": '{"StartAt": "A",\n "States": {"A": {"Type": "Pass", "Next": "B"}}}'}).json()
        self.assertEqual(half["result"], "FAIL")
        self.assertEqual(half["diagnostics"][0]["line"], 2)
        self.assertTrue(half["graph"]["nodes"])
        none = self.api(server, "graph", {"definition": "{"}).json()
        self.assertEqual((none["result"], none["graph"]), ("FAIL", None))
        self.assertEqual(none["diagnostics"][0]["code"], "INVALID_JSON_DESCRIPTION")


class ForeignContentTest(ConsoleCase):
    def test_objects_shown_as_pages_are_sandboxed(self):
        server = self.serve()
        auth = {"Authorization": SCOPE.format(key="test", region="us-east-1", service="s3")}
        self.request(server, "PUT", "/bucket", auth)
        self.request(server, "PUT", "/bucket/evil.html", {**auth, "Content-Type": "text/html"}, b"<script>fetch('/_pawl/console/api/call')</script>")
        page = self.request(server, "GET", "/bucket/evil.html", NAVIGATION)
        self.assertEqual((page.status, page.headers["Content-Security-Policy"]), (200, SANDBOX))
        framed = self.request(server, "GET", "/bucket/evil.html", {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Mode": "navigate"})
        self.assertEqual(framed.headers["Content-Security-Policy"], SANDBOX)
        far = self.request(server, "GET", "/bucket/evil.html", {"User-Agent": "Mozilla/5.0"})  # plain HTTP from elsewhere
        self.assertEqual(far.headers["Content-Security-Policy"], SANDBOX)
        # Its own host is its own origin, and an SDK shows no pages.
        own = self.request(server, "GET", "/evil.html", {**NAVIGATION, "Host": f"bucket.s3.localhost:{server.port}"})
        self.assertEqual((own.status, own.headers["Content-Security-Policy"]), (200, None))
        sdk = self.request(server, "GET", "/bucket/evil.html", {"User-Agent": "Boto3/1.26"})
        self.assertIsNone(sdk.headers["Content-Security-Policy"])
        # What such a page sends, with its opaque origin.
        self.assertEqual(self.api(server, "config", headers={"Origin": "null", "User-Agent": "Mozilla/5.0"}).status, 403)

    def test_the_console_is_not_sandboxed(self):
        server = self.serve()
        self.assertNotIn("sandbox", self.request(server, "GET", ROOT, NAVIGATION).headers["Content-Security-Policy"])


if __name__ == "__main__":
    unittest.main()
