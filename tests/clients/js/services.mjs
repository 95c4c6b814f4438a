// SPDX-License-Identifier: Apache-2.0
// SQS, SNS, S3, DynamoDB and Lambda with clients that are told nothing: what `pawl env` prints is all they know. Services that the
// server does not have are skipped.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { deflateRawSync } from "node:zlib";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as lambda from "@aws-sdk/client-lambda";
import * as s3 from "@aws-sdk/client-s3";
import * as sns from "@aws-sdk/client-sns";
import * as sqs from "@aws-sdk/client-sqs";

const WAIT_MS_MAX = 30_000;
const health = await (await fetch(process.env.AWS_ENDPOINT_URL + "/_pawl/health")).json();
const without = (service) => ({ skip: health.services[service] ? false : `no ${service} here` });

const sender = (module, client) => (operation, input = {}) => client.send(new module[operation + "Command"](input));
const refused = async (promise, name) => {
  const error = await promise.then(() => assert.fail(`${name} was expected`), (caught) => caught);
  assert.equal(error.name, name, error.message);
  return error;
};

async function until(what, read) {
  const limit = Date.now() + WAIT_MS_MAX;
  for (;;) {
    const value = await read();
    if (value) return value;
    if (Date.now() > limit) assert.fail(`did not happen: ${what}`);
    await pause(10);
  }
}

const queue = sender(sqs, new sqs.SQSClient({}));
const topic = sender(sns, new sns.SNSClient({}));
const bucket = sender(s3, new s3.S3Client({}));
const table = sender(dynamodb, new dynamodb.DynamoDBClient({}));
const functions = sender(lambda, new lambda.LambdaClient({}));

test("SQS: the SDK checks digests and follows queue URLs", without("sqs"), async () => {
  const { QueueUrl } = await queue("CreateQueue", { QueueName: "js", Attributes: { VisibilityTimeout: "60" } });
  const sent = await queue("SendMessage", {
    QueueUrl,
    MessageBody: "Grüße 🎈",
    MessageAttributes: { n: { DataType: "Number", StringValue: "1" }, b: { DataType: "Binary", BinaryValue: new Uint8Array([0, 255]) } },
  });
  const { Messages } = await queue("ReceiveMessage", { QueueUrl, MessageAttributeNames: ["All"], MessageSystemAttributeNames: ["All"], WaitTimeSeconds: 5 });
  assert.equal(Messages[0].MessageId, sent.MessageId);
  assert.equal(Messages[0].Body, "Grüße 🎈");
  assert.deepEqual(Messages[0].MessageAttributes.b.BinaryValue, new Uint8Array([0, 255]));
  assert.equal(Messages[0].Attributes.ApproximateReceiveCount, "1");
  await queue("DeleteMessage", { QueueUrl, ReceiptHandle: Messages[0].ReceiptHandle });
  const batch = await queue("SendMessageBatch", { QueueUrl, Entries: [{ Id: "a", MessageBody: "x" }, { Id: "b", MessageBody: "y", DelaySeconds: 901 }] });
  assert.deepEqual([batch.Successful.length, batch.Failed[0].Code], [1, "InvalidParameterValue"]);
  const error = await refused(queue("GetQueueUrl", { QueueName: "nothing" }), "QueueDoesNotExist");
  assert.ok(error instanceof sqs.QueueDoesNotExist);
  await queue("DeleteQueue", { QueueUrl });
});

test("SNS: a message reaches the queue that subscribed", without("sns"), async () => {
  const { TopicArn } = await topic("CreateTopic", { Name: "js" });
  const { QueueUrl } = await queue("CreateQueue", { QueueName: "js-topic" });
  const { Attributes } = await queue("GetQueueAttributes", { QueueUrl, AttributeNames: ["QueueArn"] });
  await topic("Subscribe", { TopicArn, Protocol: "sqs", Endpoint: Attributes.QueueArn, Attributes: { RawMessageDelivery: "true" } });
  const { MessageId } = await topic("Publish", { TopicArn, Message: "hello" });
  assert.match(MessageId, /^[0-9a-f-]{36}$/);
  const { Messages } = await queue("ReceiveMessage", { QueueUrl, WaitTimeSeconds: 20 });
  assert.equal(Messages[0].Body, "hello");
  await refused(topic("Publish", { TopicArn: TopicArn + "-gone", Message: "x" }), "NotFoundException");
});

