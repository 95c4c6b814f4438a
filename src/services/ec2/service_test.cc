// SPDX-License-Identifier: Apache-2.0
#include "services/ec2/service.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "aws/model/installed_models_for_test.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/ec2/cidr.h"
#include "services/ec2/filter.h"
#include "store/memory/memory_store.h"

namespace pawl::ec2 {
namespace {

using json::Value;

class Ec2Test : public testing::Test {
 protected:
  void SetUp() override {
    const aws::ServiceModel* model = aws::installed_model("ec2");
    ASSERT_NE(model, nullptr) << "python3-botocore is not installed";
    open();
  }
  void open() {
    table_.reset();
    service_ = Ec2Service::open(store_).value();
    table_.emplace(*service_, *aws::installed_model("ec2"));
    service_->bind(*table_);
    const auto checked = table_->check();
    ASSERT_TRUE(checked) << checked.error().message;
  }

  /// The output as text, or "CODE: MESSAGE".
  std::string call(const std::string& operation, const std::string& input = "{}") {
    aws::Request request;
    request.operation = table_->model().find_operation(operation);
    request.input = json::parse(input).value();
    request.received = {1'787'541'942'883};
    std::string answer = "(none)";
    table_->call(std::move(request), aws::Reply([&](aws::ActionResult result) {
                   if (result) last_ = result->value;
                   answer = result
                                ? json::write(result->value)
                                : result.error().code + ": " + result.error().message.value_or("");
                 }));
    return answer;
  }
  /// A member of the last answer, by names and numbers: "Vpcs/0/VpcId".
  std::string at(const std::string& path) const {
    const Value* value = &last_;
    for (const std::string& step : json::pointer_tokens("/" + path)) {
      if (value == nullptr) return "(none)";
      if (value->is_array()) {
        const size_t index = std::stoul(step);
        value = index < value->size() ? &value->items()[index] : nullptr;
      } else {
        value = value->find(step);
      }
    }
    return value == nullptr     ? "(none)"
           : value->is_string() ? std::string(value->as_string())
                                : json::write(*value);
  }
  size_t count(const char* list) const { return last_.find(list)->size(); }

  store::MemoryStore store_;
  std::unique_ptr<Ec2Service> service_;
  std::optional<aws::ActionTable> table_;
  Value last_;
};

TEST_F(Ec2Test, TheDefaultVpcIsThereAndStays) {
  call("DescribeVpcs", R"({"Filters":[{"Name":"isDefault","Values":["true"]}]})");
  ASSERT_EQ(count("Vpcs"), 1U);
  const std::string vpc = at("Vpcs/0/VpcId");
  EXPECT_EQ(at("Vpcs/0/CidrBlock"), "172.31.0.0/16");
  open();
  call("DescribeVpcs");
  EXPECT_EQ(at("Vpcs/0/VpcId"), vpc);
  call("DescribeSubnets", R"({"Filters":[{"Name":"vpc-id","Values":[")" + vpc +
                              R"("]},{"Name":"default-for-az","Values":["true"]}]})");
  ASSERT_EQ(count("Subnets"), 3U);
  call("DescribeRouteTables", R"({"Filters":[{"Name":"association.main","Values":["true"]}]})");
  EXPECT_EQ(at("RouteTables/0/Routes/1/DestinationCidrBlock"), "0.0.0.0/0");
  call("DescribeInternetGateways",
       R"({"Filters":[{"Name":"attachment.vpc-id","Values":[")" + vpc + R"("]}]})");
  EXPECT_EQ(count("InternetGateways"), 1U);
  call("DescribeSecurityGroups", R"({"GroupNames":["default"]})");
  EXPECT_EQ(at("SecurityGroups/0/IpPermissionsEgress/0/IpRanges/0/CidrIp"), "0.0.0.0/0");
  EXPECT_EQ(at("SecurityGroups/0/IpPermissions/0/UserIdGroupPairs/0/GroupId"),
            at("SecurityGroups/0/GroupId"));
  call("DescribeNetworkAcls", R"({"Filters":[{"Name":"default","Values":["true"]}]})");
  EXPECT_EQ(at("NetworkAcls/0/Associations/2/NetworkAclId"), at("NetworkAcls/0/NetworkAclId"));
  EXPECT_TRUE(call("CreateDefaultVpc").starts_with("DefaultVpcAlreadyExists"));
  EXPECT_TRUE(call("DeleteVpc", R"({"VpcId":")" + vpc + "\"}").starts_with("DependencyViolation"));
}

