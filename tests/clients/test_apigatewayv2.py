# SPDX-License-Identifier: Apache-2.0
"""HTTP APIs of API Gateway as a user of boto3, the AWS CLI and curl sees them."""
import base64
import http.server
import io
import json
import os
import shutil
import subprocess
import threading
import time
import unittest
import zipfile

from client_case import ClientCase

ROLE = "arn:aws:iam::000000000000:role/worker"
AWS = shutil.which("aws", path="/usr/bin:" + os.environ.get("PATH", ""))  # Debian's first
CURL = shutil.which("curl")
REGION = "us-east-1"
PASS = json.dumps({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}})


def python(code):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("index.py", code)
    return out.getvalue()


class Endpoint(http.server.BaseHTTPRequestHandler):
    """Says what it was asked."""
    files = {}

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        file = self.files.get(self.path)
        text = file if file is not None else json.dumps(
            {"method": self.command, "path": self.path, "headers": dict(self.headers.items()), "body": body.decode()})
        self.send_response(201 if file is None else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Seen", "yes")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    do_GET = do_POST = do_PUT = answer

    def log_message(self, *_):
        pass


class GatewayCase(ClientCase):
    def setUp(self):
        super().setUp()
        self.data = os.path.join(self.folder, "data")
        self.start()

    def start(self):
        self.server = self.serve("--data", self.data)
        self.api = self.client(self.server, "apigatewayv2")

    def function(self, name, code):
        functions = self.client(self.server, "lambda")
        arn = functions.create_function(FunctionName=name, Runtime="python3.12", Role=ROLE, Handler="index.handler",
                                        Code={"ZipFile": python(code)})["FunctionArn"]
        functions.get_waiter("function_active_v2").wait(FunctionName=name)
        return arn

    def machine(self, name="greeter", kind="STANDARD"):
        return self.client(self.server, "stepfunctions").create_state_machine(
            name=name, definition=PASS, roleArn=ROLE, type=kind)["stateMachineArn"]

    def made(self, route, stage="$default", name="an-api", api=None, **integration):
        """An API with that route; its id and the route's."""
        api_id = api or self.api.create_api(Name=name, ProtocolType="HTTP")["ApiId"]
        integration_id = self.api.create_integration(ApiId=api_id, **{"PayloadFormatVersion": "1.0", **integration})["IntegrationId"]
        route_id = self.api.create_route(ApiId=api_id, RouteKey=route, Target="integrations/" + integration_id)["RouteId"]
        if api is None:
            self.api.create_stage(ApiId=api_id, StageName=stage, AutoDeploy=True)
        return api_id, route_id

    def ask(self, api_id, path="/", method="GET", body=b"", headers=None):
        return self.request(self.server, method, "/_pawl/api/" + api_id + path, headers, body)

    def endpoint(self, files=None):
        handler = type("Handler", (Endpoint,), {"files": {} if files is None else files})
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return "http://127.0.0.1:%d" % server.server_port


class StepFunctionsTest(GatewayCase):
    def start_machine_api(self, subtype="StepFunctions-StartExecution", **parameters):
        self.arn = self.machine(kind="EXPRESS" if "Sync" in subtype else "STANDARD")
        return self.made("$default", IntegrationType="AWS_PROXY", IntegrationSubtype=subtype, TimeoutInMillis=10000,
                         CredentialsArn=ROLE,
                         RequestParameters={"StateMachineArn": self.arn, "Input": "$request.body", **parameters})[0]

    def curl(self, *arguments):
        out = subprocess.run([CURL, "-sS", "-i", *arguments], capture_output=True, text=True, timeout=30)
        self.assertEqual(out.returncode, 0, out.stderr)
        head, _, body = out.stdout.replace("\r\n", "\n").partition("\n\n")
        return head, body

    def check_started(self, head, body, value):
        self.assertIn(" 200 ", head.splitlines()[0])
        self.assertIn("content-type: application/x-amz-json-1.0", head.lower())
        answer = json.loads(body)
        self.assertEqual(set(answer), {"executionArn", "startDate"})
        self.assertAlmostEqual(answer["startDate"], time.time(), delta=60)
        states = self.client(self.server, "stepfunctions")
        deadline = time.monotonic() + 20
        while states.describe_execution(executionArn=answer["executionArn"])["status"] == "RUNNING":
            self.assertLess(time.monotonic(), deadline)
        described = states.describe_execution(executionArn=answer["executionArn"])
        self.assertEqual((described["status"], json.loads(described["output"])), ("SUCCEEDED", value))

    @unittest.skipUnless(CURL, "no curl")
    def test_curl_starts_an_execution_over_http_and_tls(self):
        api_id = self.start_machine_api()
        authority = os.path.join(self.data, "tls", "ca.pem")
        port = self.server.port
        post = ["-X", "POST", "-d", '{"a": 1}']
        ways = [["http://127.0.0.1:%d/_pawl/api/%s/" % (port, api_id)],
                ["http://127.0.0.1:%d/_aws/execute-api/%s/$default/any/path" % (port, api_id)],
                ["http://%s.execute-api.us-east-1.localhost:%d/" % (api_id, port)],
                ["--cacert", authority, "https://%s.execute-api.us-east-1.localhost:%d/start" % (api_id, port)],
                ["--cacert", authority, "--connect-to", "::127.0.0.1:%d" % port,
                 "https://%s.execute-api.eu-west-1.amazonaws.com/" % api_id],
                ["-H", "Host: %s.execute-api.us-east-1.127.0.0.1.nip.io" % api_id, "http://127.0.0.1:%d/" % port]]
        for way in ways:
            with self.subTest(way[-1]):
                self.check_started(*self.curl(*post, *way), {"a": 1})

    @unittest.skipUnless(CURL, "no curl")
    def test_curl_after_eval_of_pawl_env(self):
        api_id = self.start_machine_api()
        command = 'eval "$("$PAWL" env --data "$DATA" --port %d)" && curl -sS -i -d \'{"b": 2}\' https://%s.execute-api.us-east-1.localhost:%d/' % (
            self.server.port, api_id, self.server.port)
        out = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=30, env={**os.environ, "DATA": self.data})
        self.assertEqual(out.returncode, 0, out.stderr)
        head, _, body = out.stdout.replace("\r\n", "\n").partition("\n\n")
        self.check_started(head, body, {"b": 2})

    def test_start_sync_stop_and_errors(self):
        api_id = self.start_machine_api("StepFunctions-StartSyncExecution")
        answer = self.ask(api_id, method="POST", body=b'{"x": [1]}')
        self.assertEqual((answer.status, answer.json()["status"], json.loads(answer.json()["output"])), (200, "SUCCEEDED", {"x": [1]}))
        bad = self.ask(api_id, method="POST", body=b"no json")
        self.assertEqual(bad.status, 400)
        self.assertIn("InvalidExecutionInput", bad.json()["__type"])
        gone = self.made("$default", IntegrationType="AWS_PROXY", IntegrationSubtype="StepFunctions-StopExecution",
                         RequestParameters={"ExecutionArn": "$request.body.arn"})[0]
        answer = self.ask(gone, method="POST", body=b'{"arn": "arn:aws:states:us-east-1:000000000000:execution:m:x"}')
        self.assertEqual((answer.status, answer.json()["__type"].split("#")[-1]), (400, "ExecutionDoesNotExist"))
        self.assertEqual(self.ask(gone, method="POST", body=b"{}").status, 400)

    def test_other_services(self):
        sqs = self.client(self.server, "sqs")
        queue = sqs.create_queue(QueueName="q")["QueueUrl"]
        api_id, _ = self.made("POST /send/{who}", IntegrationType="AWS_PROXY", IntegrationSubtype="SQS-SendMessage",
                              RequestParameters={"QueueUrl": queue, "MessageBody": "${request.path.who} ${request.querystring.a}: $request.body.text"})
        self.made("POST /receive", api=api_id, IntegrationType="AWS_PROXY", IntegrationSubtype="SQS-ReceiveMessage",
                  RequestParameters={"QueueUrl": queue, "MaxNumberOfMessages": "1"})
        self.made("POST /delete", api=api_id, IntegrationType="AWS_PROXY", IntegrationSubtype="SQS-DeleteMessage",
                  RequestParameters={"QueueUrl": queue, "ReceiptHandle": "$request.header.handle"})
        self.made("POST /purge", api=api_id, IntegrationType="AWS_PROXY", IntegrationSubtype="SQS-PurgeQueue", RequestParameters={"QueueUrl": queue})
        sent = self.ask(api_id, "/send/Ann?a=b", "POST", b'{"text": "hi"}')
        self.assertEqual((sent.status, len(sent.json()["MD5OfMessageBody"])), (200, 32))
        received = self.ask(api_id, "/receive", "POST").json()["Messages"][0]
        self.assertEqual(received["Body"], "Ann b: $request.body.text")  # only ${} stands inside a text
        self.assertEqual(self.ask(api_id, "/delete", "POST", headers={"handle": received["ReceiptHandle"]}).status, 200)
        self.assertEqual(self.ask(api_id, "/purge", "POST").status, 200)
        self.assertEqual(self.ask(api_id, "/delete", "POST").status, 400)

    def test_wrong_integrations_are_refused(self):
        api_id = self.api.create_api(Name="a", ProtocolType="HTTP")["ApiId"]
        common = {"ApiId": api_id, "IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "1.0"}
        for parameters in ({"IntegrationSubtype": "StepFunctions-Dance", "RequestParameters": {}},
                           {"IntegrationSubtype": "SQS-SendMessage", "RequestParameters": {"QueueUrl": "q"}},
                           {"IntegrationSubtype": "SQS-PurgeQueue", "RequestParameters": {"QueueUrl": "q", "Colour": "red"}},
                           {"IntegrationSubtype": "SQS-PurgeQueue", "RequestParameters": {"QueueUrl": "$request.nothing"}},
                           {"IntegrationSubtype": "SQS-PurgeQueue", "RequestParameters": {"QueueUrl": "${request.body"}},
                           {"IntegrationUri": "not a function"}, {},
                           {"IntegrationType": "HTTP_PROXY", "IntegrationUri": "gopher://x"},
                           {"IntegrationType": "HTTP_PROXY", "IntegrationUri": "http://x", "RequestParameters": {"mangle:header.a": "b"}},
                           {"IntegrationType": "MOCK"}):
            with self.subTest(parameters):
                code, message, status = self.refused(self.api.create_integration, **{**common, **parameters})
                self.assertEqual((code, status), ("BadRequestException", 400), message)
        self.assertEqual(self.api.get_integrations(ApiId=api_id)["Items"], [])


ECHO = "def handler(event, context):\n    return event\n"
ANSWER = """
import json
def handler(event, context):
    how = json.loads(event.get("body") or "{}")
    if how.get("raise"): raise ValueError("no")
    return how.get("answer")
"""


class LambdaTest(GatewayCase):
    def proxy(self, code, version="2.0", route="$default", stage="$default", name="f"):
        return self.made(route, stage, IntegrationType="AWS_PROXY", IntegrationUri=self.function(name, code), PayloadFormatVersion=version)[0]

    def test_format_2(self):
        api_id = self.proxy(ECHO, route="ANY /pets/{id}", stage="dev")
        self.api.update_stage(ApiId=api_id, StageName="dev", StageVariables={"colour": "red"})
        answer = self.ask(api_id, "/dev/pets/a%20b?x=1&x=2&y=", "POST", b'{"k": "v"}',
                          {"Content-Type": "application/json", "Cookie": "a=1; b=2", "X-Many": "one", "Host": api_id + ".execute-api.us-east-1.example.org:80"})
        self.assertEqual((answer.status, answer.headers["content-type"]), (200, "application/json"))
        event = answer.json()
        context = event["requestContext"]
        self.assertEqual({k: v for k, v in event.items() if k not in ("headers", "requestContext")}, {
            "version": "2.0", "routeKey": "ANY /pets/{id}", "rawPath": "/dev/pets/a b", "rawQueryString": "x=1&x=2&y=",
            "cookies": ["a=1", "b=2"], "queryStringParameters": {"x": "1,2", "y": ""}, "pathParameters": {"id": "a b"},
            "stageVariables": {"colour": "red"}, "body": '{"k": "v"}', "isBase64Encoded": False})
        self.assertEqual(event["headers"]["x-many"], "one")
        self.assertNotIn("cookie", event["headers"])
        self.assertEqual({k: context[k] for k in ("accountId", "apiId", "routeKey", "stage", "domainPrefix")},
                         {"accountId": "000000000000", "apiId": api_id, "routeKey": "ANY /pets/{id}", "stage": "dev", "domainPrefix": api_id})
        self.assertEqual({k: context["http"][k] for k in ("method", "path", "protocol")}, {"method": "POST", "path": "/dev/pets/a b", "protocol": "HTTP/1.1"})
        binary = self.ask(api_id, "/dev/pets/1", "POST", b"\xff\x00", {"Content-Type": "image/png"}).json()
        self.assertEqual((binary["isBase64Encoded"], base64.b64decode(binary["body"])), (True, b"\xff\x00"))

    def test_format_1(self):
        api_id = self.proxy("import json\ndef handler(event, context):\n    return {'statusCode': 200, 'body': json.dumps(event)}\n", "1.0", "GET /pets/{rest+}")
        event = self.ask(api_id, "/pets/a/b?x=1&x=2", headers={"X-A": "1"}).json()
        self.assertEqual({k: event[k] for k in ("version", "resource", "path", "httpMethod", "queryStringParameters",
                                                "multiValueQueryStringParameters", "pathParameters", "stageVariables", "body", "isBase64Encoded")},
                         {"version": "1.0", "resource": "/pets/{rest+}", "path": "/pets/a/b", "httpMethod": "GET", "queryStringParameters": {"x": "2"},
                          "multiValueQueryStringParameters": {"x": ["1", "2"]}, "pathParameters": {"rest": "a/b"}, "stageVariables": None,
                          "body": None, "isBase64Encoded": False})
        self.assertEqual((event["headers"]["X-A"], event["multiValueHeaders"]["X-A"]), ("1", ["1"]))
        self.assertEqual(event["requestContext"]["identity"]["sourceIp"], "127.0.0.1")

    def test_answers_of_functions(self):
        api_id = self.proxy(ANSWER)

        def ask(answer, **more):
            return self.ask(api_id, "/", "POST", json.dumps({"answer": answer, **more}).encode(), {"Content-Type": "application/json"})
        full = ask({"statusCode": 418, "headers": {"X-A": "1"}, "cookies": ["a=1", "b=2"], "body": "dGVh", "isBase64Encoded": True})
        self.assertEqual((full.status, full.headers["x-a"], full.headers.get_all("set-cookie"), full.body), (418, "1", ["a=1", "b=2"], b"tea"))
        inferred = ask({"a": 1})
        self.assertEqual((inferred.status, inferred.headers["content-type"], inferred.json()), (200, "application/json", {"a": 1}))
        self.assertEqual(ask("text").body, b"text")
        for bad in ({"statusCode": "x"}, {"statusCode": 200, "body": {"a": 1}}, {"statusCode": 200, "headers": {"a": "b\r\nc: d"}},
                    {"statusCode": 200, "body": "%%", "isBase64Encoded": True}):
            with self.subTest(bad):
                refused = ask(bad)
                self.assertEqual((refused.status, refused.json()), (500, {"message": "Internal Server Error"}))
        failed = ask(None, **{"raise": True})
        self.assertEqual((failed.status, failed.json()), (500, {"message": "Internal Server Error"}))

    def test_a_function_that_is_gone_and_a_large_payload(self):
        api_id = self.proxy(ECHO)
        self.client(self.server, "lambda").delete_function(FunctionName="f")
        self.assertEqual(self.ask(api_id).json(), {"message": "Internal Server Error"})
        large = self.ask(api_id, "/", "POST", b"x" * (10 * 1024 * 1024 + 1))
        self.assertEqual((large.status, large.json()), (413, {"message": "Request Entity Too Large"}))

    def test_time_out(self):
        api_id, _ = self.made("GET /slow", IntegrationType="AWS_PROXY", TimeoutInMillis=50,
                              IntegrationUri=self.function("s", "import time\ndef handler(event, context):\n    time.sleep(2)\n"))
        slow = self.ask(api_id, "/slow")
        self.assertEqual((slow.status, slow.json()), (503, {"message": "Service Unavailable"}))

    def test_request_authorizers(self):
        deciding = self.function("auth", "def handler(event, context):\n    token = event['headers'].get('authorization')\n"
                                         "    if token == 'boom': raise ValueError()\n"
                                         "    return {'isAuthorized': token == 'good', 'context': {'who': 'Ann', 'n': 1}}\n")
        policy = self.function("auth1", "def handler(event, context):\n    return {'principalId': 'p', 'policyDocument': {'Version': '2012-10-17', 'Statement': "
                                        "[{'Effect': 'Allow' if event['identitySource'] == 'yes' else 'Deny', 'Action': 'execute-api:Invoke', 'Resource': event['methodArn']}]}}\n")
        uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/%s/invocations"
        api_id = self.proxy(ECHO, route="GET /open")
        target = self.api.get_routes(ApiId=api_id)["Items"][0]["Target"]
        simple = self.api.create_authorizer(ApiId=api_id, Name="s", AuthorizerType="REQUEST", AuthorizerUri=uri % deciding, AuthorizerPayloadFormatVersion="2.0",
                                            EnableSimpleResponses=True, IdentitySource=["$request.header.Authorization"])["AuthorizerId"]
        old = self.api.create_authorizer(ApiId=api_id, Name="o", AuthorizerType="REQUEST", AuthorizerUri=uri % policy, AuthorizerPayloadFormatVersion="1.0",
                                         IdentitySource=["$request.querystring.q"], AuthorizerResultTtlInSeconds=60)["AuthorizerId"]
        self.api.create_route(ApiId=api_id, RouteKey="GET /simple", Target=target, AuthorizationType="CUSTOM", AuthorizerId=simple)
        self.api.create_route(ApiId=api_id, RouteKey="GET /old", Target=target, AuthorizationType="CUSTOM", AuthorizerId=old)
        self.api.create_route(ApiId=api_id, RouteKey="GET /iam", Target=target, AuthorizationType="AWS_IAM")
        passed = self.ask(api_id, "/simple", headers={"Authorization": "good"})
        self.assertEqual((passed.status, passed.json()["requestContext"]["authorizer"]), (200, {"lambda": {"who": "Ann", "n": 1}}))
        self.assertEqual([self.ask(api_id, "/simple", headers=h).status for h in ({}, {"Authorization": "bad"}, {"Authorization": "boom"})], [401, 403, 500])
        self.assertEqual([self.ask(api_id, path).status for path in ("/old", "/old?q=no", "/old?q=yes", "/old?q=yes", "/iam", "/open")],
                         [401, 403, 200, 200, 403, 200])
        code, message, _ = self.refused(self.api.delete_authorizer, ApiId=api_id, AuthorizerId=old)
        self.assertEqual(code, "ConflictException", message)


class HttpProxyTest(GatewayCase):
    def test_mapped_requests_and_responses(self):
        origin = self.endpoint()
        api_id, _ = self.made("ANY /x/{proxy+}", IntegrationType="HTTP_PROXY", IntegrationMethod="ANY", IntegrationUri=origin + "/base/{proxy}",
                              RequestParameters={"overwrite:header.X-Who": "$context.apiId", "append:header.X-More": "b", "remove:header.X-Gone": "''",
                                                 "overwrite:querystring.q": "$request.path.proxy", "append:querystring.r": "${stageVariables.v}-1"},
                              ResponseParameters={"201": {"overwrite:statuscode": "202", "append:header.X-New": "$response.body.method",
                                                          "remove:header.X-Seen": "''"}})
        self.api.update_stage(ApiId=api_id, StageName="$default", StageVariables={"v": "w"})
        answer = self.ask(api_id, "/x/a/b?q=1&z=2", "PUT", b"body", {"X-More": "a", "X-Gone": "1"})
        self.assertEqual((answer.status, answer.headers["X-New"], answer.headers["X-Seen"]), (202, "PUT", None))
        seen = answer.json()
        self.assertEqual((seen["method"], seen["path"], seen["body"]), ("PUT", "/base/a/b?z=2&q=a%2Fb&r=w-1", "body"))
        self.assertEqual((seen["headers"]["X-Who"], seen["headers"]["X-More"]), (api_id, "a,b"))
        self.assertNotIn("X-Gone", seen["headers"])
        self.assertEqual(seen["headers"]["Host"], origin[7:])
        gone, _ = self.made("$default", IntegrationType="HTTP_PROXY", IntegrationMethod="GET", IntegrationUri="http://127.0.0.1:1/")
        self.assertEqual((self.ask(gone).status, self.ask(gone).json()), (503, {"message": "Service Unavailable"}))

    def test_routes_stages_and_what_is_not_there(self):
        origin = self.endpoint()
        api_id = self.api.create_api(Name="r", ProtocolType="HTTP")["ApiId"]
        for key in ("GET /pets/dog/1", "GET /pets/dog/{id}", "GET /pets/{proxy+}", "ANY /{proxy+}", "$default"):
            name = key.replace(" ", "_").replace("/", "_").replace("{", "").replace("}", "").replace("+", "").replace("$", "")
            self.made(key, api=api_id, IntegrationType="HTTP_PROXY", IntegrationMethod="ANY", IntegrationUri=origin + "/" + name)
        self.assertEqual((self.ask(api_id, "/pets").status, self.ask(api_id, "/pets").json()), (404, {"message": "Not Found"}))
        for stage in ("$default", "prod"):
            self.api.create_stage(ApiId=api_id, StageName=stage, AutoDeploy=True)
        for path, method, wanted in (("/pets/dog/1", "GET", "/GET__pets_dog_1"), ("/pets/dog/2", "GET", "/GET__pets_dog_id"),
                                     ("/pets/cat/1", "GET", "/GET__pets_proxy"), ("/test/5", "POST", "/ANY__proxy"), ("/", "POST", "/default"),
                                     ("/prod/pets/dog/2", "GET", "/GET__pets_dog_id"), ("/prod", "GET", "/default")):
            with self.subTest(path):
                self.assertEqual(self.ask(api_id, path, method).json()["path"], wanted)
        self.assertEqual(self.request(self.server, "GET", "/_pawl/api/nothere000/").json(), {"message": "Forbidden"})
        # A route that is deleted is gone at once; a stage that does not deploy by itself keeps it.
        self.api.update_stage(ApiId=api_id, StageName="prod", AutoDeploy=False)
        route = next(r for r in self.api.get_routes(ApiId=api_id)["Items"] if r["RouteKey"] == "GET /pets/dog/1")
        self.api.delete_route(ApiId=api_id, RouteId=route["RouteId"])
        self.assertEqual(self.ask(api_id, "/pets/dog/1").json()["path"], "/GET__pets_dog_id")
        self.assertEqual(self.ask(api_id, "/prod/pets/dog/1").json()["path"], "/GET__pets_dog_1")
        deployment = self.api.create_deployment(ApiId=api_id, StageName="prod")["DeploymentId"]
        self.assertEqual(self.ask(api_id, "/prod/pets/dog/1").json()["path"], "/GET__pets_dog_id")
        self.assertEqual(self.refused(self.api.delete_deployment, ApiId=api_id, DeploymentId=deployment)[0], "BadRequestException")

    def test_cors_throttles_and_access_logs(self):
        origin = self.endpoint()
        logs = self.client(self.server, "logs")
        logs.create_log_group(logGroupName="/access")
        api_id, _ = self.made("GET /a", IntegrationType="HTTP_PROXY", IntegrationMethod="GET", IntegrationUri=origin)
        self.api.update_api(ApiId=api_id, CorsConfiguration={"AllowOrigins": ["https://a.example"], "AllowMethods": ["GET", "POST"],
                                                             "AllowHeaders": ["x-a"], "MaxAge": 5, "AllowCredentials": True})
        before = self.ask(api_id, "/a", "OPTIONS", headers={"Origin": "https://a.example", "Access-Control-Request-Method": "GET"})
        self.assertEqual((before.status, before.headers["access-control-allow-origin"], before.headers["access-control-allow-methods"],
                          before.headers["access-control-allow-headers"], before.headers["access-control-max-age"]),
                         (204, "https://a.example", "GET,POST", "x-a", "5"))
        self.assertEqual(self.ask(api_id, "/a", headers={"Origin": "https://a.example"}).headers["access-control-allow-origin"], "https://a.example")
        self.assertIsNone(self.ask(api_id, "/a", headers={"Origin": "https://b.example"}).headers["access-control-allow-origin"])
        self.api.update_stage(ApiId=api_id, StageName="$default", AccessLogSettings={
            "DestinationArn": "arn:aws:logs:us-east-1:000000000000:log-group:/access", "Format": "$context.httpMethod $context.routeKey $context.status $context.nothing"},
            RouteSettings={"GET /a": {"ThrottlingBurstLimit": 2, "ThrottlingRateLimit": 0.001}})
        self.assertEqual([self.ask(api_id, "/a").status for _ in range(3)], [201, 201, 429])
        self.assertEqual(self.ask(api_id, "/a").json(), {"message": "Too Many Requests"})
        deadline = time.monotonic() + 20
        lines = []
        while len(lines) < 4 and time.monotonic() < deadline:
            lines = [e["message"] for e in logs.filter_log_events(logGroupName="/access")["events"]]
        self.assertEqual(sorted(lines), ["GET GET /a 201 -"] * 2 + ["GET GET /a 429 -"] * 2)

    def test_json_web_tokens(self):
        openssl = shutil.which("openssl")
        if openssl is None:
            self.skipTest("no openssl")
        key = os.path.join(self.folder, "key.pem")
        subprocess.run([openssl, "genrsa", "-out", key, "2048"], check=True, capture_output=True)
        modulus = subprocess.run([openssl, "rsa", "-in", key, "-noout", "-modulus"], check=True, capture_output=True, text=True).stdout.strip().split("=")[1]

        def encode(data):
            data = data if isinstance(data, bytes) else json.dumps(data).encode()
            return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

        def token(claims, kid="k1"):
            signed = encode({"alg": "RS256", "kid": kid}) + "." + encode(claims)
            signature = subprocess.run([openssl, "dgst", "-sha256", "-sign", key], input=signed.encode(), check=True, capture_output=True).stdout
            return "Bearer " + signed + "." + encode(signature)
        files = {}
        issuer = self.endpoint(files)
        files["/.well-known/openid-configuration"] = json.dumps({"issuer": issuer, "jwks_uri": issuer + "/keys"})
        files["/keys"] = json.dumps({"keys": [{"kty": "RSA", "kid": "k1", "alg": "RS256", "e": "AQAB", "n": encode(bytes.fromhex(modulus))}]})
        api_id, route = self.made("GET /a", IntegrationType="AWS_PROXY", PayloadFormatVersion="2.0", IntegrationUri=self.function("f", ECHO))
        authorizer = self.api.create_authorizer(ApiId=api_id, Name="j", AuthorizerType="JWT", IdentitySource=["$request.header.Authorization"],
                                                JwtConfiguration={"Issuer": issuer, "Audience": ["me"]})["AuthorizerId"]
        self.api.update_route(ApiId=api_id, RouteId=route, AuthorizationType="JWT", AuthorizerId=authorizer, AuthorizationScopes=["read"])
        now = int(time.time())
        good = {"iss": issuer, "aud": "me", "exp": now + 600, "scope": "read write", "groups": ["a", "b"]}
        passed = self.ask(api_id, "/a", headers={"Authorization": token(good)})
        self.assertEqual(passed.status, 200, passed.body)
        jwt = passed.json()["requestContext"]["authorizer"]["jwt"]
        self.assertEqual((jwt["claims"]["groups"], jwt["scopes"]), ("[a b]", ["read", "write"]))
        for claims, status in (({**good, "exp": now - 1}, 401), ({**good, "iss": "x"}, 401), ({**good, "aud": "you"}, 401), ({**good, "scope": "write"}, 403)):
            self.assertEqual(self.ask(api_id, "/a", headers={"Authorization": token(claims)}).status, status, claims)
        forged = token(good)[:-8] + "AAAAAAAA"
        for header in (forged, token(good, "other"), "Bearer x", "Bearer a.b.c"):
            self.assertEqual(self.ask(api_id, "/a", headers={"Authorization": header}).status, 401, header)
        self.assertEqual(self.ask(api_id, "/a").json(), {"message": "Unauthorized"})


class ControlPlaneTest(GatewayCase):
    def test_quick_create_lists_tags_and_restart(self):
        arn = self.function("f", ECHO)
        made = self.api.create_api(Name="quick", ProtocolType="HTTP", Target=arn, RouteKey="GET /hi", Tags={"a": "1"})
        api_id = made["ApiId"]
        self.assertEqual(made["ApiEndpoint"], "http://127.0.0.1:%d/_pawl/api/%s" % (self.server.port, api_id))
        self.assertEqual((made["ApiKeySelectionExpression"], made["RouteSelectionExpression"], made["DisableExecuteApiEndpoint"], made["ProtocolType"]),
                         ("$request.header.x-api-key", "${request.method} ${request.path}", False, "HTTP"))
        stage = self.api.get_stage(ApiId=api_id, StageName="$default")
        self.assertTrue(stage["AutoDeploy"] and stage["ApiGatewayManaged"] and stage["DeploymentId"])
        self.assertEqual(self.api.get_deployments(ApiId=api_id)["Items"][0]["DeploymentStatus"], "DEPLOYED")
        self.assertEqual(self.ask(api_id, "/hi").json()["routeKey"], "GET /hi")
        self.api.update_api(ApiId=api_id, RouteKey="GET /ho", Target=self.function("g", "def handler(event, context): return 'g'"))
        self.assertEqual((self.ask(api_id, "/ho").body.decode(), self.ask(api_id, "/hi").status), ("g", 404))
        self.api.update_api(ApiId=api_id, RouteKey="GET /hi", Target=arn)
        resource = "arn:aws:apigateway:us-east-1::/apis/" + api_id
        self.api.tag_resource(ResourceArn=resource, Tags={"b": "2"})
        self.api.untag_resource(ResourceArn=resource, TagKeys=["a"])
        self.assertEqual(self.api.get_tags(ResourceArn=resource)["Tags"], {"b": "2"})
        for number in range(3):
            self.api.create_api(Name="n%d" % number, ProtocolType="HTTP")
        page = self.api.get_apis(MaxResults="2")
        rest = self.api.get_apis(NextToken=page["NextToken"])
        plain = next(each["ApiId"] for each in page["Items"] + rest["Items"] if each["Name"] == "n0")
        self.assertEqual(self.refused(self.api.update_api, ApiId=plain, Target=arn)[0], "BadRequestException")
        self.assertEqual((len(page["Items"]), len(rest["Items"])), (2, 2))
        self.server.stop(9)
        self.server.wait()
        self.start()
        self.assertEqual(self.ask(api_id, "/hi").json()["routeKey"], "GET /hi")
        self.api.delete_api(ApiId=api_id)
        self.assertEqual(self.ask(api_id, "/hi").status, 403)
        self.assertEqual(self.refused(self.api.get_api, ApiId=api_id),
                         ("NotFoundException", "Invalid API identifier specified 000000000000:" + api_id, 404))

    def test_wrong_input(self):
        api_id = self.api.create_api(Name="a", ProtocolType="HTTP")["ApiId"]
        self.assertEqual(self.refused(self.api.create_api, Name="w", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.a")[0], "BadRequestException")
        for key in ("GET", "GET pets", "FETCH /pets", "GET /{a}/{a}", "GET /{a+}/b", "GET /x{a}"):
            self.assertEqual(self.refused(self.api.create_route, ApiId=api_id, RouteKey=key)[0], "BadRequestException", key)
        self.api.create_route(ApiId=api_id, RouteKey="GET /pets")
        self.assertEqual(self.refused(self.api.create_route, ApiId=api_id, RouteKey="GET /pets"),
                         ("ConflictException", "Route with key GET /pets already exists for this API", 409))
        self.assertEqual(self.refused(self.api.create_route, ApiId=api_id, RouteKey="GET /b", Target="integrations/nothere")[2], 404)
        self.assertEqual(self.refused(self.api.create_stage, ApiId=api_id, StageName="a b")[0], "BadRequestException")
        self.assertEqual(self.refused(self.api.create_integration_response, ApiId=api_id, IntegrationId="x", IntegrationResponseKey="y")[0], "BadRequestException")
        self.assertEqual(self.refused(self.api.get_route, ApiId=api_id, RouteId="nothere")[0], "NotFoundException")

    def test_openapi(self):
        origin = self.endpoint()
        body = {"openapi": "3.0.1", "info": {"title": "imported", "version": "7"}, "paths": {
            "/pets/{id}": {"get": {"x-amazon-apigateway-integration": {"type": "http_proxy", "httpMethod": "GET", "uri": origin + "/{id}", "payloadFormatVersion": "1.0"}}},
            "/$default": {"x-amazon-apigateway-any-method": {"x-amazon-apigateway-integration": {
                "type": "http_proxy", "httpMethod": "ANY", "uri": origin + "/other", "payloadFormatVersion": 1.0}}}}}
        api_id = self.api.import_api(Body=json.dumps(body))["ApiId"]
        self.api.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True)
        self.assertEqual([self.ask(api_id, p).json()["path"] for p in ("/pets/4", "/x")], ["/4", "/other"])
        self.assertEqual(sorted(r["RouteKey"] for r in self.api.get_routes(ApiId=api_id)["Items"]), ["$default", "GET /pets/{id}"])
        exported = json.loads(self.api.export_api(ApiId=api_id, Specification="OAS30", OutputType="JSON")["body"].read())
        self.assertEqual((exported["info"]["title"], sorted(exported["paths"])), ("imported", ["/$default", "/pets/{id}"]))
        yaml = "openapi: 3.0.1\ninfo:\n  title: again\n  version: '1'\npaths:\n  /only:\n    get:\n      x-amazon-apigateway-integration:\n" \
               "        type: HTTP_PROXY\n        httpMethod: GET\n        payloadFormatVersion: '1.0'\n        uri: %s/only\n" % origin
        self.assertEqual(self.api.reimport_api(ApiId=api_id, Body=yaml)["Name"], "again")
        self.assertEqual((self.ask(api_id, "/only").json()["path"], self.ask(api_id, "/x").status), ("/only", 404))
        # As AWS SAM writes it: "$default" without a slash, and IAM as a security scheme.
        call = {"x-amazon-apigateway-integration": {"type": "http_proxy", "httpMethod": "ANY", "uri": origin + "/sam",
                                                    "payloadFormatVersion": "1.0"}}
        sam = {**body, "paths": {"$default": {"x-amazon-apigateway-any-method": {**call, "isDefaultRoute": True}},
                                 "/iam": {"get": {**call, "security": [{"AWS_IAM": []}]}}},
               "components": {"securitySchemes": {"AWS_IAM": {"type": "apiKey", "name": "Authorization", "in": "header",
                                                              "x-amazon-apigateway-authtype": "awsSigv4"}}}}
        self.api.reimport_api(ApiId=api_id, Body=json.dumps(sam))
        self.assertEqual({r["RouteKey"]: r["AuthorizationType"] for r in self.api.get_routes(ApiId=api_id)["Items"]},
                         {"$default": "NONE", "GET /iam": "AWS_IAM"})
        for bad in ("{'key", "[1]", json.dumps({"swagger": "2.0"}), json.dumps({**body, "paths": {"/a": {"get": {"x-amazon-apigateway-integration": {"type": "mock"}}}}})):
            self.assertEqual(self.refused(self.api.import_api, Body=bad)[0], "BadRequestException", bad)

    @unittest.skipUnless(AWS, "no AWS CLI")
    def test_aws_cli(self):
        def aws(*arguments):
            out = subprocess.run([AWS, "apigatewayv2", *arguments, "--endpoint-url", "http://127.0.0.1:%d" % self.server.port, "--region", REGION, "--output", "json"],
                                 capture_output=True, text=True, timeout=60,
                                 env={**os.environ, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"})
            self.assertEqual(out.returncode, 0, out.stderr)
            return json.loads(out.stdout or "null")
        made = aws("create-api", "--name", "cli", "--protocol-type", "HTTP", "--target", self.function("f", ECHO))
        self.assertEqual(json.loads(self.request(self.server, "GET", made["ApiEndpoint"].split(str(self.server.port))[1] + "/x").body)["rawPath"], "/x")
        self.assertEqual(aws("get-apis")["Items"][0]["Name"], "cli")
        self.assertEqual(aws("update-api", "--api-id", made["ApiId"], "--cors-configuration", "AllowOrigins=*")["CorsConfiguration"], {"AllowOrigins": ["*"]})
        self.assertIsNone(aws("delete-api", "--api-id", made["ApiId"]))


if __name__ == "__main__":
    unittest.main()
