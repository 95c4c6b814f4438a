# SPDX-License-Identifier: Apache-2.0
"""DynamoDB as the Developer Guide describes it, through boto3's client and resource and AWS CLI: tables, items, expressions,
queries, indexes, transactions, streams, PartiQL, and all of it after a restart. With DYNAMODB_ENDPOINT the same tests run against
another server (of moto, for instance); tests of what that is known to lack are marked. Python 3.9."""
import json
import os
import re
import shutil
import signal
import subprocess
import unittest
from decimal import Decimal

from client_case import ClientCase

import boto3
from boto3.dynamodb.conditions import Attr, Key

ELSEWHERE = os.environ.get("DYNAMODB_ENDPOINT")
AWS = shutil.which("aws", path="/usr/bin:" + os.environ.get("PATH", ""))
PLAIN = dict(endpoint_url=None, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
beyond_moto = unittest.skipIf(ELSEWHERE, "moto 5.2 answers otherwise than AWS")


class DynamoCase(ClientCase):
    def setUp(self):
        super().setUp()
        self.data = os.path.join(self.folder, "data")
        self.start()

    def start(self):
        if not ELSEWHERE:
            self.server = self.serve("--data", self.data)
        self.url = ELSEWHERE or f"http://{self.server.host}:{self.server.port}"
        self.client_ = self.made(boto3.client, "dynamodb")
        self.streams = self.made(boto3.client, "dynamodbstreams")
        self.resource = self.made(boto3.resource, "dynamodb")

    def made(self, make, service):
        made = make(service, **{**PLAIN, "endpoint_url": self.url})
        client = made.meta.client if make is boto3.resource else made
        self.addCleanup(getattr(client, "close", lambda: None))
        return made

    def table(self, name="table", hash_="p", range_="s", types="SN", **more):
        keys = [{"AttributeName": hash_, "KeyType": "HASH"}]
        definitions = [{"AttributeName": hash_, "AttributeType": types[0]}]
        if range_:
            keys.append({"AttributeName": range_, "KeyType": "RANGE"})
            definitions.append({"AttributeName": range_, "AttributeType": types[1]})
        parameters = {"TableName": name, "KeySchema": keys, "BillingMode": "PAY_PER_REQUEST",
                      "AttributeDefinitions": definitions + more.pop("definitions", []), **more}
        table = self.resource.create_table(**parameters)
        table.wait_until_exists()
        self.addCleanup(self.drop, name)
        return table

    def drop(self, name):
        if ELSEWHERE and name in self.client_.list_tables()["TableNames"]:
            self.client_.delete_table(TableName=name)

    def invalid(self, call, /, **parameters):
        """The message of the ValidationException that the call must end with."""
        code, message, status = self.refused(call, **parameters)
        self.assertEqual((code, status), ("ValidationException", 400), message)
        return message


def index(name, hash_, range_=None, projection="ALL", **more):
    keys = [{"AttributeName": hash_, "KeyType": "HASH"}] + ([{"AttributeName": range_, "KeyType": "RANGE"}] if range_ else [])
    return {"IndexName": name, "KeySchema": keys, "Projection": {"ProjectionType": projection, **more}}


class TableTest(DynamoCase):
    def test_from_making_to_deleting(self):
        made = self.client_.create_table(
            TableName="music", KeySchema=[{"AttributeName": "Artist", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "Artist", "AttributeType": "S"}],
            ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}, Tags=[{"Key": "team", "Value": "a"}])["TableDescription"]
        self.client_.get_waiter("table_exists").wait(TableName="music")
        found = self.client_.describe_table(TableName="music")["Table"]
        self.assertEqual((found["TableStatus"], found["ItemCount"], found["TableArn"]), ("ACTIVE", 0, made["TableArn"]))
        self.assertEqual(found["ProvisionedThroughput"]["WriteCapacityUnits"], 6)
        self.assertEqual(self.client_.list_tables()["TableNames"], ["music"])
        self.assertEqual(self.client_.list_tags_of_resource(ResourceArn=made["TableArn"])["Tags"], [{"Key": "team", "Value": "a"}])
        self.client_.tag_resource(ResourceArn=made["TableArn"], Tags=[{"Key": "x", "Value": "y"}])
        self.client_.untag_resource(ResourceArn=made["TableArn"], TagKeys=["team"])
        self.assertEqual(self.client_.list_tags_of_resource(ResourceArn=made["TableArn"])["Tags"], [{"Key": "x", "Value": "y"}])
        self.assertEqual(self.refused(self.client_.create_table, TableName="music", BillingMode="PAY_PER_REQUEST",
                                      KeySchema=found["KeySchema"], AttributeDefinitions=found["AttributeDefinitions"]),
                         ("ResourceInUseException", "Table already exists: music", 400))
        self.assertEqual(self.client_.delete_table(TableName="music")["TableDescription"]["TableName"], "music")
        self.client_.get_waiter("table_not_exists").wait(TableName="music")
        self.assertEqual(self.refused(self.client_.describe_table, TableName="music")[:2],
                         ("ResourceNotFoundException", "Requested resource not found: Table: music not found"))
        self.assertEqual(self.refused(self.client_.get_item, TableName="music", Key={"Artist": {"S": "a"}})[:2],
                         ("ResourceNotFoundException", "Requested resource not found"))

    def test_changes_of_a_table(self):
        self.table(range_=None)
        changed = self.client_.update_table(TableName="table", BillingMode="PROVISIONED",
                                            ProvisionedThroughput={"ReadCapacityUnits": 7, "WriteCapacityUnits": 8})
        self.assertEqual(changed["TableDescription"]["ProvisionedThroughput"]["ReadCapacityUnits"], 7)
        if "DeletionProtectionEnabled" in self.client_.meta.service_model.operation_model("UpdateTable").input_shape.members:
            self.client_.update_table(TableName="table", DeletionProtectionEnabled=True)
            self.assertEqual(self.refused(self.client_.delete_table, TableName="table")[0], "ValidationException")
            self.client_.update_table(TableName="table", DeletionProtectionEnabled=False)
        self.client_.update_time_to_live(TableName="table", TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"})
        self.assertEqual(self.client_.describe_time_to_live(TableName="table")["TimeToLiveDescription"],
                         {"TimeToLiveStatus": "ENABLED", "AttributeName": "until"})
        backups = self.client_.update_continuous_backups(
            TableName="table", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})["ContinuousBackupsDescription"]
        self.assertEqual(backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"], "ENABLED")
        self.client_.delete_table(TableName="table")

    @beyond_moto
    def test_lists_in_pages(self):
        names = [f"table-{i:02}" for i in range(5)]
        for name in reversed(names):
            self.table(name, range_=None)
        page = self.client_.list_tables(Limit=3)
        self.assertEqual((page["TableNames"], page["LastEvaluatedTableName"]), (names[:3], names[2]))
        page = self.client_.list_tables(Limit=3, ExclusiveStartTableName=names[2])
        self.assertEqual(page["TableNames"], names[3:])
        self.assertNotIn("LastEvaluatedTableName", page)

    @beyond_moto
    def test_what_create_refuses(self):
        one = {"TableName": "table", "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
               "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}]}
        lead = "One or more parameter values were invalid: "

        def refused(**more):
            return self.invalid(self.client_.create_table, **{**one, **more})

        self.assertEqual(refused(BillingMode="PROVISIONED"), lead + "ReadCapacityUnits and WriteCapacityUnits must both be specified "
                         "when BillingMode is PROVISIONED")
        self.assertEqual(refused(KeySchema=[{"AttributeName": "q", "KeyType": "HASH"}]), lead + "Some index key attributes are not defined in "
                         "AttributeDefinitions. Keys: [q], AttributeDefinitions: [p]")
        self.assertEqual(refused(KeySchema=[{"AttributeName": "p", "KeyType": "RANGE"}]),
                         "Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
        two = one["AttributeDefinitions"] + [{"AttributeName": "x", "AttributeType": "S"}]
        self.assertEqual(refused(AttributeDefinitions=two), lead + "Number of attributes in KeySchema does not exactly match number of "
                         "attributes defined in AttributeDefinitions")
        self.assertEqual(refused(GlobalSecondaryIndexes=[index("iii", "x"), index("iii", "x")], AttributeDefinitions=two),
                         lead + "Duplicate index name: iii")
        self.assertEqual(refused(GlobalSecondaryIndexes=[]), lead + "List of GlobalSecondaryIndexes is empty")
        self.assertEqual(refused(LocalSecondaryIndexes=[index("iii", "p", "x")], AttributeDefinitions=two), lead + "Table KeySchema does not "
                         "have a range key, which is required when specifying a LocalSecondaryIndex")
        self.assertEqual(refused(StreamSpecification={"StreamEnabled": True}),
                         lead + "Table is being created with a stream enabled, UpdateViewType is required")
        self.assertEqual(self.client_.list_tables()["TableNames"], [])


class ItemTest(DynamoCase):
    ALL = {"s": "text", "n": Decimal("-12.5"), "b": b"\x00\xff", "yes": True, "no": False, "null": None, "list": [1, "2", [b"3"]],
           "map": {"k": {"deep": [Decimal("1E+20")]}}, "ss": {"a", "b"}, "ns": {Decimal(1), Decimal("2.5")}, "bs": {b"1", b"2"}, "empty": ""}

    @staticmethod
    def plain(value):
        """Binary of the resource as bytes."""
        if isinstance(value, dict):
            return {k: ItemTest.plain(v) for k, v in value.items()}
        if isinstance(value, list):
            return [ItemTest.plain(v) for v in value]
        if isinstance(value, set):
            return {ItemTest.plain(v) for v in value}
        return bytes(value.value) if hasattr(value, "value") else value

    def test_every_type_comes_back(self):
        table = self.table(range_=None)
        item = {"p": "key", **self.ALL}
        table.put_item(Item=item)
        self.assertEqual(self.plain(table.get_item(Key={"p": "key"}, ConsistentRead=True)["Item"]), item)
        self.assertNotIn("Item", table.get_item(Key={"p": "other"}))

    @beyond_moto
    def test_numbers_are_exact_and_plain(self):
        self.table(range_=None)
        for written, read in (("1e3", "1000"), ("+00.10", "0.1"), ("-0", "0"), ("1E-5", "0.00001"), ("9" * 38, "9" * 38),
                              ("1e125", "1" + "0" * 125), ("1e-130", "0." + "0" * 129 + "1")):
            self.client_.put_item(TableName="table", Item={"p": {"S": "k"}, "n": {"N": written}})
            self.assertEqual(self.client_.get_item(TableName="table", Key={"p": {"S": "k"}})["Item"]["n"]["N"], read)
        put = lambda value: self.invalid(self.client_.put_item, TableName="table", Item={"p": {"S": "k"}, "n": value})  # noqa: E731
        self.assertEqual(put({"N": "dog"}), "The parameter cannot be converted to a numeric value: dog")
        self.assertEqual(put({"N": "1" * 39}), "Attempting to store more than 38 significant digits in a Number")
        self.assertEqual(put({"N": "1e126"}), "Number overflow. Attempting to store a number with magnitude larger than supported range")
        self.assertEqual(put({"N": "1e-131"}), "Number underflow. Attempting to store a number with magnitude smaller than supported range")
        self.assertEqual(put({"NS": ["1", "1.0"]}), "Input collection contains duplicates")
        self.assertEqual(put({"SS": ["a", "a"]}), "One or more parameter values were invalid: Input collection [a, a] contains duplicates.")
        self.assertEqual(put({"SS": []}), "One or more parameter values were invalid: An string set  may not be empty")
        self.assertEqual(put({"NULL": False}), "One or more parameter values were invalid: Null attribute value types must have the value of true")
        self.assertEqual(put({}), "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")

    def test_return_values_of_put_and_delete(self):
        table = self.table()
        self.assertNotIn("Attributes", table.put_item(Item={"p": "a", "s": 1, "x": 1}, ReturnValues="ALL_OLD"))
        self.assertEqual(table.put_item(Item={"p": "a", "s": 1, "x": 2}, ReturnValues="ALL_OLD")["Attributes"], {"p": "a", "s": 1, "x": 1})
        self.assertEqual(table.delete_item(Key={"p": "a", "s": 1}, ReturnValues="ALL_OLD")["Attributes"], {"p": "a", "s": 1, "x": 2})
        self.assertNotIn("Attributes", table.delete_item(Key={"p": "a", "s": 1}, ReturnValues="ALL_OLD"))

    @beyond_moto
    def test_keys_must_fit(self):
        self.table()
        put = lambda **item: self.invalid(self.client_.put_item, TableName="table", Item=item)  # noqa: E731
        self.assertEqual(put(p={"S": "a"}), "One or more parameter values were invalid: Missing the key s in the item")
        self.assertEqual(put(p={"N": "1"}, s={"N": "1"}), "One or more parameter values were invalid: Type mismatch for key p expected: S actual: N")
        self.assertEqual(put(p={"S": ""}, s={"N": "1"}), "One or more parameter values are not valid. The AttributeValue for a key attribute "
                         "cannot contain an empty string value. Key: p")
        for key in ({"p": {"S": "a"}}, {"p": {"S": "a"}, "s": {"S": "1"}}, {"p": {"S": "a"}, "s": {"N": "1"}, "x": {"S": "y"}}):
            self.assertEqual(self.invalid(self.client_.get_item, TableName="table", Key=key), "The provided key element does not match the schema")

    @beyond_moto
    def test_sizes(self):
        table = self.table(range_=None)
        table.put_item(Item={"p": "k", "x": "y" * (400 * 1024 - 4)})
        self.assertEqual(self.invalid(table.put_item, Item={"p": "k", "x": "y" * (400 * 1024)}), "Item size has exceeded the maximum allowed size")
        self.assertEqual(self.invalid(table.put_item, Item={"p": "k" * 2049}),
                         "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes")

    @beyond_moto
    def test_nesting(self):
        table = self.table(range_=None)
        value = "x"
        for _ in range(31):
            value = [value]
        table.put_item(Item={"p": "k", "x": value})
        self.assertEqual(table.get_item(Key={"p": "k"})["Item"]["x"], value)
        self.assertEqual(self.invalid(table.put_item, Item={"p": "k", "x": [[value]]}), "Nesting Levels have exceeded supported limits")

    @beyond_moto
    def test_projections(self):
        table = self.table(range_=None)
        table.put_item(Item={"p": "k", "a": {"b": [1, 2, {"c": 3, "d": 4}], "e": 5}, "f": 6, "data": 7})
        get = lambda text, **names: table.get_item(Key={"p": "k"}, ProjectionExpression=text, **names)["Item"]  # noqa: E731
        self.assertEqual(get("a.b[2].c, f"), {"a": {"b": [{"c": 3}]}, "f": 6})
        self.assertEqual(get("a.b[1], a.e"), {"a": {"b": [2], "e": 5}})
        self.assertEqual(get("#d", ExpressionAttributeNames={"#d": "data"}), {"data": 7})
        self.assertEqual(get("zzz"), {})
        self.assertEqual(table.get_item(Key={"p": "k"}, AttributesToGet=["f", "p"])["Item"], {"p": "k", "f": 6})

    @beyond_moto
    def test_what_projections_refuse(self):
        table = self.table(range_=None)
        get = lambda **more: self.invalid(table.get_item, Key={"p": "k"}, **more)  # noqa: E731
        self.assertEqual(get(ProjectionExpression="a, a.b"), "Invalid ProjectionExpression: Two document paths overlap with each other; must "
                         "remove or rewrite one of these paths; path one: [a], path two: [a, b]")
        self.assertEqual(get(ProjectionExpression="data"), "Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: data")
        self.assertEqual(get(ProjectionExpression="#x"), "Invalid ProjectionExpression: An expression attribute name used in the document path is "
                         "not defined; attribute name: #x")
        self.assertEqual(get(ProjectionExpression="a", ExpressionAttributeNames={"#b": "b"}),
                         "Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}")
        self.assertEqual(get(ExpressionAttributeNames={"#b": "b"}), "ExpressionAttributeNames can only be specified when using expressions")
        self.assertEqual(get(ProjectionExpression="a", AttributesToGet=["a"]), "Can not use both expression and non-expression parameters in the "
                         "same request: Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}")
        self.assertEqual(get(ProjectionExpression=" "), "Invalid ProjectionExpression: The expression can not be empty;")
        self.assertEqual(get(ProjectionExpression="a b"), 'Invalid ProjectionExpression: Syntax error; token: "b", near: "a b"')

    def test_consumed_capacity(self):
        table = self.table(range_=None)
        units = lambda answer: answer["ConsumedCapacity"]["CapacityUnits"]  # noqa: E731
        self.assertEqual(units(table.put_item(Item={"p": "k"}, ReturnConsumedCapacity="TOTAL")), 1)
        if ELSEWHERE:
            return
        self.assertEqual(units(table.put_item(Item={"p": "k", "x": "y" * 3000}, ReturnConsumedCapacity="TOTAL")), 3)
        self.assertEqual(units(table.get_item(Key={"p": "k"}, ReturnConsumedCapacity="TOTAL")), 0.5)
        self.assertEqual(units(table.get_item(Key={"p": "k"}, ConsistentRead=True, ReturnConsumedCapacity="TOTAL")), 1)
        self.assertEqual(units(table.delete_item(Key={"p": "k"}, ReturnConsumedCapacity="TOTAL")), 3)


class UpdateTest(DynamoCase):
    def setUp(self):
        super().setUp()
        self.items = self.table(range_=None)

    def update(self, expression, values=None, names=None, **more):
        if values:
            more["ExpressionAttributeValues"] = values
        if names:
            more["ExpressionAttributeNames"] = names
        return self.items.update_item(Key={"p": "k"}, UpdateExpression=expression, **more)

    def item(self):
        return self.items.get_item(Key={"p": "k"})["Item"]

    def test_set_remove_add_delete(self):
        self.update("SET a = :a, l = :l, m = :m", {":a": 1, ":l": [1, 2, 3], ":m": {"x": "y"}})
        self.update("SET a = a + :one, b = :ten - a, m.z = :one, l[1] = :one, l[9] = :ten", {":one": 1, ":ten": 10})
        self.assertEqual(self.item(), {"p": "k", "a": 2, "b": 9, "l": [1, 1, 3, 10], "m": {"x": "y", "z": 1}})
        self.update("REMOVE l[0], l[2], m.x, nothing SET c = if_not_exists(c, :v), a = if_not_exists(a, :v)", {":v": "new"})
        self.assertEqual(self.item(), {"p": "k", "a": 2, "b": 9, "c": "new", "l": [1, 10], "m": {"z": 1}})
        self.update("SET l = list_append(:l, l) ADD n :five, tags :t REMOVE b", {":l": [0], ":five": 5, ":t": {"x", "y"}})
        self.update("ADD n :five, tags :t", {":five": Decimal("-2.5"), ":t": {"y", "z"}})
        self.assertEqual(self.item(), {"p": "k", "a": 2, "c": "new", "l": [0, 1, 10], "m": {"z": 1}, "n": Decimal("2.5"), "tags": {"x", "y", "z"}})
        self.update("DELETE tags :t", {":t": {"x", "q"}})
        self.assertEqual(self.item()["tags"], {"y", "z"})
        self.update("DELETE tags :t", {":t": {"y", "z"}})
        self.assertNotIn("tags", self.item())

    def test_return_values(self):
        self.assertEqual(self.update("SET a = :a, b = :a", {":a": 1}, ReturnValues="ALL_NEW")["Attributes"], {"p": "k", "a": 1, "b": 1})
        self.assertEqual(self.update("SET a = :a", {":a": 2}, ReturnValues="UPDATED_OLD")["Attributes"], {"a": 1})
        self.assertEqual(self.update("SET a = :a", {":a": 3}, ReturnValues="UPDATED_NEW")["Attributes"], {"a": 3})
        self.assertEqual(self.update("SET a = :a", {":a": 4}, ReturnValues="ALL_OLD")["Attributes"], {"p": "k", "a": 3, "b": 1})
        self.assertNotIn("Attributes", self.update("SET a = :a", {":a": 5}))

    @beyond_moto
    def test_an_update_makes_the_item(self):
        self.items.update_item(Key={"p": "k"})
        self.assertEqual(self.item(), {"p": "k"})
        self.items.update_item(Key={"p": "other"}, AttributeUpdates={"a": {"Action": "ADD", "Value": 1}, "b": {"Value": "x"}})
        self.assertEqual(self.items.get_item(Key={"p": "other"})["Item"], {"p": "other", "a": 1, "b": "x"})

    @beyond_moto
    def test_what_the_item_does_not_allow(self):
        self.items.put_item(Item={"p": "k", "s": "text", "l": [1]})
        refused = lambda text, **values: self.invalid(  # noqa: E731
            self.update, expression=text, values={":" + k: v for k, v in values.items()} or None)
        self.assertEqual(refused("SET a = b"), "The provided expression refers to an attribute that does not exist in the item")
        self.assertEqual(refused("SET a = s + :v", v=1), "An operand in the update expression has an incorrect data type")
        self.assertEqual(refused("SET x.y = :v", v=1), "The document path provided in the update expression is invalid for update")
        self.assertEqual(refused("SET p = :v", v="x"), "One or more parameter values were invalid: Cannot update attribute p. This attribute is part of the key")
        self.assertEqual(self.item(), {"p": "k", "s": "text", "l": [1]})

    @beyond_moto
    def test_what_expressions_do_not_allow(self):
        refused = lambda text, names=None, **values: self.invalid(  # noqa: E731
            self.update, expression=text, values={":" + k: v for k, v in values.items()} or None, names=names)
        lead = "Invalid UpdateExpression: "
        self.assertEqual(refused("SET a = :v SET b = :v", v=1), lead + 'The "SET" section can only be used once in an update expression;')
        self.assertEqual(refused("SET a = :v, a.b = :v", v=1), lead + "Two document paths overlap with each other; must remove or rewrite one of "
                         "these paths; path one: [a], path two: [a, b]")
        self.assertEqual(refused("SET a.b = :v, a[1] = :v", v=1), lead + "Two document paths conflict with each other; must remove or rewrite one "
                         "of these paths; path one: [a, b], path two: [a, [1]]")
        self.assertEqual(refused("SET a = foo(:v)", v=1), lead + "Invalid function name; function: foo")
        self.assertEqual(refused("SET a = list_append(:v, :v)", v=1), lead + "Incorrect operand type for operator or function; operator or function: "
                         "list_append, operand type: N")
        self.assertEqual(refused("SET a = :w"), lead + "An expression attribute value used in expression is not defined; attribute value: :w")
        self.assertEqual(refused("ADD a :v", v="x"), lead + "Incorrect operand type for operator or function; operator: ADD, operand type: STRING")
        self.assertEqual(refused("SET name = :v", v=1), lead + "Attribute name is a reserved keyword; reserved keyword: name")
        self.assertEqual(refused("SET a == :v", v=1), lead + 'Syntax error; token: "=", near: "== :v"')
        self.assertEqual(refused("SET a = :v,", v=1), lead + 'Syntax error; token: "<EOF>", near: ","')
        self.assertEqual(refused("SET a = :v", v=1, w=2), "Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}")


class ConditionTest(DynamoCase):
    ITEM = {"p": "k", "n": 5, "t": "hello", "b": b"abc", "l": [1, "two"], "m": {"in": {"n": 7}}, "ss": {"a", "b"}, "yes": True, "null": None}

    def setUp(self):
        super().setUp()
        self.items = self.table(range_=None)
        self.items.put_item(Item=self.ITEM)

    def holds(self, condition, values=None, names=None):
        more = {"ExpressionAttributeValues": values} if values else {}
        if names:
            more["ExpressionAttributeNames"] = names
        try:
            self.items.put_item(Item=self.ITEM, ConditionExpression=condition, **more)
            return True
        except self.client_.exceptions.ConditionalCheckFailedException:
            return False

    @beyond_moto
    def test_operators_and_functions(self):
        values = {":4": 4, ":5": 5, ":6": 6, ":he": "he", ":a": "a", ":two": "two", ":S": "S", ":t": "hello"}
        for text, expected in {
                "n = :5": True, "n <> :5": False, "n < :6": True, "n <= :5": True, "n > :5": False, "n >= :5": True,
                "n BETWEEN :4 AND :6": True, "n BETWEEN :6 AND :6": False, "n IN (:4, :5)": True, "n IN (:4)": False,
                "absent = :5": False, "absent <> :5": True, "t > :5": False,
                "attribute_exists(m.#in.n)": True, "attribute_exists(m.q)": False, "attribute_not_exists(q)": True, "attribute_exists(l[1])": True,
                "attribute_type(t, :S)": True, "attribute_type(n, :S)": False, "begins_with(t, :he)": True, "begins_with(t, :two)": False,
                "contains(t, :he)": True, "contains(ss, :a)": True, "contains(ss, :two)": False, "contains(l, :two)": True, "contains(l, :5)": False,
                "size(t) = :5": True, "size(ss) < :4": True, "size(l) > :4": False,
                "NOT n = :5": False, "n = :4 OR n = :5": True, "n = :4 OR n = :5 AND t = :he": False, "(n = :4 OR n = :5) AND t = :t": True,
                "NOT (n = :4 AND t = :he)": True, "m.#in.n > n": True}.items():
            used = {k: v for k, v in values.items() if re.search(k + r"\b", text)}
            names = {"#in": "in"} if "#in" in text else None
            self.assertEqual(self.holds(text, used, names), expected, text)

    def test_failures_show_the_item_if_asked(self):
        with self.assertRaises(self.client_.exceptions.ConditionalCheckFailedException) as caught:
            self.items.delete_item(Key={"p": "k"}, ConditionExpression=Attr("n").gt(5))
        self.assertEqual(caught.exception.response["Error"]["Message"], "The conditional request failed")
        self.assertNotIn("Item", caught.exception.response)
        self.assertTrue(self.holds("n = :5", {":5": 5}))

    @beyond_moto
    def test_expected_of_old(self):
        put = lambda expected, **more: self.items.put_item(Item=self.ITEM, Expected=expected, **more)  # noqa: E731
        put({"n": {"Value": 5}, "q": {"Exists": False}})
        put({"n": {"ComparisonOperator": "GT", "AttributeValueList": [9]}, "t": {"ComparisonOperator": "BEGINS_WITH", "AttributeValueList": ["he"]}},
            ConditionalOperator="OR")
        self.assertEqual(self.refused(put, expected={"n": {"Value": 6}})[0], "ConditionalCheckFailedException")

    @beyond_moto
    def test_what_conditions_refuse(self):
        refused = lambda text, **values: self.invalid(  # noqa: E731
            self.holds, condition=text, values={":" + k: v for k, v in values.items()} or None)
        lead = "Invalid ConditionExpression: "
        for text, values, message in (
                ("a = ", {}, 'Syntax error; token: "<EOF>", near: "="'),
                ("a = = :v", {"v": 1}, 'Syntax error; token: "=", near: "= = :v"'),
                ("((a = :v))", {"v": 1}, "The expression has redundant parentheses;"),
                ("foo(a)", {}, "Invalid function name; function: foo"),
                ("size(a)", {}, "The function is not allowed to be used this way in an expression; function: size"),
                ("attribute_exists(a) = :v", {"v": 1}, "The function is not allowed to be used this way in an expression; function: attribute_exists"),
                ("attribute_exists(:v)", {"v": 1}, "Operator or function requires a document path; operator or function: attribute_exists"),
                ("begins_with(a, :v)", {"v": 1}, "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N"),
                ("begins_with(a)", {}, "Incorrect number of operands for operator or function; operator or function: begins_with, number of operands: 1"),
                ("a = a", {}, "The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a]"),
                ("a BETWEEN :b AND :a", {"a": 1, "b": 2}, "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
                 "lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}"),
                ("attribute_type(a, :v)", {"v": "X"}, "Invalid attribute type name found; type: X, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}")):
            self.assertEqual(refused(text, **values), lead + message, text)


class QueryTest(DynamoCase):
    def test_range_conditions_and_order(self):
        table = self.table()
        numbers = [Decimal(n) for n in ("-1E+10", "-2.5", "-2", "0", "0.001", "1", "9", "10", "11", "1E+30")]
        with table.batch_writer() as batch:
            for number in reversed(numbers):
                batch.put_item(Item={"p": "a", "s": number})
            batch.put_item(Item={"p": "b", "s": 1})
        key = Key("p").eq("a")
        query = lambda condition, **more: [i["s"] for i in table.query(KeyConditionExpression=condition, **more)["Items"]]  # noqa: E731
        self.assertEqual(query(key), numbers)
        self.assertEqual(query(key, ScanIndexForward=False), numbers[::-1])
        self.assertEqual(query(key & Key("s").lt(0)), numbers[:3])
        self.assertEqual(query(key & Key("s").lte(0)), numbers[:4])
        self.assertEqual(query(key & Key("s").gt(9)), numbers[7:])
        self.assertEqual(query(key & Key("s").gte(9)), numbers[6:])
        self.assertEqual(query(key & Key("s").between(Decimal("-2.5"), 1)), numbers[1:6])
        self.assertEqual(query(key & Key("s").eq(10)), [10])
        self.assertEqual(query(key, Limit=3), numbers[:3])
        self.assertEqual(table.query(KeyConditionExpression=key, Select="COUNT")["Count"], len(numbers))

    def test_text_and_binary_keys(self):
        for kind, values in (("S", ["", "a", "a\u0000", "a\u0000b", "ab", "b", "\u00e4", "\U0001f600"][1:]), ("B", [b"\x00", b"\x00\x01", b"\x7f", b"\x80", b"\xff\xff"])):
            table = self.table(f"table-{kind}", types="S" + kind)
            for value in reversed(values):
                table.put_item(Item={"p": "k", "s": value})
            found = [ItemTest.plain(i["s"]) for i in table.query(KeyConditionExpression=Key("p").eq("k"))["Items"]]
            self.assertEqual(found, values)
            found = table.query(KeyConditionExpression=Key("p").eq("k") & Key("s").begins_with(values[0]))["Items"]
            self.assertEqual([ItemTest.plain(i["s"]) for i in found], [v for v in values if v[:1] == values[0]])

    def test_pages(self):
        table = self.table()
        with table.batch_writer() as batch:
            for i in range(50):
                batch.put_item(Item={"p": "a", "s": i, "even": i % 2 == 0})
        for forward in (True, False):
            found, more = [], {}
            while True:
                page = table.query(KeyConditionExpression=Key("p").eq("a"), FilterExpression=Attr("even").eq(True), Limit=7, ScanIndexForward=forward, **more)
                self.assertLessEqual(page["ScannedCount"], 7)
                found += [int(i["s"]) for i in page["Items"]]
                if "LastEvaluatedKey" not in page:
                    break
                more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
            self.assertEqual(found, list(range(0, 50, 2)) if forward else list(range(48, -1, -2)))

    @beyond_moto
    def test_a_page_is_a_megabyte(self):
        table = self.table()
        for i in range(6):
            table.put_item(Item={"p": "a", "s": i, "x": "y" * 300_000})
        page = table.query(KeyConditionExpression=Key("p").eq("a"))
        self.assertEqual((page["Count"], page["LastEvaluatedKey"]), (4, {"p": "a", "s": 3}))
        rest = table.query(KeyConditionExpression=Key("p").eq("a"), ExclusiveStartKey=page["LastEvaluatedKey"])
        self.assertEqual([i["s"] for i in rest["Items"]], [4, 5])

    def test_scan_in_segments(self):
        table = self.table()
        with table.batch_writer() as batch:
            for i in range(200):
                batch.put_item(Item={"p": f"key-{i}", "s": i})
        self.assertEqual(table.scan(Select="COUNT")["Count"], 200)
        parts = [{i["s"] for i in table.scan(Segment=segment, TotalSegments=4)["Items"]} for segment in range(4)]
        self.assertEqual(set().union(*parts), set(range(200)))
        self.assertEqual(sum(map(len, parts)), 200)
        found = table.scan(FilterExpression=Attr("s").between(10, 19) & Attr("p").contains("key"), ProjectionExpression="s")["Items"]
        self.assertEqual(sorted(int(i["s"]) for i in found), list(range(10, 20)))
        self.assertEqual(table.scan(ScanFilter={"s": {"ComparisonOperator": "LT", "AttributeValueList": [3]}})["Count"], 3)
        found = [i for page in self.client_.get_paginator("scan").paginate(TableName="table", PaginationConfig={"PageSize": 33}) for i in page["Items"]]
        self.assertEqual(len({i["s"]["N"] for i in found}), 200)

    def test_key_conditions_of_old(self):
        table = self.table()
        for i in range(5):
            table.put_item(Item={"p": "a", "s": i})
        found = table.query(KeyConditions={"p": {"ComparisonOperator": "EQ", "AttributeValueList": ["a"]}, "s": {"ComparisonOperator": "GE", "AttributeValueList": [3]}})
        self.assertEqual([i["s"] for i in found["Items"]], [3, 4])

    @beyond_moto
    def test_what_queries_refuse(self):
        table = self.table()
        refused = lambda text, **values: self.invalid(  # noqa: E731
            table.query, KeyConditionExpression=text, ExpressionAttributeValues={":" + k: v for k, v in values.items()})
        self.assertEqual(refused("s = :v", v=1), "Query condition missed key schema element: p")
        self.assertEqual(refused("p > :v", v="x"), "Query key condition not supported")
        self.assertEqual(refused("p = :v AND q = :v", v="x"), "Query condition missed key schema element: s")
        self.assertEqual(refused("p = :v OR s = :v", v="x"), "Invalid operator used in KeyConditionExpression: OR")
        self.assertEqual(refused("p = :v AND p = :v", v="x"), "KeyConditionExpressions must only contain one condition per key")
        self.assertEqual(refused("p = :v", v=1), "One or more parameter values were invalid: Condition parameter type does not match schema type")
        key = Key("p").eq("a")
        self.assertEqual(self.invalid(table.query, KeyConditionExpression=key, FilterExpression=Attr("s").eq(1)),
                         "Filter Expression can only contain non-primary key attributes: Primary key attribute: s")
        self.assertEqual(self.invalid(table.query, KeyConditionExpression=key, IndexName="none"), "The table does not have the specified index: none")
        self.assertEqual(self.invalid(table.query, KeyConditionExpression=key, ExclusiveStartKey={"p": "a"}), "The provided starting key is invalid")
        self.assertEqual(self.invalid(table.query, KeyConditionExpression=key, ExclusiveStartKey={"p": "b", "s": 1}),
                         "The provided starting key is outside query boundaries based on provided conditions")
        self.assertEqual(self.invalid(table.scan, Segment=1, TotalSegments=1), "The Segment parameter is zero-based and must be less than parameter "
                         "TotalSegments: Segment: 1 is not less than TotalSegments: 1")


class IndexTest(DynamoCase):
    MORE = [{"AttributeName": "g", "AttributeType": "S"}, {"AttributeName": "r", "AttributeType": "N"}]

    def test_global_index_follows_the_items(self):
        table = self.table(definitions=self.MORE, GlobalSecondaryIndexes=[index("by-g", "g", "r")])
        query = lambda value: [(i["p"], int(i["s"])) for i in table.query(IndexName="by-g", KeyConditionExpression=Key("g").eq(value))["Items"]]  # noqa: E731
        for i in range(6):
            table.put_item(Item={"p": f"p{i}", "s": i, "g": "x" if i % 2 else "y", "r": 10 - i})
        table.put_item(Item={"p": "sparse", "s": 1, "g": "x"})
        self.assertEqual(query("x"), [("p5", 5), ("p3", 3), ("p1", 1)])
        table.update_item(Key={"p": "p5", "s": 5}, UpdateExpression="SET g = :y", ExpressionAttributeValues={":y": "y"})
        table.update_item(Key={"p": "p1", "s": 1}, UpdateExpression="SET r = :r", ExpressionAttributeValues={":r": 1})
        table.delete_item(Key={"p": "p0", "s": 0})
        table.update_item(Key={"p": "p2", "s": 2}, UpdateExpression="REMOVE r")
        self.assertEqual((query("x"), query("y")), ([("p1", 1), ("p3", 3)], [("p5", 5), ("p4", 4)]))
        self.assertEqual(table.scan(IndexName="by-g", Select="COUNT")["Count"], 4)
        first = table.query(IndexName="by-g", KeyConditionExpression=Key("g").eq("x"), Limit=1)
        self.assertEqual(first["LastEvaluatedKey"], {"p": "p1", "s": 1, "g": "x", "r": 1})
        rest = table.query(IndexName="by-g", KeyConditionExpression=Key("g").eq("x"), ExclusiveStartKey=first["LastEvaluatedKey"])
        self.assertEqual([i["p"] for i in rest["Items"]], ["p3"])

    def test_projections(self):
        table = self.table(definitions=self.MORE, LocalSecondaryIndexes=[index("local", "p", "r", "KEYS_ONLY")],
                           GlobalSecondaryIndexes=[index("keys", "g", None, "KEYS_ONLY"), index("some", "g", None, "INCLUDE", NonKeyAttributes=["a"])])
        table.put_item(Item={"p": "k", "s": 1, "g": "x", "r": 2, "a": 3, "b": 4})
        one = lambda name, key, **more: table.query(IndexName=name, KeyConditionExpression=key, **more)["Items"]  # noqa: E731
        self.assertEqual(one("keys", Key("g").eq("x")), [{"p": "k", "s": 1, "g": "x"}])
        self.assertEqual(one("some", Key("g").eq("x")), [{"p": "k", "s": 1, "g": "x", "a": 3}])
        self.assertEqual(one("local", Key("p").eq("k") & Key("r").gt(1)), [{"p": "k", "s": 1, "r": 2}])
        if ELSEWHERE:
            return
        self.assertEqual(one("local", Key("p").eq("k"), ProjectionExpression="b"), [{"b": 4}])
        self.assertEqual(one("local", Key("p").eq("k"), Select="ALL_ATTRIBUTES"), [{"p": "k", "s": 1, "g": "x", "r": 2, "a": 3, "b": 4}])
        self.assertEqual(self.invalid(table.query, IndexName="keys", KeyConditionExpression=Key("g").eq("x"), Select="ALL_ATTRIBUTES"),
                         "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index keys because "
                         "its projection type is not ALL")
        self.assertEqual(self.invalid(table.query, IndexName="some", KeyConditionExpression=Key("g").eq("x"), ProjectionExpression="a, b"),
                         "One or more parameter values were invalid: Global secondary index some does not project [b]")
        self.assertEqual(self.invalid(table.query, IndexName="some", KeyConditionExpression=Key("g").eq("x"), ConsistentRead=True),
                         "Consistent reads are not supported on global secondary indexes")
        self.assertEqual(self.invalid(table.put_item, Item={"p": "k", "s": 1, "g": 1}),
                         "One or more parameter values were invalid: Type mismatch for Index Key g Expected: S Actual: N IndexName: keys")

    def test_index_made_later(self):
        table = self.table()
        with table.batch_writer() as batch:
            for i in range(1200):
                batch.put_item(Item={"p": f"p{i}", "s": i, "g": f"g{i % 3}"})
        self.client_.update_table(TableName="table", AttributeDefinitions=self.MORE[:1], GlobalSecondaryIndexUpdates=[{"Create": index("late", "g")}])
        waiting = True
        while waiting:  # AWS says: describe until the index is active
            waiting = table.meta.client.describe_table(TableName="table")["Table"]["GlobalSecondaryIndexes"][0]["IndexStatus"] != "ACTIVE"
        pages = self.client_.get_paginator("query").paginate(
            TableName="table", IndexName="late", KeyConditionExpression="g = :g", ExpressionAttributeValues={":g": {"S": "g1"}})
        self.assertEqual(sum(page["Count"] for page in pages), 400)
        self.client_.update_table(TableName="table", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "late"}}])
        self.assertNotIn("GlobalSecondaryIndexes", {k for k, v in self.client_.describe_table(TableName="table")["Table"].items() if v})


