// SPDX-License-Identifier: Apache-2.0
// A nested stack whose queue a function of the outer one writes to; the function is bundled by esbuild.
import { App, CfnOutput, Duration, NestedStack, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as sqs from 'aws-cdk-lib/aws-sqs';

const stack = new Stack(new App(), 'Outer');
const nested = new NestedStack(stack, 'Nested');
const queue = new sqs.Queue(nested, 'Queue', { visibilityTimeout: Duration.seconds(40) });

const writer = new NodejsFunction(stack, 'Writer', {
  entry: 'function/index.ts',
  runtime: lambda.Runtime.NODEJS_22_X,
  depsLockFilePath: 'package-lock.json',
  environment: { QUEUE_URL: queue.queueUrl },
  timeout: Duration.seconds(20),
});
queue.grantSendMessages(writer);

new CfnOutput(stack, 'QueueUrl', { value: queue.queueUrl });
new CfnOutput(stack, 'FunctionName', { value: writer.functionName });
