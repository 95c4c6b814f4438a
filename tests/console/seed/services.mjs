// SPDX-License-Identifier: Apache-2.0
// Something in each service.
import { deflateRawSync } from "node:zlib";
import { until } from "../harness/server.mjs";
import { kDefinitions, kHostile, kRole, makeMachine } from "./machines.mjs";
import { crc32, png } from "./pictures.mjs";

const base64 = (data) => Buffer.from(data).toString("base64");

export function putObject(server, Bucket, Key, data, ContentType) {
  return server.call("s3", "PutObject", { Bucket, Key, Body: base64(data), ContentType });
}

export async function seedBuckets(server) {
  await server.call("s3", "CreateBucket", { Bucket: "pictures" });
  await server.call("s3", "CreateBucket", { Bucket: "empty" });
  await putObject(server, "pictures", "cats/tabby.png", png(320, 240, 20), "image/png");
  await putObject(server, "pictures", "cats/black.png", png(320, 240, 120), "image/png");
  await putObject(server, "pictures", "notes/readme.txt", "Plain text, a few words.\n", "text/plain");
  await putObject(server, "pictures", "data.json", JSON.stringify({ items: [1, 2, 3], deep: { yes: true } }), "application/json");
  await putObject(server, "pictures", "page.html", "<script>window.top.pwned=3;alert(1)</script><h1>Page</h1>", "text/html");
  await putObject(server, "pictures", "drawing.svg", `<svg xmlns="http://www.w3.org/2000/svg" onload="window.top.pwned=4"><rect width="40" height="40"/></svg>`, "image/svg+xml");
  for (const name of Object.values(kHostile)) await putObject(server, "pictures", `hostile/${name}`, name, "text/plain");
}

export async function seedTables(server) {
  await server.call("dynamodb", "CreateTable", {
    TableName: "users",
    KeySchema: [
      { AttributeName: "name", KeyType: "HASH" },
      { AttributeName: "year", KeyType: "RANGE" },
    ],
    AttributeDefinitions: [
      { AttributeName: "name", AttributeType: "S" },
      { AttributeName: "year", AttributeType: "N" },
    ],
    BillingMode: "PAY_PER_REQUEST",
  });
  const items = ["ada", "grace", "linus", ...Object.values(kHostile)].map((name, index) => ({
    name: { S: name },
    year: { N: String(1990 + index) },
    tags: { SS: ["a", "b"] },
    nested: { M: { deep: { L: [{ N: "1" }, { BOOL: true }, { NULL: true }] } } },
    picture: { B: base64("bytes") },
  }));
  for (const Item of items) await server.call("dynamodb", "PutItem", { TableName: "users", Item });
}

export async function seedMessages(server) {
  const { QueueUrl } = await server.call("sqs", "CreateQueue", { QueueName: "jobs" });
  await server.call("sqs", "CreateQueue", { QueueName: "jobs.fifo", Attributes: { FifoQueue: "true" } });
  for (const MessageBody of ["first", JSON.stringify({ job: 2 }), ...Object.values(kHostile)])
    await server.call("sqs", "SendMessage", { QueueUrl, MessageBody });
  const { Attributes } = await server.call("sqs", "GetQueueAttributes", { QueueUrl, AttributeNames: ["QueueArn"] });
  const { TopicArn } = await server.call("sns", "CreateTopic", { Name: "news" });
  await server.call("sns", "Subscribe", { TopicArn, Protocol: "email", Endpoint: "ada@example.com" });
  await server.call("sns", "Subscribe", { TopicArn, Protocol: "sqs", Endpoint: Attributes.QueueArn });
  await server.call("sns", "Publish", { TopicArn, Subject: "Good news", Message: `It works. ${kHostile.markup}` });
  return { QueueUrl, TopicArn, queueArn: Attributes.QueueArn };
}

/** A zip archive of one file (PKWARE APPNOTE 4.3). */
export function zip(name, text) {
  const data = Buffer.from(text);
  const packed = deflateRawSync(data);
  const crc = crc32(data);
  const file = Buffer.from(name);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(8, 4);
  common.writeUInt32LE(crc, 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(data.length, 18);
  common.writeUInt16LE(file.length, 22);
  const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, file, packed]);
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE((0o100644 << 16) >>> 0, 6);
  const central = Buffer.concat([Buffer.from("PK\x01\x02"), Buffer.from([20, 3]), common, tail, file]);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}