TEST_F(Ec2Test, NetworksAsCdkMakesThem) {
  call("CreateVpc", R"({"CidrBlock":"10.0.0.0/16","TagSpecifications":[{"ResourceType":"vpc",
      "Tags":[{"Key":"Name","Value":"mine"}]}]})");
  const std::string vpc = at("Vpc/VpcId");
  EXPECT_TRUE(call("CreateSubnet", R"({"VpcId":")" + vpc + R"(","CidrBlock":"10.1.0.0/24"})")
                  .starts_with("InvalidSubnet.Range"));
  call("CreateSubnet",
       R"({"VpcId":")" + vpc + R"(","CidrBlock":"10.0.0.0/24","AvailabilityZone":"us-east-1b"})");
  const std::string subnet = at("Subnet/SubnetId");
  EXPECT_EQ(at("Subnet/AvailabilityZoneId"), "use1-az2");
  EXPECT_EQ(call("CreateSubnet", R"({"VpcId":")" + vpc + R"(","CidrBlock":"10.0.0.128/25"})"),
            "InvalidSubnet.Conflict: The CIDR '10.0.0.128/25' conflicts with another subnet");
  call("CreateInternetGateway");
  const std::string gateway = at("InternetGateway/InternetGatewayId");
  call("AttachInternetGateway",
       R"({"InternetGatewayId":")" + gateway + R"(","VpcId":")" + vpc + "\"}");
  call("CreateRouteTable", R"({"VpcId":")" + vpc + "\"}");
  const std::string table = at("RouteTable/RouteTableId");
  const std::string route = R"({"RouteTableId":")" + table +
                            R"(","DestinationCidrBlock":"0.0.0.0/0","GatewayId":")" + gateway +
                            "\"}";
  EXPECT_EQ(call("CreateRoute", route), R"({"Return":true})");
  EXPECT_TRUE(call("CreateRoute", route).starts_with("RouteAlreadyExists"));
  call("AssociateRouteTable",
       R"({"RouteTableId":")" + table + R"(","SubnetId":")" + subnet + "\"}");
  const std::string association = at("AssociationId");
  call("DescribeRouteTables",
       R"({"Filters":[{"Name":"association.subnet-id","Values":[")" + subnet + R"("]}]})");
  EXPECT_EQ(at("RouteTables/0/RouteTableId"), table);
  EXPECT_TRUE(call("DeleteRouteTable", R"({"RouteTableId":")" + table + "\"}")
                  .starts_with("DependencyViolation"));
  call("AllocateAddress");
  call("CreateNatGateway",
       R"({"SubnetId":")" + subnet + R"(","AllocationId":")" + at("AllocationId") + "\"}");
  const std::string nat = at("NatGateway/NatGatewayId");
  call("DescribeNatGateways", R"({"Filter":[{"Name":"state","Values":["available"]}]})");
  EXPECT_EQ(count("NatGateways"), 1U);
  call("DescribeVpcs", R"({"Filters":[{"Name":"tag:Name","Values":["mi*"]}]})");
  EXPECT_EQ(at("Vpcs/0/VpcId"), vpc);
  call("ModifyVpcAttribute", R"({"VpcId":")" + vpc + R"(","EnableDnsHostnames":{"Value":true}})");
  call("DescribeVpcAttribute", R"({"VpcId":")" + vpc + R"(","Attribute":"enableDnsHostnames"})");
  EXPECT_EQ(at("EnableDnsHostnames/Value"), "true");
  // And away with it.
  for (const auto& [operation, input] : std::initializer_list<std::pair<const char*, std::string>>{
           {"DeleteNatGateway", R"({"NatGatewayId":")" + nat},
           {"DisassociateRouteTable", R"({"AssociationId":")" + association},
           {"DeleteRouteTable", R"({"RouteTableId":")" + table},
           {"DeleteSubnet", R"({"SubnetId":")" + subnet},
           {"DetachInternetGateway",
            R"({"VpcId":")" + vpc + R"(","InternetGatewayId":")" + gateway},
           {"DeleteInternetGateway", R"({"InternetGatewayId":")" + gateway},
           {"DeleteVpc", R"({"VpcId":")" + vpc}}) {
    EXPECT_EQ(call(operation, input + "\"}").find(": "), std::string::npos)
        << operation << call(operation, input + "\"}");
  }
  EXPECT_EQ(call("DescribeVpcs", R"({"VpcIds":[")" + vpc + R"("]})"),
            "InvalidVpcID.NotFound: The vpc ID '" + vpc + "' does not exist");
}

