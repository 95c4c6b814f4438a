# SPDX-License-Identifier: Apache-2.0
"""EC2's look-ups as CDK, Batch and Terraform make them, through boto3 and AWS CLI. Python 3.9."""
import signal
import unittest

from watch_case import WatchCase


class Ec2Test(WatchCase):
    def setUp(self):
        super().setUp()
        self.ec2 = self.made("ec2")

    def filtered(self, call, member, **filters):
        given = [{"Name": name.replace("_", "-"), "Values": [value]} for name, value in filters.items()]
        return call(Filters=given)[member]

    def test_the_default_vpc_is_the_same_after_kill_9(self):
        vpc = self.filtered(self.ec2.describe_vpcs, "Vpcs", isDefault="true")[0]
        subnets = self.filtered(self.ec2.describe_subnets, "Subnets", vpc_id=vpc["VpcId"])
        self.assertEqual(sorted(s["AvailabilityZone"] for s in subnets), ["us-east-1a", "us-east-1b", "us-east-1c"])
        self.restart(signal.SIGKILL)
        self.ec2 = self.made("ec2")
        self.assertEqual(self.filtered(self.ec2.describe_vpcs, "Vpcs", isDefault="true")[0]["VpcId"], vpc["VpcId"])
        groups = self.filtered(self.ec2.describe_security_groups, "SecurityGroups", group_name="default")
        self.assertEqual(groups[0]["VpcId"], vpc["VpcId"])
        self.assertNotEqual(self.made("ec2", "eu-west-1").describe_vpcs()["Vpcs"][0]["VpcId"], vpc["VpcId"])

    def test_what_cdk_looks_up_of_a_vpc(self):
        """Vpc.fromLookup: the VPC, its subnets, its route tables, its VPN gateways."""
        vpc = self.filtered(self.ec2.describe_vpcs, "Vpcs", isDefault="true")[0]["VpcId"]
        tables = self.filtered(self.ec2.describe_route_tables, "RouteTables", vpc_id=vpc)
        main = [t for t in tables if any(a["Main"] for a in t["Associations"])][0]
        self.assertTrue(any(r.get("GatewayId", "").startswith("igw-") for r in main["Routes"]))
        gateways = self.ec2.describe_vpn_gateways(Filters=[{"Name": "attachment.vpc-id", "Values": [vpc]},
                                                           {"Name": "attachment.state", "Values": ["attached"]}])
        self.assertEqual(gateways["VpnGateways"], [])
        zones = self.ec2.describe_availability_zones(Filters=[{"Name": "state", "Values": ["available"]}])["AvailabilityZones"]
        self.assertEqual([z["ZoneId"] for z in zones], ["use1-az1", "use1-az2", "use1-az3"])

    def test_security_groups(self):
        group = self.ec2.create_security_group(GroupName="web", Description="web servers", TagSpecifications=[
            {"ResourceType": "security-group", "Tags": [{"Key": "team", "Value": "a"}]}])["GroupId"]
        permission = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "inside"}],
                      "UserIdGroupPairs": [{"GroupId": group}]}
        self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
        shown = self.ec2.describe_security_groups(Filters=[{"Name": "tag:team", "Values": ["a"]}])["SecurityGroups"][0]
        self.assertEqual(shown["IpPermissions"][0]["IpRanges"], [{"CidrIp": "10.0.0.0/8", "Description": "inside"}])
        self.assertEqual(shown["IpPermissions"][0]["UserIdGroupPairs"][0]["GroupId"], group)
        code = self.refused(self.ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=[permission])[0]
        self.assertEqual(code, "InvalidPermission.Duplicate")
        self.ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[permission])
        self.ec2.delete_security_group(GroupId=group)
        code, message, status = self.refused(self.ec2.describe_security_groups, GroupIds=[group])
        self.assertEqual((code, message, status), ("InvalidGroup.NotFound", f"The security group '{group}' does not exist", 400))

    def test_launch_templates(self):
        data = {"BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 100, "DeleteOnTermination": True}}]}
        made = self.ec2.create_launch_template(LaunchTemplateName="batch-disk", LaunchTemplateData=data)["LaunchTemplate"]
        version = self.ec2.create_launch_template_version(LaunchTemplateId=made["LaunchTemplateId"], SourceVersion="$Latest",
                                                          LaunchTemplateData={"InstanceType": "m5.large"})["LaunchTemplateVersion"]
        self.assertEqual(version["VersionNumber"], 2)
        self.assertEqual(version["LaunchTemplateData"]["BlockDeviceMappings"], data["BlockDeviceMappings"])
        shown = self.ec2.describe_launch_template_versions(LaunchTemplateName="batch-disk", Versions=["$Default"])["LaunchTemplateVersions"]
        self.assertEqual([v["VersionNumber"] for v in shown], [1])

    def test_a_vpc_made_and_deleted(self):
        vpc = self.ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
        self.ec2.get_waiter("vpc_available").wait(VpcIds=[vpc])
        subnet = self.ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24", AvailabilityZone="us-east-1b")["Subnet"]["SubnetId"]
        self.assertEqual(self.refused(self.ec2.create_subnet, VpcId=vpc, CidrBlock="10.1.0.0/25")[0], "InvalidSubnet.Conflict")
        self.assertEqual(self.refused(self.ec2.delete_vpc, VpcId=vpc)[0], "DependencyViolation")
        endpoint = self.ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3")["VpcEndpoint"]["VpcEndpointId"]
        self.assertEqual(self.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])["Unsuccessful"], [])
        self.ec2.delete_subnet(SubnetId=subnet)
        self.ec2.delete_vpc(VpcId=vpc)
        self.assertEqual(self.refused(self.ec2.describe_vpcs, VpcIds=[vpc])[0], "InvalidVpcID.NotFound")

    def test_instances_do_not_run(self):
        self.assertEqual(self.refused(self.ec2.run_instances, ImageId="ami-1", MinCount=1, MaxCount=1)[0], "UnsupportedOperation")
        self.assertEqual(self.ec2.describe_instances()["Reservations"], [])
        self.assertEqual(self.refused(self.ec2.describe_vpcs, Filters=[{"Name": "nonsense", "Values": ["x"]}])[0], "InvalidParameterValue")

    def test_pages(self):
        for i in range(7):
            self.ec2.create_security_group(GroupName=f"group {i}", Description="d")
        pages = list(self.ec2.get_paginator("describe_security_groups").paginate(PaginationConfig={"PageSize": 5}))
        self.assertEqual([len(page["SecurityGroups"]) for page in pages], [5, 3])

    def test_cli(self):
        vpcs = self.cli("ec2", "describe-vpcs", "--filters", "Name=is-default,Values=true")["Vpcs"]
        self.assertEqual([v["CidrBlock"] for v in vpcs], ["172.31.0.0/16"])
        self.cli("ec2", "create-tags", "--resources", vpcs[0]["VpcId"], "--tags", "Key=Name,Value=home")
        self.assertEqual(self.cli("ec2", "describe-tags")["Tags"],
                         [{"Key": "Name", "ResourceId": vpcs[0]["VpcId"], "ResourceType": "vpc", "Value": "home"}])


if __name__ == "__main__":
    unittest.main()