class BatchTest(DynamoCase):
    @beyond_moto
    def test_write_and_get(self):
        one, two = self.table("one"), self.table("two", range_=None)
        one.put_item(Item={"p": "old", "s": 1})
        answer = self.resource.batch_write_item(RequestItems={
            "one": [{"PutRequest": {"Item": {"p": "a", "s": i}}} for i in range(3)] + [{"DeleteRequest": {"Key": {"p": "old", "s": 1}}}],
            "two": [{"PutRequest": {"Item": {"p": "b", "x": 1}}}]})
        self.assertEqual(answer["UnprocessedItems"], {})
        found = self.resource.batch_get_item(RequestItems={
            "one": {"Keys": [{"p": "a", "s": 1}, {"p": "a", "s": 2}, {"p": "old", "s": 1}]}, "two": {"Keys": [{"p": "b"}], "ProjectionExpression": "x"}})
        self.assertEqual(sorted(i["s"] for i in found["Responses"]["one"]), [1, 2])
        self.assertEqual((found["Responses"]["two"], found["UnprocessedKeys"]), ([{"x": 1}], {}))
        self.assertEqual(two.get_item(Key={"p": "b"})["Item"], {"p": "b", "x": 1})
        twice = [{"PutRequest": {"Item": {"p": "a", "s": 1}}}, {"DeleteRequest": {"Key": {"p": "a", "s": 1}}}]
        self.assertEqual(self.invalid(self.resource.batch_write_item, RequestItems={"one": twice}), "Provided list of item keys contains duplicates")
        self.assertEqual(self.invalid(self.resource.batch_get_item, RequestItems={"two": {"Keys": [{"p": "b"}, {"p": "b"}]}}),
                         "Provided list of item keys contains duplicates")
        self.assertEqual(self.refused(self.resource.batch_get_item, RequestItems={"none": {"Keys": [{"p": "b"}]}})[0], "ResourceNotFoundException")


