// SPDX-License-Identifier: Apache-2.0
// VPCs, subnets, internet gateways.
#include <algorithm>
#include <utility>

#include "json/value.h"
#include "services/ec2/cidr.h"
#include "services/ec2/members.h"
#include "services/ec2/service.h"

namespace pawl::ec2 {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

aws::ApiError malformed_cidr(const std::string& text) {
  return {
      "InvalidParameterValue",
      "Value (" + text + ") for parameter cidrBlock is invalid. This is not a valid CIDR block."};
}

/// EnableDnsSupport and the like: {"Value": true}.
std::optional<bool> attribute(const Value& input, std::string_view name) {
  const Value* given = input.find(name);
  if (given == nullptr) return std::nullopt;
  return flag_member(*given, "Value");
}

}  // namespace

// API CreateVpc: /16 to /28.
ActionResult Ec2Service::create_vpc(const Request& request) {
  const std::string text = text_member(request.input, "CidrBlock");
  if (text.empty()) {
    return aws::ApiError("MissingParameter",
                         "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.");
  }
  const std::optional<Cidr> cidr = Cidr::parse(text);
  if (!cidr) return malformed_cidr(text);
  if (cidr->bits < 16 || cidr->bits > 28)
    return aws::ApiError("InvalidVpc.Range", "The CIDR '" + text + "' is invalid.");
  const auto options = default_options(owner_of(request));
  if (!options) return as_api_error(options.error());
  const NewVpc made =
      new_vpc(owner_of(request), text, options->empty() ? "default" : *options, false);
  Value vpc = made.vpc.with_member("Tags", tags_for(request.input, kVpc));
  if (const std::string tenancy = text_member(request.input, "InstanceTenancy"); !tenancy.empty())
    vpc = vpc.with_member("InstanceTenancy", Value(tenancy));
  store::Batch batch;
  const records::Owner owner = owner_of(request);
  records_.put(batch, owner, kVpc.prefix, text_member(vpc, "VpcId"), vpc);
  records_.put(batch, owner, kRouteTable.prefix, text_member(made.route_table, "RouteTableId"),
               made.route_table);
  records_.put(batch, owner, kNetworkAcl.prefix, text_member(made.network_acl, "NetworkAclId"),
               made.network_acl);
  put_group(batch, owner, made.group, true);
  const Value out = Value::object().with_member("Vpc", vpc);
  request.keep_answer(out);
  if (const auto done = records_.commit(batch); !done) return as_api_error(done.error());
  return aws::Output(out);
}

// API DeleteVpc: with what CreateVpc made beside it; nothing else may be in it.
ActionResult Ec2Service::delete_vpc(const Request& request) {
  const std::string id = text_member(request.input, "VpcId");
  PAWL_TRY(find(request, kVpc, id));
  const auto subnets = PAWL_TRY(list_where(request, kSubnet, "VpcId", id));
  const auto tables = PAWL_TRY(list_where(request, kRouteTable, "VpcId", id));
  const auto groups = PAWL_TRY(list_where(request, kSecurityGroup, "VpcId", id));
  const auto acls = PAWL_TRY(list_where(request, kNetworkAcl, "VpcId", id));
  const records::Owner owner = owner_of(request);
  bool is_attached = false;
  for (const auto& [kind, list] :
       {std::pair(&kInternetGateway, "Attachments"), std::pair(&kVpnGateway, "VpcAttachments"),
        std::pair(&kEgressOnlyGateway, "Attachments")}) {
    const auto gateways = records_.list(owner, kind->prefix);
    if (!gateways) return as_api_error(gateways.error());
    is_attached =
        is_attached || std::any_of(gateways->begin(), gateways->end(), [&](const auto& gateway) {
          const auto attachments = items_member(gateway.value, list);
          return !attachments.empty() && text_member(attachments.front(), "VpcId") == id;
        });
  }
  const bool has_endpoints = !PAWL_TRY(list_where(request, kVpcEndpoint, "VpcId", id)).empty();
  if (!subnets.empty() || tables.size() > 1 || groups.size() > 1 || acls.size() > 1 ||
      is_attached || has_endpoints)
    return dependency_violation(kVpc, id);
  store::Batch batch;
  for (const Value& each : PAWL_TRY(list_where(request, kNatGateway, "VpcId", id)))
    records_.erase(batch, owner, kNatGateway.prefix, text_member(each, "NatGatewayId"));
  records_.erase(batch, owner, kVpc.prefix, id);
  for (const Value& each : tables)
    records_.erase(batch, owner, kRouteTable.prefix, text_member(each, "RouteTableId"));
  for (const Value& each : acls)
    records_.erase(batch, owner, kNetworkAcl.prefix, text_member(each, "NetworkAclId"));
  for (const Value& group : groups) {
    const std::string group_id = text_member(group, "GroupId");
    records_.erase(batch, owner, kSecurityGroup.prefix, group_id);
    for (const Value& rule : PAWL_TRY(list_where(request, kSecurityGroupRule, "GroupId", group_id)))
      records_.erase(batch, owner, kSecurityGroupRule.prefix,
                     text_member(rule, "SecurityGroupRuleId"));
  }
  if (const auto done = records_.commit(batch); !done) return as_api_error(done.error());
  return aws::Output();
}