const kHandler = `
import json

def handler(event, context):
    print("got", json.dumps(event))
    print("<img src=x onerror='window.pwned=5'>")
    return {"doubled": event.get("number", 0) * 2}
`;

export async function seedFunction(server) {
  await server.call("lambda", "CreateFunction", {
    FunctionName: "double",
    Runtime: "python3.12",
    Handler: "index.handler",
    Role: kRole,
    Code: { ZipFile: base64(zip("index.py", kHandler)) },
  });
  await until("the function", async () => {
    const { Configuration } = await server.call("lambda", "GetFunction", { FunctionName: "double" });
    return Configuration.State === "Active";
  });
  await server.call("lambda", "Invoke", { FunctionName: "double", Payload: base64(JSON.stringify({ number: 21 })) });
}

export async function seedRules(server, queueArn) {
  const target = await makeMachine(server, "on-order", kDefinitions.fails);
  await server.call("events", "PutRule", {
    Name: "orders",
    EventPattern: JSON.stringify({ source: ["shop"], "detail-type": ["order"] }),
    Description: "Orders go to a workflow",
  });
  await server.call("events", "PutTargets", { Rule: "orders", Targets: [{ Id: "queue", Arn: queueArn }] });
  await server.call("scheduler", "CreateSchedule", {
    Name: "nightly",
    ScheduleExpression: "cron(0 3 * * ? *)",
    FlexibleTimeWindow: { Mode: "OFF" },
    Target: { Arn: target, RoleArn: kRole, Input: "{}" },
  });
  await server.call("pipes", "CreatePipe", { Name: "jobs-to-workflow", RoleArn: kRole, Source: queueArn, Target: target, DesiredState: "STOPPED" });
}

const kTemplate = {
  AWSTemplateFormatVersion: "2010-09-09",
  Description: "A bucket and a queue",
  Resources: { Bucket: { Type: "AWS::S3::Bucket" }, Queue: { Type: "AWS::SQS::Queue", Properties: { QueueName: "from-a-stack" } } },
  Outputs: { QueueUrl: { Value: { Ref: "Queue" } } },
};

export async function seedStacks(server) {
  await server.call("cloudformation", "CreateStack", { StackName: "good", TemplateBody: JSON.stringify(kTemplate) });
  const bad = { ...kTemplate, Resources: { Queue: { Type: "AWS::SQS::Queue", Properties: { QueueName: "from-a-stack" } } } };
  await untilStack(server, "good");
  await server.call("cloudformation", "CreateStack", { StackName: "bad", TemplateBody: JSON.stringify(bad) });
  await untilStack(server, "bad");
}

function untilStack(server, StackName) {
  return until(`stack ${StackName}`, async () => {
    const { Stacks } = await server.call("cloudformation", "DescribeStacks", { StackName });
    return /COMPLETE$|FAILED$/.test(Stacks[0].StackStatus);
  });
}

export async function seedBatch(server) {
  await server.call("batch", "CreateComputeEnvironment", {
    computeEnvironmentName: "local",
    type: "MANAGED",
    state: "ENABLED",
    computeResources: { type: "FARGATE", maxvCpus: 4, subnets: ["subnet-1"], securityGroupIds: ["sg-1"] },
    serviceRole: kRole,
  });
  await server.call("batch", "CreateJobQueue", {
    jobQueueName: "work",
    state: "ENABLED",
    priority: 1,
    computeEnvironmentOrder: [{ order: 1, computeEnvironment: "local" }],
  });
  await server.call("batch", "RegisterJobDefinition", {
    jobDefinitionName: "hello",
    type: "container",
    containerProperties: { image: "busybox", command: ["echo", "hello"], vcpus: 1, memory: 64 },
  });
  await server.call("batch", "SubmitJob", { jobName: "hello-1", jobQueue: "work", jobDefinition: "hello" });
}

export async function seedServices(server) {
  const messages = await seedMessages(server);
  await Promise.all([seedBuckets(server), seedTables(server), seedFunction(server), seedStacks(server), seedRules(server, messages.queueArn), seedBatch(server)]);
  return messages;
}

/** A state machine and an execution whose every name is hostile. */
export async function seedHostile(server) {
  const machine = await makeMachine(server, "hostile", kDefinitions.hostile);
  const named = await makeMachine(server, kHostile.long, kDefinitions.waits);
  return { machine, named };
}
