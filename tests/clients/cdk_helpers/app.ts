// SPDX-License-Identifier: Apache-2.0
// What the CDK does by custom resources and functions of its own: emptying buckets, filling them,
// notifications, retention of logs, providers that wait, single calls of AWS's SDK; a function
// bundled by esbuild, a nested stack.
import { App, CfnOutput, CustomResource, Duration, NestedStack, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { LambdaDestination } from 'aws-cdk-lib/aws-s3-notifications';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import * as cr from 'aws-cdk-lib/custom-resources';

const stack = new Stack(new App(), 'Helpers');

const nested = new NestedStack(stack, 'Nested');
const queue = new sqs.Queue(nested, 'Queue');

const bucket = new s3.Bucket(stack, 'Bucket', {
  autoDeleteObjects: true,
  removalPolicy: RemovalPolicy.DESTROY,
  enforceSSL: true,
});

const told = new NodejsFunction(stack, 'Told', {
  entry: 'function/index.ts',
  runtime: lambda.Runtime.NODEJS_22_X,
  depsLockFilePath: 'package-lock.json',
  environment: { QUEUE_URL: queue.queueUrl },
  logRetention: logs.RetentionDays.ONE_WEEK,
  timeout: Duration.seconds(20),
});
queue.grantSendMessages(told);
bucket.addEventNotification(s3.EventType.OBJECT_CREATED, new LambdaDestination(told), {
  prefix: 'site/',
});

const deployment = new BucketDeployment(stack, 'Deployment', {
  sources: [Source.asset('site'), Source.jsonData('config.json', { queue: queue.queueName })],
  destinationBucket: bucket,
  destinationKeyPrefix: 'site/',
});
deployment.node.addDependency(bucket.node.findChild('Notifications'));

const onEvent = new lambda.Function(stack, 'OnEvent', {
  runtime: lambda.Runtime.PYTHON_3_13,
  handler: 'index.handler',
  code: lambda.Code.fromInline(
    'def handler(event, context):\n' +
      "  return {'PhysicalResourceId': 'the-one', 'Data': {'Was': event['RequestType'] + ' ' + event['ResourceProperties']['word']}}\n",
  ),
});
const isComplete = new lambda.Function(stack, 'IsComplete', {
  runtime: lambda.Runtime.PYTHON_3_13,
  handler: 'index.handler',
  code: lambda.Code.fromInline(
    'import time\nbegan = time.time()\n' +
      "def handler(event, context):\n  return {'IsComplete': time.time() - began > 0.5}\n", // not the first time
  ),
});
const provider = new cr.Provider(stack, 'Provider', {
  onEventHandler: onEvent,
  isCompleteHandler: isComplete,
  queryInterval: Duration.seconds(1),
});
const custom = new CustomResource(stack, 'Custom', {
  serviceToken: provider.serviceToken,
  resourceType: 'Custom::Word',
  properties: { word: 'first' },
});

const parameter = new ssm.StringParameter(stack, 'Parameter', { stringValue: 'kept in a parameter' });
const call = new cr.AwsCustomResource(stack, 'Call', {
  onUpdate: {
    service: 'SSM',
    action: 'GetParameter',
    parameters: { Name: parameter.parameterName },
    physicalResourceId: cr.PhysicalResourceId.of('call'),
  },
  policy: cr.AwsCustomResourcePolicy.fromSdkCalls({ resources: [parameter.parameterArn] }),
  installLatestAwsSdk: false,
});

new CfnOutput(stack, 'BucketName', { value: bucket.bucketName });
new CfnOutput(stack, 'QueueUrl', { value: queue.queueUrl });
new CfnOutput(stack, 'FunctionName', { value: told.functionName });
new CfnOutput(stack, 'Was', { value: custom.getAttString('Was') });
new CfnOutput(stack, 'Read', { value: call.getResponseField('Parameter.Value') });
