// SPDX-License-Identifier: Apache-2.0
// Where the jobs run (Batch: an environment of Spot instances in the account's default VPC, a queue, the definition of a job), and
// the state machine that submits them. Batch is written with CloudFormation's own types, which no version of the CDK has renamed.
import { Stack, StackProps } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { Jobs } from './jobs';
import { Step1Task } from './step1-task';
import { Step2Task } from './step2-task';
import { Step3Task } from './step3-task';

export interface MainStackProps extends StackProps {
  /** Names everything, and is the tag of the image. */
  readonly branch: string;
  /** Has the image already: push-image. */
  readonly ecrRepository: string;
}

const HOST_IMAGE = 'ami-096dbf55319e44970'; // of Amazon Linux 2 with ECS's agent, in eu-west-1
const JOB_MEMORY_MIB = 2000;
const JOB_VCPUS = 1;
const ENVIRONMENT_VCPUS_MAX = 10; // of all machines together

export class MainStack extends Stack {
  constructor(scope: Construct, id: string, props: MainStackProps) {
    super(scope, id, props);
    const { branch } = props;

    const queue = this.jobQueue(branch, this.computeEnvironment(branch));
    const repository = ecr.Repository.fromRepositoryName(this, 'Repository', props.ecrRepository);
    const definition = new batch.CfnJobDefinition(this, 'JobDefinition', {
      type: 'container',
      jobDefinitionName: `batch-steps-${branch}`,
      containerProperties: {
        image: repository.repositoryUriForTag(branch),
        memory: JOB_MEMORY_MIB,
        vcpus: JOB_VCPUS,
        privileged: false,
        readonlyRootFilesystem: false,
      },
      retryStrategy: { attempts: 1 },
      timeout: {},
    });

    this.stateMachine(branch, { branch, definitionArn: definition.ref, queueArn: queue.ref });
  }

  private computeEnvironment(branch: string): batch.CfnComputeEnvironment {
    const template = new ec2.CfnLaunchTemplate(this, 'LaunchTemplate', {
      launchTemplateName: `batch-steps-${branch}`,
      launchTemplateData: { imageId: HOST_IMAGE },
    });

    const serviceRole = new iam.Role(this, 'BatchServiceRole', {
      assumedBy: new iam.ServicePrincipal('batch.amazonaws.com'),
      managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSBatchServiceRole')],
    });
    const instanceRole = new iam.Role(this, 'InstanceRole', {
      assumedBy: new iam.CompositePrincipal(
        new iam.ServicePrincipal('ec2.amazonaws.com'),
        new iam.ServicePrincipal('ecs.amazonaws.com'),
      ),
      managedPolicies: [
        iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonECS_FullAccess'),
        iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonEC2ContainerServiceforEC2Role'),
      ],
    });
    // The console makes one with every role for EC2; nobody else does.
    const profile = new iam.CfnInstanceProfile(this, 'InstanceProfile', {
      instanceProfileName: `batch-steps-${branch}`,
      roles: [instanceRole.roleName],
    });

    const vpc = ec2.Vpc.fromLookup(this, 'Vpc', { isDefault: true });
    const group = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Hosts of the jobs of batch-steps: nothing in, all out',
    });

    const environment = new batch.CfnComputeEnvironment(this, 'ComputeEnvironment', {
      type: 'MANAGED',
      computeEnvironmentName: `batch-steps-${branch}`,
      serviceRole: serviceRole.roleArn,
      state: 'ENABLED',
      computeResources: {
        type: 'SPOT',
        allocationStrategy: 'SPOT_CAPACITY_OPTIMIZED',
        imageId: HOST_IMAGE,
        instanceRole: `batch-steps-${branch}`,
        instanceTypes: ['r4.large', 'r5.large'],
        launchTemplate: { launchTemplateName: `batch-steps-${branch}`, version: '$Latest' },
        minvCpus: 0,
        desiredvCpus: 0,
        maxvCpus: ENVIRONMENT_VCPUS_MAX,
        securityGroupIds: [group.securityGroupId],
        subnets: vpc.publicSubnets.map((subnet) => subnet.subnetId),
      },
    });
    // Both are told by name, which CloudFormation does not see.
    environment.node.addDependency(template);
    environment.node.addDependency(profile);
    return environment;
  }

  private jobQueue(branch: string, environment: batch.CfnComputeEnvironment): batch.CfnJobQueue {
    return new batch.CfnJobQueue(this, 'JobQueue', {
      jobQueueName: `batch-steps-${branch}`,
      priority: 100,
      state: 'ENABLED',
      computeEnvironmentOrder: [{ computeEnvironment: environment.ref, order: 1 }],
    });
  }

  private stateMachine(branch: string, jobs: Jobs): void {
    // What Step Functions' documentation asks for: Batch tells of a job's end by a rule of EventBridge that Step Functions keeps.
    const role = new iam.Role(this, 'StateMachineRole', {
      roleName: `batch-steps-${branch}`,
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com'),
      inlinePolicies: {
        jobs: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({
              actions: ['batch:SubmitJob', 'batch:DescribeJobs', 'batch:TerminateJob'],
              resources: ['*'],
            }),
            new iam.PolicyStatement({
              actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
              resources: [
                `arn:aws:events:${this.region}:${this.account}:rule/StepFunctionsGetEventsForBatchJobsRule`,
              ],
            }),
            new iam.PolicyStatement({
              actions: [
                'xray:PutTraceSegments',
                'xray:PutTelemetryRecords',
                'xray:GetSamplingRules',
                'xray:GetSamplingTargets',
              ],
              resources: ['*'],
            }),
          ],
        }),
      },
    });

    const step1 = new Step1Task(this, 'Step1', jobs);
    const step2 = new Step2Task(this, 'Step2', jobs);
    const step3 = new Step3Task(this, 'Step3', jobs);
    step1.state.next(step2.state).next(step3.state);

    const graph = new sfn.StateGraph(step1.state.startState, 'the three steps');
    new sfn.CfnStateMachine(this, 'StateMachine', {
      stateMachineName: `batch-steps-${branch}`,
      roleArn: role.roleArn,
      definitionString: this.toJsonString(graph.toGraphJson()),
    });
  }
}
