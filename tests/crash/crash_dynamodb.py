# SPDX-License-Identifier: Apache-2.0
"""DynamoDB under kills: items are as they were acknowledged, counters count each acknowledged addition, transactions happen whole.
Python 3.9, standard library only."""
from crash_server import Client, ConnectionLost
from versions import ABSENT, Versions

KEYS = 20  # of each writer


class DynamoDbClient(Client):
    def call(self, operation, **parameters):
        return self._request("POST", "/", {"TableName": "crash", **parameters} if operation != "TransactWriteItems" else parameters, "dynamodb",
                             {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810." + operation})

    def number(self, key):
        """The n of an item; ABSENT if there is none."""
        item = self.call("GetItem", Key={"pk": {"S": key}}, ConsistentRead=True).get("Item")
        return ABSENT if item is None else int(item["n"]["N"])


def add(key, amount):
    return {"TableName": "crash", "Key": {"pk": {"S": key}}, "UpdateExpression": "ADD n :a",
            "ExpressionAttributeValues": {":a": {"N": str(amount)}}}


class DynamoDbLoad:
    def __init__(self, world):
        self.world = world
        self.items = {}  # key -> Versions
        self.counters = {}  # key -> [acknowledged, tried]
        self.moves = [0, 0]  # the same, of transactions

    def start(self, base):
        client = DynamoDbClient(self.world.server)
        client.insist("CreateTable", AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                      KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}], BillingMode="PAY_PER_REQUEST")
        while client.call("DescribeTable")["Table"]["TableStatus"] != "ACTIVE":
            self.world.ending.wait(0.05)
        client.close()
        for index in range(2):
            self.world.spawn(self._put, base + index)
            self.world.spawn(self._count, base + 10 + index)
        self.world.spawn(self._move, base + 20)

    def _put(self, chance, index):
        client, number = DynamoDbClient(self.world.server), 0
        keys = [f"{index}-{i}" for i in range(KEYS)]
        self.items.update({key: Versions() for key in keys})
        while not self.world.ending.is_set():
            key, number = chance.choice(keys), number + 1
            versions = self.items[key]
            is_delete = chance.random() < 0.2
            versions.trying(ABSENT if is_delete else number)
            try:
                if is_delete:
                    client.call("DeleteItem", Key={"pk": {"S": key}})
                else:
                    client.call("PutItem", Item={"pk": {"S": key}, "n": {"N": str(number)}, "more": {"S": "x" * chance.randrange(2000)}})
            except ConnectionLost:
                continue
            versions.is_acknowledged()
            if chance.random() < 0.1 and (found := self._look(client, key)) and (fault := versions.fault(key, found[0])):
                self.world.fault(fault)

    @staticmethod
    def _look(client, key):
        try:
            return [client.number(key)]
        except ConnectionLost:
            return None

    def _count(self, _chance, index):
        client, key = DynamoDbClient(self.world.server), f"counter-{index}"
        counts = self.counters[key] = [0, 0]
        while not self.world.ending.is_set():
            counts[1] += 1
            try:
                client.call("UpdateItem", **add(key, 1))
            except ConnectionLost:
                continue
            counts[0] += 1

    def _move(self, _chance, _index):
        client = DynamoDbClient(self.world.server)
        while not self.world.ending.is_set():
            self.moves[1] += 1
            try:
                client.call("TransactWriteItems", TransactItems=[{"Update": add("from", -1)}, {"Update": add("to", 1)}])
            except ConnectionLost:
                continue
            self.moves[0] += 1

    def check(self):
        client = DynamoDbClient(self.world.server)
        faults = [versions.fault(key, client.number(key)) for key, versions in self.items.items()]
        for key, (acknowledged, tried) in self.counters.items():
            if not acknowledged <= (client.number(key) or 0) <= tried:
                faults.append(f"{key} is {client.number(key)}: {acknowledged} acknowledged, {tried} tried")
        moved = client.number("to") or 0
        if not self.moves[0] <= moved <= self.moves[1] or moved != -(client.number("from") or 0):
            faults.append(f"transactions: from {client.number('from')} to {moved}; {self.moves} acknowledged and tried")
        return [fault for fault in faults if fault]

    def summary(self):
        puts = sum(versions.acknowledged for versions in self.items.values())
        return f"{puts} puts and deletes, {sum(a for a, _ in self.counters.values())} additions, {self.moves[0]} transactions"