TEST_F(Ec2Test, SecurityGroupsAreTheirRules) {
  call("CreateSecurityGroup", R"({"GroupName":"web","Description":"d"})");
  const std::string group = at("GroupId");
  EXPECT_TRUE(call("CreateSecurityGroup", R"({"GroupName":"web","Description":"d"})")
                  .starts_with("InvalidGroup.Duplicate"));
  const std::string rule = R"({"GroupId":")" + group + R"(","IpPermissions":[{"IpProtocol":"tcp",
      "FromPort":80,"ToPort":80,"IpRanges":[{"CidrIp":"0.0.0.0/0","Description":"all"}]}]})";
  call("AuthorizeSecurityGroupIngress", rule);
  const std::string rule_id = at("SecurityGroupRules/0/SecurityGroupRuleId");
  EXPECT_TRUE(
      call("AuthorizeSecurityGroupIngress", rule).starts_with("InvalidPermission.Duplicate"));
  call("DescribeSecurityGroups",
       R"({"Filters":[{"Name":"ip-permission.cidr","Values":["0.0.0.0/0"]},
           {"Name":"group-name","Values":["web"]}]})");
  EXPECT_EQ(at("SecurityGroups/0/IpPermissions/0/IpRanges/0/Description"), "all");
  call("DescribeSecurityGroupRules",
       R"({"Filters":[{"Name":"group-id","Values":[")" + group + R"("]}]})");
  EXPECT_EQ(count("SecurityGroupRules"), 2U);
  call("UpdateSecurityGroupRuleDescriptionsIngress", R"({"GroupId":")" + group +
                                                         R"(","IpPermissions":[{"IpProtocol":"tcp",
      "FromPort":80,"ToPort":80,"IpRanges":[{"CidrIp":"0.0.0.0/0","Description":"web"}]}]})");
  call("DescribeSecurityGroupRules", R"({"SecurityGroupRuleIds":[")" + rule_id + R"("]})");
  EXPECT_EQ(at("SecurityGroupRules/0/Description"), "web");
  call("ModifySecurityGroupRules", R"({"GroupId":")" + group +
                                       R"(","SecurityGroupRules":[{"SecurityGroupRuleId":")" +
                                       rule_id + R"(","SecurityGroupRule":{"IpProtocol":"tcp",
      "FromPort":81,"ToPort":81,"CidrIpv4":"10.0.0.0/8"}}]})");
  call("DescribeSecurityGroups", R"({"GroupIds":[")" + group + R"("]})");
  EXPECT_EQ(at("SecurityGroups/0/IpPermissions/0/FromPort"), "81");
  EXPECT_EQ(call("RevokeSecurityGroupIngress",
                 R"({"GroupId":")" + group + R"(","SecurityGroupRuleIds":[")" + rule_id + R"("]})"),
            R"({"Return":true})");
  call("AuthorizeSecurityGroupIngress", rule);
  const std::string again = at("SecurityGroupRules/0/SecurityGroupRuleId");
  call("CreateTags", R"({"Resources":[")" + again + R"("],"Tags":[{"Key":"k","Value":"v"}]})");
  call("DescribeTags", R"({"Filters":[{"Name":"key","Values":["k"]}]})");
  EXPECT_EQ(at("Tags/0/ResourceType"), "security-group-rule");
  EXPECT_EQ(call("RevokeSecurityGroupIngress", rule), R"({"Return":true})");
  EXPECT_TRUE(call("RevokeSecurityGroupIngress", rule).starts_with("InvalidPermission.NotFound"));
  // The rule that every group begins with; ports mean nothing where all protocols do.
  EXPECT_EQ(call("RevokeSecurityGroupEgress", R"({"GroupId":")" + group +
                                                  R"(","IpPermissions":[{"IpProtocol":"-1",
      "FromPort":0,"ToPort":0,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]})"),
            R"({"Return":true})");
  call("DeleteSecurityGroup", R"({"GroupId":")" + group + "\"}");
  EXPECT_EQ(call("DescribeSecurityGroups", R"({"GroupIds":[")" + group + R"("]})"),
            "InvalidGroup.NotFound: The security group '" + group + "' does not exist");
}

