# SPDX-License-Identifier: Apache-2.0
"""SQS as the Developer Guide describes it, through boto3 (Debian's speaks Query, newer ones JSON) and AWS CLI. With PAWL_SQS_ENDPOINT
(http://127.0.0.1:5000) the scenarios run against what answers there: moto_server 5.2.1 fails four (sequence numbers, the message id of a
duplicate, deduplication by group, move tasks). Python 3.9."""
import hashlib
import json
import os
import shutil
import struct
import subprocess
import threading
import time
import unittest
import uuid

import boto3
from botocore.config import Config

from client_case import ClientCase

ENDPOINT = os.environ.get("PAWL_SQS_ENDPOINT")
AWS = shutil.which("aws", path="/usr/bin:" + os.environ.get("PATH", ""))
OURS = unittest.skipIf(ENDPOINT, "only of Pawl")


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def md5_of_attributes(attributes):
    """Developer Guide, "Calculating the MD5 message digest for message attributes"."""
    out = b""
    for name in sorted(attributes):
        kind = attributes[name]["DataType"]
        binary = kind.startswith("Binary")
        value = attributes[name]["BinaryValue"] if binary else attributes[name]["StringValue"].encode()
        for part in (name.encode(), kind.encode()):
            out += struct.pack("!I", len(part)) + part
        out += bytes([2 if binary else 1]) + struct.pack("!I", len(value)) + value
    return hashlib.md5(out).hexdigest()


class SqsCase(ClientCase):
    def setUp(self):
        super().setUp()
        self.server = None if ENDPOINT else self.serve("--no-tls")
        self.url = ENDPOINT or f"http://{self.server.host}:{self.server.port}"
        self.sqs = self.client_at(self.url)
        self.suffix = uuid.uuid4().hex[:8]

    def client_at(self, url, region="us-east-1"):
        made = boto3.client("sqs", endpoint_url=url, region_name=region, aws_access_key_id="test", aws_secret_access_key="test",
                            config=Config(retries={"total_max_attempts": 1}, read_timeout=60))
        self.addCleanup(getattr(made, "close", lambda: None))
        return made

    def make(self, name="jobs", **attributes):
        suffix = ".fifo" if attributes.get("FifoQueue") == "true" else ""
        return self.sqs.create_queue(QueueName=f"{name}-{self.suffix}{suffix}", Attributes=attributes)["QueueUrl"]

    def attributes(self, queue, *names):
        return self.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=list(names or ["All"])).get("Attributes", {})

    def receive(self, queue, **more):
        return self.sqs.receive_message(QueueUrl=queue, **more).get("Messages", [])

    def bodies(self, queue, **more):
        return [m["Body"] for m in self.receive(queue, **more)]


