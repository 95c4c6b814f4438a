# SPDX-License-Identifier: Apache-2.0
"""DataSync: buckets and folders that are really copied, through boto3 and AWS CLI, and by a state machine that polls (bucket replication).
Python 3.9."""
import hashlib
import json
import os
import signal
import unittest

from watch_case import WatchCase

ROLE = "arn:aws:iam::000000000000:role/datasync"
# Starts a task, waits, looks, until it has ended: in JSONata, with AWS SDK integrations.
REPLICATION = {
    "QueryLanguage": "JSONata",
    "StartAt": "Start",
    "States": {
        "Start": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:datasync:startTaskExecution",
                  "Arguments": {"TaskArn": "{% $states.input.task %}"}, "Next": "Wait"},
        "Wait": {"Type": "Wait", "Seconds": 1, "Next": "Look", "Assign": {"execution": "{% $states.input.TaskExecutionArn %}"}},
        "Look": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:datasync:describeTaskExecution",
                 "Arguments": {"TaskExecutionArn": "{% $execution %}"}, "Next": "Ended"},
        "Ended": {"Type": "Choice", "Default": "Again", "Choices": [
            {"Condition": "{% $states.input.Status = 'ERROR' %}", "Next": "Failed"},
            {"Condition": "{% $states.input.Status = 'SUCCESS' %}", "Next": "Done"}]},
        "Again": {"Type": "Pass", "Output": {"TaskExecutionArn": "{% $execution %}"}, "Next": "Wait"},
        "Failed": {"Type": "Fail", "Error": "ReplicationFailed"},
        "Done": {"Type": "Succeed", "Output": {"files": "{% $states.input.FilesTransferred %}"}}}}


