// SPDX-License-Identifier: Apache-2.0
// Step 2: a job for each of its parameters, all at once.
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { Jobs } from './jobs';

export class Step2Task extends Construct {
  readonly state: sfn.Map;

  constructor(scope: Construct, id: string, jobs: Jobs) {
    super(scope, id);
    const job = new tasks.BatchSubmitJob(this, 'Step2Job', {
      jobName: `batch-steps-${jobs.branch}-step2`,
      jobDefinitionArn: jobs.definitionArn,
      jobQueueArn: jobs.queueArn,
      integrationPattern: sfn.IntegrationPattern.RUN_JOB,
      containerOverrides: { environment: { PARAMETER: sfn.JsonPath.stringAt('$.step2_parameter') } },
      resultPath: '$.resultData',
    });
    this.state = new sfn.Map(this, 'Step2Map', {
      maxConcurrency: 0, // as many as there are
      itemsPath: sfn.JsonPath.stringAt('$.parameters.step2_parameters'),
      parameters: {
        'parameters.$': '$.parameters',
        'step2_parameter.$': '$$.Map.Item.Value',
      },
      outputPath: '$.[0]', // each job's output has the parameters; the first one's will do
    });
    this.state.iterator(job);
  }
}
