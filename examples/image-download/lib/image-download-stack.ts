// SPDX-License-Identifier: Apache-2.0
// Everything that the system is made of: where images and their names go, three functions, the
// state machine, and the HTTP API that starts it.
import * as path from 'node:path';
import { CfnOutput, Duration, RemovalPolicy, Stack, StackProps } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { DownloadMachine } from './download-machine';
import { StartApi } from './start-api';

const functions = path.join(__dirname, '..', 'functions');
const runtime = lambda.Runtime.PYTHON_3_12;

export class ImageDownloadStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    const bucket = new s3.Bucket(this, 'ImagesBucket', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: s3.BucketEncryption.S3_MANAGED,
      lifecycleRules: [
        {
          transitions: [
            {
              storageClass: s3.StorageClass.GLACIER_INSTANT_RETRIEVAL,
              transitionAfter: Duration.days(1),
            },
          ],
        },
      ],
      removalPolicy: RemovalPolicy.DESTROY,
    });

    const table = new dynamodb.Table(this, 'ImagesTable', {
      partitionKey: { name: 'url', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      removalPolicy: RemovalPolicy.DESTROY,
    });

    const key = new kms.Key(this, 'FailedDownloadsKey', {
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const topic = new sns.Topic(this, 'FailedDownloadsTopic', { masterKey: key });

    const batch = new lambda.Function(this, 'batchLambda', {
      runtime,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(path.join(functions, 'batch')),
      timeout: Duration.seconds(5),
    });

    const download = new lambda.Function(this, 'downloadLambda', {
      runtime,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(path.join(functions, 'download'), {
        bundling: {
          image: runtime.bundlingImage,
          command: [
            'bash',
            '-c',
            'pip install -r requirements.in -t /asset-output && cp -au . /asset-output',
          ],
        },
      }),
      timeout: Duration.seconds(120),
      environment: { IMAGES_BUCKET_NAME: bucket.bucketName },
    });
    bucket.grantPut(download);

    const consolidate = new lambda.Function(this, 'consolidateLambda', {
      runtime,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(path.join(functions, 'consolidate')),
    });

    const { machine } = new DownloadMachine(this, 'DownloadMachine', {
      batch,
      download,
      consolidate,
      table,
      topic,
    });
    key.grant(machine, 'kms:Decrypt', 'kms:GenerateDataKey*'); // to publish encrypted messages

    const api = new StartApi(this, 'StartApi', {
      machine,
      role: new iam.Role(this, 'StartApiRole', {
        assumedBy: new iam.ServicePrincipal('apigateway.amazonaws.com'),
      }),
    });

    new CfnOutput(this, 'ApiUrl', { value: api.url });
    new CfnOutput(this, 'StateMachineArn', { value: machine.stateMachineArn });
    new CfnOutput(this, 'BucketName', { value: bucket.bucketName });
    new CfnOutput(this, 'TableName', { value: table.tableName });
    new CfnOutput(this, 'TopicArn', { value: topic.topicArn });
  }
}
