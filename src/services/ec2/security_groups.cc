// SPDX-License-Identifier: Apache-2.0
// Security groups: each rule is a record; the permissions of a group are composed of them.
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

/// The lists of an IpPermission: who may.
struct Peer {
  const char* list;
  const char* member;  ///< of an item
  const char* rule;    ///< of a rule's record; "": ReferencedGroupInfo
};
constexpr Peer kPeers[] = {{"IpRanges", "CidrIp", "CidrIpv4"},
                           {"Ipv6Ranges", "CidrIpv6", "CidrIpv6"},
                           {"PrefixListIds", "PrefixListId", "PrefixListId"},
                           {"UserIdGroupPairs", "GroupId", ""}};

/// What two rules must not have in common.
std::string identity_of(const Value& rule) {
  std::string key = flag_member(rule, "IsEgress") ? "e" : "i";
  for (const char* name : {"IpProtocol", "CidrIpv4", "CidrIpv6", "PrefixListId"})
    key += "|" + text_member(rule, name);
  for (const char* name : {"FromPort", "ToPort"})
    key += "|" + std::to_string(integer_member(rule, name, -1));
  const Value* group = rule.find("ReferencedGroupInfo");
  return key + "|" + (group == nullptr ? "" : text_member(*group, "GroupId"));
}

/// Rules of a request: its IpPermissions, or the older way of one rule in the input itself.
std::vector<Value> permissions_of(const Value& input) {
  std::vector<Value> permissions;
  for (const Value& each : items_member(input, "IpPermissions")) permissions.push_back(each);
  const std::string protocol = text_member(input, "IpProtocol");
  if (permissions.empty() && !protocol.empty()) {
    ObjectBuilder one;
    copy_members(input, {"IpProtocol", "FromPort", "ToPort"}, one);
    if (const std::string cidr = text_member(input, "CidrIp"); !cidr.empty()) {
      one.set("IpRanges", Value::array({Value::object().with_member("CidrIp", Value(cidr))}));
    }
    permissions.push_back(std::move(one).build());
  }
  return permissions;
}

std::vector<Value> rules_of(const records::Owner& owner, const std::string& group, bool is_egress,
                            const std::vector<Value>& permissions) {
  std::vector<Value> rules;
  for (const Value& permission : permissions) {
    for (const Peer& peer : kPeers) {
      for (const Value& item : items_member(permission, peer.list))
        rules.push_back(new_rule(owner, group, is_egress, permission, item, peer.list));
    }
  }
  return rules;
}

/// Protocols by number mean those with names; "-1" is all of them.
std::string protocol_of(const Value& permission) {
  const std::string given = text_member(permission, "IpProtocol");
  if (given == "6") return "tcp";
  if (given == "17") return "udp";
  if (given == "1") return "icmp";
  if (given == "58") return "icmpv6";
  return given;
}

}  // namespace

Value new_rule(const records::Owner& owner, const std::string& group, bool is_egress,
               const Value& permission, const Value& peer, std::string_view peer_kind) {
  ObjectBuilder rule;
  const std::string protocol = protocol_of(permission);
  const auto port = [&](const char* member) {  // with all protocols ports are not looked at
    return Value(protocol == "-1" ? int64_t{-1} : integer_member(permission, member, -1));
  };
  rule.set("SecurityGroupRuleId", Value(new_id("sgr")))
      .set("GroupId", Value(group))
      .set("GroupOwnerId", Value(owner.account))
      .set("IsEgress", Value(is_egress))
      .set("IpProtocol", Value(protocol))
      .set("FromPort", port("FromPort"))
      .set("ToPort", port("ToPort"));
  for (const Peer& kind : kPeers) {
    if (peer_kind != kind.list) continue;
    if (*kind.rule != '\0') {
      rule.set(kind.rule, Value(text_member(peer, kind.member)));
    } else {
      const std::string user = text_member(peer, "UserId");
      ObjectBuilder referenced;
      referenced.set("GroupId", Value(text_member(peer, "GroupId")))
          .set("UserId", Value(user.empty() ? owner.account : user));
      rule.set("ReferencedGroupInfo", std::move(referenced).build());
    }
  }
  copy_members(peer, {"Description"}, rule);
  return std::move(rule).build();
}