class StandardQueueTest(SqsCase):
    def test_a_message_from_sender_to_receiver(self):
        queue = self.make()
        attributes = {"city": {"DataType": "String", "StringValue": "Zürich"}, "population": {"DataType": "Number.int", "StringValue": "434335"},
                      "flag": {"DataType": "Binary.png", "BinaryValue": b"\x89PNG\x00"}}
        before = int(time.time() * 1000)
        sent = self.sqs.send_message(QueueUrl=queue, MessageBody="Grüezi", MessageAttributes=attributes)
        self.assertEqual(sent["MD5OfMessageBody"], md5("Grüezi"))
        self.assertEqual(sent["MD5OfMessageAttributes"], md5_of_attributes(attributes))
        message, = self.receive(queue, AttributeNames=["All"], MessageAttributeNames=["All"])
        self.assertEqual((message["Body"], message["MessageId"]), ("Grüezi", sent["MessageId"]))
        self.assertEqual(message["MD5OfBody"], md5("Grüezi"))
        self.assertEqual(message["MessageAttributes"], attributes)
        self.assertEqual(message["MD5OfMessageAttributes"], md5_of_attributes(attributes))
        system = message["Attributes"]
        self.assertEqual(system["ApproximateReceiveCount"], "1")
        self.assertLess(abs(int(system["SentTimestamp"]) - before), 60_000)
        self.assertGreaterEqual(int(system["ApproximateFirstReceiveTimestamp"]), int(system["SentTimestamp"]))
        self.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        self.assertEqual(self.attributes(queue)["ApproximateNumberOfMessages"], "0")
        self.assertEqual(self.attributes(queue)["ApproximateNumberOfMessagesNotVisible"], "0")

    def test_only_the_attributes_asked_for(self):
        queue = self.make(VisibilityTimeout="0")
        one = {"DataType": "String", "StringValue": "1"}
        self.sqs.send_message(QueueUrl=queue, MessageBody="x", MessageAttributes={"a.b": one, "a.c": one, "d": one})

        def names(*wanted):
            message, = self.receive(queue, MessageAttributeNames=list(wanted))
            return sorted(message.get("MessageAttributes", {}))

        self.assertEqual(names(), [])
        self.assertEqual(names("d"), ["d"])
        self.assertEqual(names("a.*"), ["a.b", "a.c"])
        self.assertEqual(names("All"), ["a.b", "a.c", "d"])
        message, = self.receive(queue, AttributeNames=["SentTimestamp"])
        self.assertEqual(list(message["Attributes"]), ["SentTimestamp"])

    def test_a_received_message_is_hidden_for_its_visibility_timeout(self):
        queue = self.make(VisibilityTimeout="1")
        self.sqs.send_message(QueueUrl=queue, MessageBody="x")
        first, = self.receive(queue, AttributeNames=["ApproximateReceiveCount"])
        self.assertEqual(self.bodies(queue), [])
        again, = self.receive(queue, WaitTimeSeconds=5, AttributeNames=["ApproximateReceiveCount"])
        self.assertEqual(again["Attributes"]["ApproximateReceiveCount"], "2")
        self.assertNotEqual(again["ReceiptHandle"], first["ReceiptHandle"])

    def test_change_message_visibility(self):
        queue = self.make(VisibilityTimeout="60")
        self.sqs.send_message(QueueUrl=queue, MessageBody="x")
        message, = self.receive(queue)
        self.sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
        message, = self.receive(queue)
        self.sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=1)
        self.assertEqual(self.bodies(queue), [])
        self.assertEqual(self.bodies(queue, WaitTimeSeconds=5), ["x"])

    def test_delayed_messages_come_later(self):
        queue = self.make()
        self.sqs.send_message(QueueUrl=queue, MessageBody="late", DelaySeconds=1)
        self.sqs.send_message(QueueUrl=queue, MessageBody="now")
        self.assertEqual(self.attributes(queue)["ApproximateNumberOfMessagesDelayed"], "1")
        self.assertEqual(self.bodies(queue, MaxNumberOfMessages=10), ["now"])
        self.assertEqual(self.bodies(queue, WaitTimeSeconds=5), ["late"])

    def test_a_queue_can_delay_all_messages(self):
        queue = self.make(DelaySeconds="1")
        self.sqs.send_message(QueueUrl=queue, MessageBody="x")
        self.assertEqual(self.bodies(queue), [])
        self.assertEqual(self.bodies(queue, WaitTimeSeconds=5), ["x"])

    def test_long_polling_answers_when_a_message_comes(self):
        queue = self.make()
        answers, waiting = [], threading.Event()
        receiver = self.client_at(self.url)

        def receive():
            waiting.set()
            began = time.monotonic()
            answers.append((receiver.receive_message(QueueUrl=queue, WaitTimeSeconds=20).get("Messages"), time.monotonic() - began))

        thread = threading.Thread(target=receive)
        thread.start()
        waiting.wait()
        self.sqs.send_message(QueueUrl=queue, MessageBody="x")
        thread.join()
        (messages, took), = answers
        self.assertEqual(messages[0]["Body"], "x")
        self.assertLess(took, 15)

    def test_long_polling_ends_empty(self):
        queue = self.make(ReceiveMessageWaitTimeSeconds="1")
        began = time.monotonic()
        self.assertEqual(self.receive(queue), [])
        self.assertGreaterEqual(time.monotonic() - began, 0.9)

    def test_batches(self):
        queue = self.make()
        entries = [{"Id": f"e{i}", "MessageBody": f"body {i}"} for i in range(10)]
        sent = self.sqs.send_message_batch(QueueUrl=queue, Entries=entries)
        self.assertEqual(sorted(e["Id"] for e in sent["Successful"]), sorted(e["Id"] for e in entries))
        self.assertFalse(sent.get("Failed"))
        messages = self.receive(queue, MaxNumberOfMessages=10)
        self.assertEqual(sorted(m["Body"] for m in messages), sorted(e["MessageBody"] for e in entries))
        handles = [{"Id": f"e{i}", "ReceiptHandle": m["ReceiptHandle"]} for i, m in enumerate(messages)]
        changed = self.sqs.change_message_visibility_batch(QueueUrl=queue, Entries=[{**e, "VisibilityTimeout": 100} for e in handles])
        self.assertEqual(len(changed["Successful"]), 10)
        removed = self.sqs.delete_message_batch(QueueUrl=queue, Entries=handles[:9] + [{"Id": "bad", "ReceiptHandle": "nonsense"}])
        self.assertEqual(len(removed["Successful"]), 9)
        failed, = removed["Failed"]
        self.assertEqual((failed["Id"], failed["Code"], failed["SenderFault"]), ("bad", "ReceiptHandleIsInvalid", True))
        self.assertEqual(self.attributes(queue)["ApproximateNumberOfMessagesNotVisible"], "1")

    def test_purge_and_delete(self):
        queue = self.make()
        for i in range(3):
            self.sqs.send_message(QueueUrl=queue, MessageBody=str(i))
        self.sqs.purge_queue(QueueUrl=queue)
        self.assertEqual(self.attributes(queue)["ApproximateNumberOfMessages"], "0")
        self.sqs.delete_queue(QueueUrl=queue)
        code, _, status = self.refused(self.sqs.send_message, QueueUrl=queue, MessageBody="x")
        self.assertEqual((code, status), ("AWS.SimpleQueueService.NonExistentQueue", 400))

    def test_dead_letters(self):
        letters = self.make("letters")
        arn = self.attributes(letters, "QueueArn")["QueueArn"]
        queue = self.make(VisibilityTimeout="0", RedrivePolicy=json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "2"}))
        sent = self.sqs.send_message(QueueUrl=queue, MessageBody="poison")
        self.assertEqual(self.bodies(queue) + self.bodies(queue) + self.bodies(queue), ["poison", "poison"])
        message, = self.receive(letters, WaitTimeSeconds=2)
        self.assertEqual((message["MessageId"], message["Body"]), (sent["MessageId"], "poison"))
        sources = self.sqs.list_dead_letter_source_queues(QueueUrl=letters)["queueUrls"]
        self.assertEqual([u.rsplit("/", 1)[1] for u in sources], [queue.rsplit("/", 1)[1]])

    def test_redrive_of_dead_letters(self):
        if not hasattr(self.sqs, "start_message_move_task"):
            self.skipTest("this boto3 does not know StartMessageMoveTask")
        letters = self.make("letters")
        arn = self.attributes(letters, "QueueArn")["QueueArn"]
        queue = self.make(VisibilityTimeout="0", RedrivePolicy=json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "1"}))
        self.sqs.send_message(QueueUrl=queue, MessageBody="x")
        self.assertEqual(self.bodies(queue) + self.bodies(queue), ["x"])
        self.sqs.start_message_move_task(SourceArn=arn)
        self.assertEqual(self.bodies(queue, WaitTimeSeconds=10), ["x"])
        task, = self.sqs.list_message_move_tasks(SourceArn=arn)["Results"]
        self.assertEqual((task["SourceArn"], task["ApproximateNumberOfMessagesMoved"]), (arn, 1))

    @OURS  # moto takes any size up to 256 KiB
    def test_a_message_of_a_mebibyte(self):
        queue = self.make()
        body = "x" * 1_048_576
        self.sqs.send_message(QueueUrl=queue, MessageBody=body)
        self.assertEqual(self.bodies(queue), [body])
        code, _, _ = self.refused(self.sqs.send_message, QueueUrl=queue, MessageBody=body + "x")
        self.assertEqual(code, "InvalidParameterValue")


