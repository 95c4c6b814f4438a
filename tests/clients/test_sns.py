# SPDX-License-Identifier: Apache-2.0
"""SNS as the Developer Guide describes it, through boto3 and AWS CLI. With PAWL_SNS_ENDPOINT (http://127.0.0.1:5000) the scenarios run
against what answers there. Of the 13 that are not about the web, mail or kills moto_server 5.2.1 fails five: it has no effective delivery
policy, takes a topic with other attributes for the same, names another subscription in UnsubscribeURL, does not hash contents for a FIFO
queue, and words a missing MessageGroupId differently. Python 3.9."""
import base64
import email
import http.server
import io
import json
import os
import queue
import shutil
import signal
import socketserver
import subprocess
import tempfile
import threading
import unittest
import urllib.request
import uuid
import zipfile

import boto3
from botocore.config import Config

from client_case import ClientCase

ENDPOINT = os.environ.get("PAWL_SNS_ENDPOINT")
AWS = shutil.which("aws", path="/usr/bin:" + os.environ.get("PATH", ""))
OPENSSL = shutil.which("openssl")
OURS = unittest.skipIf(ENDPOINT, "only of Pawl")
SECONDS_MAX = 30


class Listener:
    """An HTTP server of the test's own, on a free port: keeps what is posted, answers with the next of `statuses`, then with 200."""

    def __init__(self, case, port=0):
        self.posts, self.statuses = queue.Queue(), []
        listener = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(listener.statuses.pop(0) if listener.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()
                listener.posts.put((self.path, self.headers, body))

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        case.addCleanup(self.server.server_close)
        case.addCleanup(self.server.shutdown)

    def next(self):
        """(path, headers, body) of the next request."""
        return self.posts.get(timeout=SECONDS_MAX)


class MailServer:
    """Takes every mail that is sent to it: `mails` has (receiver, message)."""

    def __init__(self, case):
        self.mails = queue.Queue()
        server = self

        class Handler(socketserver.StreamRequestHandler):
            def say(self, line):
                self.wfile.write(line.encode() + b"\r\n")

            def handle(self):
                self.say("220 test")
                for line in self.rfile:
                    if line.startswith(b"RCPT"):
                        receiver = line.split(b"<")[1].split(b">")[0].decode()
                    if line.startswith(b"DATA"):
                        self.say("354 go on")
                        text = b"".join(iter(self.rfile.readline, b".\r\n"))
                        self.say("250 taken")
                        server.mails.put((receiver, email.message_from_bytes(text)))
                    else:
                        self.say("221 bye" if line.startswith(b"QUIT") else "250 fine")

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = "smtp://127.0.0.1:%d" % self.server.server_address[1]
        case.addCleanup(self.server.server_close)
        case.addCleanup(self.server.shutdown)


class SnsCase(ClientCase):
    def setUp(self):
        super().setUp()
        self.start()
        self.suffix = uuid.uuid4().hex[:8]

    def start(self, *arguments):
        self.server = None if ENDPOINT else self.serve("--no-tls", *arguments)
        self.url = ENDPOINT or f"http://{self.server.host}:{self.server.port}"
        self.sns, self.sqs = self.client_at("sns"), self.client_at("sqs")

    def client_at(self, service, region="us-east-1"):
        made = boto3.client(service, endpoint_url=self.url, region_name=region, aws_access_key_id="test", aws_secret_access_key="test",
                            config=Config(retries={"total_max_attempts": 1}, read_timeout=60))
        self.addCleanup(getattr(made, "close", lambda: None))
        return made

    def topic(self, name="news", **attributes):
        ending = ".fifo" if attributes.get("FifoTopic") == "true" else ""
        return self.sns.create_topic(Name=f"{name}-{self.suffix}{ending}", Attributes=attributes)["TopicArn"]

    def queue(self, name="box", **attributes):
        """(URL, ARN) of a queue that SNS may send to."""
        ending = ".fifo" if attributes.get("FifoQueue") == "true" else ""
        url = self.sqs.create_queue(QueueName=f"{name}-{self.suffix}{ending}", Attributes=attributes)["QueueUrl"]
        arn = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        policy = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn}]}
        self.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
        return url, arn

    def subscribe(self, topic, protocol, endpoint, **attributes):
        return self.sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint, Attributes=attributes,
                                  ReturnSubscriptionArn=True)["SubscriptionArn"]

    def take(self, url):
        """The next message of a queue, deleted; None if none comes."""
        messages = self.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5, AttributeNames=["All"],
                                            MessageAttributeNames=["All"]).get("Messages", [])
        if not messages:
            return None
        self.sqs.delete_message(QueueUrl=url, ReceiptHandle=messages[0]["ReceiptHandle"])
        return messages[0]

    def waiting(self, url):
        """How many messages are in a queue, without waiting for more."""
        return len(self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []))

    @staticmethod
    def fetch(url):
        with urllib.request.urlopen(url, timeout=SECONDS_MAX) as answer:
            return answer.read().decode()