TEST_F(Ec2Test, LaunchTemplatesHaveVersions) {
  call(
      "CreateLaunchTemplate",
      R"({"LaunchTemplateName":"tmpl","LaunchTemplateData":{"ImageId":"ami-1","InstanceType":"t3.micro"}})");
  const std::string id = at("LaunchTemplate/LaunchTemplateId");
  call(
      "CreateLaunchTemplateVersion",
      R"({"LaunchTemplateName":"tmpl","SourceVersion":"1","LaunchTemplateData":{"ImageId":"ami-2"}})");
  EXPECT_EQ(at("LaunchTemplateVersion/VersionNumber"), "2");
  EXPECT_EQ(at("LaunchTemplateVersion/LaunchTemplateData/InstanceType"), "t3.micro");
  call("ModifyLaunchTemplate", R"({"LaunchTemplateId":")" + id + R"(","DefaultVersion":"2"})");
  call("DescribeLaunchTemplateVersions",
       R"({"LaunchTemplateName":"tmpl","Versions":["$Default","1"]})");
  EXPECT_EQ(at("LaunchTemplateVersions/0/LaunchTemplateData/ImageId"), "ami-2");
  EXPECT_EQ(at("LaunchTemplateVersions/1/DefaultVersion"), "false");
  EXPECT_TRUE(
      call("DescribeLaunchTemplateVersions", R"({"LaunchTemplateName":"tmpl","Versions":["9"]})")
          .starts_with("InvalidLaunchTemplateId.VersionNotFound"));
  call("DeleteLaunchTemplate", R"({"LaunchTemplateName":"tmpl"})");
  call("DescribeLaunchTemplates");
  EXPECT_EQ(count("LaunchTemplates"), 0U);
}

