// SPDX-License-Identifier: Apache-2.0
// The app: one stack for each branch of the work, so that several can stand side by side. What it needs to know it takes from the
// context: -c branch=…, -c ecr_repository=… (both have a default in cdk.json), -c account=…, -c region=…
import { App } from 'aws-cdk-lib';
import { MainStack } from '../lib/main-stack';

const app = new App();

function needed(name: string, otherwise?: string): string {
  const value = app.node.tryGetContext(name) ?? otherwise;
  if (!value) throw new Error(`the context "${name}" is not given: cdk … -c ${name}=VALUE`);
  return String(value);
}

const branch = needed('branch');
const account = needed('account', process.env.CDK_DEFAULT_ACCOUNT);
const region = needed('region', process.env.CDK_DEFAULT_REGION);

new MainStack(app, 'BatchStepsStack', {
  stackName: `batch-steps-${branch}`,
  env: { account, region }, // a look-up of the VPC needs both
  branch,
  ecrRepository: needed('ecr_repository'),
});
