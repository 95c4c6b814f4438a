// SPDX-License-Identifier: Apache-2.0
// Step 1: one job, and the machine waits for its end.
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { Jobs } from './jobs';

export class Step1Task extends Construct {
  readonly state: tasks.BatchSubmitJob;

  constructor(scope: Construct, id: string, jobs: Jobs) {
    super(scope, id);
    this.state = new tasks.BatchSubmitJob(this, 'Step1Job', {
      jobName: `batch-steps-${jobs.branch}-step1`,
      jobDefinitionArn: jobs.definitionArn,
      jobQueueArn: jobs.queueArn,
      integrationPattern: sfn.IntegrationPattern.RUN_JOB,
      containerOverrides: {
        environment: { PARAMETER: sfn.JsonPath.stringAt('$.parameters.step1_parameter') },
      },
      resultPath: '$.resultData', // beside the parameters, which the next steps need
    });
  }
}