class TransactionTest(DynamoCase):
    def setUp(self):
        super().setUp()
        self.items = self.table(range_=None)
        self.items.put_item(Item={"p": "a", "n": 1})

    def write(self, *actions, **more):
        return self.client_.transact_write_items(TransactItems=[{k: {"TableName": "table", **v}} for k, v in actions], **more)

    def test_all_or_nothing(self):
        add = {"Key": {"p": {"S": "a"}}, "UpdateExpression": "ADD n :n", "ExpressionAttributeValues": {":n": {"N": "1"}}}
        self.write(("Update", add), ("Put", {"Item": {"p": {"S": "b"}}}))
        failing = {"Key": {"p": {"S": "b"}}, "ConditionExpression": "attribute_exists(q)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        with self.assertRaises(self.client_.exceptions.TransactionCanceledException) as caught:
            self.write(("Update", add), ("Delete", failing), ("Put", {"Item": {"p": {"S": "c"}}}))
        answer = caught.exception.response
        self.assertEqual(answer["Error"]["Message"], "Transaction cancelled, please refer cancellation reasons for specific reasons "
                         "[None, ConditionalCheckFailed, None]")
        self.assertEqual([reason["Code"] for reason in answer["CancellationReasons"]], ["None", "ConditionalCheckFailed", "None"])
        self.assertEqual(answer["CancellationReasons"][1]["Item"], {"p": {"S": "b"}})
        self.assertEqual(self.items.get_item(Key={"p": "a"})["Item"], {"p": "a", "n": 2})
        self.assertNotIn("Item", self.items.get_item(Key={"p": "c"}))
        found = self.client_.transact_get_items(TransactItems=[{"Get": {"TableName": "table", "Key": {"p": {"S": key}}}} for key in "abc"])["Responses"]
        self.assertEqual([r.get("Item", {}).get("p", {}).get("S") for r in found], ["a", "b", None])

    def test_tokens(self):
        add = {"Key": {"p": {"S": "a"}}, "UpdateExpression": "ADD n :n", "ExpressionAttributeValues": {":n": {"N": "1"}}}
        for _ in range(3):
            self.write(("Update", add), ClientRequestToken="token")
        if not ELSEWHERE:
            self.assertEqual(self.items.get_item(Key={"p": "a"})["Item"]["n"], 2)
            other = {**add, "ExpressionAttributeValues": {":n": {"N": "5"}}}
            with self.assertRaises(self.client_.exceptions.IdempotentParameterMismatchException):
                self.write(("Update", other), ClientRequestToken="token")

    def test_one_operation_an_item(self):
        with self.assertRaises(self.client_.exceptions.ClientError) as caught:
            self.write(("Put", {"Item": {"p": {"S": "a"}}}), ("Delete", {"Key": {"p": {"S": "a"}}}))
        self.assertEqual(caught.exception.response["Error"]["Message"], "Transaction request cannot include multiple operations on one item")


class StreamTest(DynamoCase):
    def records(self, arn, kind="TRIM_HORIZON", **more):
        shard = self.streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        iterator = self.streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType=kind, **more)["ShardIterator"]
        return self.streams.get_records(ShardIterator=iterator)

    def test_every_change_is_told_once(self):
        table = self.table(StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
        arn = self.client_.describe_table(TableName="table")["Table"]["LatestStreamArn"]
        table.put_item(Item={"p": "a", "s": 1, "x": 1})
        table.update_item(Key={"p": "a", "s": 1}, UpdateExpression="SET x = :x", ExpressionAttributeValues={":x": 2})
        table.delete_item(Key={"p": "a", "s": 1})
        page = self.records(arn)
        told = [(r["eventName"], r["dynamodb"].get("OldImage", {}).get("x", {}).get("N"), r["dynamodb"].get("NewImage", {}).get("x", {}).get("N")) for r in page["Records"]]
        self.assertEqual(told, [("INSERT", None, "1"), ("MODIFY", "1", "2"), ("REMOVE", "2", None)])
        self.assertEqual(page["Records"][0]["dynamodb"]["Keys"], {"p": {"S": "a"}, "s": {"N": "1"}})
        numbers = [r["dynamodb"]["SequenceNumber"] for r in page["Records"]]
        self.assertEqual(numbers, sorted(numbers, key=int))
        self.assertEqual(self.streams.get_records(ShardIterator=page["NextShardIterator"])["Records"], [])
        if ELSEWHERE:
            return
        after = self.records(arn, "AFTER_SEQUENCE_NUMBER", SequenceNumber=numbers[0])["Records"]
        self.assertEqual([r["eventName"] for r in after], ["MODIFY", "REMOVE"])
        latest = self.records(arn, "LATEST")
        table.put_item(Item={"p": "b", "s": 1})
        table.put_item(Item={"p": "b", "s": 1})  # changes nothing, so nothing is told
        self.assertEqual([r["eventName"] for r in self.streams.get_records(ShardIterator=latest["NextShardIterator"])["Records"]], ["INSERT"])
        self.assertEqual([s["StreamArn"] for s in self.streams.list_streams(TableName="table")["Streams"]], [arn])

    @beyond_moto
    def test_views_and_switching(self):
        table = self.table()
        for view, members in (("KEYS_ONLY", set()), ("NEW_IMAGE", {"NewImage"}), ("OLD_IMAGE", {"OldImage"})):
            changed = self.client_.update_table(TableName="table", StreamSpecification={"StreamEnabled": True, "StreamViewType": view})["TableDescription"]
            table.put_item(Item={"p": "a", "s": 1, "x": view})
            record = self.records(changed["LatestStreamArn"])["Records"][-1]["dynamodb"]
            self.assertEqual({"NewImage", "OldImage"} & set(record) - ({"OldImage"} if view == "KEYS_ONLY" else set()), members)
            self.assertEqual(record["StreamViewType"], view)
            self.client_.update_table(TableName="table", StreamSpecification={"StreamEnabled": False})
            self.assertEqual(self.streams.describe_stream(StreamArn=changed["LatestStreamArn"])["StreamDescription"]["StreamStatus"], "DISABLED")
            self.assertNotIn("NextShardIterator", self.records(changed["LatestStreamArn"]))
        gone = changed["LatestStreamArn"][:-3] + "999"
        self.assertEqual(self.refused(self.streams.describe_stream, StreamArn=gone)[:2],
                         ("ResourceNotFoundException", f"Requested resource not found: Stream: {gone} not found"))


class PartiQlTest(DynamoCase):
    def setUp(self):
        super().setUp()
        self.items = self.table("Music", hash_="Artist", range_="Title", types="SS")

    def run_(self, statement, *parameters, **more):
        if parameters:
            more["Parameters"] = list(parameters)
        return self.client_.execute_statement(Statement=statement, **more)["Items"]

    @beyond_moto
    def test_insert_select_update_delete(self):
        self.run_("INSERT INTO Music VALUE {'Artist': 'Acme', 'Title': 'One', 'Awards': 1, 'Tags': <<'x', 'y'>>, 'Info': {'l': [1, 'two', true, null]}}")
        self.run_("INSERT INTO \"Music\" VALUE {'Artist': ?, 'Title': ?}", {"S": "Acme"}, {"S": "Two"})
        self.assertEqual(self.refused(self.run_, statement="INSERT INTO Music VALUE {'Artist': 'Acme', 'Title': 'One'}")[:2],
                         ("DuplicateItemException", "Duplicate primary key exists in table"))
        self.assertEqual(self.run_("SELECT Title FROM Music WHERE Artist = 'Acme' AND Awards > 0"), [{"Title": {"S": "One"}}])
        self.assertEqual(len(self.run_("SELECT * FROM Music WHERE Artist = ?", {"S": "Acme"})), 2)
        self.run_("UPDATE Music SET Awards = 5 SET Info.more = 'yes' WHERE Artist = 'Acme' AND Title = 'One'")
        found = self.items.get_item(Key={"Artist": "Acme", "Title": "One"})["Item"]
        self.assertEqual((found["Awards"], found["Info"]["more"], found["Tags"]), (5, "yes", {"x", "y"}))
        self.run_("DELETE FROM Music WHERE Artist = 'Acme' AND Title = 'Two'")
        self.assertEqual(self.items.scan(Select="COUNT")["Count"], 1)

    @beyond_moto
    def test_more_of_the_language(self):
        for i in range(6):
            self.run_("INSERT INTO Music VALUE {'Artist': ?, 'Title': ?, 'n': ?}", {"S": "ab"[i % 2]}, {"S": f"t{i}"}, {"N": str(i)})
        titles = lambda text, *p: [i["Title"]["S"] for i in self.run_(text, *p)]  # noqa: E731
        self.assertEqual(titles("SELECT Title FROM Music WHERE Artist = 'a' ORDER BY Title DESC"), ["t4", "t2", "t0"])
        self.assertEqual(sorted(titles("SELECT * FROM Music WHERE Artist IN ['a', 'b'] AND n BETWEEN 1 AND 3")), ["t1", "t2", "t3"])
        self.assertEqual(sorted(titles("SELECT * FROM Music WHERE begins_with(Title, 't') AND (n = 0 OR NOT n < 5) AND q IS MISSING")), ["t0", "t5"])
        page = self.client_.execute_statement(Statement="SELECT * FROM Music WHERE Artist = 'a'", Limit=2)
        rest = self.client_.execute_statement(Statement="SELECT * FROM Music WHERE Artist = 'a'", NextToken=page["NextToken"])
        self.assertEqual([i["Title"]["S"] for i in page["Items"] + rest["Items"]], ["t0", "t2", "t4"])
        where = "WHERE Artist = 'a' AND Title = 't0'"
        self.assertEqual(self.run_(f"UPDATE Music SET n = n + 10 REMOVE q {where} RETURNING MODIFIED NEW *"), [{"n": {"N": "10"}}])
        self.assertEqual(self.run_(f"UPDATE Music SET l = list_append(?, [2]) {where} RETURNING ALL NEW *", {"L": [{"N": "1"}]})[0]["l"],
                         {"L": [{"N": "1"}, {"N": "2"}]})
        self.assertEqual(self.run_(f"DELETE FROM Music {where} AND n > 3 RETURNING ALL OLD *")[0]["n"], {"N": "10"})
        self.assertEqual(self.refused(self.run_, statement=f"UPDATE Music SET n = 1 {where}")[0], "ConditionalCheckFailedException")
        self.assertEqual(self.invalid(self.run_, statement="UPDATE Music SET n = 1 WHERE Artist = 'a'"),
                         "Where clause does not contain a mandatory equality on all key attributes")
        lead = "Statement wasn't well formed, can't be processed: "
        for text, message in (("SLECT * FROM Music", lead + "Expected data manipulation"),
                              ("SELECT * FROM Music WHERE", lead + "Unexpected term"),
                              ("SELECT * FROM Music WHERE n = 1 foo", lead + "Unexpected token after expression"),
                              ("SELECT * FROM Music WHERE n = 1 AND", lead + "Missing right-hand side expression of infix operator"),
                              ("SELECT * FROM Music t WHERE n = 1", "Aliasing is not supported"),
                              ("SELECT * FROM Music WHERE n = 1 # note", lead),
                              ("DELETE FROM WHERE n = 1", lead + "Expected identifier for simple path"),
                              ("SELECT * FROM Music WHERE n = 1e126", "Number overflow. Attempting to store a number with magnitude larger than supported range under root")):
            self.assertEqual(self.invalid(self.run_, statement=text), message, text)

    @beyond_moto
    def test_batches_and_transactions(self):
        answers = self.client_.batch_execute_statement(Statements=[
            {"Statement": "INSERT INTO Music VALUE {'Artist': 'a', 'Title': 't'}"}, {"Statement": "INSERT INTO Music VALUE {'Artist': 'a', 'Title': 't'}"},
            {"Statement": "SELECT * FROM Music WHERE Artist = 'a' AND Title = 't'"}, {"Statement": "SELECT * FROM None WHERE p = 'x'"},
            {"Statement": "SLECT"}])["Responses"]
        self.assertEqual([a.get("Error", {}).get("Code") for a in answers], [None, "DuplicateItem", None, "ResourceNotFound", "ValidationError"])
        self.assertEqual(answers[2]["Item"], {"Artist": {"S": "a"}, "Title": {"S": "t"}})
        self.client_.execute_transaction(TransactStatements=[
            {"Statement": "INSERT INTO Music VALUE {'Artist': 'b', 'Title': 't'}"}, {"Statement": "UPDATE Music SET x = 1 WHERE Artist = 'a' AND Title = 't'"}])
        with self.assertRaises(self.client_.exceptions.TransactionCanceledException) as caught:
            self.client_.execute_transaction(TransactStatements=[
                {"Statement": "DELETE FROM Music WHERE Artist = 'a' AND Title = 't'"}, {"Statement": "INSERT INTO Music VALUE {'Artist': 'b', 'Title': 't'}"}])
        self.assertEqual([r["Code"] for r in caught.exception.response["CancellationReasons"]], ["None", "DuplicateItem"])
        found = self.client_.execute_transaction(TransactStatements=[{"Statement": "SELECT * FROM Music WHERE Artist = 'a' AND Title = 't'"}])["Responses"]
        self.assertEqual(found[0]["Item"]["x"], {"N": "1"})


@unittest.skipIf(ELSEWHERE, "needs a server of its own")
class RestartTest(DynamoCase):
    def test_everything_is_still_there(self):
        table = self.table(definitions=IndexTest.MORE[:1], GlobalSecondaryIndexes=[index("by-g", "g")],
                           StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
        for i in range(20):
            table.put_item(Item={"p": "a", "s": i, "g": "x"})
        before = self.client_.describe_table(TableName="table")["Table"]
        for number in (signal.SIGTERM, signal.SIGKILL):
            self.server.stop(number)
            self.start()
            after = self.client_.describe_table(TableName="table")["Table"]
            self.assertEqual(after, before)
            self.assertEqual(self.client_.query(TableName="table", IndexName="by-g", KeyConditionExpression="g = :g", ExpressionAttributeValues={":g": {"S": "x"}})["Count"], 20)
            self.assertEqual(len(StreamTest.records(self, before["LatestStreamArn"])["Records"]), 20)
            self.assertEqual(before["ItemCount"], 20)


@unittest.skipIf(AWS is None, "no AWS CLI")
class CliTest(DynamoCase):
    def aws(self, *arguments):
        answer = subprocess.run([AWS, "dynamodb", *arguments, "--endpoint-url", self.url, "--output", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True, timeout=120, env={**os.environ, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
                                                             "AWS_DEFAULT_REGION": "us-east-1", "AWS_PAGER": "", "HOME": self.folder})
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return json.loads(answer.stdout) if answer.stdout.strip() else None

    def test_as_in_the_getting_started_guide(self):
        self.aws("create-table", "--table-name", "Music", "--attribute-definitions", "AttributeName=Artist,AttributeType=S", "AttributeName=SongTitle,AttributeType=S",
                 "--key-schema", "AttributeName=Artist,KeyType=HASH", "AttributeName=SongTitle,KeyType=RANGE", "--billing-mode", "PAY_PER_REQUEST")
        self.addCleanup(self.drop, "Music")
        self.aws("put-item", "--table-name", "Music", "--item", '{"Artist": {"S": "No One"}, "SongTitle": {"S": "Call Me"}, "Awards": {"N": "1"}}')
        self.aws("update-item", "--table-name", "Music", "--key", '{"Artist": {"S": "No One"}, "SongTitle": {"S": "Call Me"}}',
                 "--update-expression", "SET Awards = :n", "--expression-attribute-values", '{":n": {"N": "2"}}')
        self.assertEqual(self.aws("get-item", "--table-name", "Music", "--key", '{"Artist": {"S": "No One"}, "SongTitle": {"S": "Call Me"}}')["Item"]["Awards"], {"N": "2"})
        found = self.aws("query", "--table-name", "Music", "--key-condition-expression", "Artist = :a", "--expression-attribute-values", '{":a": {"S": "No One"}}')
        self.assertEqual((found["Count"], found["ScannedCount"]), (1, 1))
        self.aws("delete-table", "--table-name", "Music")


if __name__ == "__main__":
    unittest.main()
