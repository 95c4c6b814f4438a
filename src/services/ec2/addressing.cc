// SPDX-License-Identifier: Apache-2.0
// What addresses a VPC and its subnets have besides their first block, and what hosts are told of
// names: DHCP options.
#include <array>
#include <cstdio>
#include <random>
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

/// A /56 of 2001:db8::/32, which is for documentation (RFC 3849): it leads nowhere.
std::string documentation_block() {
  std::random_device device;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "2001:db8:%x:%x00::/56", device() & 0xffff,
                device() & 0xff);
  return text.data();
}

/// The block as an association of a VPC ("CidrBlock") or of IPv6 ("Ipv6CidrBlock").
Value association_of(const char* prefix, const char* member, const std::string& block) {
  const std::string state(std::string(member) + "State");
  ObjectBuilder association;
  association.set("AssociationId", Value(new_id(prefix)))
      .set(member, Value(block))
      .set(state, Value::object().with_member("State", Value("associated")));
  return std::move(association).build();
}

Value with_item(const Value& record, const char* list, const Value& item) {
  std::vector<Value> items;
  for (const Value& each : items_member(record, list)) items.push_back(each);
  items.push_back(item);
  return record.with_member(list, Value::array(std::move(items)));
}

/// The record without the association, and the association; nullopt if it has none of that id.
std::optional<std::pair<Value, Value>> taken_out(const Value& record, const char* list,
                                                 const std::string& id) {
  std::vector<Value> kept;
  Value found;
  for (const Value& each : items_member(record, list)) {
    if (text_member(each, "AssociationId") == id) {
      found = each;
    } else {
      kept.push_back(each);
    }
  }
  if (!found.is_object()) return std::nullopt;
  return std::pair(record.with_member(list, Value::array(std::move(kept))), found);
}

aws::ApiError no_block(const std::string& id) {
  return {"InvalidCidrBlockAssociationID.NotFound",
          "The vpc CIDR block association ID '" + id + "' does not exist"};
}

Value answer(const char* member, const Value& association, const char* of, const std::string& id) {
  ObjectBuilder out;
  out.set(member, association).set(of, Value(id));
  return std::move(out).build();
}

}  // namespace

Value with_ipv6_block(const Value& subnet, const std::string& block) {
  return with_item(subnet, "Ipv6CidrBlockAssociationSet",
                   association_of("subnet-cidr-assoc", "Ipv6CidrBlock", block));
}

// API AssociateVpcCidrBlock: another block of IPv4, or one of Amazon's of IPv6.
ActionResult Ec2Service::associate_vpc_cidr_block(const Request& request) {
  const Value& input = request.input;
  const std::string id = text_member(input, "VpcId");
  const Value vpc = PAWL_TRY(find(request, kVpc, id));
  const std::string block = text_member(input, "CidrBlock");
  const bool is_ipv6 = block.empty();
  if (!is_ipv6 && !Cidr::parse(block)) {
    return aws::ApiError("InvalidParameterValue",
                         "Value (" + block +
                             ") for parameter cidrBlock is invalid. This is not a valid CIDR "
                             "block.");
  }
  const std::string given = text_member(input, "Ipv6CidrBlock");
  Value association = is_ipv6 ? association_of("vpc-cidr-assoc", "Ipv6CidrBlock",
                                               given.empty() ? documentation_block() : given)
                                    .with_member("NetworkBorderGroup", Value(request.region))
                                    .with_member("Ipv6Pool", Value("Amazon"))
                              : association_of("vpc-cidr-assoc", "CidrBlock", block);
  const Value out = answer(is_ipv6 ? "Ipv6CidrBlockAssociation" : "CidrBlockAssociation",
                           association, "VpcId", id);
  request.keep_answer(out);
  PAWL_TRY_VOID(store_record(
      request, kVpc,
      with_item(vpc, is_ipv6 ? "Ipv6CidrBlockAssociationSet" : "CidrBlockAssociationSet",
                association)));
  return aws::Output(out);
}