class TopicTest(SnsCase):
    def test_a_topic_is_made_once(self):
        first = self.topic(DisplayName="News")
        self.assertEqual(self.topic(), first)
        self.assertEqual(self.topic(DisplayName="News"), first)
        attributes = self.sns.get_topic_attributes(TopicArn=first)["Attributes"]
        self.assertEqual(attributes["DisplayName"], "News")
        self.assertEqual(attributes["SubscriptionsConfirmed"], "0")
        self.assertEqual(json.loads(attributes["EffectiveDeliveryPolicy"])["http"]["defaultHealthyRetryPolicy"]["numRetries"], 3)
        self.assertIn(first, [t["TopicArn"] for page in self.sns.get_paginator("list_topics").paginate() for t in page["Topics"]])
        self.sns.delete_topic(TopicArn=first)
        self.assertEqual(self.refused(self.sns.get_topic_attributes, TopicArn=first)[0], "NotFound")

    def test_tags(self):
        topic = self.topic()
        self.sns.tag_resource(ResourceArn=topic, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
        self.sns.untag_resource(ResourceArn=topic, TagKeys=["a"])
        self.assertEqual(self.sns.list_tags_for_resource(ResourceArn=topic)["Tags"], [{"Key": "b", "Value": "2"}])

    def test_permissions_are_statements_of_the_policy(self):
        topic = self.topic()
        self.sns.add_permission(TopicArn=topic, Label="friends", AWSAccountId=["111122223333"], ActionName=["Publish"])
        policy = json.loads(self.sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"])
        self.assertEqual([s["Sid"] for s in policy["Statement"]], ["__default_statement_ID", "friends"])
        self.sns.remove_permission(TopicArn=topic, Label="friends")
        policy = json.loads(self.sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"])
        self.assertEqual([s["Sid"] for s in policy["Statement"]], ["__default_statement_ID"])

    def test_different_attributes_are_another_topic(self):
        self.topic(DisplayName="News")
        code, message, status = self.refused(self.topic, DisplayName="Weather")
        self.assertEqual((code, status), ("InvalidParameter", 400))
        self.assertIn("Topic already exists with different attributes", message)


class QueueTest(SnsCase):
    def test_a_message_fans_out(self):
        topic = self.topic()
        first, second = self.queue("one"), self.queue("two")
        arn = self.subscribe(topic, "sqs", first[1])
        self.subscribe(topic, "sqs", second[1], RawMessageDelivery="true")
        attributes = {"city": {"DataType": "String", "StringValue": "Zürich"}, "flag": {"DataType": "Binary", "BinaryValue": b"\x00\x01"}}
        sent = self.sns.publish(TopicArn=topic, Message="Grüezi", Subject="hello", MessageAttributes=attributes)
        body = json.loads(self.take(first[0])["Body"])
        self.assertEqual([body[k] for k in ("Type", "MessageId", "TopicArn", "Subject", "Message")],
                         ["Notification", sent["MessageId"], topic, "hello", "Grüezi"])
        self.assertEqual(body["MessageAttributes"], {"city": {"Type": "String", "Value": "Zürich"},
                                                     "flag": {"Type": "Binary", "Value": base64.b64encode(b"\x00\x01").decode()}})
        self.assertIn("Action=Unsubscribe&SubscriptionArn=" + arn, body["UnsubscribeURL"])
        raw = self.take(second[0])
        self.assertEqual(raw["Body"], "Grüezi")
        self.assertEqual({k: v["DataType"] for k, v in raw["MessageAttributes"].items()}, {"city": "String", "flag": "Binary"})

    def test_filter_policies(self):
        topic = self.topic()
        by_attributes, by_body = self.queue("attributes"), self.queue("body")
        self.subscribe(topic, "sqs", by_attributes[1], RawMessageDelivery="true", FilterPolicy=json.dumps(
            {"store": ["example_corp"], "price": [{"numeric": [">=", 100]}], "event": [{"anything-but": "order_cancelled"}]}))
        self.subscribe(topic, "sqs", by_body[1], RawMessageDelivery="true", FilterPolicyScope="MessageBody",
                       FilterPolicy=json.dumps({"detail": {"city": [{"prefix": "Z"}, {"suffix": "n"}]}}))

        def publish(text, **attributes):
            self.sns.publish(TopicArn=topic, Message=text, MessageAttributes={
                name: {"DataType": "Number" if isinstance(value, int) else "String", "StringValue": str(value)}
                for name, value in attributes.items()})

        publish("too cheap", store="example_corp", price=99, event="order_placed")
        publish("cancelled", store="example_corp", price=100, event="order_cancelled")
        publish(json.dumps({"detail": {"city": "Paris"}}))
        publish("yes", store="example_corp", price=100, event="order_placed")
        publish(json.dumps({"detail": {"city": "Bern"}}))
        self.assertEqual(self.take(by_attributes[0])["Body"], "yes")
        self.assertEqual(json.loads(self.take(by_body[0])["Body"]), {"detail": {"city": "Bern"}})
        self.assertEqual(self.waiting(by_attributes[0]) + self.waiting(by_body[0]), 0)

    def test_a_wrong_filter_policy_is_refused(self):
        topic, (_, arn) = self.topic(), self.queue()
        code, message, _ = self.refused(self.sns.subscribe, TopicArn=topic, Protocol="sqs", Endpoint=arn,
                                        Attributes={"FilterPolicy": json.dumps({"a": [{"numeric": ["~", 1]}]})})
        self.assertEqual(code, "InvalidParameter")
        self.assertIn("Unrecognized numeric range operator: ~", message)

    def test_a_batch(self):
        topic, (url, arn) = self.topic(), self.queue()
        self.subscribe(topic, "sqs", arn, RawMessageDelivery="true")
        answer = self.sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[
            {"Id": str(i), "Message": f"message {i}"} for i in range(3)])
        self.assertEqual([e["Id"] for e in answer["Successful"]], ["0", "1", "2"])
        self.assertEqual(sorted(self.take(url)["Body"] for _ in range(3)), ["message 0", "message 1", "message 2"])

    def test_a_text_for_each_protocol(self):
        topic, (url, arn) = self.topic(), self.queue()
        self.subscribe(topic, "sqs", arn)
        self.sns.publish(TopicArn=topic, MessageStructure="json", Message=json.dumps({"default": "all", "sqs": "queues"}))
        self.assertEqual(json.loads(self.take(url)["Body"])["Message"], "queues")

    def test_after_unsubscribing_nothing_comes(self):
        topic, (url, arn) = self.topic(), self.queue()
        subscription = self.subscribe(topic, "sqs", arn)
        listed = self.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        self.assertEqual([(s["SubscriptionArn"], s["Endpoint"]) for s in listed], [(subscription, arn)])
        self.sns.unsubscribe(SubscriptionArn=subscription)
        self.sns.publish(TopicArn=topic, Message="nobody")
        self.assertEqual(self.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"], [])
        self.assertEqual(self.waiting(url), 0)


class FifoTest(SnsCase):
    def test_order_and_deduplication(self):
        topic = self.topic(FifoTopic="true", ContentBasedDeduplication="true")
        url, arn = self.queue(FifoQueue="true")
        self.subscribe(topic, "sqs", arn)
        numbers = [int(self.sns.publish(TopicArn=topic, Message=text, MessageGroupId="g")["SequenceNumber"])
                   for text in ("1", "2", "2", "3")]
        self.assertLess(numbers[0], numbers[1])
        self.assertEqual(numbers[1], numbers[2])
        self.assertLess(numbers[2], numbers[3])
        received = [json.loads(self.take(url)["Body"]) for _ in range(3)]
        self.assertEqual([m["Message"] for m in received], ["1", "2", "3"])
        self.assertEqual([int(m["SequenceNumber"]) for m in received], [numbers[0], numbers[1], numbers[3]])
        self.assertEqual(self.waiting(url), 0)

    def test_what_a_fifo_topic_asks_for(self):
        topic = self.topic(FifoTopic="true")
        self.assertIn("MessageGroupId parameter is required", self.refused(self.sns.publish, TopicArn=topic, Message="m")[1])
        self.assertIn("ContentBasedDeduplication", self.refused(self.sns.publish, TopicArn=topic, Message="m", MessageGroupId="g")[1])


class WebTest(SnsCase):
    """moto_server posts no confirmations."""

    def confirmed(self, topic, listener, path="/in", **attributes):
        subscription = self.subscribe(topic, "http", listener.url + path, **attributes)
        _, headers, body = listener.next()
        self.assertEqual(headers["x-amz-sns-message-type"], "SubscriptionConfirmation")
        self.assertIn(subscription, self.fetch(json.loads(body)["SubscribeURL"]))
        return subscription

    def test_an_endpoint_confirms_and_is_told(self):
        topic, listener = self.topic(), Listener(self)
        answer = self.sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=listener.url + "/in?x=1")
        self.assertEqual(answer["SubscriptionArn"], "pending confirmation")
        path, headers, body = listener.next()
        asked = json.loads(body)
        self.assertEqual((path, headers["x-amz-sns-topic-arn"], asked["Type"]), ("/in?x=1", topic, "SubscriptionConfirmation"))
        subscription = self.sns.confirm_subscription(TopicArn=topic, Token=asked["Token"])["SubscriptionArn"]
        sent = self.sns.publish(TopicArn=topic, Message="hello", Subject="s")
        _, headers, body = listener.next()
        self.assertEqual((headers["x-amz-sns-message-type"], headers["x-amz-sns-message-id"], headers["x-amz-sns-subscription-arn"]),
                         ("Notification", sent["MessageId"], subscription))
        self.assertEqual(json.loads(body)["Message"], "hello")

    @unittest.skipUnless(OPENSSL, "no openssl")
    def test_signatures_verify(self):
        """Developer Guide, "Manually verifying Amazon SNS message signatures"."""
        for version, digest in (("1", "-sha1"), ("2", "-sha256")):
            topic, listener = self.topic("signed" + version, SignatureVersion=version), Listener(self)
            self.confirmed(topic, listener)
            self.sns.publish(TopicArn=topic, Message="signed", Subject="s")
            message = json.loads(listener.next()[2])
            self.assertEqual(message["SignatureVersion"], version)
            text = "".join(f"{name}\n{message[name]}\n" for name in ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"))
            with tempfile.TemporaryDirectory() as folder:
                def path(name, content=None):
                    if content is not None:
                        with open(os.path.join(folder, name), "wb") as f:
                            f.write(content)
                    return os.path.join(folder, name)
                path("certificate", self.fetch(message["SigningCertURL"]).encode())
                subprocess.run([OPENSSL, "x509", "-in", path("certificate"), "-pubkey", "-noout", "-out", path("key")], check=True)
                path("signature", base64.b64decode(message["Signature"]))
                verify = [OPENSSL, "dgst", digest, "-verify", path("key"), "-signature", path("signature")]
                self.assertEqual(subprocess.run([*verify, path("text", text.encode())], stdout=subprocess.PIPE).returncode, 0)
                self.assertNotEqual(subprocess.run([*verify, path("text", b"x" + text.encode())], stdout=subprocess.PIPE,
                                                   stderr=subprocess.PIPE).returncode, 0)

    def test_raw_delivery(self):
        topic, listener = self.topic(), Listener(self)
        self.confirmed(topic, listener, RawMessageDelivery="true")
        self.sns.publish(TopicArn=topic, Message="as it is")
        _, headers, body = listener.next()
        self.assertEqual((body, headers["x-amz-sns-rawdelivery"]), (b"as it is", "true"))

    def test_a_failure_is_tried_again_and_a_refusal_is_a_dead_letter(self):
        topic, listener, (dead, dead_arn) = self.topic(), Listener(self), self.queue("dead")
        retries = {"healthyRetryPolicy": {"numRetries": 2, "numNoDelayRetries": 2, "minDelayTarget": 1, "maxDelayTarget": 1}}
        self.confirmed(topic, listener, DeliveryPolicy=json.dumps(retries), RedrivePolicy=json.dumps({"deadLetterTargetArn": dead_arn}))
        listener.statuses = [500, 503]
        self.sns.publish(TopicArn=topic, Message="third time")
        self.assertEqual({json.loads(listener.next()[2])["Message"] for _ in range(3)}, {"third time"})
        listener.statuses = [404]
        self.sns.publish(TopicArn=topic, Message="not here")
        self.assertEqual(json.loads(self.take(dead)["Body"])["Message"], "not here")

    def test_unsubscribing_by_link_says_goodbye(self):
        topic, listener = self.topic(), Listener(self)
        self.confirmed(topic, listener)
        self.sns.publish(TopicArn=topic, Message="last")
        self.fetch(json.loads(listener.next()[2])["UnsubscribeURL"])
        self.assertEqual(json.loads(listener.next()[2])["Type"], "UnsubscribeConfirmation")
        self.assertEqual(self.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"], [])


@OURS
class FunctionTest(SnsCase):
    def test_a_function_is_invoked(self):
        listener, functions = Listener(self), self.client_at("lambda")
        source = ("import json, os, urllib.request\n"
                  "def handler(event, context):\n"
                  "    urllib.request.urlopen(os.environ['LISTENER'], json.dumps(event).encode(), timeout=30)\n")
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as z:
            z.writestr("index.py", source)
        function = functions.create_function(
            FunctionName="hear-" + self.suffix, Runtime="python3.12", Handler="index.handler", Timeout=30,
            Role="arn:aws:iam::000000000000:role/r", Code={"ZipFile": archive.getvalue()},
            Environment={"Variables": {"LISTENER": listener.url}})["FunctionArn"]
        topic = self.topic()
        subscription = self.subscribe(topic, "lambda", function)
        sent = self.sns.publish(TopicArn=topic, Message="hello", MessageAttributes={"n": {"DataType": "Number", "StringValue": "1"}})
        record, = json.loads(listener.next()[2])["Records"]
        self.assertEqual((record["EventSource"], record["EventSubscriptionArn"]), ("aws:sns", subscription))
        self.assertEqual([record["Sns"][k] for k in ("Type", "MessageId", "TopicArn", "Subject", "Message", "MessageAttributes")],
                         ["Notification", sent["MessageId"], topic, None, "hello", {"n": {"Type": "Number", "Value": "1"}}])


@OURS
class MailboxTest(SnsCase):
    def mails(self, **query):
        text = self.fetch(self.url + "/_pawl/mailbox" + ("?to=" + query["to"] if query else ""))
        return json.loads(text)["Mails"]

    def pawl(self, *arguments):
        return subprocess.run([os.environ["PAWL"], "mailbox", "--endpoint", self.url, *arguments], stdout=subprocess.PIPE, check=True,
                              timeout=SECONDS_MAX).stdout.decode()

    def link(self, text):
        return next(line for line in text.splitlines() if line.startswith(self.url))

    def until(self, count, **query):
        """Mails are delivered after the answer: each request gives them time."""
        for _ in range(1000):
            mails = self.mails(**query)
            if len(mails) >= count:
                return mails
        self.fail(f"{len(mails)} mails instead of {count}")

    def test_an_email_subscription_from_link_to_link(self):
        topic = self.topic()
        self.sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ada@example.com")
        asked, = self.until(1, to="ada@example.com")
        self.fetch(self.link(asked["Text"]))
        self.sns.publish(TopicArn=topic, Message="It runs.", Subject="Engine")
        mail = self.until(2, to="ada@example.com")[0]
        self.assertEqual((mail["Subject"], mail["Text"].split("\n")[0], mail["TopicArn"]), ("Engine", "It runs.", topic))
        self.assertEqual(self.mails(to="bob@example.com"), [])
        self.assertIn("email to ada@example.com: Engine", self.pawl())
        self.assertIn("It runs.", self.pawl(str(mail["Id"])))
        self.assertEqual(json.loads(self.pawl("--to", "ada@example.com", "--json"))["Mails"][0], mail)
        self.fetch(self.link(mail["Text"]))
        self.assertEqual(self.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"], [])
        self.pawl("--empty")
        self.assertEqual(self.pawl(), "no mails\n")

    def test_text_messages_and_pushes(self):
        self.sns.publish(PhoneNumber="+4912345678", Message="short")
        application = self.sns.create_platform_application(Name="app", Platform="GCM", Attributes={"PlatformCredential": "x"})
        endpoint = self.sns.create_platform_endpoint(PlatformApplicationArn=application["PlatformApplicationArn"], Token="t")["EndpointArn"]
        self.sns.publish(TargetArn=endpoint, Message="push")
        self.assertEqual([(m["To"], m["Text"]) for m in self.until(2)], [(endpoint, "push"), ("+4912345678", "short")])


@OURS
class RelayTest(SnsCase):
    def start(self, *arguments):
        self.mail_server = MailServer(self)
        super().start("--smtp-relay", self.mail_server.url, "--mail-from", "pawl@example.com", *arguments)

    def test_mail_goes_to_the_relay(self):
        topic = self.topic()
        self.sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ada@example.com")
        receiver, mail = self.mail_server.mails.get(timeout=SECONDS_MAX)
        text = mail.get_payload(decode=True).decode()
        self.assertEqual((receiver, mail["From"], mail["To"]), ("ada@example.com", "pawl@example.com", "ada@example.com"))
        self.fetch(next(line for line in text.splitlines() if line.startswith(self.url)))
        self.sns.publish(TopicArn=topic, Message="Grüezi", Subject="hello")
        _, mail = self.mail_server.mails.get(timeout=SECONDS_MAX)
        self.assertEqual((mail["Subject"], mail.get_payload(decode=True).decode().split("\n")[0]), ("hello", "Grüezi"))


@OURS
class CrashTest(SnsCase):
    def start(self, *arguments):
        super().start("--data", os.path.join(self.folder, "data"), *arguments)

    def test_what_was_acknowledged_is_delivered_after_a_kill(self):
        topic, listener = self.topic(), Listener(self)
        retries = {"healthyRetryPolicy": {"numRetries": 100, "minDelayTarget": 1, "maxDelayTarget": 1}}
        self.subscribe(topic, "http", listener.url, DeliveryPolicy=json.dumps(retries))
        self.fetch(json.loads(listener.next()[2])["SubscribeURL"])
        port = listener.server.server_port
        listener.server.shutdown()
        listener.server.server_close()
        sent = {self.sns.publish(TopicArn=topic, Message=f"{i}")["MessageId"] for i in range(20)}
        self.server.stop(signal.SIGKILL)
        again = Listener(self, port)
        self.start()
        received = set()
        while received != sent:
            received.add(again.next()[1]["x-amz-sns-message-id"])


@unittest.skipUnless(AWS, "no AWS CLI")
class CommandLineTest(SnsCase):
    def aws(self, *arguments):
        environment = {**os.environ, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1",
                       "AWS_PAGER": ""}
        done = subprocess.run([AWS, "--endpoint-url", self.url, "--output", "json", *arguments], env=environment, stdout=subprocess.PIPE,
                              check=True, timeout=60)
        return json.loads(done.stdout or b"null")

    def test_publish(self):
        name = "cli-" + self.suffix
        topic = self.aws("sns", "create-topic", "--name", name, "--tags", "Key=team,Value=a")["TopicArn"]
        url, arn = self.queue()
        self.aws("sns", "subscribe", "--topic-arn", topic, "--protocol", "sqs", "--notification-endpoint", arn,
                 "--attributes", json.dumps({"RawMessageDelivery": "true"}))
        sent = self.aws("sns", "publish", "--topic-arn", topic, "--message", "from the shell", "--message-attributes",
                        json.dumps({"n": {"DataType": "Number", "StringValue": "1"}}))
        self.assertRegex(sent["MessageId"], r"^[0-9a-f-]{36}$")
        message = self.take(url)
        self.assertEqual((message["Body"], message["MessageAttributes"]["n"]["StringValue"]), ("from the shell", "1"))
        self.assertIn(topic, [t["TopicArn"] for t in self.aws("sns", "list-topics")["Topics"]])
        self.assertEqual(self.aws("sns", "list-tags-for-resource", "--resource-arn", topic)["Tags"], [{"Key": "team", "Value": "a"}])


if __name__ == "__main__":
    unittest.main()
