// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { kWholeTable, parseQuery, printQuery, requestOf } from "./item-query";
import type { TableDescription } from "./table-types";

const kTable: TableDescription = {
  TableName: "orders",
  TableStatus: "ACTIVE",
  TableArn: "",
  KeySchema: [
    { AttributeName: "customer", KeyType: "HASH" },
    { AttributeName: "number", KeyType: "RANGE" },
  ],
  AttributeDefinitions: [
    { AttributeName: "customer", AttributeType: "S" },
    { AttributeName: "number", AttributeType: "N" },
    { AttributeName: "state", AttributeType: "S" },
  ],
  GlobalSecondaryIndexes: [{ IndexName: "by-state", KeySchema: [{ AttributeName: "state", KeyType: "HASH" }] }],
};

test("the whole table is a Scan with nothing else", () => {
  expect(requestOf(kTable, kWholeTable)).toEqual({ TableName: "orders" });
});

test("key conditions have the key's types", () => {
  expect(requestOf(kTable, { ...kWholeTable, operation: "Query", hash: "ada", rangeOperator: "between", range: "1", rangeTo: "9", isDescending: true })).toEqual({
    TableName: "orders",
    KeyConditionExpression: "#n0 = :v0 AND #n1 BETWEEN :v1 AND :v2",
    ScanIndexForward: false,
    ExpressionAttributeNames: { "#n0": "customer", "#n1": "number" },
    ExpressionAttributeValues: { ":v0": { S: "ada" }, ":v1": { N: "1" }, ":v2": { N: "9" } },
  });
});

test("an index has its own key, filters share names", () => {
  const filters = [
    { name: "state", operator: "exists" as const, type: "S" as const, value: "" },
    { name: "total", operator: ">" as const, type: "N" as const, value: "5" },
    { name: "", operator: "=" as const, type: "S" as const, value: "" },
  ];
  expect(requestOf(kTable, { ...kWholeTable, operation: "Query", index: "by-state", hash: "open", filters })).toEqual({
    TableName: "orders",
    IndexName: "by-state",
    KeyConditionExpression: "#n0 = :v0",
    FilterExpression: "attribute_exists(#n0) AND #n1 > :v1",
    ExpressionAttributeNames: { "#n0": "state", "#n1": "total" },
    ExpressionAttributeValues: { ":v0": { S: "open" }, ":v1": { N: "5" } },
  });
});

test("a query stands in the URL and comes back", () => {
  const query = { ...kWholeTable, operation: "Query" as const, hash: "a&b" };
  expect(parseQuery(printQuery(query) ?? null)).toEqual(query);
  expect(printQuery(kWholeTable)).toBeUndefined();
  expect(parseQuery("no JSON")).toEqual(kWholeTable);
});