TEST_F(Ec2Test, WhatIsInUseStays) {
  call("CreateVpc", R"({"CidrBlock":"10.0.0.0/16"})");
  const std::string vpc = at("Vpc/VpcId");
  call("CreateSubnet", R"({"VpcId":")" + vpc + R"(","CidrBlock":"10.0.0.0/24"})");
  const std::string subnet = at("Subnet/SubnetId");
  call("CreateInternetGateway");
  const std::string gateway = at("InternetGateway/InternetGatewayId");
  const std::string attachment =
      R"({"InternetGatewayId":")" + gateway + R"(","VpcId":")" + vpc + "\"}";
  call("AttachInternetGateway", attachment);
  call("AllocateAddress");
  const std::string address = at("AllocationId");
  const std::string public_nat =
      R"({"SubnetId":")" + subnet + R"(","AllocationId":")" + address + "\"}";
  call("CreateNatGateway", public_nat);
  const std::string nat = at("NatGateway/NatGatewayId");
  EXPECT_TRUE(call("ReleaseAddress", R"({"AllocationId":")" + address + "\"}")
                  .starts_with("InvalidIPAddress.InUse: Address 192.0.2."));
  EXPECT_TRUE(call("CreateNatGateway", public_nat).starts_with("Resource.AlreadyAssociated"));
  EXPECT_TRUE(call("DetachInternetGateway", attachment).starts_with("DependencyViolation"));
  EXPECT_TRUE(
      call("DeleteSubnet", R"({"SubnetId":")" + subnet + "\"}").starts_with("DependencyViolation"));
  call("DeleteNatGateway", R"({"NatGatewayId":")" + nat + "\"}");
  EXPECT_EQ(call("ReleaseAddress", R"({"AllocationId":")" + address + "\"}"), "{}");
  EXPECT_EQ(call("DetachInternetGateway", attachment), "{}");
  call("CreateVpcEndpoint", R"({"VpcId":")" + vpc + R"(","VpcEndpointType":"Interface",
      "ServiceName":"com.amazonaws.us-east-1.sqs","PrivateDnsEnabled":true,"SubnetIds":[")" +
                                subnet + R"("]})");
  const std::string endpoint = at("VpcEndpoint/VpcEndpointId");
  EXPECT_TRUE(at("VpcEndpoint/DnsEntries/0/DnsName").starts_with(endpoint));
  EXPECT_EQ(at("VpcEndpoint/DnsEntries/4/DnsName"), "sqs.us-east-1.amazonaws.com");
  EXPECT_TRUE(
      call("DeleteSubnet", R"({"SubnetId":")" + subnet + "\"}").starts_with("DependencyViolation"));
  call("DeleteVpcEndpoints", R"({"VpcEndpointIds":[")" + endpoint + R"("]})");
  EXPECT_EQ(call("DeleteSubnet", R"({"SubnetId":")" + subnet + "\"}"), "{}");
  EXPECT_EQ(call("DeleteVpc", R"({"VpcId":")" + vpc + "\"}"), "{}");
  EXPECT_EQ(call("DescribeNatGateways"), R"({"NatGateways":[]})");
}

TEST_F(Ec2Test, NetworkAclsHaveEntriesAndSubnets) {
  call("CreateVpc", R"({"CidrBlock":"10.0.0.0/16"})");
  const std::string vpc = at("Vpc/VpcId");
  call("CreateSubnet", R"({"VpcId":")" + vpc + R"(","CidrBlock":"10.0.0.0/24"})");
  const std::string subnet = at("Subnet/SubnetId");
  call("CreateNetworkAcl", R"({"VpcId":")" + vpc + "\"}");
  const std::string acl = at("NetworkAcl/NetworkAclId");
  EXPECT_EQ(at("NetworkAcl/Entries/0/RuleAction"), "deny");
  const std::string entry = R"({"NetworkAclId":")" + acl +
                            R"(","RuleNumber":100,"Egress":false,"Protocol":"6",
      "RuleAction":"allow","CidrBlock":"0.0.0.0/0","PortRange":{"From":443,"To":443}})";
  EXPECT_EQ(call("CreateNetworkAclEntry", entry), "{}");
  EXPECT_EQ(
      call("CreateNetworkAclEntry", entry),
      "NetworkAclEntryAlreadyExists: The network acl entry identified by 100 already exists.");
  call("DescribeNetworkAcls",
       R"({"Filters":[{"Name":"association.subnet-id","Values":[")" + subnet + R"("]}]})");
  call("ReplaceNetworkAclAssociation",
       R"({"AssociationId":")" + at("NetworkAcls/0/Associations/0/NetworkAclAssociationId") +
           R"(","NetworkAclId":")" + acl + "\"}");
  call("DescribeNetworkAcls",
       R"({"Filters":[{"Name":"association.subnet-id","Values":[")" + subnet + R"("]}]})");
  EXPECT_EQ(at("NetworkAcls/0/NetworkAclId"), acl);
  EXPECT_EQ(at("NetworkAcls/0/Entries/0/PortRange/From"), "443");
  const std::string by_id = R"({"NetworkAclId":")" + acl + "\"}";
  EXPECT_TRUE(call("DeleteNetworkAcl", by_id).starts_with("DependencyViolation"));
  call("DeleteSubnet", R"({"SubnetId":")" + subnet + "\"}");
  EXPECT_EQ(call("DeleteNetworkAcl", by_id), "{}");
}

