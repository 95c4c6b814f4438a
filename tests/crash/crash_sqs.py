# SPDX-License-Identifier: Apache-2.0
"""SQS under kills: a sent message is there until it is deleted, a deleted one never again, a received one stays invisible; a FIFO queue
loses, doubles and swaps nothing. Python 3.9, standard library only."""
import collections
import json
import time

from crash_server import Client, ConnectionLost, Refused

HELD_SECONDS = 3600  # the visibility timeout of messages that are received and kept
VISIBLE_AGAIN_SECONDS = 4  # of all others
SURE_SECONDS = 2.5  # within these after a receive nobody else can have got the message


class SqsClient(Client):
    def call(self, operation, **parameters):
        return self._request("POST", "/", parameters, "sqs",
                             {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AmazonSQS." + operation})


class SqsLoad:
    def __init__(self, world):
        self.world = world
        self.sent = set()  # acknowledged
        self.tried = set()  # all that were sent, whether anybody heard or not
        self.deleted = set()  # acknowledged
        self.deleting = set()  # asked for; a lost answer may have been a yes
        self.held = set()  # received with a long timeout, acknowledged
        self.fifo_sent = collections.Counter()  # of each group: numbers 1 to that
        self.fifo_got = collections.Counter()  # the same, received
        self.fifo_done = collections.Counter()  # and deleted, acknowledged
        self.rest = 0
        self.queue = self.fifo = None

    def start(self, base):
        client = SqsClient(self.world.server)
        # Messages that a lost answer held come back soon.
        self.queue = client.insist("CreateQueue", QueueName="crash", Attributes={"VisibilityTimeout": str(VISIBLE_AGAIN_SECONDS)})[0]["QueueUrl"]
        self.fifo = client.insist("CreateQueue", QueueName="crash.fifo",
                                  Attributes={"FifoQueue": "true", "VisibilityTimeout": str(VISIBLE_AGAIN_SECONDS)})[0]["QueueUrl"]
        client.close()
        for index in range(2):
            self.world.spawn(self._send, base + index)
            self.world.spawn(self._receive, base + 10 + index)
            self.world.spawn(self._send_fifo, base + 20 + index)
        self.world.spawn(self._receive_fifo, base + 30)

    def _send(self, chance, index):
        client, number = SqsClient(self.world.server), 0
        while not self.world.ending.is_set():
            bodies = [f"{index}-{number + i}" for i in range(chance.randint(1, 10))]
            number += len(bodies)
            self.tried.update(bodies)
            try:
                if len(bodies) == 1:
                    client.call("SendMessage", QueueUrl=self.queue, MessageBody=bodies[0])
                else:
                    answer = client.call("SendMessageBatch", QueueUrl=self.queue,
                                         Entries=[{"Id": str(i), "MessageBody": body} for i, body in enumerate(bodies)])
                    if answer.get("Failed"):
                        self.world.fault(f"SendMessageBatch: {answer}")
            except ConnectionLost:
                continue
            self.sent.update(bodies)
            self.world.ending.wait(chance.random() * 0.02)

    def _receive(self, chance, _index):
        client = SqsClient(self.world.server)
        while not self.world.ending.is_set():
            hold = chance.random() < 0.2
            more = {"VisibilityTimeout": HELD_SECONDS} if hold else {}
            gone = self.deleted | self.held
            begin = time.monotonic()
            try:
                messages = client.call("ReceiveMessage", QueueUrl=self.queue, MaxNumberOfMessages=10, **more).get("Messages", [])
            except ConnectionLost:
                continue
            for message in messages:
                if message["Body"] in gone:
                    self.world.fault(f"{message['Body']} was {'deleted' if message['Body'] in self.deleted else 'held'} and came again")
            if hold:
                self.held.update(message["Body"] for message in messages)
            else:
                self._delete(client, messages, begin)
            if not messages:
                self.world.ending.wait(0.02)

    def _delete(self, client, messages, begin):
        for message in messages:
            self.deleting.add(message["Body"])
            try:
                client.call("DeleteMessage", QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
            except ConnectionLost:
                return
            if time.monotonic() - begin < SURE_SECONDS:  # else another receiver may hold it: then nothing is deleted
                self.deleted.add(message["Body"])

    def _send_fifo(self, chance, index):
        """Each message until it is acknowledged: its deduplication id sees to it that it is there once."""
        client, group = SqsClient(self.world.server), str(index)
        while not self.world.ending.is_set():
            number = self.fifo_sent[group] + 1
            client.insist("SendMessage", QueueUrl=self.fifo, MessageBody=f"{group}-{number}", MessageGroupId=group,
                          MessageDeduplicationId=f"{group}-{number}")
            self.fifo_sent[group] = number
            self.world.ending.wait(chance.random() * 0.02)

    def _receive_fifo(self, chance, _index):
        client = SqsClient(self.world.server)
        while not self.world.ending.is_set():
            self._take_fifo(client, WaitTimeSeconds=1, MaxNumberOfMessages=chance.randint(1, 10))

    def _take_fifo(self, client, **how):
        """Notes what comes. False: nothing came."""
        try:
            messages = client.call("ReceiveMessage", QueueUrl=self.fifo, **how).get("Messages", [])
            for message in messages:
                group, number = message["Body"].split("-")
                number = int(number)
                # The same may come again until its deletion is acknowledged.
                if not self.fifo_done[group] < number <= self.fifo_got[group] + 1:
                    self.world.fault(f"group {group}: {number} came when {self.fifo_got[group]} had been received "
                                     f"and {self.fifo_done[group]} deleted")
                self.fifo_got[group] = max(self.fifo_got[group], number)
            for message in messages:
                client.call("DeleteMessage", QueueUrl=self.fifo, ReceiptHandle=message["ReceiptHandle"])
                group, number = message["Body"].split("-")
                self.fifo_done[group] = max(self.fifo_done[group], int(number))
        except ConnectionLost:
            return True
        except Refused as refused:
            if "expired" not in str(refused):
                raise
            return True
        return bool(messages)

    def check(self):
        faults = []
        client = SqsClient(self.world.server)
        attributes = client.call("GetQueueAttributes", QueueUrl=self.queue, AttributeNames=["All"])["Attributes"]
        rest = set()
        while messages := client.call("ReceiveMessage", QueueUrl=self.queue, MaxNumberOfMessages=10, WaitTimeSeconds=5,
                                      VisibilityTimeout=HELD_SECONDS).get("Messages"):
            for message in messages:
                if message["Body"] in rest:
                    faults.append(f"{message['Body']} came twice")
                rest.add(message["Body"])
        if lost := self.sent - self.deleting - self.held - rest:
            # A receive whose answer was lost may have held it for an hour: it must be counted as in flight.
            in_flight = int(client.call("GetQueueAttributes", QueueUrl=self.queue, AttributeNames=["All"])
                            ["Attributes"]["ApproximateNumberOfMessagesNotVisible"])
            if in_flight < len(self.held - self.deleting) + len(rest) + len(lost):
                faults.append(f"{len(lost)} sent messages are lost, for instance {sorted(lost)[:3]}: {in_flight} in flight, "
                              f"{len(self.held)} held, {len(rest)} left")
        faults += [f"{body} was deleted and is there" for body in sorted(rest & self.deleted)]
        faults += [f"{body} was held and is visible" for body in sorted(rest & self.held)]
        faults += [f"{body} was never sent" for body in sorted(rest - self.tried)]
        if int(attributes["ApproximateNumberOfMessagesNotVisible"]) < len(self.held):
            faults.append(f"{len(self.held)} are held, but {json.dumps(attributes)}")
        while self._take_fifo(client, WaitTimeSeconds=1, MaxNumberOfMessages=10):
            pass
        for group, count in self.fifo_sent.items():
            # One more may be there: sent, but not acknowledged before the end.
            if not count <= self.fifo_got[group] <= count + 1:
                faults.append(f"group {group}: {count} sent, {self.fifo_got[group]} received")
        self.rest = len(rest)
        return faults

    def summary(self):
        return (f"{len(self.sent)} messages sent, {len(self.deleted)} deleted, {len(self.held)} held, {self.rest} left; "
                f"{sum(self.fifo_sent.values())} in FIFO groups")