class FifoQueueTest(SqsCase):
    def test_order_within_groups(self):
        queue = self.make(FifoQueue="true", ContentBasedDeduplication="true")
        numbers = []
        for body in ("a1", "b1", "a2", "a3", "b2"):
            numbers.append(int(self.sqs.send_message(QueueUrl=queue, MessageBody=body, MessageGroupId=body[0])["SequenceNumber"]))
        self.assertEqual(numbers, sorted(set(numbers)))
        first, = self.receive(queue, AttributeNames=["All"])
        self.assertEqual((first["Body"], first["Attributes"]["MessageGroupId"]), ("a1", "a"))
        others = self.receive(queue, MaxNumberOfMessages=10)
        self.assertEqual([m["Body"] for m in others], ["b1", "b2"], "group a waits for a1")
        self.sqs.delete_message(QueueUrl=queue, ReceiptHandle=first["ReceiptHandle"])
        self.assertEqual(self.bodies(queue, MaxNumberOfMessages=10), ["a2", "a3"])

    def test_duplicates_are_accepted_and_not_delivered(self):
        queue = self.make(FifoQueue="true")
        ids = {self.sqs.send_message(QueueUrl=queue, MessageBody=body, MessageGroupId="g", MessageDeduplicationId="one")["MessageId"]
               for body in ("x", "y")}
        self.assertEqual(len(ids), 1)
        self.assertEqual(self.bodies(queue, MaxNumberOfMessages=10), ["x"])

    def test_deduplication_can_be_by_group(self):
        queue = self.make(FifoQueue="true", DeduplicationScope="messageGroup", FifoThroughputLimit="perMessageGroupId")
        for group in ("g", "h", "g"):
            self.sqs.send_message(QueueUrl=queue, MessageBody=group, MessageGroupId=group, MessageDeduplicationId="one")
        self.assertEqual(sorted(self.bodies(queue, MaxNumberOfMessages=10)), ["g", "h"])

    def test_group_and_deduplication_id_are_demanded(self):
        queue = self.make(FifoQueue="true")
        self.assertEqual(self.refused(self.sqs.send_message, QueueUrl=queue, MessageBody="x", MessageDeduplicationId="1")[0], "MissingParameter")
        self.assertEqual(self.refused(self.sqs.send_message, QueueUrl=queue, MessageBody="x", MessageGroupId="1")[0], "InvalidParameterValue")