TEST_F(Ec2Test, WhatElseAVpcMayHave) {
  call("CreateVpc", R"({"CidrBlock":"10.0.0.0/16"})");
  const std::string vpc = at("Vpc/VpcId");
  const std::string in_vpc = R"({"VpcId":")" + vpc + "\"";
  call("AssociateVpcCidrBlock", in_vpc + R"(,"CidrBlock":"10.1.0.0/16"})");
  call("CreateSubnet", in_vpc + R"(,"CidrBlock":"10.1.0.0/24"})");
  const std::string subnet = at("Subnet/SubnetId");
  call("AssociateVpcCidrBlock", in_vpc + R"(,"AmazonProvidedIpv6CidrBlock":true})");
  const std::string block = at("Ipv6CidrBlockAssociation/AssociationId");
  EXPECT_TRUE(at("Ipv6CidrBlockAssociation/Ipv6CidrBlock").starts_with("2001:db8:"));
  call("DescribeVpcs", R"({"VpcIds":[")" + vpc + R"("]})");
  EXPECT_EQ(at("Vpcs/0/CidrBlockAssociationSet/1/CidrBlock"), "10.1.0.0/16");
  call("DisassociateVpcCidrBlock", R"({"AssociationId":")" + block + "\"}");
  EXPECT_EQ(at("Ipv6CidrBlockAssociation/AssociationId"), block);
  call("CreateVpnGateway", R"({"Type":"ipsec.1"})");
  const std::string vpn = at("VpnGateway/VpnGatewayId");
  call("AttachVpnGateway", in_vpc + R"(,"VpnGatewayId":")" + vpn + "\"}");
  call("DescribeVpnGateways",
       R"({"Filters":[{"Name":"attachment.vpc-id","Values":[")" + vpc + R"("]},
           {"Name":"attachment.state","Values":["attached"]}]})");
  EXPECT_EQ(at("VpnGateways/0/VpnGatewayId"), vpn);
  call("CreateFlowLogs", R"({"ResourceType":"VPC","TrafficType":"ALL","LogGroupName":"g",
      "ResourceIds":[")" + vpc +
                             R"(","vpc-1"]})");
  EXPECT_EQ(at("Unsuccessful/0/Error/Code"), "InvalidVpcID.NotFound");
  const std::string log = at("FlowLogIds/0");
  call("DescribeFlowLogs", R"({"Filter":[{"Name":"resource-id","Values":[")" + vpc + R"("]}]})");
  EXPECT_EQ(at("FlowLogs/0/FlowLogId"), log);
  call("CreateDhcpOptions",
       R"({"DhcpConfigurations":[{"Key":"domain-name","Values":["example.com"]}]})");
  const std::string options = at("DhcpOptions/DhcpOptionsId");
  // Whatever sets there are, a new VPC has the default one.
  for (int i = 0; i < 8; ++i) call("CreateDhcpOptions", R"({"DhcpConfigurations":[]})");
  call("DescribeVpcs", "{}");
  const std::string set = at("Vpcs/0/DhcpOptionsId");
  call("CreateVpc", R"({"CidrBlock":"10.9.0.0/16"})");
  EXPECT_EQ(at("Vpc/DhcpOptionsId"), set);
  call("DeleteVpc", R"({"VpcId":")" + at("Vpc/VpcId") + "\"}");
  call("AssociateDhcpOptions", in_vpc + R"(,"DhcpOptionsId":")" + options + "\"}");
  EXPECT_TRUE(call("DeleteDhcpOptions", R"({"DhcpOptionsId":")" + options + "\"}")
                  .starts_with("DependencyViolation"));
  call("DeleteSubnet", R"({"SubnetId":")" + subnet + "\"}");
  EXPECT_TRUE(call("DeleteVpc", in_vpc + "}").starts_with("DependencyViolation"));
  call("DetachVpnGateway", in_vpc + R"(,"VpnGatewayId":")" + vpn + "\"}");
  EXPECT_EQ(call("DeleteVpnGateway", R"({"VpnGatewayId":")" + vpn + "\"}"), "{}");
  EXPECT_EQ(call("DeleteVpc", in_vpc + "}"), "{}");
}

