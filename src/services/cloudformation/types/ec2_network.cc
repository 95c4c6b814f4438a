// SPDX-License-Identifier: Apache-2.0
// AWS::EC2::VPC, Subnet, InternetGateway, VPCGatewayAttachment, RouteTable, Route,
// SubnetRouteTableAssociation, GatewayRouteTableAssociation, NatGateway, EIP, VPCEndpoint.
#include "base/time.h"
#include "json/members.h"
#include "services/cloudformation/types/ec2.h"

#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {

using aws::ApiError;
using aws::ApiResult;
using json::Value;

namespace {

constexpr uint64_t kLookAgainMs = 250;
constexpr int64_t kDetachTriesMax = 240;  // a minute

constexpr std::string_view kVpc = "AWS::EC2::VPC";
constexpr std::string_view kSubnet = "AWS::EC2::Subnet";
constexpr std::string_view kGateway = "AWS::EC2::InternetGateway";
constexpr std::string_view kTable = "AWS::EC2::RouteTable";
constexpr std::string_view kAddress = "AWS::EC2::EIP";
constexpr std::string_view kNat = "AWS::EC2::NatGateway";
constexpr std::string_view kEndpoint = "AWS::EC2::VPCEndpoint";

using Outcome = ApiResult<Progress>;

Value flag_input(bool value) { return Value::object({{"Value", Value(value)}}); }

/// Sets each attribute that is given, or was, in a call of its own, as the API wants it.
ApiResult<void> modify_attributes(
    StackCalls& calls, const ResourceRequest& request, std::string_view operation,
    const Value& place,
    std::initializer_list<std::pair<std::string_view, bool>> attributes_and_defaults) {
  for (const auto& [name, otherwise] : attributes_and_defaults) {
    const bool after = is_true(request.properties, name, otherwise);
    const bool before = is_true(request.previous, name, otherwise);
    if (after == before) continue;
    PAWL_TRY_VOID(calls.call(kEc2, operation, place.with_member(name, flag_input(after))));
  }
  return {};
}

Value ipv6_blocks(const Value& described) {
  std::vector<Value> blocks;
  for (const Value& each : json::items_member(described, "Ipv6CidrBlockAssociationSet"))
    blocks.emplace_back(json::text_member(each, "Ipv6CidrBlock"));
  return Value::array(std::move(blocks));
}

// AWS::EC2::VPC

ApiResult<void> modify_vpc(StackCalls& calls, const ResourceRequest& request,
                           const std::string& id) {
  return modify_attributes(calls, request, "ModifyVpcAttribute",
                           Value::object({{"VpcId", Value(id)}}),
                           {{"EnableDnsSupport", true}, {"EnableDnsHostnames", false}});
}

Outcome vpc_done(StackCalls& calls, const std::string& id) {
  const Value vpc = PAWL_TRY(described(calls, "DescribeVpcs", "VpcIds", "Vpcs", id));
  const Value acl = PAWL_TRY(first_where(calls, "DescribeNetworkAcls", "NetworkAcls",
                                         {{"vpc-id", id}, {"default", "true"}}));
  const Value group = PAWL_TRY(first_where(calls, "DescribeSecurityGroups", "SecurityGroups",
                                           {{"vpc-id", id}, {"group-name", "default"}}));
  std::vector<Value> associations;
  for (const Value& each : json::items_member(vpc, "CidrBlockAssociationSet"))
    associations.emplace_back(json::text_member(each, "AssociationId"));
  return Progress::done(
      id, Value::object({{"VpcId", Value(id)},
                         {"CidrBlock", Value(json::text_member(vpc, "CidrBlock"))},
                         {"CidrBlockAssociations", Value::array(std::move(associations))},
                         {"Ipv6CidrBlocks", ipv6_blocks(vpc)},
                         {"DefaultNetworkAcl", Value(json::text_member(acl, "NetworkAclId"))},
                         {"DefaultSecurityGroup", Value(json::text_member(group, "GroupId"))}}));
}

/// A VPCCidrBlock adds to its blocks, after it was made.
ApiResult<Value> read_vpc(StackCalls& calls, const std::string& id) {
  return PAWL_TRY(vpc_done(calls, id)).attributes;
}

Outcome create_vpc(StackCalls& calls, const ResourceRequest& request) {
  if (goes_on(request)) {
    PAWL_TRY_VOID(modify_vpc(calls, request, request.physical_id));
    return vpc_done(calls, request.physical_id);
  }
  PAWL_TRY_VOID(
      refuse_properties(kVpc, request.properties, {"Ipv4IpamPoolId", "Ipv4NetmaskLength"}));
  std::string own = PAWL_TRY(made_before(calls, request, "DescribeVpcs", "Vpcs", "VpcId"));
  if (!own.empty()) return made(std::move(own));
  const Value input = calls.shape(kEc2, "CreateVpc", without(request.properties, {"Tags"}));
  const Value answer =
      PAWL_TRY(calls.call(kEc2, "CreateVpc", with_tag_specification(kVpc, input, request, "vpc")));
  const std::string id = json::text_member(json::object_member(answer, "Vpc"), "VpcId");
  return made(id);
}

Outcome update_vpc(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(modify_vpc(calls, request, request.physical_id));
  PAWL_TRY_VOID(change_ec2_tags(calls, kVpc, request, request.physical_id));
  return vpc_done(calls, request.physical_id);
}

Outcome remove_vpc(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_unless_absent(calls, kEc2, "DeleteVpc",
                                   Value::object({{"VpcId", Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

/// The tenancy of a VPC goes from dedicated to default only; nothing runs in one, so that another
/// tenancy is another VPC.
bool replaces_vpc(const Value& previous, const Value& next) {
  const auto tenancy = [](const Value& properties) {
    const std::string given = scalar_text(properties, "InstanceTenancy");
    return given.empty() ? "default" : given;
  };
  return tenancy(previous) != tenancy(next);
}

// AWS::EC2::Subnet

ApiResult<void> modify_subnet(StackCalls& calls, const ResourceRequest& request,
                              const std::string& id) {
  return modify_attributes(calls, request, "ModifySubnetAttribute",
                           Value::object({{"SubnetId", Value(id)}}),
                           {{"MapPublicIpOnLaunch", false},
                            {"AssignIpv6AddressOnCreation", false},
                            {"EnableDns64", false}});
}

Outcome subnet_done(StackCalls& calls, const std::string& id) {
  const Value subnet = PAWL_TRY(described(calls, "DescribeSubnets", "SubnetIds", "Subnets", id));
  const Value acl = PAWL_TRY(
      first_where(calls, "DescribeNetworkAcls", "NetworkAcls", {{"association.subnet-id", id}}));
  std::string association;
  for (const Value& each : json::items_member(acl, "Associations")) {
    if (json::text_member(each, "SubnetId") == id)
      association = json::text_member(each, "NetworkAclAssociationId");
  }
  const auto copy = [&subnet](std::string_view member) {
    return Value(json::text_member(subnet, member));
  };
  return Progress::done(
      id, Value::object({{"SubnetId", Value(id)},
                         {"AvailabilityZone", copy("AvailabilityZone")},
                         {"AvailabilityZoneId", copy("AvailabilityZoneId")},
                         {"CidrBlock", copy("CidrBlock")},
                         {"VpcId", copy("VpcId")},
                         {"OutpostArn", Value("")},
                         {"BlockPublicAccessStates",
                          Value::object({{"InternetGatewayBlockMode", Value("off")}})},
                         {"Ipv6CidrBlocks", ipv6_blocks(subnet)},
                         {"NetworkAclAssociationId", Value(association)}}));
}

/// Another block of IPv6 is another association, made after the old one is gone.
ApiResult<void> change_ipv6_block(StackCalls& calls, const ResourceRequest& request) {
  if (!differs(request, "Ipv6CidrBlock")) return {};
  const std::string& id = request.physical_id;
  const Value subnet = PAWL_TRY(described(calls, "DescribeSubnets", "SubnetIds", "Subnets", id));
  const std::string old = scalar_text(request.previous, "Ipv6CidrBlock");
  for (const Value& each : json::items_member(subnet, "Ipv6CidrBlockAssociationSet")) {
    if (json::text_member(each, "Ipv6CidrBlock") != old) continue;
    const Value association = Value(json::text_member(each, "AssociationId"));
    PAWL_TRY_VOID(call_unless_absent(calls, kEc2, "DisassociateSubnetCidrBlock",
                                     Value::object({{"AssociationId", association}})));
  }
  const std::string block = scalar_text(request.properties, "Ipv6CidrBlock");
  if (block.empty()) return {};
  PAWL_TRY_VOID(
      calls.call(kEc2, "AssociateSubnetCidrBlock",
                 Value::object({{"SubnetId", Value(id)}, {"Ipv6CidrBlock", Value(block)}})));
  return {};
}

Outcome create_subnet(StackCalls& calls, const ResourceRequest& request) {
  if (goes_on(request)) {
    PAWL_TRY_VOID(modify_subnet(calls, request, request.physical_id));
    return subnet_done(calls, request.physical_id);
  }
  PAWL_TRY_VOID(refuse_properties(
      kSubnet, request.properties,
      {"Ipv4IpamPoolId", "Ipv4NetmaskLength", "Ipv6IpamPoolId", "Ipv6NetmaskLength", "Ipv6Native",
       "OutpostArn", "EnableLniAtDeviceIndex"}));
  std::string own = PAWL_TRY(made_before(calls, request, "DescribeSubnets", "Subnets", "SubnetId"));
  if (!own.empty()) return made(std::move(own));
  const Value input = calls.shape(kEc2, "CreateSubnet", without(request.properties, {"Tags"}));
  const Value answer = PAWL_TRY(
      calls.call(kEc2, "CreateSubnet", with_tag_specification(kSubnet, input, request, "subnet")));
  const std::string id = json::text_member(json::object_member(answer, "Subnet"), "SubnetId");
  return made(id);
}

Outcome update_subnet(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(refuse_properties(kSubnet, request.properties, {"EnableLniAtDeviceIndex"}));
  PAWL_TRY_VOID(change_ipv6_block(calls, request));
  PAWL_TRY_VOID(modify_subnet(calls, request, request.physical_id));
  PAWL_TRY_VOID(change_ec2_tags(calls, kSubnet, request, request.physical_id));
  return subnet_done(calls, request.physical_id);
}

Outcome remove_subnet(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_unless_absent(calls, kEc2, "DeleteSubnet",
                                   Value::object({{"SubnetId", Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

// AWS::EC2::InternetGateway

Progress gateway_done(const std::string& id) {
  return Progress::done(id, Value::object({{"InternetGatewayId", Value(id)}}));
}

Outcome create_gateway(StackCalls& calls, const ResourceRequest& request) {
  std::string own = PAWL_TRY(made_before(calls, request, "DescribeInternetGateways",
                                         "InternetGateways", "InternetGatewayId"));
  if (!own.empty()) return gateway_done(own);
  const Value made = PAWL_TRY(
      calls.call(kEc2, "CreateInternetGateway",
                 with_tag_specification(kGateway, Value::object(), request, "internet-gateway")));
  return gateway_done(
      json::text_member(json::object_member(made, "InternetGateway"), "InternetGatewayId"));
}

Outcome update_gateway(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(change_ec2_tags(calls, kGateway, request, request.physical_id));
  return gateway_done(request.physical_id);
}

Outcome remove_gateway(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(
      call_unless_absent(calls, kEc2, "DeleteInternetGateway",
                         Value::object({{"InternetGatewayId", Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

// AWS::EC2::VPCGatewayAttachment

/// A VPN gateway or an internet gateway.
struct Attachment {
  bool is_vpn = false;
  Value input;

  explicit Attachment(const Value& properties)
      : is_vpn(json::has_member(properties, "VpnGatewayId")) {
    const std::string_view id = is_vpn ? "VpnGatewayId" : "InternetGatewayId";
    input = Value::object({{"VpcId", Value(scalar_text(properties, "VpcId"))},
                           {id, Value(scalar_text(properties, id))}});
  }
  std::string operation(std::string_view verb) const {
    return std::string(verb) + (is_vpn ? "VpnGateway" : "InternetGateway");
  }
};

ApiResult<void> detach(StackCalls& calls, const Value& properties) {
  const Attachment attachment(properties);
  const ApiResult<Value> answer =
      calls.call(kEc2, attachment.operation("Detach"), attachment.input);
  const bool is_apart =
      !answer && (is_absent(answer.error()) || answer.error().code == "Gateway.NotAttached" ||
                  answer.error().code == "IncorrectState");
  if (answer || is_apart) return {};
  return answer.error();
}

Progress attachment_done(const Value& properties) {
  const std::string kind = Attachment(properties).is_vpn ? "VGW" : "IGW";
  return Progress::done(kind + "|" + scalar_text(properties, "VpcId"),
                        Value::object({{"AttachmentType", Value(kind)}}));
}

Outcome create_attachment(StackCalls& calls, const ResourceRequest& request) {
  const Attachment attachment(request.properties);
  const ApiResult<Value> answer =
      calls.call(kEc2, attachment.operation("Attach"), attachment.input);
  const bool is_own =
      !answer && request.is_repeated && answer.error().code == "Resource.AlreadyAssociated";
  if (!answer && !is_own) return answer.error();
  return attachment_done(request.properties);
}

Outcome update_attachment(StackCalls& calls, const ResourceRequest& request) {
  if (!any_differs(request, {"InternetGatewayId", "VpnGatewayId"}))
    return attachment_done(request.properties);
  PAWL_TRY_VOID(detach(calls, request.previous));
  return create_attachment(calls, request);
}

/// Public addresses of a NAT gateway that is being deleted at the same time are waited for: the
/// template need not say that one depends on the other. memory: how often it was tried.
Outcome remove_attachment(StackCalls& calls, const ResourceRequest& request) {
  const auto apart = detach(calls, request.properties);
  int64_t tries = 0;
  if (request.memory.is_number()) request.memory.to_int64(tries);
  const bool is_in_use = !apart && apart.error().code == "DependencyViolation";
  if (is_in_use && tries < kDetachTriesMax)
    return Progress::again(kLookAgainMs, request.physical_id, Value(tries + 1));
  if (!apart) return apart.error();
  return Progress::done(request.physical_id);
}

// AWS::EC2::RouteTable

Progress table_done(const std::string& id) {
  return Progress::done(id, Value::object({{"RouteTableId", Value(id)}}));
}

Outcome create_table(StackCalls& calls, const ResourceRequest& request) {
  const Value vpc = Value::object({{"VpcId", Value(scalar_text(request.properties, "VpcId"))}});
  std::string own =
      PAWL_TRY(made_before(calls, request, "DescribeRouteTables", "RouteTables", "RouteTableId"));
  if (!own.empty()) return table_done(own);
  const Value made = PAWL_TRY(calls.call(
      kEc2, "CreateRouteTable", with_tag_specification(kTable, vpc, request, "route-table")));
  return table_done(json::text_member(json::object_member(made, "RouteTable"), "RouteTableId"));
}

Outcome update_table(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(change_ec2_tags(calls, kTable, request, request.physical_id));
  return table_done(request.physical_id);
}

Outcome remove_table(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_unless_absent(calls, kEc2, "DeleteRouteTable",
                                   Value::object({{"RouteTableId", Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

// AWS::EC2::Route

constexpr std::string_view kDestinations[] = {"DestinationCidrBlock", "DestinationIpv6CidrBlock",
                                              "DestinationPrefixListId"};

std::string destination_of(const Value& properties) {
  for (const std::string_view name : kDestinations) {
    if (std::string text = scalar_text(properties, name); !text.empty()) return text;
  }
  return {};
}

Progress route_done(const ResourceRequest& request) {
  const std::string destination = destination_of(request.properties);
  return Progress::done(scalar_text(request.properties, "RouteTableId") + "|" + destination,
                        Value::object({{"CidrBlock", Value(destination)}}));
}

Outcome create_route(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_to_create(calls, request, kEc2, "CreateRoute",
                               calls.shape(kEc2, "CreateRoute", request.properties)));
  return route_done(request);
}

Outcome update_route(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(
      calls.call(kEc2, "ReplaceRoute", calls.shape(kEc2, "ReplaceRoute", request.properties)));
  return route_done(request);
}

Outcome remove_route(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_unless_absent(calls, kEc2, "DeleteRoute",
                                   calls.shape(kEc2, "DeleteRoute", request.properties)));
  return Progress::done(request.physical_id);
}

// AWS::EC2::SubnetRouteTableAssociation, GatewayRouteTableAssociation

/// The association of what the template names; of a repeated request that of the earlier call.
ApiResult<std::string> associate(StackCalls& calls, const ResourceRequest& request) {
  const ApiResult<Value> answer = calls.call(
      kEc2, "AssociateRouteTable", calls.shape(kEc2, "AssociateRouteTable", request.properties));
  if (answer) return json::text_member(*answer, "AssociationId");
  if (!request.is_repeated || answer.error().code != "Resource.AlreadyAssociated")
    return answer.error();
  const Value found =
      PAWL_TRY(described(calls, "DescribeRouteTables", "RouteTableIds", "RouteTables",
                         scalar_text(request.properties, "RouteTableId")));
  for (const Value& each : json::items_member(found, "Associations")) {
    for (const std::string_view name : {"SubnetId", "GatewayId"}) {
      const std::string id = scalar_text(request.properties, name);
      if (!id.empty() && json::text_member(each, name) == id)
        return json::text_member(each, "RouteTableAssociationId");
    }
  }
  return answer.error();
}

ApiResult<void> disassociate(StackCalls& calls, const std::string& id) {
  PAWL_TRY_VOID(call_unless_absent(calls, kEc2, "DisassociateRouteTable",
                                   Value::object({{"AssociationId", Value(id)}})));
  return {};
}

Outcome create_subnet_association(StackCalls& calls, const ResourceRequest& request) {
  const std::string id = PAWL_TRY(associate(calls, request));
  return Progress::done(id, Value::object({{"Id", Value(id)}}));
}

Outcome remove_subnet_association(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(disassociate(calls, request.physical_id));
  return Progress::done(request.physical_id);
}

Outcome create_gateway_association(StackCalls& calls, const ResourceRequest& request) {
  const std::string id = PAWL_TRY(associate(calls, request));
  return Progress::done(scalar_text(request.properties, "GatewayId"),
                        Value::object({{"AssociationId", Value(id)}}));
}

Outcome update_gateway_association(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(disassociate(calls, json::text_member(request.attributes, "AssociationId")));
  return create_gateway_association(calls, request);
}

Outcome remove_gateway_association(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(disassociate(calls, json::text_member(request.attributes, "AssociationId")));
  return Progress::done(request.physical_id);
}

// AWS::EC2::EIP: Ref yields its address

Progress address_done(const Value& address) {
  const std::string ip = json::text_member(address, "PublicIp");
  return Progress::done(
      ip, Value::object({{"PublicIp", Value(ip)},
                         {"AllocationId", Value(json::text_member(address, "AllocationId"))}}));
}

/// By its id if that is known, else by the address, which is what the stack knows it by.
ApiResult<Value> address_of(StackCalls& calls, const std::string& ip, const Value& attributes) {
  const std::string id = json::text_member(attributes, "AllocationId");
  if (!id.empty()) return described(calls, "DescribeAddresses", "AllocationIds", "Addresses", id);
  return first_where(calls, "DescribeAddresses", "Addresses", {{"public-ip", ip}});
}

Outcome create_address(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(refuse_properties(
      kAddress, request.properties,
      {"InstanceId", "IpamPoolId", "PublicIpv4Pool", "TransferAddress", "Address"}));
  const std::string own =
      PAWL_TRY(made_before(calls, request, "DescribeAddresses", "Addresses", "PublicIp"));
  if (!own.empty()) return address_done(PAWL_TRY(address_of(calls, own, {})));
  const Value input = calls.shape(kEc2, "AllocateAddress", without(request.properties, {"Tags"}));
  return address_done(PAWL_TRY(calls.call(
      kEc2, "AllocateAddress", with_tag_specification(kAddress, input, request, "elastic-ip"))));
}

Outcome update_address(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(refuse_properties(kAddress, request.properties, {"InstanceId", "PublicIpv4Pool"}));
  const Value address = PAWL_TRY(address_of(calls, request.physical_id, request.attributes));
  PAWL_TRY_VOID(
      change_ec2_tags(calls, kAddress, request, json::text_member(address, "AllocationId")));
  return address_done(address);
}

Outcome remove_address(StackCalls& calls, const ResourceRequest& request) {
  const Value address = PAWL_TRY(address_of(calls, request.physical_id, request.attributes));
  if (address.is_null()) return Progress::done(request.physical_id);
  const Value id = Value(json::text_member(address, "AllocationId"));
  PAWL_TRY_VOID(
      call_unless_absent(calls, kEc2, "ReleaseAddress", Value::object({{"AllocationId", id}})));
  return Progress::done(request.physical_id);
}

// AWS::EC2::NatGateway: ready when it is available, gone when it is deleted

Outcome wait_for_nat(StackCalls& calls, const std::string& id) {
  const Value nat =
      PAWL_TRY(described(calls, "DescribeNatGateways", "NatGatewayIds", "NatGateways", id));
  const std::string state = json::text_member(nat, "State");
  if (state == "pending") return Progress::again(kLookAgainMs, id, Value(true));
  if (state == "failed") return ApiError("NotStabilized", json::text_member(nat, "FailureMessage"));
  return Progress::done(id, Value::object({{"NatGatewayId", Value(id)}, {"EniId", Value("")}}));
}

Outcome create_nat(StackCalls& calls, const ResourceRequest& request) {
  if (goes_on(request)) return wait_for_nat(calls, request.physical_id);
  PAWL_TRY_VOID(refuse_properties(
      kNat, request.properties,
      {"AvailabilityMode", "AvailabilityZoneAddresses", "SecondaryAllocationIds", "VpcId",
       "SecondaryPrivateIpAddressCount", "SecondaryPrivateIpAddresses"}));
  std::string own =
      PAWL_TRY(made_before(calls, request, "DescribeNatGateways", "NatGateways", "NatGatewayId"));
  if (!own.empty()) return made(std::move(own));
  const Value input = calls.shape(kEc2, "CreateNatGateway", without(request.properties, {"Tags"}));
  const Value answer = PAWL_TRY(calls.call(
      kEc2, "CreateNatGateway", with_tag_specification(kNat, input, request, "natgateway")));
  return made(json::text_member(json::object_member(answer, "NatGateway"), "NatGatewayId"));
}

Outcome update_nat(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(change_ec2_tags(calls, kNat, request, request.physical_id));
  return wait_for_nat(calls, request.physical_id);
}

Outcome remove_nat(StackCalls& calls, const ResourceRequest& request) {
  const std::string& id = request.physical_id;
  if (request.memory.is_null()) {
    PAWL_TRY_VOID(call_unless_absent(calls, kEc2, "DeleteNatGateway",
                                     Value::object({{"NatGatewayId", Value(id)}})));
  }
  const Value nat =
      PAWL_TRY(described(calls, "DescribeNatGateways", "NatGatewayIds", "NatGateways", id));
  if (!nat.is_null() && json::text_member(nat, "State") != "deleted")
    return Progress::again(kLookAgainMs, id, Value(true));
  return Progress::done(id);
}

// AWS::EC2::VPCEndpoint

Outcome wait_for_endpoint(StackCalls& calls, const std::string& id) {
  const Value endpoint =
      PAWL_TRY(described(calls, "DescribeVpcEndpoints", "VpcEndpointIds", "VpcEndpoints", id));
  const std::string state = json::text_member(endpoint, "State");
  if (state == "pending" || state == "Pending")
    return Progress::again(kLookAgainMs, id, Value(true));
  std::vector<Value> entries;
  for (const Value& each : json::items_member(endpoint, "DnsEntries")) {
    entries.emplace_back(json::text_member(each, "HostedZoneId") + ":" +
                         json::text_member(each, "DnsName"));
  }
  const double created = json::find_number(endpoint, "CreationTimestamp").value_or(0);
  return Progress::done(
      id, Value::object(
              {{"Id", Value(id)},
               {"CreationTimestamp",
                Value(base::format_iso8601({static_cast<int64_t>(created * 1000.0)}))},
               {"DnsEntries", Value::array(std::move(entries))},
               {"NetworkInterfaceIds", json::array_member(endpoint, "NetworkInterfaceIds")}}));
}

Value with_policy(const ResourceRequest& request, Value properties) {
  const Value policy = property(properties, "PolicyDocument");
  if (policy.is_null()) return properties;
  return properties.with_member("PolicyDocument", Value(policy_text(request.environment, policy)));
}

Outcome create_endpoint(StackCalls& calls, const ResourceRequest& request) {
  if (goes_on(request)) return wait_for_endpoint(calls, request.physical_id);
  PAWL_TRY_VOID(refuse_properties(
      kEndpoint, request.properties,
      {"ResourceConfigurationArn", "ServiceNetworkArn", "ServiceRegion", "DnsOptions"}));
  std::string own = PAWL_TRY(
      made_before(calls, request, "DescribeVpcEndpoints", "VpcEndpoints", "VpcEndpointId"));
  if (!own.empty()) return made(std::move(own));
  const Value input = calls.shape(kEc2, "CreateVpcEndpoint",
                                  with_policy(request, without(request.properties, {"Tags"})));
  const Value answer =
      PAWL_TRY(calls.call(kEc2, "CreateVpcEndpoint",
                          with_tag_specification(kEndpoint, input, request, "vpc-endpoint")));
  return made(json::text_member(json::object_member(answer, "VpcEndpoint"), "VpcEndpointId"));
}

/// Items of a list that the other does not have.
Value only_in(const Value& list, const Value& other) {
  std::vector<Value> out;
  if (list.is_array()) {
    for (const Value& each : list.items()) {
      bool is_there = false;
      if (other.is_array()) {
        for (const Value& theirs : other.items()) is_there = is_there || theirs == each;
      }
      if (!is_there) out.push_back(each);
    }
  }
  return Value::array(std::move(out));
}

Outcome update_endpoint(StackCalls& calls, const ResourceRequest& request) {
  const std::string& id = request.physical_id;
  Value input = calls.shape(
      kEc2, "ModifyVpcEndpoint",
      with_policy(request,
                  json::selected(request.properties,
                                 {"PolicyDocument", "PrivateDnsEnabled", "IpAddressType"})));
  for (const std::string_view list : {"RouteTableIds", "SubnetIds", "SecurityGroupIds"}) {
    const Value before = property(request.previous, list);
    const Value after = property(request.properties, list);
    if (const Value more = only_in(after, before); more.size() > 0)
      input = input.with_member("Add" + std::string(list), more);
    if (const Value less = only_in(before, after); less.size() > 0)
      input = input.with_member("Remove" + std::string(list), less);
  }
  PAWL_TRY_VOID(
      calls.call(kEc2, "ModifyVpcEndpoint", input.with_member("VpcEndpointId", Value(id))));
  PAWL_TRY_VOID(change_ec2_tags(calls, kEndpoint, request, id));
  return wait_for_endpoint(calls, id);
}

Outcome remove_endpoint(StackCalls& calls, const ResourceRequest& request) {
  const Value ids = Value::array({Value(request.physical_id)});
  const Value answer = PAWL_TRY(call_unless_absent(calls, kEc2, "DeleteVpcEndpoints",
                                                   Value::object({{"VpcEndpointIds", ids}})));
  for (const Value& each : json::items_member(answer, "Unsuccessful")) {
    const Value error = json::object_member(each, "Error");
    const ApiError why(json::text_member(error, "Code"), json::text_member(error, "Message"));
    if (!is_absent(why)) return why;
  }
  return Progress::done(request.physical_id);
}

}  // namespace

std::span<const ResourceType> ec2_network_types() {
  static constexpr ResourceType kTypes[] = {
      {"AWS::EC2::VPC", create_vpc, update_vpc, remove_vpc, replaces_vpc, read_vpc},
      {"AWS::EC2::Subnet", create_subnet, update_subnet, remove_subnet},
      {"AWS::EC2::InternetGateway", create_gateway, update_gateway, remove_gateway},
      {"AWS::EC2::VPCGatewayAttachment", create_attachment, update_attachment, remove_attachment},
      {"AWS::EC2::RouteTable", create_table, update_table, remove_table},
      {"AWS::EC2::Route", create_route, update_route, remove_route},
      {"AWS::EC2::SubnetRouteTableAssociation", create_subnet_association, nullptr,
       remove_subnet_association},
      {"AWS::EC2::GatewayRouteTableAssociation", create_gateway_association,
       update_gateway_association, remove_gateway_association},
      {"AWS::EC2::EIP", create_address, update_address, remove_address},
      {"AWS::EC2::NatGateway", create_nat, update_nat, remove_nat},
      {"AWS::EC2::VPCEndpoint", create_endpoint, update_endpoint, remove_endpoint},
  };
  return kTypes;
}

}  // namespace pawl::cloudformation