class QueueTest(SqsCase):
    def test_attributes(self):
        queue = self.make(VisibilityTimeout="40")
        before = self.attributes(queue)
        self.assertEqual((before["VisibilityTimeout"], before["DelaySeconds"], before["MessageRetentionPeriod"]), ("40", "0", "345600"))
        self.assertTrue(before["QueueArn"].startswith("arn:aws:sqs:us-east-1:"))
        self.sqs.set_queue_attributes(QueueUrl=queue, Attributes={"DelaySeconds": "3", "MaximumMessageSize": "2048"})
        self.assertEqual(self.attributes(queue, "DelaySeconds", "MaximumMessageSize"), {"DelaySeconds": "3", "MaximumMessageSize": "2048"})

    def test_the_same_queue_again(self):
        queue = self.make(DelaySeconds="1")
        self.assertEqual(self.make(DelaySeconds="1"), queue)
        code, _, _ = self.refused(self.make, DelaySeconds="2")
        self.assertEqual(code, "QueueAlreadyExists")

    def test_names_and_urls(self):
        queues = [self.make(f"list{i}") for i in range(3)]
        self.assertEqual(sorted(self.sqs.list_queues(QueueNamePrefix="list")["QueueUrls"]), queues)
        found = self.sqs.get_paginator("list_queues").paginate(QueueNamePrefix="list", PaginationConfig={"PageSize": 2}).build_full_result()
        self.assertEqual(sorted(found["QueueUrls"]), queues)
        name = queues[0].rsplit("/", 1)[1]
        self.assertEqual(self.sqs.get_queue_url(QueueName=name)["QueueUrl"], queues[0])
        self.assertEqual(self.refused(self.sqs.get_queue_url, QueueName="nothing")[0], "AWS.SimpleQueueService.NonExistentQueue")

    def test_tags(self):
        queue = self.sqs.create_queue(QueueName="tagged-" + self.suffix, tags={"a": "1"})["QueueUrl"]
        self.sqs.tag_queue(QueueUrl=queue, Tags={"b": "2", "c": ""})
        self.sqs.untag_queue(QueueUrl=queue, TagKeys=["a"])
        self.assertEqual(self.sqs.list_queue_tags(QueueUrl=queue)["Tags"], {"b": "2", "c": ""})

    def test_permissions_are_statements_of_the_policy(self):
        queue = self.make()
        self.sqs.add_permission(QueueUrl=queue, Label="friends", AWSAccountIds=["111122223333"], Actions=["SendMessage"])
        statement, = json.loads(self.attributes(queue, "Policy")["Policy"])["Statement"]
        self.assertEqual((statement["Sid"], statement["Effect"], statement["Action"]), ("friends", "Allow", "SQS:SendMessage"))
        self.sqs.remove_permission(QueueUrl=queue, Label="friends")
        self.assertNotIn("friends", self.attributes(queue).get("Policy", ""))

    @OURS
    def test_regions_are_apart(self):
        queue = self.make()
        elsewhere = self.client_at(self.url, "eu-central-1")
        self.assertEqual(elsewhere.list_queues().get("QueueUrls", []), [])
        name = queue.rsplit("/", 1)[1]
        self.assertEqual(self.refused(elsewhere.get_queue_url, QueueName=name)[0], "AWS.SimpleQueueService.NonExistentQueue")


