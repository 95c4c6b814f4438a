// SPDX-License-Identifier: Apache-2.0
// What VPCs of larger templates have besides: AWS::EC2::NetworkAcl, NetworkAclEntry,
// SubnetNetworkAclAssociation, VPCCidrBlock, SubnetCidrBlock, DHCPOptions,
// VPCDHCPOptionsAssociation, EgressOnlyInternetGateway, VPNGateway, FlowLog.
#include "json/members.h"
#include "services/cloudformation/types/ec2.h"
#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {

using aws::ApiError;
using aws::ApiResult;
using json::Value;

namespace {

constexpr size_t kNameMax = 255;

using Outcome = ApiResult<Progress>;

/// Types whose resources are made from their properties, have tags that change, and are deleted.
struct Plain {
  std::string_view type;
  std::string_view create;
  std::string_view member;  ///< of the answer, which has the id
  std::string_view id;      ///< member of that; also the deletion's
  std::string_view remove;
  std::string_view describe;
  std::string_view list;       ///< of descriptions
  std::string_view noun;       ///< of tags: "network-acl"
  std::string_view attribute;  ///< that is the id
};

constexpr Plain kAcl = {"AWS::EC2::NetworkAcl", "CreateNetworkAcl", "NetworkAcl",
                        "NetworkAclId",         "DeleteNetworkAcl", "DescribeNetworkAcls",
                        "NetworkAcls",          "network-acl",      "Id"};
constexpr Plain kOptions = {"AWS::EC2::DHCPOptions", "CreateDhcpOptions", "DhcpOptions",
                            "DhcpOptionsId",         "DeleteDhcpOptions", "DescribeDhcpOptions",
                            "DhcpOptions",           "dhcp-options",      "DhcpOptionsId"};
constexpr Plain kEgressGateway = {"AWS::EC2::EgressOnlyInternetGateway",
                                  "CreateEgressOnlyInternetGateway",
                                  "EgressOnlyInternetGateway",
                                  "EgressOnlyInternetGatewayId",
                                  "DeleteEgressOnlyInternetGateway",
                                  "DescribeEgressOnlyInternetGateways",
                                  "EgressOnlyInternetGateways",
                                  "egress-only-internet-gateway",
                                  "Id"};
constexpr Plain kVpnGateway = {"AWS::EC2::VPNGateway", "CreateVpnGateway", "VpnGateway",
                               "VpnGatewayId",         "DeleteVpnGateway", "DescribeVpnGateways",
                               "VpnGateways",          "vpn-gateway",      "VPNGatewayId"};

Progress plain_done(const Plain& kind, const std::string& id) {
  return Progress::done(id, Value::object({{kind.attribute, Value(id)}}));
}

/// DHCP options are properties of a template, and a list in the operation.
Value dhcp_configurations(const Value& properties) {
  std::vector<Value> list;
  const std::pair<std::string_view, std::string_view> names[] = {
      {"DomainName", "domain-name"},
      {"DomainNameServers", "domain-name-servers"},
      {"NtpServers", "ntp-servers"},
      {"NetbiosNameServers", "netbios-name-servers"},
      {"NetbiosNodeType", "netbios-node-type"}};
  for (const auto& [from, key] : names) {
    const Value given = property(properties, from);
    if (given.is_null()) continue;
    const Value values =
        given.is_array() ? given : Value::array({Value(scalar_text(properties, from))});
    list.push_back(Value::object({{"Key", Value(key)}, {"Values", values}}));
  }
  return Value::array(std::move(list));
}

Outcome create_plain(StackCalls& calls, const ResourceRequest& request, const Plain& kind) {
  PAWL_TRY_VOID(
      refuse_properties(kind.type, request.properties, {"Ipv6AddressPreferredLeaseTime"}));
  Value input = calls.shape(kEc2, kind.create, without(request.properties, {"Tags"}));
  if (kind.create == kOptions.create)
    input = Value::object({{"DhcpConfigurations", dhcp_configurations(request.properties)}});
  const std::string own = PAWL_TRY(made_before(calls, request, kind.describe, kind.list, kind.id));
  if (!own.empty()) return plain_done(kind, own);
  const Value answer = PAWL_TRY(
      calls.call(kEc2, kind.create, with_tag_specification(kind.type, input, request, kind.noun)));
  return plain_done(kind, json::text_member(json::object_member(answer, kind.member), kind.id));
}

Outcome update_plain(StackCalls& calls, const ResourceRequest& request, const Plain& kind) {
  PAWL_TRY_VOID(change_ec2_tags(calls, kind.type, request, request.physical_id));
  return plain_done(kind, request.physical_id);
}

Outcome remove_plain(StackCalls& calls, const ResourceRequest& request, const Plain& kind) {
  PAWL_TRY_VOID(call_unless_absent(calls, kEc2, kind.remove,
                                   Value::object({{kind.id, Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

template <const Plain& kKind>
constexpr ResourceType plain_type() {
  return {kKind.type,
          [](StackCalls& calls, const ResourceRequest& request) {
            return create_plain(calls, request, kKind);
          },
          [](StackCalls& calls, const ResourceRequest& request) {
            return update_plain(calls, request, kKind);
          },
          [](StackCalls& calls, const ResourceRequest& request) {
            return remove_plain(calls, request, kKind);
          }};
}

// AWS::EC2::NetworkAclEntry

Value entry_input(StackCalls& calls, std::string_view operation, const ResourceRequest& request) {
  const Value properties = renamed(request.properties, {{"Icmp", "IcmpTypeCode"}});
  return calls.shape(kEc2, operation, properties)
      .with_member("Egress", Value(is_true(request.properties, "Egress")));
}

Progress entry_done(const std::string& id) {
  return Progress::done(id, Value::object({{"Id", Value(id)}}));
}

Outcome create_entry(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_to_create(calls, request, kEc2, "CreateNetworkAclEntry",
                               entry_input(calls, "CreateNetworkAclEntry", request)));
  return entry_done(request.generated_name(kNameMax));
}

Outcome update_entry(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(calls.call(kEc2, "ReplaceNetworkAclEntry",
                           entry_input(calls, "ReplaceNetworkAclEntry", request)));
  return entry_done(request.physical_id);
}

Outcome remove_entry(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_unless_absent(calls, kEc2, "DeleteNetworkAclEntry",
                                   entry_input(calls, "DeleteNetworkAclEntry", request)));
  return Progress::done(request.physical_id);
}

// AWS::EC2::SubnetNetworkAclAssociation: a subnet always has one; without a template's it is the
// VPC's default ACL's.

/// The association of the subnet, and the VPC it is in.
ApiResult<std::pair<std::string, std::string>> association_of(StackCalls& calls,
                                                              const std::string& subnet) {
  const Value acl = PAWL_TRY(first_where(calls, "DescribeNetworkAcls", "NetworkAcls",
                                         {{"association.subnet-id", subnet}}));
  std::string id;
  for (const Value& each : json::items_member(acl, "Associations")) {
    if (json::text_member(each, "SubnetId") == subnet)
      id = json::text_member(each, "NetworkAclAssociationId");
  }
  return std::pair(id, json::text_member(acl, "VpcId"));
}

Outcome create_acl_association(StackCalls& calls, const ResourceRequest& request) {
  const auto [id, vpc] =
      PAWL_TRY(association_of(calls, scalar_text(request.properties, "SubnetId")));
  const Value answer = PAWL_TRY(calls.call(
      kEc2, "ReplaceNetworkAclAssociation",
      Value::object({{"AssociationId", Value(id)},
                     {"NetworkAclId", Value(scalar_text(request.properties, "NetworkAclId"))}})));
  const std::string now = json::text_member(answer, "NewAssociationId");
  return Progress::done(now, Value::object({{"AssociationId", Value(now)}}));
}

Outcome remove_acl_association(StackCalls& calls, const ResourceRequest& request) {
  const auto [id, vpc] =
      PAWL_TRY(association_of(calls, scalar_text(request.properties, "SubnetId")));
  if (id != request.physical_id) return Progress::done(request.physical_id);
  const Value acl = PAWL_TRY(first_where(calls, "DescribeNetworkAcls", "NetworkAcls",
                                         {{"vpc-id", vpc}, {"default", "true"}}));
  PAWL_TRY_VOID(call_unless_absent(
      calls, kEc2, "ReplaceNetworkAclAssociation",
      Value::object({{"AssociationId", Value(id)},
                     {"NetworkAclId", Value(json::text_member(acl, "NetworkAclId"))}})));
  return Progress::done(request.physical_id);
}

// AWS::EC2::VPCCidrBlock, SubnetCidrBlock

/// The id of what was associated, be it of IPv4 or IPv6.
std::string block_id(const Value& answer) {
  for (const std::string_view member : {"CidrBlockAssociation", "Ipv6CidrBlockAssociation"}) {
    const std::string id = json::text_member(json::object_member(answer, member), "AssociationId");
    if (!id.empty()) return id;
  }
  return {};
}

Progress block_done(const std::string& id) {
  return Progress::done(id, Value::object({{"Id", Value(id)},
                                           {"IpSource", Value("none")},
                                           {"Ipv6AddressAttribute", Value("public")}}));
}

Outcome create_vpc_block(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(refuse_properties(
      "AWS::EC2::VPCCidrBlock", request.properties,
      {"Ipv4IpamPoolId", "Ipv6IpamPoolId", "Ipv6Pool", "Ipv4NetmaskLength", "Ipv6NetmaskLength"}));
  return block_done(block_id(
      PAWL_TRY(calls.call(kEc2, "AssociateVpcCidrBlock",
                          calls.shape(kEc2, "AssociateVpcCidrBlock", request.properties)))));
}

Outcome remove_vpc_block(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_unless_absent(calls, kEc2, "DisassociateVpcCidrBlock",
                                   Value::object({{"AssociationId", Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

Outcome create_subnet_block(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(refuse_properties("AWS::EC2::SubnetCidrBlock", request.properties,
                                  {"Ipv6IpamPoolId", "Ipv6NetmaskLength"}));
  return block_done(block_id(
      PAWL_TRY(calls.call(kEc2, "AssociateSubnetCidrBlock",
                          calls.shape(kEc2, "AssociateSubnetCidrBlock", request.properties)))));
}

Outcome remove_subnet_block(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_unless_absent(calls, kEc2, "DisassociateSubnetCidrBlock",
                                   Value::object({{"AssociationId", Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

// AWS::EC2::VPCDHCPOptionsAssociation

ApiResult<void> use_options(StackCalls& calls, const ResourceRequest& request,
                            const std::string& options) {
  PAWL_TRY_VOID(call_unless_absent(
      calls, kEc2, "AssociateDhcpOptions",
      Value::object({{"DhcpOptionsId", Value(options)},
                     {"VpcId", Value(scalar_text(request.properties, "VpcId"))}})));
  return {};
}

Outcome create_options_association(StackCalls& calls, const ResourceRequest& request) {
  const std::string options = scalar_text(request.properties, "DhcpOptionsId");
  PAWL_TRY_VOID(calls.call(kEc2, "AssociateDhcpOptions",
                           calls.shape(kEc2, "AssociateDhcpOptions", request.properties)));
  return Progress::done(options + "|" + scalar_text(request.properties, "VpcId"));
}

Outcome remove_options_association(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(use_options(calls, request, "default"));
  return Progress::done(request.physical_id);
}

// AWS::EC2::FlowLog

constexpr std::string_view kFlowLog = "AWS::EC2::FlowLog";

/// What was not done is told in the answer.
ApiResult<void> check_unsuccessful(const Value& answer) {
  for (const Value& each : json::items_member(answer, "Unsuccessful")) {
    const Value error = json::object_member(each, "Error");
    const ApiError why(json::text_member(error, "Code"), json::text_member(error, "Message"));
    return why;
  }
  return {};
}

Outcome create_flow_log(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(refuse_properties(kFlowLog, request.properties, {"DeliverCrossAccountRole"}));
  const Value input =
      calls.shape(kEc2, "CreateFlowLogs", without(request.properties, {"Tags", "ResourceId"}))
          .with_member("ResourceIds",
                       Value::array({Value(scalar_text(request.properties, "ResourceId"))}));
  const std::string own =
      PAWL_TRY(made_before(calls, request, "DescribeFlowLogs", "FlowLogs", "FlowLogId"));
  if (!own.empty()) return Progress::done(own, Value::object({{"Id", Value(own)}}));
  const Value answer = PAWL_TRY(calls.call(
      kEc2, "CreateFlowLogs", with_tag_specification(kFlowLog, input, request, "vpc-flow-log")));
  PAWL_TRY_VOID(check_unsuccessful(answer));
  std::string id;
  for (const Value& each : json::items_member(answer, "FlowLogIds")) id = each.as_string();
  return Progress::done(id, Value::object({{"Id", Value(id)}}));
}

Outcome update_flow_log(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(change_ec2_tags(calls, kFlowLog, request, request.physical_id));
  return Progress::done(request.physical_id, Value::object({{"Id", Value(request.physical_id)}}));
}

Outcome remove_flow_log(StackCalls& calls, const ResourceRequest& request) {
  const Value ids = Value::array({Value(request.physical_id)});
  const Value answer = PAWL_TRY(
      call_unless_absent(calls, kEc2, "DeleteFlowLogs", Value::object({{"FlowLogIds", ids}})));
  const ApiResult<void> done = check_unsuccessful(answer);
  if (!done && !is_absent(done.error())) return done.error();
  return Progress::done(request.physical_id);
}

}  // namespace

std::span<const ResourceType> ec2_more_types() {
  static constexpr ResourceType kTypes[] = {
      plain_type<kAcl>(),
      plain_type<kOptions>(),
      plain_type<kEgressGateway>(),
      plain_type<kVpnGateway>(),
      {"AWS::EC2::NetworkAclEntry", create_entry, update_entry, remove_entry},
      {"AWS::EC2::SubnetNetworkAclAssociation", create_acl_association, nullptr,
       remove_acl_association},
      {"AWS::EC2::VPCCidrBlock", create_vpc_block, nullptr, remove_vpc_block},
      {"AWS::EC2::SubnetCidrBlock", create_subnet_block, nullptr, remove_subnet_block},
      {"AWS::EC2::VPCDHCPOptionsAssociation", create_options_association, nullptr,
       remove_options_association},
      {"AWS::EC2::FlowLog", create_flow_log, update_flow_log, remove_flow_log},
  };
  return kTypes;
}

}  // namespace pawl::cloudformation
