# SPDX-License-Identifier: Apache-2.0
"""CloudWatch metrics and alarms through boto3 (Debian's speaks Query, newer ones CBOR or JSON) and AWS CLI. Python 3.9."""
import datetime
import signal
import time
import unittest

from watch_case import WatchCase


class CloudWatchTest(WatchCase):
    def setUp(self):
        super().setUp()
        self.metrics = self.made("cloudwatch")

    def statistics(self, **more):
        arguments = {"Namespace": "app", "MetricName": "latency", "StartTime": time.time() - 3600, "EndTime": time.time() + 60, "Period": 3600,
                     "Statistics": ["Sum", "SampleCount", "Maximum"], **more}
        return self.metrics.get_metric_statistics(**arguments)["Datapoints"]

    def test_metrics_survive_kill_9(self):
        self.metrics.put_metric_data(Namespace="app", MetricData=[
            {"MetricName": "latency", "Values": [1.5, 2.5], "Counts": [1, 2], "Unit": "Seconds"},
            {"MetricName": "latency", "Value": 9, "Dimensions": [{"Name": "path", "Value": "/a"}]}])
        self.restart(signal.SIGKILL)
        self.metrics = self.made("cloudwatch")
        points = self.statistics()
        self.assertEqual((sum(p["Sum"] for p in points), sum(p["SampleCount"] for p in points), points[0]["Unit"]), (6.5, 3, "Seconds"))
        self.assertEqual(self.statistics(Dimensions=[{"Name": "path", "Value": "/a"}])[0]["Maximum"], 9)
        listed = self.metrics.list_metrics(Namespace="app", Dimensions=[{"Name": "path"}])["Metrics"]
        self.assertEqual([m["MetricName"] for m in listed], ["latency"])

    def test_metric_math(self):
        self.metrics.put_metric_data(Namespace="app", MetricData=[{"MetricName": "ok", "Value": 30}, {"MetricName": "failed", "Value": 10}])
        stat = [{"Id": name, "ReturnData": False, "MetricStat": {"Metric": {"Namespace": "app", "MetricName": name}, "Period": 3600, "Stat": "Sum"}}
                for name in ("ok", "failed")]
        end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
        answer = self.metrics.get_metric_data(MetricDataQueries=stat + [{"Id": "rate", "Expression": "100 * failed / (ok + failed)"}],
                                              StartTime=end - datetime.timedelta(hours=3), EndTime=end)
        self.assertEqual([(r["Id"], r["Values"]) for r in answer["MetricDataResults"]], [("rate", [25])])

    def test_errors_have_their_codes(self):
        code, message, status = self.refused(self.metrics.put_metric_data, Namespace="AWS/Lambda", MetricData=[{"MetricName": "m", "Value": 1}])
        self.assertEqual((code, message, status), ("InvalidParameterValue", "The value AWS/ for parameter Namespace is invalid.", 400))
        self.assertEqual(self.refused(self.metrics.get_dashboard, DashboardName="none")[0], "ResourceNotFound")
        self.assertEqual(self.refused(self.metrics.set_alarm_state, AlarmName="none", StateValue="OK", StateReason="r")[0], "ResourceNotFound")

    def test_an_alarm_tells_a_queue(self):
        topic = self.made("sns").create_topic(Name="alarms")["TopicArn"]
        queue = self.made("sqs").create_queue(QueueName="alarms")["QueueUrl"]
        self.made("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:000000000000:alarms")
        self.metrics.put_metric_alarm(AlarmName="high", MetricName="latency", Namespace="app", Statistic="Maximum", Period=60,
                                      EvaluationPeriods=1, Threshold=5, ComparisonOperator="GreaterThanThreshold", AlarmActions=[topic])
        self.assertEqual(self.metrics.describe_alarms(AlarmNames=["high"])["MetricAlarms"][0]["StateValue"], "INSUFFICIENT_DATA")
        self.metrics.set_alarm_state(AlarmName="high", StateValue="ALARM", StateReason="a test")
        body = self.eventually(lambda: self.made("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages"), "the message")
        self.assertIn('\\"NewStateValue\\":\\"ALARM\\"', body[0]["Body"])

    def test_cli(self):
        self.cli("cloudwatch", "put-metric-data", "--namespace", "app", "--metric-name", "latency", "--value", "4", "--dimensions", "path=/a")
        self.assertEqual(self.cli("cloudwatch", "list-metrics", "--namespace", "app")["Metrics"][0]["Dimensions"], [{"Name": "path", "Value": "/a"}])
        self.cli("cloudwatch", "put-dashboard", "--dashboard-name", "d", "--dashboard-body", '{"widgets":[]}')
        self.assertEqual(self.cli("cloudwatch", "get-dashboard", "--dashboard-name", "d")["DashboardBody"], '{"widgets":[]}')


if __name__ == "__main__":
    unittest.main()
