// SPDX-License-Identifier: Apache-2.0
// The state machine: batches of paths, a Map that downloads them, a word on whether all went well,
// a Map that writes down what was stored, and a message about what was not.
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';

export interface DownloadMachineProps {
  readonly batch: lambda.IFunction;
  readonly download: lambda.IFunction;
  readonly consolidate: lambda.IFunction;
  readonly table: dynamodb.ITable;
  readonly topic: sns.ITopic;
}

export class DownloadMachine extends Construct {
  readonly machine: sfn.StateMachine;

  constructor(scope: Construct, id: string, props: DownloadMachineProps) {
    super(scope, id);

    const makeBatches = new tasks.LambdaInvoke(this, 'Make batches', {
      lambdaFunction: props.batch,
      payloadResponseOnly: true,
    });

    const downloadBatches = new sfn.Map(this, 'Download batches', {
      itemsPath: '$.tasks',
      maxConcurrency: 5,
      resultSelector: { 'results.$': '$[*][*]' },
    });
    downloadBatches.itemProcessor(
      new tasks.LambdaInvoke(this, 'Download batch', {
        lambdaFunction: props.download,
        payloadResponseOnly: true,
      }),
    );

    const consolidate = new tasks.LambdaInvoke(this, 'Consolidate', {
      lambdaFunction: props.consolidate,
      payloadResponseOnly: true,
      inputPath: '$.results[*].statusCode',
      resultPath: '$.allSucceeded',
    });

    const writeImages = new sfn.Map(this, 'Write images', {
      inputPath: '$.results[?(@.statusCode == 200)]',
      itemsPath: '$',
      resultPath: sfn.JsonPath.DISCARD,
    });
    writeImages.itemProcessor(
      new tasks.DynamoPutItem(this, 'Write image', {
        table: props.table,
        item: {
          url: tasks.DynamoAttributeValue.fromString(sfn.JsonPath.stringAt('$.url')),
          filename: tasks.DynamoAttributeValue.fromString(sfn.JsonPath.stringAt('$.filename')),
        },
      }),
    );

    const tellOfFailures = new tasks.SnsPublish(this, 'Tell of failures', {
      topic: props.topic,
      inputPath: '$.results[?(@.statusCode != 200)].message',
      message: sfn.TaskInput.fromJsonPathAt('$'),
      subject: 'Failed stepfunction download tasks',
    });
    const fail = new sfn.Fail(this, 'Some failed', {
      cause: 'One or more resources failed to download',
    });

    const definition = makeBatches
      .next(downloadBatches)
      .next(consolidate)
      .next(writeImages)
      .next(
        new sfn.Choice(this, 'All succeeded?')
          .when(
            sfn.Condition.booleanEquals('$.allSucceeded', false),
            tellOfFailures.next(fail),
          )
          .otherwise(new sfn.Pass(this, 'All stored')),
      );

    this.machine = new sfn.StateMachine(this, 'Resource', {
      definitionBody: sfn.DefinitionBody.fromChainable(definition),
    });
  }
}
