# SPDX-License-Identifier: Apache-2.0
"""REST APIs of API Gateway as a user of boto3, the AWS CLI, HTTP and a state machine sees them."""
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
FUNCTION_URI = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/%s/invocations"
ACTION_URI = "arn:aws:apigateway:us-east-1:%s:%s"


def python(code):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("index.py", code)
    return out.getvalue()


class Endpoint(http.server.BaseHTTPRequestHandler):
    """Says what it was asked; /teapot answers 418."""

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        text = json.dumps({"method": self.command, "path": self.path, "headers": dict(self.headers.items()), "body": body.decode()})
        self.send_response(418 if self.path.startswith("/teapot") else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Seen", "yes")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


class RestCase(ClientCase):
    def setUp(self):
        super().setUp()
        self.data = os.path.join(self.folder, "data")
        self.start()
        self.made = self.api.create_rest_api(name="rest")
        self.id = self.made["id"]
        self.root = self.api.get_resources(restApiId=self.id)["items"][0]["id"]

    def start(self):
        self.server = self.serve("--data", self.data)
        self.api = self.client(self.server, "apigateway")

    def function(self, name, code):
        functions = self.client(self.server, "lambda")
        arn = functions.create_function(FunctionName=name, Runtime="python3.12", Role=ROLE, Handler="index.handler",
                                        Code={"ZipFile": python(code)})["FunctionArn"]
        functions.get_waiter("function_active_v2").wait(FunctionName=name)
        return arn

    def resource(self, *parts):
        parent = self.root
        for part in parts:
            there = [r for r in self.api.get_resources(restApiId=self.id)["items"] if r.get("parentId") == parent and r["pathPart"] == part]
            parent = (there[0] if there else self.api.create_resource(restApiId=self.id, parentId=parent, pathPart=part))["id"]
        return parent

    def method(self, verb, parts=(), responses=None, integration=None, **method):
        place = {"restApiId": self.id, "resourceId": self.resource(*parts), "httpMethod": verb}
        self.api.put_method(**place, **{"authorizationType": "NONE", **method})
        self.api.put_integration(**place, **(integration or {"type": "MOCK", "requestTemplates": {"application/json": '{"statusCode": 200}'}}))
        for status, more in (responses or {"200": {}}).items():
            self.api.put_method_response(**place, statusCode=status)
            self.api.put_integration_response(**place, statusCode=status, **more)
        return place

    def deploy(self, stage="s", **more):
        return self.api.create_deployment(restApiId=self.id, stageName=stage, **more)["id"]

    def ask(self, path="/", method="GET", body=b"", headers=None, stage="s"):
        return self.request(self.server, method, "/_pawl/api/%s/%s%s" % (self.id, stage, path), headers, body)

    def endpoint(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return "http://127.0.0.1:%d" % server.server_port


class StepFunctionsTest(RestCase):
    def machine(self, definition, name="m", kind="STANDARD"):
        return self.client(self.server, "stepfunctions").create_state_machine(
            name=name, definition=json.dumps(definition), roleArn=ROLE, type=kind)["stateMachineArn"]

    def ended(self, arn):
        states = self.client(self.server, "stepfunctions")
        deadline = time.monotonic() + 20
        while states.describe_execution(executionArn=arn)["status"] == "RUNNING":
            self.assertLess(time.monotonic(), deadline)
        return states.describe_execution(executionArn=arn)

    def test_a_template_starts_an_execution(self):
        arn = self.machine({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}})
        template = '{"input": "$util.escapeJavaScript($input.json(\'$\')).replaceAll("\\\\\'", "\'")", "stateMachineArn": "%s"}' % arn
        self.method("POST", ("start",), {"200": {}, "400": {"selectionPattern": "4\\d{2}", "responseTemplates": {
            "application/json": '{"why": $input.json("$.__type")}'}}},
            {"type": "AWS", "integrationHttpMethod": "POST", "uri": ACTION_URI % ("states", "action/StartExecution"), "credentials": ROLE,
             "requestTemplates": {"application/json": template}})
        self.deploy()
        answer = self.ask("/start", "POST", b'{"it\'s": "a \\"quote\\"/"}', {"Content-Type": "application/json"})
        self.assertEqual((answer.status, set(answer.json())), (200, {"executionArn", "startDate"}), answer.body)
        described = self.ended(answer.json()["executionArn"])
        self.assertEqual(json.loads(described["output"]), {"it's": 'a "quote"/'})
        self.client(self.server, "stepfunctions").delete_state_machine(stateMachineArn=arn)
        gone = self.ask("/start", "POST", b"{}")
        self.assertEqual((gone.status, gone.json()), (400, {"why": "StateMachineDeleting"}) if "Deleting" in gone.body.decode()
                         else (400, {"why": "StateMachineDoesNotExist"}))

    def test_sync_and_other_services(self):
        arn = self.machine({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}, kind="EXPRESS")
        self.method("POST", ("sync",), {"200": {"responseTemplates": {"application/json": "$util.parseJson($input.path('$.output')).a"}}},
                    {"type": "AWS", "integrationHttpMethod": "POST", "uri": ACTION_URI % ("states", "action/StartSyncExecution"),
                     "requestTemplates": {"application/json": '{"input": "$util.escapeJavaScript($input.body)", "stateMachineArn": "%s"}' % arn}})
        sqs = self.client(self.server, "sqs")
        queue = sqs.create_queue(QueueName="q")["QueueUrl"]
        self.method("POST", ("queue",), None, {"type": "AWS", "integrationHttpMethod": "POST", "uri": ACTION_URI % ("sqs", "path/000000000000/q"),
                    "requestParameters": {"integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"},
                    "requestTemplates": {"application/json": "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"}})
        self.client(self.server, "dynamodb").create_table(TableName="table", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
                                                          AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}])
        self.method("PUT", ("items", "{id}"), None, {"type": "AWS", "integrationHttpMethod": "POST", "uri": ACTION_URI % ("dynamodb", "action/PutItem"),
                    "requestTemplates": {"application/json": '{"TableName": "table", "Item": {"k": {"S": "$input.params(\'id\')"}, "who": {"S": "$context.httpMethod"}}}'}})
        self.deploy()
        self.assertEqual(self.ask("/sync", "POST", b'{"a": 7}').body, b"7")
        self.assertIn("SendMessageResponse", self.ask("/queue", "POST", b'a & "b"').json())
        self.assertEqual(sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"], 'a & "b"')
        self.assertEqual(self.ask("/items/x1", "PUT").status, 200)
        self.assertEqual(self.client(self.server, "dynamodb").get_item(TableName="table", Key={"k": {"S": "x1"}})["Item"]["who"], {"S": "PUT"})

    def test_a_state_machine_invokes_an_api(self):
        self.method("POST", ("pets",), None, {"type": "HTTP_PROXY", "integrationHttpMethod": "POST", "uri": self.endpoint() + "/pets"})
        self.deploy()
        host = self.id + ".execute-api.us-east-1.amazonaws.com"
        arn = self.machine({"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::apigateway:invoke", "End": True, "Parameters": {
            "ApiEndpoint": host, "Method": "POST", "Stage": "s", "Path": "/pets", "QueryParameters": {"a": ["b"]}, "RequestBody": {"n": 1}}}}})
        started = self.client(self.server, "stepfunctions").start_execution(stateMachineArn=arn)["executionArn"]
        described = self.ended(started)
        self.assertEqual(described["status"], "SUCCEEDED", described)
        output = json.loads(described["output"])
        self.assertEqual((output["StatusCode"], output["ResponseBody"]["path"], json.loads(output["ResponseBody"]["body"])), (200, "/pets?a=b", {"n": 1}))


