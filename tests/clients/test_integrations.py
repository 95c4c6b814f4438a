# SPDX-License-Identifier: Apache-2.0
"""Tasks that call services: those of this server, and others that are played behind --endpoint. Python 3.9."""
import http.server
import json
import signal
import threading
import unittest

from states_case import ROLE, StatesCase

ARN = "arn:aws:states:::"
CONNECTION = "arn:aws:events:us-east-1:000000000000:connection/c/11111111-2222-3333-4444-555555555555"


def task(resource, parameters, **more):
    return {"Type": "Task", "Resource": ARN + resource, "Parameters": parameters, **({} if "Next" in more else {"End": True}), **more}


class PlayedServer:
    """Keeps what it is asked, (X-Amz-Target or method and path, body, headers), and answers what `answers` says."""

    def __init__(self, answers):
        asked, changed = [], threading.Condition()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                name = self.headers.get("X-Amz-Target", f"{self.command} {self.path}").rsplit(".", 1)[-1]
                with changed:
                    asked.append((name, body, self.headers))
                    changed.notify_all()
                status, answer = answers.get(name, (404, {}))
                answer = json.dumps(answer() if callable(answer) else answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST = answer

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                """A client that is killed breaks its connection off."""

        self.asked, self.changed = asked, changed
        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def names(self):
        with self.changed:
            return [name for name, _, _ in self.asked]

    def await_name(self, name, times=1):
        with self.changed:
            if not self.changed.wait_for(lambda: [each[0] for each in self.asked].count(name) >= times, 30):
                raise AssertionError(f"{name} was not called {times} times: {[each[0] for each in self.asked]}")


class IntegrationsCase(StatesCase):
    arguments = ()

    def start(self):
        self.server = self.serve("--data", self.data, "--no-tls", *self.arguments)
        self.sfn = self.states_client()

    def run_machine(self, name, /, **states):
        return self.sfn.start_execution(stateMachineArn=self.machine(name, **states), input="{}")["executionArn"]

    def output(self, name, /, **states):
        ended = self.ended(self.run_machine(name, **states))
        self.assertEqual(ended["status"], "SUCCEEDED", ended.get("cause"))
        return json.loads(ended["output"])

    def failure(self, name, /, **states):
        ended = self.ended(self.run_machine(name, **states))
        self.assertEqual(ended["status"], "FAILED")
        return ended["error"], ended.get("cause", "")


class EmbeddedTest(IntegrationsCase):
    def test_a_message_goes_out_and_comes_back(self):
        queue = self.client(self.server, "sqs").create_queue(QueueName="q")["QueueUrl"]
        output = self.output(
            "m", Send=task("sqs:sendMessage", {"QueueUrl": queue, "MessageBody": {"a": [1]}}, Next="Receive", ResultPath="$.sent"),
            Receive=task("aws-sdk:sqs:receiveMessage", {"QueueUrl": queue}, ResultPath="$.received"))
        self.assertEqual(output["sent"]["SdkHttpMetadata"]["HttpStatusCode"], 200)
        message = output["received"]["Messages"][0]
        self.assertEqual((message["Body"], message["MessageId"]), ('{"a":[1]}', output["sent"]["MessageId"]))
        # The two SDKs write the same member in two ways.
        self.assertEqual(message["Md5OfBody"], output["sent"]["MD5OfMessageBody"])

    def test_a_task_waits_for_its_token(self):
        sqs = self.client(self.server, "sqs")
        queue = sqs.create_queue(QueueName="q")["QueueUrl"]
        run = self.run_machine("m", A=task("sqs:sendMessage.waitForTaskToken",
                                           {"QueueUrl": queue, "MessageBody": {"token.$": "$$.Task.Token"}}))
        message = self.until("the message", lambda: sqs.receive_message(QueueUrl=queue).get("Messages"))[0]
        self.sfn.send_task_success(taskToken=json.loads(message["Body"])["token"], output='"done"')
        self.assertEqual(self.ended(run)["output"], '"done"')

    def test_errors_have_their_names(self):
        parameters = {"QueueUrl": f"http://{self.server.host}:{self.server.port}/000000000000/none", "MessageBody": "m"}
        error, cause = self.failure("a", A=task("sqs:sendMessage", parameters))
        self.assertEqual(error, "SQS.QueueDoesNotExistException")
        self.assertIn("(Service: AmazonSQS; Status Code: 400; Error Code: ", cause)
        error, cause = self.failure("b", A=task("aws-sdk:sqs:sendMessage", parameters))
        self.assertEqual(error, "Sqs.QueueDoesNotExistException")
        self.assertRegex(cause, r"\(Service: Sqs, Status Code: 400, Request ID: [-0-9a-f]{36}\)$")

    def test_its_own_api_and_lambdas(self):
        output = self.output("m", A=task("aws-sdk:sfn:listStateMachines", {}, Next="B", ResultPath="$.a"),
                             B=task("aws-sdk:lambda:listFunctions", {}, ResultPath="$.b"))
        self.assertEqual([each["Name"] for each in output["a"]["StateMachines"]], ["m"])
        self.assertRegex(output["a"]["StateMachines"][0]["CreationDate"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$")
        self.assertEqual(output["b"], {"Functions": []})

    def test_a_machine_with_an_unknown_action_is_refused(self):
        with self.assertRaises(self.sfn.exceptions.InvalidDefinition) as caught:
            self.machine("m", A=task("aws-sdk:sqs:sendMessages", {}))
        self.assertIn("aws-sdk:sqs:sendMessages is not recognized", str(caught.exception))

    def test_what_is_nowhere_says_so(self):
        error, cause = self.failure("m", A=task("aws-sdk:glue:listJobs", {}))
        self.assertEqual(error, "Glue.GlueException")
        self.assertIn("--endpoint glue=", cause)


class PlayedCase(IntegrationsCase):
    def setUp(self):
        self.states = ["RUNNING"]
        self.played = PlayedServer({
            "StartJobRun": (200, {"JobRunId": "r"}),
            "GetJobRun": (200, lambda: {"JobRun": {"Id": "r", "JobRunState": self.states[0]}}),
            "BatchStopJobRun": (200, {"SuccessfulSubmissions": []}),
            "DescribeConnection": (200, {"AuthorizationType": "BASIC", "SecretArn": "s", "AuthParameters": {}}),
            "GetSecretValue": (200, {"SecretString": json.dumps({"username": "u", "password": "p"})}),
            "POST /prod/pets?a=1": (200, {"id": 7}),
            "GET /teapot": (418, {"error": "tea"}),
        })
        self.addCleanup(self.played.close)
        self.arguments = [word for service in ("glue", "events", "secretsmanager")
                          for word in ("--endpoint", f"{service}={self.played.url}")]
        super().setUp()

    def environment(self):
        return {"AWS_ACCESS_KEY_ID": "remote", "AWS_SECRET_ACCESS_KEY": "secret"}

    def start(self):
        self.server = self.serve("--data", self.data, "--no-tls", *self.arguments, environment=self.environment())
        self.sfn = self.states_client()


class JobsTest(PlayedCase):
    JOB = task("glue:startJobRun.sync", {"JobName": "j"})

    def test_a_job_outlives_the_server(self):
        run = self.run_machine("m", A=self.JOB)
        self.played.await_name("GetJobRun")
        self.server.stop(signal.SIGKILL)
        seen = self.played.names().count("GetJobRun")
        self.start()
        self.played.await_name("GetJobRun", seen + 1)
        self.states[0] = "SUCCEEDED"
        ended = self.ended(run)
        self.assertEqual((ended["status"], json.loads(ended["output"])), ("SUCCEEDED", {"Id": "r", "JobRunState": "SUCCEEDED"}))
        self.assertEqual(self.played.names().count("StartJobRun"), 1)
        kinds = [event["type"] for event in self.events(run)]
        self.assertEqual(kinds, ["ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSubmitted",
                                 "TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"])

    def test_a_stopped_execution_stops_its_job(self):
        run = self.run_machine("m", A=self.JOB)
        self.played.await_name("GetJobRun")
        self.sfn.stop_execution(executionArn=run)
        self.played.await_name("BatchStopJobRun")
        body = next(body for name, body, _ in self.played.asked if name == "BatchStopJobRun")
        self.assertEqual(json.loads(body), {"JobName": "j", "JobRunIds": ["r"]})

    def test_a_time_out_stops_its_job_too(self):
        error, _ = self.failure("m", A={**self.JOB, "TimeoutSeconds": 2})
        self.assertEqual(error, "States.Timeout")
        self.played.await_name("BatchStopJobRun")


class HttpTest(PlayedCase):
    def test_an_http_task(self):
        output = self.output("m", A=task("http:invoke", {
            "ApiEndpoint": self.played.url + "/prod/pets", "Method": "POST", "Authentication": {"ConnectionArn": CONNECTION},
            "QueryParameters": {"a": 1}, "RequestBody": {"name": "rex"}}))
        self.assertEqual((output["StatusCode"], output["StatusText"], output["ResponseBody"]), (200, "OK", {"id": 7}))
        self.assertEqual(output["Headers"]["content-type"], ["application/json"])
        _, body, headers = self.played.asked[-1]
        self.assertEqual((json.loads(body), headers["Authorization"]), ({"name": "rex"}, "Basic dTpw"))
        self.assertEqual(headers["User-Agent"], "Amazon|StepFunctions|HttpInvoke|us-east-1")

    def test_its_errors(self):
        parameters = {"ApiEndpoint": self.played.url + "/teapot", "Method": "GET", "Authentication": {"ConnectionArn": CONNECTION}}
        error, cause = self.failure("a", A=task("http:invoke", parameters))
        self.assertEqual((error, json.loads(cause)["ResponseBody"]), ("States.Http.StatusCode.418", {"error": "tea"}))
        # Nobody listens on the port of a socket that was closed.
        gone = PlayedServer({})
        gone.close()
        error, _ = self.failure("b", A=task("http:invoke", {**parameters, "ApiEndpoint": gone.url}))
        self.assertEqual(error, "States.Http.Socket")

    def test_a_tested_http_task_shows_its_exchange(self):
        definition = json.dumps(task("http:invoke", {
            "ApiEndpoint": self.played.url + "/prod/pets?a=1", "Method": "POST", "Authentication": {"ConnectionArn": CONNECTION}}))
        for reveal in (False, True):
            answer = self.sfn.test_state(definition=definition, roleArn=ROLE, input="{}", inspectionLevel="TRACE", revealSecrets=reveal)
            self.assertEqual(answer["status"], "SUCCEEDED", answer.get("cause"))
            data = answer["inspectionData"]
            self.assertEqual("Authorization: Basic dTpw" in data["request"]["headers"], reveal)
            self.assertEqual((data["request"]["method"], data["request"]["url"]), ("POST", self.played.url + "/prod/pets?a=1"))
            self.assertEqual((data["response"]["statusCode"], json.loads(data["response"]["body"])), ("200", {"id": 7}))

    def test_api_gateway(self):
        output = self.output("m", A=task("apigateway:invoke", {
            "ApiEndpoint": self.played.url, "Method": "POST", "Stage": "prod", "Path": "/pets", "QueryParameters": {"a": ["1"]},
            "RequestBody": {"n": 1}, "AuthType": "NO_AUTH"}))
        self.assertEqual(output["ResponseBody"], {"id": 7})
        error, cause = self.failure("n", A=task("apigateway:invoke", {
            "ApiEndpoint": self.played.url, "Method": "GET", "Path": "teapot"}))
        self.assertEqual((error, json.loads(cause)), ("ApiGateway.418", {"error": "tea"}))


if __name__ == "__main__":
    unittest.main()
