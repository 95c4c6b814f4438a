# SPDX-License-Identifier: Apache-2.0
"""What the CDK does by custom resources, with its own handlers (cdk/helpers.js): buckets that are emptied at the end, files put into them,
notifications, retention of logs, calls of the SDK, a provider that waits, a default group without rules; in a network as the CDK makes it.
Deployed, changed, failing, destroyed; with the current library (of image-download) and one of 2023 (of batch-steps). And what the CDK looks up
in an account before it makes a template (cdk/lookups.js)."""
import json
import os
import sys
import unittest

import cdk_case
from cdk_case import CdkCase

TOOLS = ("bwrap",)


def why_not(modules):
    # The SDK for functions in Node.js: ./dev puts it beside the folder of the program.
    packages = os.environ.get("PAWL_NODE_MODULES") or os.path.join(os.path.dirname(os.environ["PAWL"]), "..", "share", "pawl", "node_modules")
    if not os.path.isdir(os.path.join(packages, "@aws-sdk", "client-ssm")):
        return "no AWS SDK for functions: run ./dev setup"
    return cdk_case.why_not(modules, TOOLS)


class HelpersCase(CdkCase):
    EXAMPLE = os.path.join("..", "tests", "clients", "cdk")
    MODULES = ""  # the example whose node_modules has the library
    STACKS = ()
    outputs = None

    @classmethod
    def setUpClass(cls):
        why = why_not(cls.MODULES)
        if why:
            raise unittest.SkipTest(why)
        super().setUpClass()
        modules = os.path.join(cls.app, "node_modules")
        os.unlink(modules)
        os.symlink(os.path.abspath(os.path.join(cdk_case.EXAMPLES, cls.MODULES, "node_modules")), modules)

    def setUp(self):
        if self.outputs is None and "deploy" not in self._testMethodName:
            self.skipTest("it was not deployed")

    def output(self, stack, name):
        return self.outputs[stack][name]

    def put(self, *words, status=0):
        return self.cdk("deploy", "--require-approval", "never", "--concurrency", "3", "--outputs-file", "outputs.json", *words, status=status)

    def check_deploy(self):
        self.cdk("bootstrap")
        type(self).bootstrapped = self.what_is_there()
        self.put(*self.STACKS)
        with open(os.path.join(self.app, "outputs.json"), encoding="utf-8") as file:
            type(self).outputs = json.load(file)

    def files(self):
        s3, bucket = self.client("s3"), self.output("Files", "BucketName")
        return {item["Key"]: s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read().decode()
                for item in s3.list_objects_v2(Bucket=bucket).get("Contents", ())}

    def check_files(self, version="1"):
        files = self.files()
        self.assertEqual(set(files), {"site/index.html", "site/deep/file.txt", "site/config.json"})
        self.assertEqual(files["site/deep/file.txt"], "deep\n")
        self.assertEqual(json.loads(files["site/config.json"]), {"queue": self.output("Files", "QueueUrl"), "version": version})

    def check_notifications(self):
        s3, sqs = self.client("s3"), self.client("sqs")
        s3.put_object(Bucket=self.output("Files", "BucketName"), Key="in/x", Body=b"x")
        url = self.output("Files", "QueueUrl")

        def records():
            for message in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5).get("Messages", ()):
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                body = json.loads(message["Body"])
                if "Records" in body:  # else it is s3:TestEvent
                    return body["Records"]
            return None

        self.assertEqual(self.eventually(records, "the notification")[0]["s3"]["object"]["key"], "in/x")

    def check_calls(self):
        group = "/aws/lambda/" + self.output("Calls", "FunctionName")
        groups = self.client("logs").describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        self.assertEqual([each["retentionInDays"] for each in groups], [7])
        self.assertEqual(self.client("ssm").get_parameter(Name="/helpers/parameter")["Parameter"]["Value"], "kept")
        self.assertEqual((self.output("Calls", "ThingId"), self.output("Calls", "Answer")), ("thing-mine", "42"))

    def check_destroy(self):
        self.assertTrue(self.files())  # which would stand in the way
        self.cdk("destroy", "--force", *self.STACKS)
        self.assertEqual(self.what_is_there(), self.bootstrapped)
        self.assertNotIn(b"status=500", self.server.err)


