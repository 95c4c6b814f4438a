// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { pathOf, resourcePath, shortName } from "./arn-path";

const kArn = "arn:aws";

test.each([
  [`${kArn}:s3:::pictures`, "/s3/pictures"],
  [`${kArn}:s3:::pictures/a b/ä.png`, "/s3/pictures/object?key=a+b%2F%C3%A4.png"],
  [`${kArn}:dynamodb:us-east-1:000000000000:table/orders/index/by-date`, "/dynamodb/orders"],
  [`${kArn}:lambda:us-east-1:000000000000:function:resize:live`, "/lambda/resize?qualifier=live"],
  [`${kArn}:sqs:us-east-1:000000000000:jobs.fifo`, "/sqs/jobs.fifo"],
  [`${kArn}:sns:us-east-1:000000000000:news:2d3b`, "/sns/news"],
  [`${kArn}:events:us-east-1:000000000000:rule/hourly`, "/events/default/hourly"],
  [`${kArn}:events:us-east-1:000000000000:rule/shop/paid`, "/events/shop/paid"],
  [`${kArn}:scheduler:us-east-1:000000000000:schedule/default/nightly`, "/scheduler/default/nightly"],
  [`${kArn}:batch:us-east-1:000000000000:job-definition/steps:3`, "/batch/definitions/steps%3A3"],
  [`${kArn}:cloudformation:us-east-1:000000000000:stack/shop/1f2e`, "/cloudformation/shop"],
  [`${kArn}:logs:us-east-1:000000000000:log-group:/aws/lambda/resize:*`, "/logs/%2Faws%2Flambda%2Fresize"],
  [`${kArn}:states:us-east-1:000000000000:execution:m:e`, `/executions/${encodeURIComponent(`${kArn}:states:us-east-1:000000000000:execution:m:e`)}`],
  ["http://localhost:4566/000000000000/jobs", "/sqs/jobs"],
])("%s has a page", (arn, path) => expect(pathOf(arn)).toBe(path));

test.each(["arn:aws:iam::000000000000:role/r", "arn:aws", "orders", "https://example.org/a", "arn:aws:lambda:us-east-1:1:layer:x"])(
  "%s has none",
  (name) => expect(pathOf(name)).toBeUndefined(),
);

test("short names", () => {
  expect(shortName(`${kArn}:lambda:us-east-1:0:function:resize:3`)).toBe("resize:3");
  expect(shortName(`${kArn}:pipes:us-east-1:0:pipe/p`)).toBe("p");
  expect(shortName("http://localhost:4566/000000000000/jobs")).toBe("jobs");
  expect(shortName("no arn")).toBe("no arn");
});

test("resources of stacks are known by ARN or by type and name", () => {
  expect(resourcePath("AWS::S3::Bucket", "b")).toBe("/s3/b");
  expect(resourcePath("AWS::Events::Rule", "shop|paid")).toBe("/events/shop/paid");
  expect(resourcePath("AWS::IAM::Role", "r")).toBeUndefined();
});