void Ec2Service::put_group(store::Batch& batch, const records::Owner& owner, const Value& group,
                           bool is_default) const {
  const std::string id = text_member(group, "GroupId");
  records_.put(batch, owner, kSecurityGroup.prefix, id, group);
  const Value all = Value::object().with_member("IpProtocol", Value("-1"));
  const auto put_rule = [&](const Value& rule) {
    records_.put(batch, owner, kSecurityGroupRule.prefix, text_member(rule, "SecurityGroupRuleId"),
                 rule);
  };
  // Everything may leave; into a default group may come what is in it.
  put_rule(new_rule(owner, id, true, all, Value::object().with_member("CidrIp", Value("0.0.0.0/0")),
                    "IpRanges"));
  if (is_default) {
    put_rule(new_rule(owner, id, false, all, Value::object().with_member("GroupId", Value(id)),
                      "UserIdGroupPairs"));
  }
}

base::Result<Value> Ec2Service::with_permissions(const records::Owner& owner, Value group) const {
  const std::string id = text_member(group, "GroupId");
  struct Permission {
    std::string key;
    const Value* rule;
    std::vector<Value> peers[std::size(kPeers)];
  };
  const auto rules = PAWL_TRY(records_.list(owner, kSecurityGroupRule.prefix));
  std::vector<Permission> permissions[2];
  for (const auto& record : rules) {
    const Value& rule = record.value;
    if (text_member(rule, "GroupId") != id) continue;
    auto& side = permissions[flag_member(rule, "IsEgress") ? 1 : 0];
    const std::string key = text_member(rule, "IpProtocol") + "|" +
                            std::to_string(integer_member(rule, "FromPort", -1)) + "|" +
                            std::to_string(integer_member(rule, "ToPort", -1));
    auto permission = std::find_if(side.begin(), side.end(),
                                   [&](const Permission& each) { return each.key == key; });
    if (permission == side.end()) permission = side.insert(side.end(), Permission{key, &rule, {}});
    for (size_t i = 0; i < std::size(kPeers); ++i) {
      ObjectBuilder item;
      const Value* referenced = rule.find("ReferencedGroupInfo");
      if (*kPeers[i].rule != '\0') {
        const std::string text = text_member(rule, kPeers[i].rule);
        if (text.empty()) continue;
        item.set(kPeers[i].member, Value(text));
      } else {
        if (referenced == nullptr) continue;
        copy_members(*referenced, {"GroupId", "UserId"}, item);
      }
      copy_members(rule, {"Description"}, item);
      permission->peers[i].push_back(std::move(item).build());
    }
  }
  const auto composed = [&](std::vector<Permission>& side) {
    std::vector<Value> out;
    for (Permission& permission : side) {
      ObjectBuilder one;
      const Value& rule = *permission.rule;
      one.set("IpProtocol", Value(text_member(rule, "IpProtocol")));
      if (text_member(rule, "IpProtocol") != "-1") copy_members(rule, {"FromPort", "ToPort"}, one);
      for (size_t i = 0; i < std::size(kPeers); ++i)
        one.set(kPeers[i].list, Value::array(std::move(permission.peers[i])));
      out.push_back(std::move(one).build());
    }
    return Value::array(std::move(out));
  };
  return group.with_member("IpPermissions", composed(permissions[0]))
      .with_member("IpPermissionsEgress", composed(permissions[1]));
}

/// GroupId, or GroupName of a group in the default VPC.
aws::ApiResult<Value> Ec2Service::group_of(const Request& request) {
  const std::string id = text_member(request.input, "GroupId");
  if (!id.empty()) return find(request, kSecurityGroup, id);
  const std::string name = text_member(request.input, "GroupName");
  if (name.empty()) {
    return aws::ApiError("MissingParameter",
                         "The request must contain the parameter groupName or groupId");
  }
  for (Value& group : PAWL_TRY(list_where(request, kSecurityGroup, "GroupName", name))) {
    const auto vpc = find(request, kVpc, text_member(group, "VpcId"));
    if (vpc && flag_member(*vpc, "IsDefault")) return std::move(group);
  }
  return not_found(kSecurityGroup, name);
}