// API DisassociateVpcCidrBlock: not the first one.
ActionResult Ec2Service::disassociate_vpc_cidr_block(const Request& request) {
  const std::string id = text_member(request.input, "AssociationId");
  const auto vpcs = records_.list(owner_of(request), kVpc.prefix);
  if (!vpcs) return as_api_error(vpcs.error());
  for (const auto& record : *vpcs) {
    for (const bool is_ipv6 : {false, true}) {
      const auto taken = taken_out(
          record.value, is_ipv6 ? "Ipv6CidrBlockAssociationSet" : "CidrBlockAssociationSet", id);
      if (!taken) continue;
      if (!is_ipv6 &&
          text_member(taken->second, "CidrBlock") == text_member(record.value, "CidrBlock")) {
        return aws::ApiError("OperationNotPermitted",
                             "The vpc CIDR block with association ID " + id +
                                 " may not be disassociated. It is the primary IPv4 CIDR block of "
                                 "the VPC");
      }
      PAWL_TRY_VOID(store_record(request, kVpc, taken->first));
      return aws::Output(answer(is_ipv6 ? "Ipv6CidrBlockAssociation" : "CidrBlockAssociation",
                                taken->second, "VpcId", record.name));
    }
  }
  return no_block(id);
}

// API AssociateSubnetCidrBlock.
ActionResult Ec2Service::associate_subnet_cidr_block(const Request& request) {
  const std::string id = text_member(request.input, "SubnetId");
  const Value subnet = PAWL_TRY(find(request, kSubnet, id));
  const Value association = association_of("subnet-cidr-assoc", "Ipv6CidrBlock",
                                           text_member(request.input, "Ipv6CidrBlock"));
  const Value out = answer("Ipv6CidrBlockAssociation", association, "SubnetId", id);
  request.keep_answer(out);
  PAWL_TRY_VOID(store_record(request, kSubnet,
                             with_item(subnet, "Ipv6CidrBlockAssociationSet", association)));
  return aws::Output(out);
}

// API DisassociateSubnetCidrBlock.
ActionResult Ec2Service::disassociate_subnet_cidr_block(const Request& request) {
  const std::string id = text_member(request.input, "AssociationId");
  const auto subnets = records_.list(owner_of(request), kSubnet.prefix);
  if (!subnets) return as_api_error(subnets.error());
  for (const auto& record : *subnets) {
    const auto taken = taken_out(record.value, "Ipv6CidrBlockAssociationSet", id);
    if (!taken) continue;
    PAWL_TRY_VOID(store_record(request, kSubnet, taken->first));
    return aws::Output(answer("Ipv6CidrBlockAssociation", taken->second, "SubnetId", record.name));
  }
  return no_block(id);
}

// API CreateDhcpOptions.
ActionResult Ec2Service::create_dhcp_options(const Request& request) {
  std::vector<Value> configurations;
  for (const Value& each : items_member(request.input, "DhcpConfigurations")) {
    std::vector<Value> values;
    for (const Value& value : items_member(each, "Values"))
      values.push_back(Value::object().with_member("Value", value));
    configurations.push_back(
        json::selected(each, {"Key"}).with_member("Values", Value::array(std::move(values))));
  }
  ObjectBuilder options;
  options.set("DhcpConfigurations", Value::array(std::move(configurations)))
      .set("DhcpOptionsId", Value(new_id("dopt")))
      .set("OwnerId", Value(request.account_id()))
      .set("Tags", tags_for(request.input, kDhcpOptions));
  const Value built = std::move(options).build();
  const Value out = Value::object().with_member("DhcpOptions", built);
  request.keep_answer(out);
  PAWL_TRY_VOID(store_record(request, kDhcpOptions, built));
  return aws::Output(out);
}

// API AssociateDhcpOptions: "default" is none.
ActionResult Ec2Service::associate_dhcp_options(const Request& request) {
  const std::string id = text_member(request.input, "DhcpOptionsId");
  const Value vpc = PAWL_TRY(find(request, kVpc, text_member(request.input, "VpcId")));
  if (id != "default") PAWL_TRY(find(request, kDhcpOptions, id));
  PAWL_TRY_VOID(store_record(request, kVpc, vpc.with_member("DhcpOptionsId", Value(id))));
  return aws::Output();
}

// API DeleteDhcpOptions.
ActionResult Ec2Service::delete_dhcp_options(const Request& request) {
  const std::string id = text_member(request.input, "DhcpOptionsId");
  PAWL_TRY(find(request, kDhcpOptions, id));
  if (!PAWL_TRY(list_where(request, kVpc, "DhcpOptionsId", id)).empty())
    return dependency_violation(kDhcpOptions, id);
  PAWL_TRY_VOID(erase_record(request, kDhcpOptions, id));
  return aws::Output();
}

}  // namespace pawl::ec2
