// SPDX-License-Identifier: Apache-2.0
// A stack of all that the CDK looks up in an account before it makes a template: test_cdk_helpers.py synthesizes it.
const cdk = require('aws-cdk-lib');
const ec2 = require('aws-cdk-lib/aws-ec2');
const ecs = require('aws-cdk-lib/aws-ecs');
const kms = require('aws-cdk-lib/aws-kms');
const ssm = require('aws-cdk-lib/aws-ssm');

const app = new cdk.App();
const stack = new cdk.Stack(app, 'Lookups', { env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION } });
const tell = (name, value) => new cdk.CfnOutput(stack, name, { value: String(value) });

tell('Zones', stack.availabilityZones.join(','));
const theirs = ec2.Vpc.fromLookup(stack, 'VpcByDefault', { isDefault: true });
tell('DefaultVpc', theirs.vpcId);
const mine = ec2.Vpc.fromLookup(stack, 'VpcByName', { vpcName: 'mine' });
tell('Public', mine.publicSubnets.map((subnet) => subnet.subnetId).join(','));
tell('Isolated', mine.isolatedSubnets.map((subnet) => subnet.subnetId).join(','));
tell('Gateway', mine.vpnGatewayId);
tell('Group', ec2.SecurityGroup.fromLookupByName(stack, 'GroupOfDefault', 'default', theirs).securityGroupId);
tell('Image', ec2.MachineImage.lookup({ name: 'al2023-ami-2023.*-x86_64', owners: ['amazon'] }).getImage(stack).imageId);
tell('Latest', ec2.MachineImage.latestAmazonLinux2023({ cachedInContext: true }).getImage(stack).imageId);
tell('ForContainers', ecs.EcsOptimizedImage.amazonLinux2023(undefined, { cachedInContext: true }).getImage(stack).imageId);
tell('Parameter', ssm.StringParameter.valueFromLookup(stack, '/lookups/parameter'));
tell('Key', kms.Key.fromLookup(stack, 'KeyByAlias', { aliasName: 'alias/lookups' }).keyId);
new ec2.InterfaceVpcEndpoint(stack, 'Endpoint', {
  vpc: theirs,
  service: new ec2.InterfaceVpcEndpointService(`com.amazonaws.${stack.region}.sqs`, 443),
  lookupSupportedAzs: true,
});
tell('None', ec2.Vpc.fromLookup(stack, 'Nowhere', { vpcName: app.node.tryGetContext('missing') ?? 'mine' }).vpcId);
app.synth();