// API DescribeVpcAttribute.
ActionResult Ec2Service::describe_vpc_attribute(const Request& request) {
  const std::string id = text_member(request.input, "VpcId");
  const Value vpc = PAWL_TRY(find(request, kVpc, id));
  const std::string name = text_member(request.input, "Attribute");
  const std::string member = name == "enableDnsSupport"     ? "EnableDnsSupport"
                             : name == "enableDnsHostnames" ? "EnableDnsHostnames"
                                                            : "EnableNetworkAddressUsageMetrics";
  ObjectBuilder out;
  out.set("VpcId", Value(id))
      .set(member, Value::object().with_member("Value", Value(flag_member(vpc, member))));
  return aws::Output(std::move(out).build());
}

// API ModifyVpcAttribute.
ActionResult Ec2Service::modify_vpc_attribute(const Request& request) {
  Value vpc = PAWL_TRY(find(request, kVpc, text_member(request.input, "VpcId")));
  for (const char* name :
       {"EnableDnsSupport", "EnableDnsHostnames", "EnableNetworkAddressUsageMetrics"}) {
    if (const auto value = attribute(request.input, name))
      vpc = vpc.with_member(name, Value(*value));
  }
  PAWL_TRY_VOID(store_record(request, kVpc, vpc));
  return aws::Output();
}

// API CreateSubnet: inside its VPC, beside the other subnets.
ActionResult Ec2Service::create_subnet(const Request& request) {
  const Value& input = request.input;
  const std::string vpc_id = text_member(input, "VpcId");
  const std::string text = text_member(input, "CidrBlock");
  const Value vpc = PAWL_TRY(find(request, kVpc, vpc_id));
  const std::optional<Cidr> cidr = Cidr::parse(text);
  if (!cidr) return malformed_cidr(text);
  const auto blocks = items_member(vpc, "CidrBlockAssociationSet");
  const bool is_inside = std::any_of(blocks.begin(), blocks.end(), [&](const Value& block) {
    const std::optional<Cidr> outer = Cidr::parse(text_member(block, "CidrBlock"));
    return outer && outer->contains(*cidr);
  });
  if (cidr->bits < 16 || cidr->bits > 28 || !is_inside)
    return aws::ApiError("InvalidSubnet.Range", "The CIDR '" + text + "' is invalid.");
  const auto subnets = PAWL_TRY(list_where(request, kSubnet, "VpcId", vpc_id));
  for (const Value& subnet : subnets) {
    const std::optional<Cidr> other = Cidr::parse(text_member(subnet, "CidrBlock"));
    if (other && other->overlaps(*cidr)) {
      return aws::ApiError("InvalidSubnet.Conflict",
                           "The CIDR '" + text + "' conflicts with another subnet");
    }
  }
  const std::string zone = text_member(input, "AvailabilityZone");
  const std::string by_id = text_member(input, "AvailabilityZoneId");
  int chosen = zone.empty() && by_id.empty() ? 0 : -1;
  for (int i = 0; i < kZones; ++i) {
    if (zone == zone_name(request.region, i) || by_id == zone_id(request.region, i)) chosen = i;
  }
  if (chosen < 0) {
    return aws::ApiError("InvalidParameterValue",
                         "Value (" + (zone.empty() ? by_id : zone) +
                             ") for parameter availabilityZone is invalid. Subnets can currently "
                             "only be created in the following availability zones: " +
                             zone_name(request.region, 0) + ", " + zone_name(request.region, 1) +
                             ", " + zone_name(request.region, 2) + ".");
  }
  Value subnet = new_subnet(owner_of(request), vpc_id, text, chosen, false)
                     .with_member("Tags", tags_for(input, kSubnet));
  if (const std::string block = text_member(input, "Ipv6CidrBlock"); !block.empty())
    subnet = with_ipv6_block(subnet, block);
  store::Batch batch;
  const records::Owner owner = owner_of(request);
  const std::string id = text_member(subnet, "SubnetId");
  records_.put(batch, owner, kSubnet.prefix, id, subnet);
  for (const Value& acl : PAWL_TRY(list_where(request, kNetworkAcl, "VpcId", vpc_id))) {
    if (flag_member(acl, "IsDefault"))
      records_.put(batch, owner, kNetworkAcl.prefix, text_member(acl, "NetworkAclId"),
                   with_subnet(acl, id));
  }
  const Value out = Value::object().with_member("Subnet", subnet);
  request.keep_answer(out);
  if (const auto done = records_.commit(batch); !done) return as_api_error(done.error());
  return aws::Output(out);
}