TEST_F(Ec2Test, EndpointServices) {
  call("DescribeVpcEndpointServices", R"({"ServiceNames":["com.amazonaws.us-east-1.s3"]})");
  EXPECT_EQ(count("ServiceNames"), 1U);
  EXPECT_EQ(at("ServiceDetails/0/ServiceType/0/ServiceType"), "Gateway");
  EXPECT_EQ(at("ServiceDetails/1/AvailabilityZones/2"), "us-east-1c");
  EXPECT_TRUE(call("DescribeVpcEndpointServices", R"({"ServiceNames":["com.example"]})")
                  .starts_with("InvalidServiceName"));
}

TEST_F(Ec2Test, RefusesWhatIsWrong) {
  EXPECT_EQ(call("DescribeVpcs", R"({"Filters":[{"Name":"no-such","Values":["x"]}]})"),
            "InvalidParameterValue: The filter 'no-such' is invalid");
  EXPECT_EQ(call("DeleteVpc"), "MissingParameter: The request must contain the parameter vpcId");
  EXPECT_TRUE(
      call("CreateVpc", R"({"CidrBlock":"10.0.0.1/16"})").starts_with("InvalidParameterValue"));
  EXPECT_TRUE(
      call("RunInstances", R"({"MinCount":1,"MaxCount":1})").starts_with("UnsupportedOperation: "));
  EXPECT_TRUE(call("DescribeInstances", R"({"InstanceIds":["i-1"]})")
                  .starts_with("InvalidInstanceID.NotFound"));
  EXPECT_EQ(call("DescribeInstances"), R"({"Reservations":[]})");
  EXPECT_TRUE(call("CreateVpc", R"({"CidrBlock":"10.0.0.0/16","DryRun":true})")
                  .starts_with("DryRunOperation"));
}

TEST_F(Ec2Test, PagesAndStaticLists) {
  call("DescribeSubnets", R"({"MaxResults":5})");
  EXPECT_EQ(at("NextToken"), "(none)");
  call("DescribeAvailabilityZones");
  EXPECT_EQ(at("AvailabilityZones/2/ZoneName"), "us-east-1c");
  call("DescribeRegions", R"({"RegionNames":["eu-west-1"]})");
  EXPECT_EQ(at("Regions/0/Endpoint"), "ec2.eu-west-1.amazonaws.com");
  call("DescribeInstanceTypes", R"({"InstanceTypes":["m5.large"]})");
  EXPECT_EQ(at("InstanceTypes/0/VCpuInfo/DefaultVCpus"), "2");
  call("DescribeImages", R"({"Filters":[{"Name":"name","Values":["al2023-ami-2023*x86_64"]}]})");
  EXPECT_EQ(count("Images"), 1U);
}

TEST(Cidr, ParsesAndCompares) {
  EXPECT_EQ(Cidr::parse("10.0.0.0/16")->text(), "10.0.0.0/16");
  EXPECT_TRUE(Cidr::parse("10.0.0.0/16")->contains(*Cidr::parse("10.0.255.0/24")));
  EXPECT_FALSE(Cidr::parse("10.0.0.0/16")->overlaps(*Cidr::parse("10.1.0.0/16")));
  for (const char* bad : {"", "10.0.0.0", "10.0.0/8", "10.0.0.0.0/8", "10.0.0.256/32",
                          "10.0.0.1/24", "10.0.0.0/33", "a.b.c.d/8", "10.0.0.0/-1"}) {
    EXPECT_FALSE(Cidr::parse(bad)) << bad;
  }
}

TEST_F(Ec2Test, NoTwoAddressesAreTheSame) {
  std::set<std::string> addresses;
  for (int i = 0; i < 200; ++i) {
    call("AllocateAddress");
    EXPECT_TRUE(addresses.insert(at("PublicIp")).second) << at("PublicIp");
  }
}

}  // namespace
}  // namespace pawl::ec2
