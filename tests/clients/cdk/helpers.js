// SPDX-License-Identifier: Apache-2.0
// A stack of what the CDK does by custom resources, with its own handlers: test_cdk_helpers.py deploys it. NODE_PATH says which library.
const cdk = require('aws-cdk-lib');
const ec2 = require('aws-cdk-lib/aws-ec2');
const iam = require('aws-cdk-lib/aws-iam');
const lambda = require('aws-cdk-lib/aws-lambda');
const logs = require('aws-cdk-lib/aws-logs');
const s3 = require('aws-cdk-lib/aws-s3');
const s3deploy = require('aws-cdk-lib/aws-s3-deployment');
const s3n = require('aws-cdk-lib/aws-s3-notifications');
const sqs = require('aws-cdk-lib/aws-sqs');
const cr = require('aws-cdk-lib/custom-resources');

const app = new cdk.App();
const fails = app.node.tryGetContext('fails') === 'true';

// autoDeleteObjects, BucketDeployment, notifications.
const files = new cdk.Stack(app, 'Files');
const bucket = new s3.Bucket(files, 'Bucket', { autoDeleteObjects: true, removalPolicy: cdk.RemovalPolicy.DESTROY });
const queue = new sqs.Queue(files, 'Queue');
bucket.addEventNotification(s3.EventType.OBJECT_CREATED, new s3n.SqsDestination(queue), { prefix: 'in/' });
new s3deploy.BucketDeployment(files, 'Deployment', {
  destinationBucket: bucket,
  destinationKeyPrefix: 'site',
  sources: [
    s3deploy.Source.asset(`${__dirname}/site`),
    s3deploy.Source.jsonData('config.json', { queue: queue.queueUrl, version: app.node.tryGetContext('version') ?? '1' }),
  ],
});
new cdk.CfnOutput(files, 'BucketName', { value: bucket.bucketName });
new cdk.CfnOutput(files, 'QueueUrl', { value: queue.queueUrl });

// logRetention, AwsCustomResource, a provider of our own with its waiting.
const calls = new cdk.Stack(app, 'Calls');
const told = new lambda.Function(calls, 'Told', {
  runtime: lambda.Runtime.NODEJS_18_X,
  handler: 'index.handler',
  code: lambda.Code.fromInline('exports.handler = async () => 1;'),
  logRetention: logs.RetentionDays.ONE_WEEK,
});
const parameter = new cr.AwsCustomResource(calls, 'Parameter', {
  onUpdate: {
    service: 'SSM',
    action: 'putParameter',
    parameters: { Name: '/helpers/parameter', Value: 'kept', Type: 'String', Overwrite: true },
    physicalResourceId: cr.PhysicalResourceId.of('parameter'),
  },
  onDelete: { service: 'SSM', action: 'deleteParameter', parameters: { Name: '/helpers/parameter' } },
  installLatestAwsSdk: false,
  policy: cr.AwsCustomResourcePolicy.fromSdkCalls({ resources: cr.AwsCustomResourcePolicy.ANY_RESOURCE }),
});
const inline = (id, code) => new lambda.Function(calls, id, {
  runtime: lambda.Runtime.PYTHON_3_11, handler: 'index.handler', code: lambda.Code.fromInline(code),
});
const provider = new cr.Provider(calls, 'Provider', {
  onEventHandler: inline('OnEvent', `
def handler(event, context):
    if event["ResourceProperties"].get("Fails") == "true" and event["RequestType"] != "Delete":
        raise Exception("as it was told to")
    return {"PhysicalResourceId": "thing-" + event["ResourceProperties"]["Name"], "Data": {"Request": event["RequestType"]}}
`),
  isCompleteHandler: inline('IsComplete', `
import time
def handler(event, context):
    done = int(time.time()) % 2 == 0
    return {"IsComplete": True, "Data": {"Answer": "42"}} if done else {"IsComplete": False}
`),
  queryInterval: cdk.Duration.seconds(1),
  totalTimeout: cdk.Duration.minutes(2),
});
const thing = new cdk.CustomResource(calls, 'Thing', {
  serviceToken: provider.serviceToken,
  properties: { Name: 'mine', Fails: String(fails) },
});
thing.node.addDependency(parameter);
new cdk.CfnOutput(calls, 'FunctionName', { value: told.functionName });
new cdk.CfnOutput(calls, 'Answer', { value: thing.getAttString('Answer') });
new cdk.CfnOutput(calls, 'ThingId', { value: thing.ref });

// A network as the CDK makes it; the default group's rules go by a custom resource.
const network = new cdk.Stack(app, 'Network', { env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION } });
const vpc = new ec2.Vpc(network, 'Vpc', {
  ipAddresses: ec2.IpAddresses.cidr('10.7.0.0/16'),
  maxAzs: 2,
  natGateways: 1,
  restrictDefaultSecurityGroup: true,
  gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
});
vpc.addInterfaceEndpoint('Queues', { service: ec2.InterfaceVpcEndpointAwsService.SQS });
vpc.addFlowLog('Flow');
const web = new ec2.SecurityGroup(network, 'Web', { vpc, allowAllOutbound: false });
web.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'from everywhere');
const data = new ec2.SecurityGroup(network, 'Data', { vpc });
data.connections.allowFrom(web, ec2.Port.tcp(5432));
new iam.Role(network, 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
new cdk.CfnOutput(network, 'VpcId', { value: vpc.vpcId });
new cdk.CfnOutput(network, 'DefaultGroup', { value: vpc.vpcDefaultSecurityGroup });
new cdk.CfnOutput(network, 'PrivateSubnets', { value: vpc.privateSubnets.map((subnet) => subnet.subnetId).join(',') });

app.synth();
