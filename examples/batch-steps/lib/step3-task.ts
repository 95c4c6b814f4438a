// SPDX-License-Identifier: Apache-2.0
// Step 3: as step 2, written in the Amazon States Language itself: so everything the language has can be said, whatever the CDK knows.
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { Jobs } from './jobs';

export class Step3Task extends Construct {
  readonly state: sfn.CustomState;

  constructor(scope: Construct, id: string, jobs: Jobs) {
    super(scope, id);
    this.state = new sfn.CustomState(this, 'Step3Map', {
      stateJson: {
        Type: 'Map',
        MaxConcurrency: 0,
        ItemsPath: '$.parameters.step3_parameters',
        Parameters: {
          'parameters.$': '$.parameters',
          'step3_parameter.$': '$$.Map.Item.Value',
        },
        Iterator: {
          StartAt: 'Step3Job',
          States: {
            Step3Job: {
              Type: 'Task',
              Resource: 'arn:aws:states:::batch:submitJob.sync',
              Parameters: {
                JobDefinition: jobs.definitionArn,
                JobName: `batch-steps-${jobs.branch}-step3`,
                JobQueue: jobs.queueArn,
                ContainerOverrides: {
                  Environment: [{ Name: 'PARAMETER', 'Value.$': '$.step3_parameter' }],
                },
              },
              ResultPath: '$.resultData',
              End: true,
            },
          },
        },
        OutputPath: '$.[0]',
      },
    });
  }
}