class DataPlaneTest(RestCase):
    def test_mock_templates_and_selection(self):
        template = "#set($n = $input.params('code'))\n{\"statusCode\": #if($n != '')$n#{else}200#end}"
        self.method("GET", ("mock", "{code}"), {
            "200": {"selectionPattern": "", "responseTemplates": {"application/json": '{"path": "$context.path", "stage": "$stageVariables.v", "q": "$input.params(\'q\')"}'},
                    "responseParameters": {}},
            "404": {"selectionPattern": "404", "responseTemplates": {"text/plain": "none#set($context.responseOverride.header.X-Why = \"$context.resourcePath\")"}},
            "500": {"selectionPattern": "5..", "responseTemplates": {"application/json": "#set($context.responseOverride.status = 599)[#foreach($i in [1..3])$i#if($foreach.hasNext),#end#end]"}}},
            {"type": "MOCK", "requestTemplates": {"application/json": template}})
        self.deploy(variables={"v": "one"})
        ok = self.ask("/mock/200?q=x")
        self.assertEqual((ok.status, ok.json()), (200, {"path": "/s/mock/200", "stage": "one", "q": "x"}))
        none = self.ask("/mock/404")
        self.assertEqual((none.status, none.body, none.headers["content-type"], none.headers["X-Why"]), (404, b"none", "text/plain", "/mock/{code}"))
        self.assertEqual((self.ask("/mock/503").status, self.ask("/mock/503").json()), (599, [1, 2, 3]))
        missing = self.ask("/elsewhere")
        self.assertEqual((missing.status, missing.json()), (403, {"message": "Missing Authentication Token"}))
        self.assertEqual((self.ask("/mock/1", stage="none").status, self.ask("/mock/1", stage="none").json()), (403, {"message": "Forbidden"}))
        self.assertEqual(self.ask("/mock/x").json(), {"message": "Internal server error"})

    def test_lambda_proxy_and_lambda(self):
        proxy = self.function("proxy", "import json\ndef handler(event, context):\n    if event['path'] == '/proxy/bad': return {'body': {}}\n"
                                       "    if event['path'] == '/proxy/raise': raise ValueError('x')\n"
                                       "    return {'statusCode': 201, 'multiValueHeaders': {'X-A': ['1', '2']}, 'body': json.dumps(event)}\n")
        plain = self.function("plain", "def handler(event, context):\n    if event.get('bad'): raise ValueError('Bad: ' + event['bad'])\n    return {'got': event}\n")
        self.method("ANY", ("proxy", "{rest+}"), None, {"type": "AWS_PROXY", "integrationHttpMethod": "POST", "uri": FUNCTION_URI % proxy})
        self.method("POST", ("plain",), {"200": {}, "400": {"selectionPattern": "Bad: .*", "responseTemplates": {
            "application/json": '{"error": $input.json(\'$.errorMessage\')}'}}}, {"type": "AWS", "integrationHttpMethod": "POST", "uri": FUNCTION_URI % plain})
        self.deploy()
        answer = self.ask("/proxy/a/b?x=1&x=2", "POST", b"body", {"X-Y": "z"})
        self.assertEqual((answer.status, answer.headers.get_all("x-a")), (201, ["1", "2"]))
        event = answer.json()
        self.assertEqual({k: event[k] for k in ("resource", "path", "httpMethod", "queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "body")},
                         {"resource": "/proxy/{rest+}", "path": "/proxy/a/b", "httpMethod": "POST", "queryStringParameters": {"x": "2"},
                          "multiValueQueryStringParameters": {"x": ["1", "2"]}, "pathParameters": {"rest": "a/b"}, "body": "body"})
        self.assertEqual((event["requestContext"]["resourcePath"], event["requestContext"]["stage"], event["requestContext"]["path"]),
                         ("/proxy/{rest+}", "s", "/s/proxy/a/b"))
        for bad in ("/proxy/bad", "/proxy/raise"):
            self.assertEqual((self.ask(bad).status, self.ask(bad).json()), (502, {"message": "Internal server error"}))
        self.assertEqual(self.ask("/plain", "POST", b'{"a": 1}').json(), {"got": {"a": 1}})
        refused = self.ask("/plain", "POST", b'{"bad": "no"}')
        self.assertEqual((refused.status, refused.json()), (400, {"error": "Bad: no"}))
        self.client(self.server, "lambda").delete_function(FunctionName="proxy")
        self.assertEqual((self.ask("/proxy/x").status, self.ask("/proxy/x").json()), (500, {"message": "Internal server error"}))
        large = self.ask("/plain", "POST", b"x" * (10 * 1024 * 1024 + 1))
        self.assertEqual(large.status, 413)

    def test_http_and_mapped_parameters(self):
        origin = self.endpoint()
        place = self.method("GET", ("pets", "{id}"), {"200": {"responseTemplates": {"application/json": '{"asked": $input.json(\'$.path\')}'}}, "418": {"selectionPattern": "418"}},
                            {"type": "HTTP", "integrationHttpMethod": "GET", "uri": origin + "/{where}/x",
                             "requestParameters": {"integration.request.path.where": "method.request.path.id", "integration.request.querystring.q": "'text'",
                                                   "integration.request.header.X-Id": "context.apiId"}},
                            requestParameters={"method.request.path.id": True})
        self.api.update_method_response(**place, statusCode="200", patchOperations=[{"op": "add", "path": "/responseParameters/method.response.header.X-Out", "value": "true"}])
        self.api.update_integration_response(**place, statusCode="200", patchOperations=[
            {"op": "add", "path": "/responseParameters/method.response.header.X-Out", "value": "integration.response.header.X-Seen"}])
        self.deploy()
        answer = self.ask("/pets/dog")
        self.assertEqual((answer.status, answer.json(), answer.headers["X-Out"]), (200, {"asked": "/dog/x?q=text"}, "yes"))
        self.assertEqual(self.ask("/pets/teapot").status, 418)
        code, message, _ = self.refused(self.api.put_integration, **place, type="HTTP", integrationHttpMethod="GET", uri=origin,
                                        requestParameters={"integration.request.path.x": "method.nothing.x"})
        self.assertEqual((code, message), ("BadRequestException", "Invalid mapping expression specified: Validation Result: warnings : [], errors : "
                                           "[Invalid mapping expression parameter specified: method.nothing.x]"))

    def test_what_is_deployed_stays(self):
        place = self.method("GET", (), {"200": {"responseTemplates": {"application/json": '"first"'}}})
        first = self.deploy()
        self.api.update_integration_response(**place, statusCode="200", patchOperations=[
            {"op": "replace", "path": "/responseTemplates/application~1json", "value": '"second"'}])
        self.assertEqual(self.ask().json(), "first")
        self.assertEqual(json.loads(self.api.test_invoke_method(**place)["body"]), "second")
        second = self.api.create_deployment(restApiId=self.id)["id"]
        self.api.update_stage(restApiId=self.id, stageName="s", patchOperations=[{"op": "replace", "path": "/canarySettings/deploymentId", "value": second},
                                                                               {"op": "replace", "path": "/canarySettings/percentTraffic", "value": "100"}])
        self.assertEqual(self.ask().json(), "second")
        self.api.update_stage(restApiId=self.id, stageName="s", patchOperations=[{"op": "remove", "path": "/canarySettings"}])
        self.assertEqual(self.ask().json(), "first")
        self.api.update_stage(restApiId=self.id, stageName="s", patchOperations=[{"op": "replace", "path": "/deploymentId", "value": second}])
        self.assertEqual(self.ask().json(), "second")
        self.api.delete_deployment(restApiId=self.id, deploymentId=first)
        self.server.stop(9)
        self.server.wait()
        self.start()
        self.assertEqual(self.ask().json(), "second")
        self.api.delete_rest_api(restApiId=self.id)
        self.assertEqual(self.ask().status, 403)

    def test_keys_plans_and_throttles(self):
        self.method("GET", (), apiKeyRequired=True)
        self.deploy()
        self.assertEqual((self.ask().status, self.ask().json()), (403, {"message": "Forbidden"}))
        key = self.api.create_api_key(name="k", enabled=True)
        plan = self.api.create_usage_plan(name="p", apiStages=[{"apiId": self.id, "stage": "s"}], quota={"limit": 3, "period": "DAY"})["id"]
        self.api.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")
        with_key = {"x-api-key": key["value"]}
        self.assertEqual([self.ask(headers=with_key).status for _ in range(4)], [200, 200, 200, 429])
        self.assertEqual(self.ask(headers=with_key).json(), {"message": "Limit Exceeded"})
        self.api.update_api_key(apiKey=key["id"], patchOperations=[{"op": "replace", "path": "/enabled", "value": "false"}])
        self.assertEqual(self.ask(headers=with_key).status, 403)
        self.assertNotIn("value", self.api.get_api_key(apiKey=key["id"]))
        self.assertEqual(self.api.get_api_key(apiKey=key["id"], includeValue=True)["value"], key["value"])
        self.method("GET", ("open",))
        self.deploy()
        self.api.update_stage(restApiId=self.id, stageName="s", patchOperations=[
            {"op": "replace", "path": "/~1open/GET/throttling/burstLimit", "value": "1"}, {"op": "replace", "path": "/~1open/GET/throttling/rateLimit", "value": "0.001"}])
        self.assertEqual([self.ask("/open").status for _ in range(2)], [200, 429])
        self.assertEqual(self.ask("/open").json(), {"message": "Too Many Requests"})

    def test_authorizers_validators_and_gateway_responses(self):
        code = ("def handler(event, context):\n    token = event.get('authorizationToken') or event['headers'].get('X-Who')\n"
                "    if token == 'raise': raise Exception('Unauthorized')\n"
                "    return {'principalId': 'p', 'context': {'who': token, 'n': 3}, 'policyDocument': {'Statement': [{'Action': 'execute-api:Invoke',"
                " 'Effect': 'Allow' if token == 'good' else 'Deny', 'Resource': event['methodArn'].rsplit('/', 1)[0] + '/*'}]}}\n")
        arn = self.function("auth", code)
        token = self.api.create_authorizer(restApiId=self.id, name="t", type="TOKEN", authorizerUri=FUNCTION_URI % arn,
                                           identitySource="method.request.header.Authorization", identityValidationExpression="[a-z]+")["id"]
        asked = self.api.create_authorizer(restApiId=self.id, name="r", type="REQUEST", authorizerUri=FUNCTION_URI % arn,
                                           identitySource="method.request.header.X-Who", authorizerResultTtlInSeconds=0)["id"]
        echo = {"type": "MOCK", "requestTemplates": {"application/json": '{"statusCode": 200}'}}
        who = {"200": {"responseTemplates": {"application/json": '"$context.authorizer.who $context.authorizer.n $context.authorizer.principalId"'}}}
        self.method("GET", ("token",), who, echo, authorizationType="CUSTOM", authorizerId=token)
        self.method("GET", ("asked",), who, echo, authorizationType="CUSTOM", authorizerId=asked)
        self.method("GET", ("iam",), None, echo, authorizationType="AWS_IAM")
        validator = self.api.create_request_validator(restApiId=self.id, name="v", validateRequestBody=True, validateRequestParameters=True)["id"]
        self.api.create_model(restApiId=self.id, name="Pet", contentType="application/json", schema=json.dumps(
            {"type": "object", "required": ["name"], "properties": {"name": {"type": "string", "minLength": 2}, "age": {"type": "integer", "minimum": 0}}, "additionalProperties": False}))
        self.method("POST", ("valid",), None, echo, requestValidatorId=validator, requestModels={"application/json": "Pet"},
                    requestParameters={"method.request.querystring.q": True})
        self.api.put_gateway_response(restApiId=self.id, responseType="ACCESS_DENIED", statusCode="499", responseParameters={"gatewayresponse.header.X-Why": "'denied'"},
                                      responseTemplates={"application/json": '{"said": $context.error.messageString}'})
        self.deploy()
        good = self.ask("/token", headers={"Authorization": "good"})
        self.assertEqual((good.status, good.json()), (200, "good 3 p"))
        self.assertEqual([self.ask("/token", headers=h).status for h in ({}, {"Authorization": "GOOD"}, {"Authorization": "raise"})], [401, 401, 401])
        denied = self.ask("/token", headers={"Authorization": "bad"})
        self.assertEqual((denied.status, denied.headers["X-Why"], denied.json()), (499, "denied", {"said": "User is not authorized to access this resource"}))
        self.assertEqual((self.ask("/asked", headers={"X-Who": "good"}).json(), self.ask("/asked").status, self.ask("/iam").status), ("good 3 p", 401, 403))
        for body, query, wanted in ((b'{"name": "Rex", "age": 3}', "?q=1", (200, None)), (b'{"name": "Rex"}', "", (400, "Missing required request parameters: [q]")),
                                    (b'{"name": "R"}', "?q=1", (400, "Invalid request body")), (b'{"name": "Rex", "x": 1}', "?q=1", (400, "Invalid request body")),
                                    (b"none", "?q=1", (400, "Invalid request body"))):
            answer = self.ask("/valid" + query, "POST", body)
            self.assertEqual((answer.status, answer.json()["message"] if answer.status == 400 else None), wanted, body)


class ControlPlaneTest(RestCase):
    def test_from_making_to_deleting(self):
        self.assertEqual((self.made["name"], self.made["apiKeySource"], self.made["endpointConfiguration"]["types"], self.made["disableExecuteApiEndpoint"]),
                         ("rest", "HEADER", ["EDGE"], False))
        self.assertEqual(self.refused(self.api.create_deployment, restApiId=self.id), ("BadRequestException", "The REST API doesn't contain any methods", 400))
        deep = self.resource("a", "{b}", "{c+}")
        self.assertEqual(self.api.get_resource(restApiId=self.id, resourceId=deep)["path"], "/a/{b}/{c+}")
        self.assertEqual(self.refused(self.api.create_resource, restApiId=self.id, parentId=self.root, pathPart="a"),
                         ("ConflictException", "Another resource with the same parent already has this name: a", 409))
        for parent, part in ((self.root, "a b"), (deep, "x"), (self.resource("a"), "{other}"), (self.root, "{x")):
            self.assertEqual(self.refused(self.api.create_resource, restApiId=self.id, parentId=parent, pathPart=part)[0], "BadRequestException", part)
        self.api.update_resource(restApiId=self.id, resourceId=self.resource("a"), patchOperations=[{"op": "replace", "path": "/pathPart", "value": "z"}])
        self.assertEqual(self.api.get_resource(restApiId=self.id, resourceId=deep)["path"], "/z/{b}/{c+}")
        updated = self.api.update_rest_api(restApiId=self.id, patchOperations=[
            {"op": "replace", "path": "/name", "value": "new"}, {"op": "add", "path": "/binaryMediaTypes/image~1png"},
            {"op": "replace", "path": "/endpointConfiguration/types/EDGE", "value": "REGIONAL"}, {"op": "replace", "path": "/disableExecuteApiEndpoint", "value": "true"}])
        self.assertEqual((updated["name"], updated["binaryMediaTypes"], updated["endpointConfiguration"]["types"], updated["disableExecuteApiEndpoint"]),
                         ("new", ["image/png"], ["REGIONAL"], True))
        for patch in ({"op": "replace", "path": "/nothing", "value": "x"}, {"op": "replace", "path": "/minimumCompressionSize", "value": "big"},
                      {"op": "replace", "path": "", "value": "x"}, {"op": "test", "path": "/name", "value": "x"}):
            self.assertEqual(self.refused(self.api.update_rest_api, restApiId=self.id, patchOperations=[patch])[0], "BadRequestException", patch)
        place = self.method("GET", ("z",))
        self.assertEqual(self.refused(self.api.put_method, **place, authorizationType="NONE")[0], "ConflictException")
        method = self.api.get_method(**place)
        self.assertEqual((method["methodIntegration"]["type"], method["methodIntegration"]["timeoutInMillis"], list(method["methodResponses"])), ("MOCK", 29000, ["200"]))
        self.api.delete_method(**place)
        self.assertEqual(self.refused(self.api.get_method, **place), ("NotFoundException", "Invalid Method identifier specified", 404))
        self.api.delete_resource(restApiId=self.id, resourceId=self.resource("z"))
        self.assertEqual([r["path"] for r in self.api.get_resources(restApiId=self.id)["items"]], ["/"])
        self.assertEqual(sorted(m["name"] for m in self.api.get_models(restApiId=self.id)["items"]), ["Empty", "Error"])
        arn = "arn:aws:apigateway:us-east-1::/restapis/" + self.id
        self.api.tag_resource(resourceArn=arn, tags={"a": "1", "b": "2"})
        self.api.untag_resource(resourceArn=arn, tagKeys=["a"])
        self.assertEqual(self.api.get_tags(resourceArn=arn)["tags"], {"b": "2"})
        self.api.delete_rest_api(restApiId=self.id)
        self.assertEqual(self.refused(self.api.get_rest_api, restApiId=self.id),
                         ("NotFoundException", "Invalid API identifier specified 000000000000:" + self.id, 404))

    def test_wrong_integrations_and_templates(self):
        place = {"restApiId": self.id, "resourceId": self.root, "httpMethod": "GET"}
        self.assertEqual(self.refused(self.api.put_integration, **place, type="MOCK")[0], "NotFoundException")
        self.api.put_method(**place, authorizationType="NONE")
        for more, text in (({"type": "AWS", "uri": "arn:aws:apigateway:us-east-1:states:action/StartExecution"}, "Enumeration value for HttpMethod must be non-empty"),
                           ({"type": "AWS", "integrationHttpMethod": "POST", "uri": "no arn"}, "Invalid ARN specified in the request"),
                           ({"type": "AWS", "integrationHttpMethod": "POST", "uri": "arn:aws:apigateway:us-east-1:states:StartExecution"}, "AWS ARN for integration must contain path or action"),
                           ({"type": "HTTP", "integrationHttpMethod": "GET", "uri": "gopher://x"}, "Invalid HTTP endpoint specified for URI")):
            self.assertEqual(self.refused(self.api.put_integration, **place, **more)[:2], ("BadRequestException", text))
        self.api.put_integration(**place, type="MOCK", requestTemplates={"application/json": "#if($x"})
        self.api.put_integration_response(**place, statusCode="200")
        self.deploy()
        self.assertEqual((self.ask().status, self.ask().json()), (500, {"message": "Internal server error"}))
        endless = "#foreach($a in [1..90000])#foreach($b in [1..90000])#set($c = $a)#end#end"
        self.api.update_integration(**place, patchOperations=[{"op": "replace", "path": "/requestTemplates/application~1json", "value": endless}])
        self.deploy()
        self.assertEqual(self.ask().status, 500)

    def test_openapi(self):
        definition = {"swagger": "2.0", "info": {"title": "imported", "version": "3"}, "definitions": {"Pet": {"type": "object", "required": ["name"]}},
                      "x-amazon-apigateway-request-validators": {"all": {"validateRequestBody": True, "validateRequestParameters": True}},
                      "x-amazon-apigateway-request-validator": "all",
                      "paths": {"/pets/{id}": {"post": {
                          "parameters": [{"in": "path", "name": "id", "required": True, "type": "string"}, {"in": "body", "name": "Pet", "schema": {"$ref": "#/definitions/Pet"}}],
                          "responses": {"200": {"description": "ok"}},
                          "x-amazon-apigateway-integration": {"type": "mock", "requestTemplates": {"application/json": '{"statusCode": 200}'},
                                                              "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": '"$input.params(\'id\')"'}}}}}}}}
        self.id = self.api.import_rest_api(body=json.dumps(definition).encode())["id"]
        self.deploy()
        self.assertEqual(self.ask("/pets/7", "POST", b'{"name": "x"}').json(), "7")
        self.assertEqual(self.ask("/pets/7", "POST", b"{}").json(), {"message": "Invalid request body"})
        exported = json.loads(self.api.get_export(restApiId=self.id, stageName="s", exportType="oas30", parameters={"extensions": "integrations"})["body"].read())
        self.assertEqual((exported["info"]["title"], list(exported["paths"])), ("imported", ["/pets/{id}"]))
        del definition["paths"]["/pets/{id}"]
        definition["paths"]["/new"] = {"x-amazon-apigateway-any-method": {"x-amazon-apigateway-integration": {
            "type": "MOCK", "requestTemplates": {"application/json": '{"statusCode": 200}'}, "responses": {"default": {"statusCode": 200}}}}}
        self.api.put_rest_api(restApiId=self.id, mode="overwrite", body=json.dumps(definition).encode())
        self.deploy()
        self.assertEqual((self.ask("/new", "DELETE").status, self.ask("/pets/7", "POST").status), (200, 403))
        for bad in (b"{'key:value}", b"[1]", b'{"openapi": "1.0"}', b"\xff\xfe"):
            self.assertEqual(self.refused(self.api.import_rest_api, body=bad)[:2], ("BadRequestException", "Invalid OpenAPI input."), bad)

    @unittest.skipUnless(AWS, "no AWS CLI")
    def test_aws_cli(self):
        def aws(*arguments):
            out = subprocess.run([AWS, "apigateway", *arguments, "--endpoint-url", "http://127.0.0.1:%d" % self.server.port, "--region", "us-east-1", "--output", "json"],
                                 capture_output=True, text=True, timeout=60,
                                 env={**os.environ, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"})
            self.assertEqual(out.returncode, 0, out.stderr)
            return json.loads(out.stdout or "null")
        self.id = aws("create-rest-api", "--name", "cli")["id"]
        root = aws("get-resources", "--rest-api-id", self.id)["items"][0]["id"]
        place = ("--rest-api-id", self.id, "--resource-id", root, "--http-method", "GET")
        aws("put-method", *place, "--authorization-type", "NONE")
        aws("put-integration", *place, "--type", "MOCK", "--request-templates", '{"application/json": "{\\"statusCode\\": 200}"}')
        aws("put-integration-response", *place, "--status-code", "200", "--response-templates", '{"application/json": "\\"hello\\""}')
        aws("create-deployment", "--rest-api-id", self.id, "--stage-name", "s")
        self.assertEqual(self.ask().json(), "hello")
        self.assertEqual(aws("get-stages", "--rest-api-id", self.id)["item"][0]["stageName"], "s")
        self.assertEqual(aws("test-invoke-method", *place)["status"], 200)
        aws("delete-rest-api", "--rest-api-id", self.id)


if __name__ == "__main__":
    unittest.main()