// API DeleteSubnet.
ActionResult Ec2Service::delete_subnet(const Request& request) {
  const std::string id = text_member(request.input, "SubnetId");
  const Value subnet = PAWL_TRY(find(request, kSubnet, id));
  for (const Value& gateway : PAWL_TRY(list_where(request, kNatGateway, "SubnetId", id))) {
    if (text_member(gateway, "State") == "available") return dependency_violation(kSubnet, id);
  }
  const std::string vpc = text_member(subnet, "VpcId");
  for (const Value& endpoint : PAWL_TRY(list_where(request, kVpcEndpoint, "VpcId", vpc))) {
    const auto subnets = texts_member(endpoint, "SubnetIds");
    if (std::find(subnets.begin(), subnets.end(), id) != subnets.end())
      return dependency_violation(kSubnet, id);
  }
  store::Batch batch;
  const records::Owner owner = owner_of(request);
  records_.erase(batch, owner, kSubnet.prefix, id);
  const auto without_it = [&](const Value& record) {
    std::vector<Value> kept;
    for (const Value& each : items_member(record, "Associations")) {
      if (text_member(each, "SubnetId") != id) kept.push_back(each);
    }
    return record.with_member("Associations", Value::array(std::move(kept)));
  };
  for (const ResourceKind* kind : {&kNetworkAcl, &kRouteTable}) {
    for (const Value& record : PAWL_TRY(list_where(request, *kind, "VpcId", vpc)))
      records_.put(batch, owner, kind->prefix, text_member(record, kind->id), without_it(record));
  }
  if (const auto done = records_.commit(batch); !done) return as_api_error(done.error());
  return aws::Output();
}

// API ModifySubnetAttribute.
ActionResult Ec2Service::modify_subnet_attribute(const Request& request) {
  Value subnet = PAWL_TRY(find(request, kSubnet, text_member(request.input, "SubnetId")));
  for (const char* name : {"AssignIpv6AddressOnCreation", "MapPublicIpOnLaunch",
                           "MapCustomerOwnedIpOnLaunch", "EnableDns64"}) {
    if (const auto value = attribute(request.input, name))
      subnet = subnet.with_member(name, Value(*value));
  }
  PAWL_TRY_VOID(store_record(request, kSubnet, subnet));
  return aws::Output();
}

// API CreateInternetGateway.
ActionResult Ec2Service::create_internet_gateway(const Request& request) {
  ObjectBuilder gateway;
  gateway.set("Attachments", Value::array())
      .set("InternetGatewayId", Value(new_id("igw")))
      .set("OwnerId", Value(request.account_id()))
      .set("Tags", tags_for(request.input, kInternetGateway));
  const Value built = std::move(gateway).build();
  const Value out = Value::object().with_member("InternetGateway", built);
  request.keep_answer(out);
  PAWL_TRY_VOID(store_record(request, kInternetGateway, built));
  return aws::Output(out);
}

// API AttachInternetGateway: one of a VPC, one VPC of a gateway.
ActionResult Ec2Service::attach_internet_gateway(const Request& request) {
  const std::string id = text_member(request.input, "InternetGatewayId");
  const std::string vpc = text_member(request.input, "VpcId");
  const Value gateway = PAWL_TRY(find(request, kInternetGateway, id));
  PAWL_TRY(find(request, kVpc, vpc));
  const auto attachments = items_member(gateway, "Attachments");
  if (!attachments.empty()) {
    return aws::ApiError("Resource.AlreadyAssociated",
                         "resource " + id + " is already attached to network " +
                             text_member(attachments.front(), "VpcId"));
  }
  ObjectBuilder attachment;
  attachment.set("State", Value("available")).set("VpcId", Value(vpc));
  PAWL_TRY_VOID(store_record(
      request, kInternetGateway,
      gateway.with_member("Attachments", Value::array({std::move(attachment).build()}))));
  return aws::Output();
}

// API DetachInternetGateway.
ActionResult Ec2Service::detach_internet_gateway(const Request& request) {
  const std::string id = text_member(request.input, "InternetGatewayId");
  const std::string vpc = text_member(request.input, "VpcId");
  const Value gateway = PAWL_TRY(find(request, kInternetGateway, id));
  const auto attachments = items_member(gateway, "Attachments");
  if (attachments.empty() || text_member(attachments.front(), "VpcId") != vpc) {
    return aws::ApiError("Gateway.NotAttached",
                         "resource " + id + " is not attached to network " + vpc);
  }
  for (const Value& nat : PAWL_TRY(list_where(request, kNatGateway, "VpcId", vpc))) {
    if (text_member(nat, "State") != "available" ||
        text_member(nat, "ConnectivityType") != "public")
      continue;
    return aws::ApiError("DependencyViolation",
                         "Network " + vpc +
                             " has some mapped public address(es). Please unmap those public "
                             "address(es) before detaching the gateway.");
  }
  PAWL_TRY_VOID(
      store_record(request, kInternetGateway, gateway.with_member("Attachments", Value::array())));
  return aws::Output();
}

// API DeleteInternetGateway.
ActionResult Ec2Service::delete_internet_gateway(const Request& request) {
  const std::string id = text_member(request.input, "InternetGatewayId");
  const Value gateway = PAWL_TRY(find(request, kInternetGateway, id));
  if (!items_member(gateway, "Attachments").empty())
    return dependency_violation(kInternetGateway, id);
  PAWL_TRY_VOID(erase_record(request, kInternetGateway, id));
  return aws::Output();
}

}  // namespace pawl::ec2
