# SPDX-License-Identifier: Apache-2.0
"""CloudWatch Logs as a new user meets it: groups, events, tail, filters, filters that act, Insights, exports; through boto3 and AWS CLI.
Python 3.9."""
import base64
import gzip
import io
import json
import os
import signal
import subprocess
import time
import unittest
import zipfile

from watch_case import AWS, WatchCase

CODE = """
import json, os
def handler(event, context):
    print("GOT " + event["awslogs"]["data"])
"""


def now_ms():
    return int(time.time() * 1000)


class LogsTest(WatchCase):
    def setUp(self):
        super().setUp()
        self.logs = self.made("logs")

    def put(self, *messages, group="/app", stream="one"):
        for make, arguments in ((self.logs.create_log_group, {"logGroupName": group}),
                                (self.logs.create_log_stream, {"logGroupName": group, "logStreamName": stream})):
            try:
                make(**arguments)
            except self.logs.exceptions.ResourceAlreadyExistsException:
                pass
        start = now_ms() - len(messages)
        self.logs.put_log_events(logGroupName=group, logStreamName=stream,
                                 logEvents=[{"timestamp": start + i, "message": m} for i, m in enumerate(messages)])

    def messages(self, pattern, group="/app"):
        return [e["message"] for e in self.logs.filter_log_events(logGroupName=group, filterPattern=pattern)["events"]]

    def test_patterns(self):
        self.put('{"level":"ERROR","ms":12}', '{"level":"INFO","ms":3}', "10.0.0.1 GET 404 17", "10.0.0.2 GET 200 99")
        self.assertEqual(self.messages('{ $.level = "ERROR" && $.ms > 10 }'), ['{"level":"ERROR","ms":12}'])
        self.assertEqual(self.messages("[ip, method, status = 4*, size]"), ["10.0.0.1 GET 404 17"])
        self.assertEqual(self.messages("GET -404"), ["10.0.0.2 GET 200 99"])
        self.assertEqual(self.messages("%10[.]0[.]0[.][12]%"), ["10.0.0.1 GET 404 17", "10.0.0.2 GET 200 99"])
        code, message, _ = self.refused(self.logs.filter_log_events, logGroupName="/app", filterPattern="{ $.level = }")
        self.assertEqual((code, message.split(":")[0]), ("InvalidParameterException", "Invalid filter pattern"))

    def test_a_group_keeps_what_is_set_on_it_through_kill_9(self):
        self.logs.create_log_group(logGroupName="/kept", tags={"team": "a"})
        self.logs.put_retention_policy(logGroupName="/kept", retentionInDays=7)
        self.logs.put_metric_filter(logGroupName="/kept", filterName="f", filterPattern="ERROR", metricTransformations=[
            {"metricName": "errors", "metricNamespace": "app", "metricValue": "1"}])
        self.put("before", group="/kept")
        self.restart(signal.SIGKILL)
        self.logs = self.made("logs")
        group = self.logs.describe_log_groups(logGroupNamePrefix="/kept")["logGroups"][0]
        self.assertEqual((group["retentionInDays"], group["metricFilterCount"]), (7, 1))
        self.assertEqual(self.logs.list_tags_log_group(logGroupName="/kept")["tags"], {"team": "a"})
        self.assertEqual(self.messages("", "/kept"), ["before"])

    def test_metric_filter_makes_a_metric(self):
        self.logs.create_log_group(logGroupName="/app")
        self.logs.put_metric_filter(logGroupName="/app", filterName="slow", filterPattern="{ $.ms = * }", metricTransformations=[
            {"metricName": "latency", "metricNamespace": "app", "metricValue": "$.ms", "unit": "Milliseconds"}])
        self.put('{"ms":12}', '{"ms":30}', "no number")
        metrics = self.made("cloudwatch")

        def statistics():
            return metrics.get_metric_statistics(Namespace="app", MetricName="latency", StartTime=time.time() - 3600, EndTime=time.time() + 60,
                                                 Period=3600, Statistics=["Sum", "SampleCount"])["Datapoints"]
        points = self.eventually(statistics, "the metric")
        self.assertEqual(sum(p["Sum"] for p in points), 42)

    def test_subscription_filter_invokes_a_function(self):
        functions = self.made("lambda")
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as packed:
            packed.writestr("index.py", CODE)
        arn = functions.create_function(FunctionName="sink", Runtime="python3.9", Role="arn:aws:iam::000000000000:role/r", Handler="index.handler",
                                        Code={"ZipFile": archive.getvalue()}, Timeout=20)["FunctionArn"]
        functions.get_waiter("function_active_v2").wait(FunctionName="sink")
        self.logs.create_log_group(logGroupName="/app")
        wanted = {"logGroupName": "/app", "filterName": "all", "filterPattern": "ERROR", "destinationArn": arn}
        code, message, _ = self.refused(self.logs.put_subscription_filter, **wanted)
        self.assertEqual(code, "InvalidParameterException")
        self.assertIn("Make sure you have given CloudWatch Logs permission", message)
        functions.add_permission(FunctionName="sink", StatementId="logs", Action="lambda:InvokeFunction", Principal="logs.amazonaws.com")
        self.logs.put_subscription_filter(**wanted)
        self.put("fine", "ERROR 1")
        line = self.eventually(lambda: self.messages("GOT", "/aws/lambda/sink") if self.logs.describe_log_groups(
            logGroupNamePrefix="/aws/lambda/sink")["logGroups"] else None, "the function's line")[0]
        batch = json.loads(gzip.decompress(base64.b64decode(line.split("GOT ")[1].strip())))
        self.assertEqual((batch["logGroup"], batch["logStream"], batch["subscriptionFilters"]), ("/app", "one", ["all"]))
        self.assertEqual([e["message"] for e in batch["logEvents"]], ["ERROR 1"])

    def test_insights(self):
        self.put(*(json.dumps({"path": path, "ms": ms}) for path, ms in (("/a", 10), ("/a", 30), ("/b", 5))))
        query = self.logs.start_query(logGroupName="/app", startTime=int(time.time()) - 600, endTime=int(time.time()) + 60,
                                      queryString="stats avg(ms) as mean, count(*) as n by path | sort mean desc")["queryId"]
        answer = self.logs.get_query_results(queryId=query)
        self.assertEqual(answer["status"], "Complete")
        self.assertEqual([{f["field"]: f["value"] for f in row} for row in answer["results"]],
                         [{"path": "/a", "mean": "20", "n": "2"}, {"path": "/b", "mean": "5", "n": "1"}])
        code, message, _ = self.refused(self.logs.start_query, logGroupName="/app", startTime=0, endTime=1, queryString="stats nonsense(ms)")
        self.assertEqual(code, "MalformedQueryException")
        self.assertIn("nonsense", message)

    def test_export_to_a_bucket(self):
        bucket = self.made("s3")
        bucket.create_bucket(Bucket="exports")
        self.put("first", "second")
        task = self.logs.create_export_task(logGroupName="/app", fromTime=0, to=now_ms() + 1000, destination="exports")["taskId"]
        self.eventually(lambda: self.logs.describe_export_tasks(taskId=task)["exportTasks"][0]["status"]["code"] == "COMPLETED", "the export")
        body = bucket.get_object(Bucket="exports", Key=f"exportedlogs/{task}/one/000000.gz")["Body"].read()
        self.assertEqual([line.split(" ", 1)[1] for line in gzip.decompress(body).decode().splitlines()], ["first", "second"])

    def test_cli_tail(self):
        self.put("hello from the log")
        self.assertIn("hello from the log", self.cli("logs", "tail", "/app", "--since", "10m"))
        groups = self.cli("logs", "describe-log-groups", "--log-group-name-prefix", "/app")["logGroups"]
        self.assertEqual([g["logGroupName"] for g in groups], ["/app"])
        tested = self.cli("logs", "test-metric-filter", "--filter-pattern", "[a, b > 3]", "--log-event-messages", "x 4", "x 2")
        self.assertEqual(tested["matches"], [{"eventNumber": 1, "eventMessage": "x 4", "extractedValues": {"$a": "x", "$b": "4"}}])

    def test_cli_tail_follows(self):
        if AWS is None:
            self.skipTest("no AWS CLI")
        self.put("first")
        environment = {"PATH": os.environ["PATH"], "HOME": self.folder, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
                       "AWS_DEFAULT_REGION": "us-east-1", "PYTHONUNBUFFERED": "1"}
        tail = subprocess.Popen([AWS, "--endpoint-url", f"http://{self.server.host}:{self.server.port}", "logs", "tail", "/app", "--follow",
                                 "--format", "short"], stdout=subprocess.PIPE, text=True, env=environment)
        try:
            self.assertIn("first", tail.stdout.readline())
            self.put("second")
            self.assertIn("second", tail.stdout.readline())
        finally:
            tail.kill()
            tail.wait()
            tail.stdout.close()


if __name__ == "__main__":
    unittest.main()