class CurrentLibraryTest(HelpersCase):
    MODULES = "image-download"
    STACKS = ("--all",)

    def test_a_deploy(self):
        self.check_deploy()

    def test_b_files(self):
        self.check_files()

    def test_c_notifications(self):
        self.check_notifications()

    def test_d_calls(self):
        self.check_calls()

    def test_e_network(self):
        ec2, vpc = self.client("ec2"), self.output("Network", "VpcId")
        of_vpc = [{"Name": "vpc-id", "Values": [vpc]}]
        group = ec2.describe_security_groups(GroupIds=[self.output("Network", "DefaultGroup")])["SecurityGroups"][0]
        self.assertEqual((group["VpcId"], group["IpPermissions"], group["IpPermissionsEgress"]), (vpc, [], []))
        subnets = {subnet["SubnetId"]: subnet for subnet in ec2.describe_subnets(Filters=of_vpc)["Subnets"]}
        self.assertEqual(sorted(subnet["CidrBlock"] for subnet in subnets.values()),
                         ["10.7.0.0/18", "10.7.128.0/18", "10.7.192.0/18", "10.7.64.0/18"])
        private = self.output("Network", "PrivateSubnets").split(",")
        nat = ec2.describe_nat_gateways(Filter=of_vpc)["NatGateways"][0]
        self.assertEqual(nat["State"], "available")
        for table in ec2.describe_route_tables(Filters=[{"Name": "association.subnet-id", "Values": private}])["RouteTables"]:
            ways = {route["DestinationCidrBlock"]: route for route in table["Routes"]}
            self.assertEqual(ways["0.0.0.0/0"]["NatGatewayId"], nat["NatGatewayId"])
        endpoints = ec2.describe_vpc_endpoints(Filters=of_vpc)["VpcEndpoints"]
        self.assertEqual({endpoint["ServiceName"].split(".")[-1]: endpoint["VpcEndpointType"] for endpoint in endpoints},
                         {"s3": "Gateway", "sqs": "Interface"})
        names = {each["GroupName"].split("-")[1][:3]: each for each in ec2.describe_security_groups(Filters=of_vpc)["SecurityGroups"]
                 if each["GroupName"].startswith("Network-")}
        pairs = [pair for permission in names["Dat"]["IpPermissions"] for pair in permission["UserIdGroupPairs"]]
        self.assertEqual([pair["GroupId"] for pair in pairs], [names["Web"]["GroupId"]])
        self.assertEqual(len(ec2.describe_flow_logs(Filters=[{"Name": "resource-id", "Values": [vpc]}])["FlowLogs"]), 1)

    def test_f_other_files(self):
        self.client("s3").delete_object(Bucket=self.output("Files", "BucketName"), Key="in/x")
        self.put("Files", "-c", "version=2")
        self.check_files("2")

    def test_g_a_provider_that_fails(self):
        printed = self.put("Calls", "-c", "fails=true", status=1)
        self.assertIn("as it was told to", printed)
        stack = self.client("cloudformation").describe_stacks(StackName="Calls")["Stacks"][0]
        self.assertEqual(stack["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")
        self.check_calls()

    def test_h_destroy(self):
        self.check_destroy()


class OlderLibraryTest(HelpersCase):
    MODULES = "batch-steps"
    STACKS = ("Files", "Calls")

    def test_a_deploy(self):
        self.check_deploy()

    def test_b_what_handlers_did(self):
        self.check_files()
        self.check_notifications()
        self.check_calls()

    def test_c_destroy(self):
        self.check_destroy()


class LookupsTest(HelpersCase):
    MODULES = "image-download"
    outputs = {}

    def synthesize(self, *words, status=0):
        return self.cdk("synth", "--quiet", "--app", "node lookups.js", "--output", "looked-up", *words, status=status)

    def test_everything_is_found(self):
        ec2, kms = self.client("ec2"), self.client("kms")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=[
            {"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "mine"}]}])["Vpc"]["VpcId"]
        public, isolated = (ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"]["SubnetId"]
                            for i, zone in enumerate("ab"))
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(VpcId=vpc, InternetGatewayId=gateway)
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        ec2.associate_route_table(RouteTableId=table, SubnetId=public)
        vpn = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
        ec2.attach_vpn_gateway(VpcId=vpc, VpnGatewayId=vpn)
        self.client("ssm").put_parameter(Name="/lookups/parameter", Value="found", Type="String")
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName="alias/lookups", TargetKeyId=key)
        self.synthesize()
        with open(os.path.join(self.app, "looked-up", "Lookups.template.json"), encoding="utf-8") as file:
            template = json.load(file)
        found = {name: output["Value"] for name, output in template["Outputs"].items()}
        default = ec2.describe_vpcs(Filters=[{"Name": "isDefault", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
        group = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [default]}])["SecurityGroups"][0]["GroupId"]
        for name in ("Image", "Latest", "ForContainers"):
            self.assertRegex(found.pop(name), "^ami-[0-9a-f]{17}$")
        self.assertEqual(found, {"Zones": "us-east-1a,us-east-1b,us-east-1c", "DefaultVpc": default, "Public": public, "Isolated": isolated,
                                 "Gateway": vpn, "Group": group, "Parameter": "found", "Key": key, "None": vpc})
        endpoint = next(each for each in template["Resources"].values() if each["Type"] == "AWS::EC2::VPCEndpoint")
        self.assertEqual(len(endpoint["Properties"]["SubnetIds"]), 3)
        self.assertIn("Could not find any VPCs matching", self.synthesize("-c", "missing=nobodys", status=1))


if __name__ == "__main__":
    why = why_not("image-download")
    if why:
        print("skipped:", why)
        sys.exit(77)
    unittest.main()
