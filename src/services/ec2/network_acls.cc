// SPDX-License-Identifier: Apache-2.0
// Network ACLs: their entries, and which subnets they are of.
#include <algorithm>
#include <utility>

#include "json/value.h"
#include "services/ec2/members.h"
#include "services/ec2/service.h"

namespace pawl::ec2 {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

/// A number stands for one entry of each direction.
bool is_entry(const Value& entry, const Value& input) {
  return flag_member(entry, "Egress") == flag_member(input, "Egress") &&
         integer_member(entry, "RuleNumber") == integer_member(input, "RuleNumber");
}

std::vector<Value> entries_without(const Value& acl, const Value& input) {
  std::vector<Value> kept;
  for (const Value& entry : items_member(acl, "Entries")) {
    if (!is_entry(entry, input)) kept.push_back(entry);
  }
  return kept;
}

bool has_entry(const Value& acl, const Value& input) {
  const auto entries = items_member(acl, "Entries");
  return std::any_of(entries.begin(), entries.end(),
                     [&](const Value& entry) { return is_entry(entry, input); });
}

Value with_entry(const Value& acl, const Value& input) {
  std::vector<Value> entries = entries_without(acl, input);
  entries.push_back(json::selected(input, {"CidrBlock", "Egress", "IcmpTypeCode", "Ipv6CidrBlock",
                                           "PortRange", "Protocol", "RuleAction", "RuleNumber"}));
  std::stable_sort(entries.begin(), entries.end(), [](const Value& a, const Value& b) {
    return integer_member(a, "RuleNumber") < integer_member(b, "RuleNumber");
  });
  return acl.with_member("Entries", Value::array(std::move(entries)));
}

aws::ApiError no_entry(const Value& input) {
  return {"InvalidNetworkAclEntry.NotFound",
          "The network acl entry identified by " +
              std::to_string(integer_member(input, "RuleNumber")) + " does not exist."};
}

}  // namespace

// API CreateNetworkAcl: it lets nothing through.
ActionResult Ec2Service::create_network_acl(const Request& request) {
  const std::string vpc_id = text_member(request.input, "VpcId");
  PAWL_TRY(find(request, kVpc, vpc_id));
  ObjectBuilder acl;
  acl.set("Associations", Value::array())
      .set("Entries", Value::array({last_acl_entry(true), last_acl_entry(false)}))
      .set("IsDefault", Value(false))
      .set("NetworkAclId", Value(new_id("acl")))
      .set("Tags", tags_for(request.input, kNetworkAcl))
      .set("VpcId", Value(vpc_id))
      .set("OwnerId", Value(request.account_id()));
  const Value built = std::move(acl).build();
  const Value out = Value::object().with_member("NetworkAcl", built);
  request.keep_answer(out);
  PAWL_TRY_VOID(store_record(request, kNetworkAcl, built));
  return aws::Output(out);
}

// API DeleteNetworkAcl: not the default one, not one in use.
ActionResult Ec2Service::delete_network_acl(const Request& request) {
  const std::string id = text_member(request.input, "NetworkAclId");
  const Value acl = PAWL_TRY(find(request, kNetworkAcl, id));
  if (flag_member(acl, "IsDefault"))
    return aws::ApiError("InvalidParameterValue", "cannot delete default network ACL " + id);
  if (!items_member(acl, "Associations").empty()) return dependency_violation(kNetworkAcl, id);
  PAWL_TRY_VOID(erase_record(request, kNetworkAcl, id));
  return aws::Output();
}

// API CreateNetworkAclEntry.
ActionResult Ec2Service::create_network_acl_entry(const Request& request) {
  const Value acl =
      PAWL_TRY(find(request, kNetworkAcl, text_member(request.input, "NetworkAclId")));
  if (has_entry(acl, request.input)) {
    return aws::ApiError("NetworkAclEntryAlreadyExists",
                         "The network acl entry identified by " +
                             std::to_string(integer_member(request.input, "RuleNumber")) +
                             " already exists.");
  }
  PAWL_TRY_VOID(store_record(request, kNetworkAcl, with_entry(acl, request.input)));
  return aws::Output();
}

// API ReplaceNetworkAclEntry.
ActionResult Ec2Service::replace_network_acl_entry(const Request& request) {
  const Value acl =
      PAWL_TRY(find(request, kNetworkAcl, text_member(request.input, "NetworkAclId")));
  if (!has_entry(acl, request.input)) return no_entry(request.input);
  PAWL_TRY_VOID(store_record(request, kNetworkAcl, with_entry(acl, request.input)));
  return aws::Output();
}

// API DeleteNetworkAclEntry.
ActionResult Ec2Service::delete_network_acl_entry(const Request& request) {
  const Value acl =
      PAWL_TRY(find(request, kNetworkAcl, text_member(request.input, "NetworkAclId")));
  if (!has_entry(acl, request.input)) return no_entry(request.input);
  PAWL_TRY_VOID(
      store_record(request, kNetworkAcl,
                   acl.with_member("Entries", Value::array(entries_without(acl, request.input)))));
  return aws::Output();
}

// API ReplaceNetworkAclAssociation: a subnet is always of one.
ActionResult Ec2Service::replace_network_acl_association(const Request& request) {
  const std::string id = text_member(request.input, "AssociationId");
  const std::string wanted = text_member(request.input, "NetworkAclId");
  PAWL_TRY(find(request, kNetworkAcl, wanted));
  const auto acls = records_.list(owner_of(request), kNetworkAcl.prefix);
  if (!acls) return as_api_error(acls.error());
  for (const auto& record : *acls) {
    std::vector<Value> kept;
    std::string subnet;
    for (const Value& each : items_member(record.value, "Associations")) {
      if (text_member(each, "NetworkAclAssociationId") == id) {
        subnet = text_member(each, "SubnetId");
      } else {
        kept.push_back(each);
      }
    }
    if (subnet.empty()) continue;
    PAWL_TRY_VOID(
        store_record(request, kNetworkAcl,
                     record.value.with_member("Associations", Value::array(std::move(kept)))));
    const Value now = with_subnet(PAWL_TRY(find(request, kNetworkAcl, wanted)), subnet);
    PAWL_TRY_VOID(store_record(request, kNetworkAcl, now));
    return aws::Output(Value::object().with_member(
        "NewAssociationId",
        Value(text_member(items_member(now, "Associations").back(), "NetworkAclAssociationId"))));
  }
  return aws::ApiError("InvalidAssociationID.NotFound",
                       "The association ID '" + id + "' does not exist");
}

}  // namespace pawl::ec2