test("S3: objects, pages, parts, what is not there", without("s3"), async () => {
  const Bucket = "js-bucket";
  await bucket("CreateBucket", { Bucket });
  const put = await bucket("PutObject", { Bucket, Key: "a/ü 1.txt", Body: "hello", ContentType: "text/plain", Metadata: { made: "by-js" } });
  assert.match(put.ETag, /^"[0-9a-f]{32}"$/);
  const got = await bucket("GetObject", { Bucket, Key: "a/ü 1.txt" });
  assert.deepEqual([await got.Body.transformToString(), got.ContentType, got.Metadata.made], ["hello", "text/plain", "by-js"]);
  const range = await bucket("GetObject", { Bucket, Key: "a/ü 1.txt", Range: "bytes=1-3" });
  assert.equal(await range.Body.transformToString(), "ell");
  const { UploadId } = await bucket("CreateMultipartUpload", { Bucket, Key: "parts" });
  const part = await bucket("UploadPart", { Bucket, Key: "parts", UploadId, PartNumber: 1, Body: Buffer.alloc(100_000, "x") });
  await bucket("CompleteMultipartUpload", { Bucket, Key: "parts", UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag: part.ETag }] } });
  assert.equal((await bucket("HeadObject", { Bucket, Key: "parts" })).ContentLength, 100_000);
  const keys = [];
  for await (const page of s3.paginateListObjectsV2({ client: new s3.S3Client({}), pageSize: 1 }, { Bucket })) keys.push(...page.Contents.map((o) => o.Key));
  assert.deepEqual(keys, ["a/ü 1.txt", "parts"]);
  await refused(bucket("GetObject", { Bucket, Key: "nothing" }), "NoSuchKey");
  const removed = await bucket("DeleteObjects", { Bucket, Delete: { Objects: keys.map((Key) => ({ Key })) } });
  assert.equal(removed.Deleted.length, 2);
  await bucket("DeleteBucket", { Bucket });
});

test("DynamoDB: items, expressions, conditions, pages", without("dynamodb"), async () => {
  const TableName = "js-table";
  await table("CreateTable", {
    TableName,
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }, { AttributeName: "sk", AttributeType: "N" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }, { AttributeName: "sk", KeyType: "RANGE" }],
    BillingMode: "PAY_PER_REQUEST",
  });
  await dynamodb.waitUntilTableExists({ client: new dynamodb.DynamoDBClient({}), maxWaitTime: 20, minDelay: 1 }, { TableName });
  for (let i = 0; i < 5; ++i) await table("PutItem", { TableName, Item: { pk: { S: "a" }, sk: { N: `${i}` }, b: { B: new Uint8Array([i]) } } });
  const { Item } = await table("GetItem", { TableName, Key: { pk: { S: "a" }, sk: { N: "3" } } });
  assert.deepEqual(Item.b.B, new Uint8Array([3]));
  const query = { TableName, KeyConditionExpression: "pk = :p AND sk > :s", ExpressionAttributeValues: { ":p": { S: "a" }, ":s": { N: "0" } }, Limit: 2 };
  const found = [];
  for await (const page of dynamodb.paginateQuery({ client: new dynamodb.DynamoDBClient({}) }, query)) found.push(...page.Items.map((i) => i.sk.N));
  assert.deepEqual(found, ["1", "2", "3", "4"]);
  const condition = { TableName, Item: { pk: { S: "a" }, sk: { N: "1" } }, ConditionExpression: "attribute_not_exists(pk)" };
  await refused(table("PutItem", condition), "ConditionalCheckFailedException");
  await refused(table("GetItem", { TableName: "nothing", Key: { pk: { S: "a" } } }), "ResourceNotFoundException");
  await table("DeleteTable", { TableName });
});

/** A zip of one file (APPNOTE 4.3), without a library. */
function zip(name, text) {
  const data = Buffer.from(text);
  const packed = deflateRawSync(data);
  const table = Array.from({ length: 256 }, (_, n) => {
    for (let k = 0; k < 8; ++k) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n >>> 0;
  });
  const crc = ~data.reduce((sum, byte) => table[(sum ^ byte) & 255] ^ (sum >>> 8), 0xffffffff) >>> 0;
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(8, 4);
  common.writeUInt16LE(0x21, 8);
  common.writeUInt32LE(crc, 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(data.length, 18);
  common.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.from(name), packed]);
  const entry = Buffer.concat([Buffer.from("PK\x01\x02"), Buffer.from([20, 0]), common, Buffer.alloc(14), Buffer.from(name)]);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, entry, end]);
}

test("Lambda: a function is made and called", without("lambda"), async () => {
  const FunctionName = "js";
  await functions("CreateFunction", {
    FunctionName,
    Runtime: "nodejs20.x",
    Handler: "index.handler",
    Role: "arn:aws:iam::000000000000:role/worker",
    Code: { ZipFile: zip("index.mjs", "export const handler = async (event) => { if (event.fail) throw new Error('no'); return { got: event }; };") },
  });
  await until("Active", async () => (await functions("GetFunctionConfiguration", { FunctionName })).State === "Active");
  const answer = await functions("Invoke", { FunctionName, Payload: JSON.stringify({ a: 1 }), LogType: "Tail" });
  assert.deepEqual(JSON.parse(answer.Payload.transformToString()), { got: { a: 1 } });
  const failed = await functions("Invoke", { FunctionName, Payload: JSON.stringify({ fail: true }) });
  assert.equal(failed.FunctionError, "Unhandled");
  await refused(functions("GetFunction", { FunctionName: "nothing" }), "ResourceNotFoundException");
  await functions("DeleteFunction", { FunctionName });
});