// API CreateSecurityGroup: in a VPC, or in the default one.
ActionResult Ec2Service::create_security_group(const Request& request) {
  const Value& input = request.input;
  const std::string name = text_member(input, "GroupName");
  std::string vpc = text_member(input, "VpcId");
  if (vpc.empty()) {
    const auto vpcs = records_.list(owner_of(request), kVpc.prefix);
    if (!vpcs) return as_api_error(vpcs.error());
    for (const auto& each : *vpcs) {
      if (flag_member(each.value, "IsDefault")) vpc = each.name;
    }
    if (vpc.empty()) return aws::ApiError("VPCIdNotSpecified", "No default VPC for this user");
  }
  PAWL_TRY(find(request, kVpc, vpc));
  if (name == "default" || name.starts_with("sg-")) {
    return aws::ApiError("InvalidParameterValue",
                         "Cannot use reserved security group name: " + name);
  }
  for (const Value& other : PAWL_TRY(list_where(request, kSecurityGroup, "VpcId", vpc))) {
    if (text_member(other, "GroupName") == name) {
      return aws::ApiError("InvalidGroup.Duplicate", "The security group '" + name +
                                                         "' already exists for VPC '" + vpc + "'");
    }
  }
  const std::string id = new_id("sg");
  const Value tags = tags_for(input, kSecurityGroup);
  ObjectBuilder group;
  group.set("Description", Value(text_member(input, "Description")))
      .set("GroupName", Value(name))
      .set("OwnerId", Value(request.account_id()))
      .set("GroupId", Value(id))
      .set("VpcId", Value(vpc))
      .set("Tags", tags);
  ObjectBuilder out;
  out.set("GroupId", Value(id)).set("Tags", tags);
  const Value output = std::move(out).build();
  store::Batch batch;
  put_group(batch, owner_of(request), std::move(group).build(), false);
  request.keep_answer(output);
  if (const auto done = records_.commit(batch); !done) return as_api_error(done.error());
  return aws::Output(output);
}

// API DeleteSecurityGroup: neither a default group nor one that a rule of another names.
ActionResult Ec2Service::delete_security_group(const Request& request) {
  const Value group = PAWL_TRY(group_of(request));
  const std::string id = text_member(group, "GroupId");
  if (text_member(group, "GroupName") == "default") {
    return aws::ApiError("CannotDelete", "the specified group: \"" + id +
                                             "\" name: \"default\" cannot be deleted by a user");
  }
  const auto rules = records_.list(owner_of(request), kSecurityGroupRule.prefix);
  if (!rules) return as_api_error(rules.error());
  store::Batch batch;
  for (const auto& rule : *rules) {
    const bool is_own = text_member(rule.value, "GroupId") == id;
    const Value* referenced = rule.value.find("ReferencedGroupInfo");
    if (!is_own && referenced != nullptr && text_member(*referenced, "GroupId") == id)
      return aws::ApiError("DependencyViolation", "resource " + id + " has a dependent object");
    if (is_own) records_.erase(batch, owner_of(request), kSecurityGroupRule.prefix, rule.name);
  }
  records_.erase(batch, owner_of(request), kSecurityGroup.prefix, id);
  if (const auto done = records_.commit(batch); !done) return as_api_error(done.error());
  ObjectBuilder out;
  out.set("Return", Value(true)).set("GroupId", Value(id));
  return aws::Output(std::move(out).build());
}

ActionResult Ec2Service::authorize_ingress(const Request& request) {
  return authorize(request, false);
}
ActionResult Ec2Service::authorize_egress(const Request& request) {
  return authorize(request, true);
}
ActionResult Ec2Service::revoke_ingress(const Request& request) { return revoke(request, false); }
ActionResult Ec2Service::revoke_egress(const Request& request) { return revoke(request, true); }

// API AuthorizeSecurityGroupIngress, AuthorizeSecurityGroupEgress.
ActionResult Ec2Service::authorize(const Request& request, bool is_egress) {
  const Value group = PAWL_TRY(group_of(request));
  const std::string id = text_member(group, "GroupId");
  const std::vector<Value> rules =
      rules_of(owner_of(request), id, is_egress, permissions_of(request.input));
  if (rules.empty()) {
    return aws::ApiError(
        "MissingParameter",
        "The request must contain the parameter ipPermissions, each with who may.");
  }
  std::vector<std::string> known;
  for (const Value& rule : PAWL_TRY(list_where(request, kSecurityGroupRule, "GroupId", id)))
    known.push_back(identity_of(rule));
  const Value tags = tags_for(request.input, kSecurityGroupRule);
  store::Batch batch;
  std::vector<Value> made;
  for (const Value& rule : rules) {
    const std::string identity = identity_of(rule);
    if (std::find(known.begin(), known.end(), identity) != known.end()) {
      return aws::ApiError("InvalidPermission.Duplicate",
                           "the specified rule \"" + identity + "\" already exists");
    }
    known.push_back(identity);
    made.push_back(rule.with_member("Tags", tags));
    records_.put(batch, owner_of(request), kSecurityGroupRule.prefix,
                 text_member(rule, "SecurityGroupRuleId"), made.back());
  }
  ObjectBuilder out;
  out.set("Return", Value(true)).set("SecurityGroupRules", Value::array(std::move(made)));
  const Value output = std::move(out).build();
  request.keep_answer(output);
  if (const auto done = records_.commit(batch); !done) return as_api_error(done.error());
  return aws::Output(output);
}