class DataSyncTest(WatchCase):
    def setUp(self):
        super().setUp()
        self.again()
        for bucket in ("origin", "copies"):
            self.s3.create_bucket(Bucket=bucket)

    def again(self):
        self.s3, self.sync = self.made("s3"), self.made("datasync")

    def location(self, bucket, folder="/"):
        return self.sync.create_location_s3(S3BucketArn=f"arn:aws:s3:::{bucket}", Subdirectory=folder,
                                            S3Config={"BucketAccessRoleArn": ROLE})["LocationArn"]

    def task(self, **options):
        return self.sync.create_task(SourceLocationArn=self.location("origin"), DestinationLocationArn=self.location("copies"), Name="copy",
                                     **options)["TaskArn"]

    def ended(self, execution):
        def look():
            answer = self.sync.describe_task_execution(TaskExecutionArn=execution)
            return answer if answer["Status"] in ("SUCCESS", "ERROR") else None
        return self.eventually(look, "the end of the execution")

    def keys(self, bucket):
        return {o["Key"] for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket) for o in page.get("Contents", [])}

    def test_objects_arrive_and_the_second_run_skips_them(self):
        large = os.urandom(12 << 20)
        self.s3.put_object(Bucket="origin", Key="large.bin", Body=large)
        for i in range(120):
            self.s3.put_object(Bucket="origin", Key=f"folder {i % 3}/ö+{i}.txt", Body=str(i).encode(), ContentType="text/plain")
        self.s3.put_object(Bucket="copies", Key="old.txt", Body=b"x")
        task = self.task(Options={"PreserveDeletedFiles": "REMOVE"}, Excludes=[{"FilterType": "SIMPLE_PATTERN", "Value": "/folder 2"}])
        first = self.ended(self.sync.start_task_execution(TaskArn=task)["TaskExecutionArn"])
        self.assertEqual((first["Status"], first["FilesTransferred"]), ("SUCCESS", 81), first)
        self.assertEqual(first["Result"]["TransferStatus"], "SUCCESS")
        self.assertEqual(self.keys("copies"), {key for key in self.keys("origin") if not key.startswith("folder 2/")})
        copied = self.s3.get_object(Bucket="copies", Key="folder 1/ö+1.txt")
        self.assertEqual((copied["Body"].read(), copied["ContentType"]), (b"1", "text/plain"))
        self.assertEqual(hashlib.md5(self.s3.get_object(Bucket="copies", Key="large.bin")["Body"].read()).digest(), hashlib.md5(large).digest())
        self.s3.put_object(Bucket="origin", Key="large.bin", Body=b"small now")
        second = self.ended(self.sync.start_task_execution(TaskArn=task)["TaskExecutionArn"])
        self.assertEqual((second["Status"], second["FilesTransferred"], second["BytesTransferred"]), ("SUCCESS", 1, 9))
        self.assertEqual(len(self.sync.list_task_executions(TaskArn=task)["TaskExecutions"]), 2)

    def test_kill_9_while_it_runs(self):
        for i in range(400):
            self.s3.put_object(Bucket="origin", Key=f"{i:04}", Body=b"x" * 100)
        task = self.task()
        execution = self.sync.start_task_execution(TaskArn=task)["TaskExecutionArn"]
        waiting = self.sync.start_task_execution(TaskArn=task)["TaskExecutionArn"]
        self.restart(signal.SIGKILL)
        self.again()
        self.assertEqual(self.ended(execution)["Status"], "SUCCESS")
        self.assertEqual(self.ended(waiting)["Status"], "SUCCESS")
        self.assertEqual(self.keys("copies"), self.keys("origin"))

    def test_a_folder_of_this_machine(self):
        agent = self.sync.create_agent(ActivationKey="AAAAA-BBBBB-CCCCC-DDDDD-EEEEE", AgentName="here")["AgentArn"]
        share = os.path.join(self.data, "datasync", "files.local", "share")
        os.makedirs(os.path.join(share, "deep"))
        with open(os.path.join(share, "deep", "a.bin"), "wb") as f:
            f.write(b"z" * (20 << 20))
        os.symlink("/etc/passwd", os.path.join(share, "link"))
        source = self.sync.create_location_nfs(ServerHostname="files.local", Subdirectory="/share", OnPremConfig={"AgentArns": [agent]})
        task = self.sync.create_task(SourceLocationArn=source["LocationArn"], DestinationLocationArn=self.location("copies", "/in"))["TaskArn"]
        done = self.ended(self.sync.start_task_execution(TaskArn=task)["TaskExecutionArn"])
        self.assertEqual((done["Status"], done["FilesTransferred"]), ("SUCCESS", 1), done)
        self.assertEqual(self.keys("copies"), {"in/deep/a.bin"})
        self.assertEqual(self.s3.head_object(Bucket="copies", Key="in/deep/a.bin")["ContentLength"], 20 << 20)

    def test_what_is_wrong_is_refused(self):
        code, message, _ = self.refused(self.location, bucket="not-there")
        self.assertEqual(code, "InvalidRequestException")
        self.assertIn("NoSuchBucket", message)
        none = "arn:aws:datasync:us-east-1:000000000000:task/task-0123456789abcdef0"
        self.assertIn("not found", self.refused(self.sync.start_task_execution, TaskArn=none)[1])
        task = self.task()
        self.s3.delete_bucket(Bucket="copies")
        failed = self.ended(self.sync.start_task_execution(TaskArn=task)["TaskExecutionArn"])
        self.assertEqual(failed["Status"], "ERROR")
        self.assertIn("NoSuchBucket", failed["Result"]["ErrorDetail"])

    def test_bucket_replication_by_a_state_machine(self):
        for key in ("a", "b/c"):
            self.s3.put_object(Bucket="origin", Key=key, Body=key.encode())
        states = self.made("stepfunctions")
        machine = states.create_state_machine(name="replicate", definition=json.dumps(REPLICATION), roleArn=ROLE)["stateMachineArn"]
        execution = states.start_execution(stateMachineArn=machine, input=json.dumps({"task": self.task()}))["executionArn"]

        def look():
            answer = states.describe_execution(executionArn=execution)
            return answer if answer["status"] != "RUNNING" else None
        answer = self.eventually(look, "the end")
        self.assertEqual((answer["status"], answer.get("output")), ("SUCCEEDED", '{"files":2}'), answer)
        self.assertEqual(self.keys("copies"), {"a", "b/c"})

    def test_cli(self):
        made = self.cli("datasync", "create-location-s3", "--s3-bucket-arn", "arn:aws:s3:::origin", "--s3-config", f"BucketAccessRoleArn={ROLE}")
        described = self.cli("datasync", "describe-location-s3", "--location-arn", made["LocationArn"])
        self.assertEqual((described["LocationUri"], described["S3StorageClass"]), ("s3://origin/", "STANDARD"))
        self.assertEqual([each["LocationUri"] for each in self.cli("datasync", "list-locations")["Locations"]], ["s3://origin/"])


if __name__ == "__main__":
    unittest.main()