@OURS
class PawlTest(ClientCase):
    def test_everything_is_there_after_a_restart(self):
        data = ("--data", os.path.join(self.folder, "data"), "--no-tls")
        server = self.serve(*data)
        sqs = self.client(server, "sqs")
        queue = sqs.create_queue(QueueName="q", Attributes={"VisibilityTimeout": "600"})["QueueUrl"]
        for body in ("deleted", "received", "waiting"):
            sqs.send_message(QueueUrl=queue, MessageBody=body)
        first, second = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=2)["Messages"]
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=first["ReceiptHandle"])
        self.assertEqual(server.stop(), 0)
        server = self.serve(*data)
        sqs = self.client(server, "sqs")
        queue = sqs.get_queue_url(QueueName="q")["QueueUrl"]
        counts = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
        self.assertEqual((counts["ApproximateNumberOfMessages"], counts["ApproximateNumberOfMessagesNotVisible"]), ("1", "1"))
        message, = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
        self.assertEqual(message["Body"], "waiting")
        sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=second["ReceiptHandle"], VisibilityTimeout=0)
        message, = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
        self.assertEqual(message["Body"], "received")

    def test_query_protocol_at_the_queues_own_address(self):
        server = self.serve("--no-tls")
        self.request(server, "GET", "/?Action=CreateQueue&QueueName=q")
        self.request(server, "GET", "/000000000000/q?Action=SendMessage&MessageBody=by+hand")
        answer = self.request(server, "POST", "/000000000000/q", {"Content-Type": "application/x-www-form-urlencoded"},
                              b"Action=ReceiveMessage&Version=2012-11-05")
        self.assertIn(b"<Body>by hand</Body>", answer.body)

    def test_many_long_polls_cost_no_thread(self):
        server = self.serve("--no-tls")
        sqs = self.client(server, "sqs")
        queue = sqs.create_queue(QueueName="q")["QueueUrl"]
        with open(f"/proc/{server.process.pid}/status", encoding="ascii") as f:
            before = next(line for line in f if line.startswith("Threads"))
        body = json.dumps({"QueueUrl": queue, "WaitTimeSeconds": 20})
        bodies = []

        def poll():
            bodies.append(self.call(server, "ReceiveMessage", body.encode(), "sqs", "AmazonSQS").json()["Messages"][0]["Body"])

        threads = [threading.Thread(target=poll) for _ in range(50)]
        for thread in threads:
            thread.start()
        for i in range(50):
            sqs.send_message(QueueUrl=queue, MessageBody=str(i))
        with open(f"/proc/{server.process.pid}/status", encoding="ascii") as f:
            self.assertEqual(next(line for line in f if line.startswith("Threads")), before)
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(bodies, key=int), [str(i) for i in range(50)], "each message once")

    @unittest.skipUnless(AWS, "no AWS CLI")
    def test_aws_cli(self):
        server = self.serve("--no-tls")
        environment = {**os.environ, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1",
                       "HOME": self.folder, "AWS_PAGER": ""}

        def aws(*arguments):
            run = subprocess.run([AWS, "--endpoint-url", f"http://{server.host}:{server.port}", "sqs", *arguments], env=environment,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120, check=False)
            self.assertEqual(run.returncode, 0, run.stderr)
            return json.loads(run.stdout) if run.stdout.strip() else None

        queue = aws("create-queue", "--queue-name", "q", "--attributes", "VisibilityTimeout=5")["QueueUrl"]
        sent = aws("send-message", "--queue-url", queue, "--message-body", "from the shell",
                   "--message-attributes", '{"n": {"DataType": "Number", "StringValue": "1"}}')
        message, = aws("receive-message", "--queue-url", queue, "--attribute-names", "All", "--message-attribute-names", "All")["Messages"]
        self.assertEqual((message["MessageId"], message["Body"]), (sent["MessageId"], "from the shell"))
        self.assertEqual(message["MessageAttributes"]["n"]["StringValue"], "1")
        aws("delete-message", "--queue-url", queue, "--receipt-handle", message["ReceiptHandle"])
        self.assertEqual(aws("get-queue-attributes", "--queue-url", queue, "--attribute-names", "All")["Attributes"]["ApproximateNumberOfMessages"], "0")


if __name__ == "__main__":
    unittest.main()