// API RevokeSecurityGroupIngress, RevokeSecurityGroupEgress: by rule id or by what the rule says.
ActionResult Ec2Service::revoke(const Request& request, bool is_egress) {
  const Value group = PAWL_TRY(group_of(request));
  const std::string id = text_member(group, "GroupId");
  const auto own = PAWL_TRY(list_where(request, kSecurityGroupRule, "GroupId", id));
  store::Batch batch;
  const auto erase_rule = [&](const Value& rule) {
    records_.erase(batch, owner_of(request), kSecurityGroupRule.prefix,
                   text_member(rule, "SecurityGroupRuleId"));
  };
  for (const Value& wanted : items_member(request.input, "SecurityGroupRuleIds")) {
    const auto rule = std::find_if(own.begin(), own.end(), [&](const Value& each) {
      return text_member(each, "SecurityGroupRuleId") == wanted.as_string();
    });
    if (rule == own.end()) return not_found(kSecurityGroupRule, wanted.as_string());
    erase_rule(*rule);
  }
  for (const Value& wanted :
       rules_of(owner_of(request), id, is_egress, permissions_of(request.input))) {
    const auto rule = std::find_if(own.begin(), own.end(), [&](const Value& each) {
      return identity_of(each) == identity_of(wanted);
    });
    if (rule == own.end()) {
      return aws::ApiError("InvalidPermission.NotFound",
                           "The specified rule does not exist in this security group.");
    }
    erase_rule(*rule);
  }
  if (const auto done = records_.commit(batch); !done) return as_api_error(done.error());
  return aws::Output(Value::object().with_member("Return", Value(true)));
}

// API ModifySecurityGroupRules: what is given replaces the whole rule but its id and tags.
ActionResult Ec2Service::modify_security_group_rules(const Request& request) {
  const Value group = PAWL_TRY(group_of(request));
  store::Batch batch;
  for (const Value& update : items_member(request.input, "SecurityGroupRules")) {
    const std::string id = text_member(update, "SecurityGroupRuleId");
    const Value old = PAWL_TRY(find(request, kSecurityGroupRule, id));
    if (text_member(old, "GroupId") != text_member(group, "GroupId"))
      return not_found(kSecurityGroupRule, id);
    const Value* given = update.find("SecurityGroupRule");
    if (given == nullptr) continue;
    ObjectBuilder rule;
    copy_members(old, {"SecurityGroupRuleId", "GroupId", "GroupOwnerId", "IsEgress", "Tags"}, rule);
    copy_members(
        *given,
        {"IpProtocol", "FromPort", "ToPort", "CidrIpv4", "CidrIpv6", "PrefixListId", "Description"},
        rule);
    if (const std::string referenced = text_member(*given, "ReferencedGroupId");
        !referenced.empty()) {
      ObjectBuilder info;
      info.set("GroupId", Value(referenced)).set("UserId", Value(request.account_id()));
      rule.set("ReferencedGroupInfo", std::move(info).build());
    }
    records_.put(batch, owner_of(request), kSecurityGroupRule.prefix, id, std::move(rule).build());
  }
  if (const auto done = records_.commit(batch); !done) return as_api_error(done.error());
  return aws::Output(Value::object().with_member("Return", Value(true)));
}

ActionResult Ec2Service::describe_rules_in_ingress(const Request& request) {
  return update_descriptions(request, false);
}
ActionResult Ec2Service::describe_rules_in_egress(const Request& request) {
  return update_descriptions(request, true);
}

// API UpdateSecurityGroupRuleDescriptionsIngress, …Egress: rules as IpPermissions name them.
ActionResult Ec2Service::update_descriptions(const Request& request, bool is_egress) {
  const Value group = PAWL_TRY(group_of(request));
  const std::string id = text_member(group, "GroupId");
  const auto own = PAWL_TRY(list_where(request, kSecurityGroupRule, "GroupId", id));
  store::Batch batch;
  for (const Value& wanted :
       rules_of(owner_of(request), id, is_egress, permissions_of(request.input))) {
    const auto rule = std::find_if(own.begin(), own.end(), [&](const Value& each) {
      return identity_of(each) == identity_of(wanted);
    });
    if (rule == own.end()) {
      return aws::ApiError("InvalidPermission.NotFound",
                           "The specified rule does not exist in this security group.");
    }
    const Value* description = wanted.find("Description");
    records_.put(batch, owner_of(request), kSecurityGroupRule.prefix,
                 text_member(*rule, "SecurityGroupRuleId"),
                 description == nullptr ? rule->without_member("Description")
                                        : rule->with_member("Description", *description));
  }
  if (const auto done = records_.commit(batch); !done) return as_api_error(done.error());
  return aws::Output(Value::object().with_member("Return", Value(true)));
}

}  // namespace pawl::ec2
