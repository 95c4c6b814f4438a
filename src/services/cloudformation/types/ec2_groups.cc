// SPDX-License-Identifier: Apache-2.0
// AWS::EC2::SecurityGroup, SecurityGroupIngress, SecurityGroupEgress, LaunchTemplate.
#include <algorithm>

#include "json/members.h"
#include "services/cloudformation/types/ec2.h"

#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {

using aws::ApiResult;
using json::Value;

Value with_tag_specification(std::string_view type, Value input, const ResourceRequest& request,
                             std::string_view noun) {
  const Tags tags = desired_tags(type, request);
  if (tags.empty()) return input;
  return input.with_member(
      "TagSpecifications",
      Value::array({Value::object({{"ResourceType", Value(noun)}, {"Tags", tag_list(tags)}})}));
}

ApiResult<void> change_ec2_tags(StackCalls& calls, std::string_view type,
                                const ResourceRequest& request, std::string_view id) {
  const TagChange change = own_tag_change(type, request);
  const Value resources = Value::array({Value(id)});
  std::vector<Value> gone;
  for (const std::string& key : change.removed)
    gone.push_back(Value::object({{"Key", Value(key)}}));
  if (!gone.empty()) {
    PAWL_TRY_VOID(calls.call(
        kEc2, "DeleteTags",
        Value::object({{"Resources", resources}, {"Tags", Value::array(std::move(gone))}})));
  }
  if (change.set.empty()) return {};
  PAWL_TRY_VOID(
      calls.call(kEc2, "CreateTags",
                 Value::object({{"Resources", resources}, {"Tags", tag_list(change.set)}})));
  return {};
}

ApiResult<Value> described(StackCalls& calls, std::string_view operation, std::string_view ids,
                           std::string_view list, std::string_view id) {
  const Value answer = PAWL_TRY(call_unless_absent(
      calls, kEc2, operation, Value::object({{ids, Value::array({Value(id)})}})));
  const auto found = json::items_member(answer, list);
  return found.empty() ? Value() : found.front();
}

ApiResult<Value> first_where(
    StackCalls& calls, std::string_view operation, std::string_view list,
    std::initializer_list<std::pair<std::string_view, std::string_view>> filters) {
  std::vector<Value> conditions;
  for (const auto& [name, value] : filters) {
    conditions.push_back(
        Value::object({{"Name", Value(name)}, {"Values", Value::array({Value(value)})}}));
  }
  const Value answer = PAWL_TRY(call_unless_absent(
      calls, kEc2, operation, Value::object({{"Filters", Value::array(std::move(conditions))}})));
  const auto found = json::items_member(answer, list);
  return found.empty() ? Value() : found.front();
}

ApiResult<std::string> made_before(StackCalls& calls, const ResourceRequest& request,
                                   std::string_view operation, std::string_view list,
                                   std::string_view id) {
  if (!may_be_made(request)) return std::string();
  const Value found =
      PAWL_TRY(first_where(calls, operation, list,
                           {{"tag:aws:cloudformation:stack-id", request.environment.stack_id},
                            {"tag:aws:cloudformation:logical-id", request.logical_id}}));
  return json::text_member(found, id);
}

namespace {

constexpr size_t kNameMax = 255;
constexpr size_t kTemplateNameMax = 128;

constexpr std::string_view kGroup = "AWS::EC2::SecurityGroup";

using Outcome = ApiResult<Progress>;

/// The two sides of a group.
struct Side {
  std::string_view property;  ///< of the group: "SecurityGroupIngress"
  std::string_view peer;      ///< "Source…": how properties of a rule begin
  std::string_view authorize;
  std::string_view revoke;
  std::string_view describe;  ///< UpdateSecurityGroupRuleDescriptions…
};
constexpr Side kIngress = {"SecurityGroupIngress", "Source", "AuthorizeSecurityGroupIngress",
                           "RevokeSecurityGroupIngress",
                           "UpdateSecurityGroupRuleDescriptionsIngress"};
constexpr Side kEgress = {"SecurityGroupEgress", "Destination", "AuthorizeSecurityGroupEgress",
                          "RevokeSecurityGroupEgress", "UpdateSecurityGroupRuleDescriptionsEgress"};

/// A rule of a template as an IpPermission.
ApiResult<Value> permission_of(const Value& rule, const Side& side) {
  Value out = Value::object({{"IpProtocol", Value(scalar_text(rule, "IpProtocol"))}});
  for (const std::string_view port : {"FromPort", "ToPort"}) {
    if (const std::string text = scalar_text(rule, port); !text.empty())
      out = out.with_member(port, Value::number_from_lexeme(text));
  }
  const std::string peer(side.peer);
  if (json::has_member(rule, peer + "SecurityGroupName"))
    return not_served("AWS::EC2::SecurityGroup", peer + "SecurityGroupName");
  const std::string description = scalar_text(rule, "Description");
  const auto add = [&](std::string_view list, Value item) {
    if (!description.empty()) item = item.with_member("Description", Value(description));
    out = out.with_member(list, Value::array({std::move(item)}));
  };
  if (const std::string cidr = scalar_text(rule, "CidrIp"); !cidr.empty())
    add("IpRanges", Value::object({{"CidrIp", Value(cidr)}}));
  if (const std::string cidr = scalar_text(rule, "CidrIpv6"); !cidr.empty())
    add("Ipv6Ranges", Value::object({{"CidrIpv6", Value(cidr)}}));
  if (const std::string list = scalar_text(rule, peer + "PrefixListId"); !list.empty())
    add("PrefixListIds", Value::object({{"PrefixListId", Value(list)}}));
  if (const std::string group = scalar_text(rule, peer + "SecurityGroupId"); !group.empty()) {
    Value pair = Value::object({{"GroupId", Value(group)}});
    if (const std::string owner = scalar_text(rule, "SourceSecurityGroupOwnerId"); !owner.empty())
      pair = pair.with_member("UserId", Value(owner));
    add("UserIdGroupPairs", std::move(pair));
  }
  return out;
}

ApiResult<Value> permissions_input(const std::string& group, const std::vector<Value>& rules,
                                   const Side& side) {
  std::vector<Value> permissions;
  for (const Value& rule : rules) permissions.push_back(PAWL_TRY(permission_of(rule, side)));
  return Value::object(
      {{"GroupId", Value(group)}, {"IpPermissions", Value::array(std::move(permissions))}});
}

std::vector<Value> rules_of(const Value& properties, const Side& side) {
  std::vector<Value> rules;
  for (const Value& each : json::items_member(properties, side.property)) rules.push_back(each);
  return rules;
}

/// A group that says nothing of what may leave lets everything out, as the API makes it.
std::vector<Value> rules_or_default(const Value& properties, const Side& side) {
  if (side.property != kEgress.property || json::has_member(properties, side.property))
    return rules_of(properties, side);
  return {Value::object({{"IpProtocol", Value("-1")}, {"CidrIp", Value("0.0.0.0/0")}})};
}

std::vector<Value> only_in(const std::vector<Value>& rules, const std::vector<Value>& others) {
  std::vector<Value> out;
  for (const Value& each : rules) {
    const bool is_double = std::find(out.begin(), out.end(), each) != out.end();
    if (!is_double && std::find(others.begin(), others.end(), each) == others.end())
      out.push_back(each);
  }
  return out;
}

/// Revokes rules that are gone, then lets in those that are new.
ApiResult<void> change_rules(StackCalls& calls, const ResourceRequest& request,
                             const std::string& group, const Side& side,
                             const std::vector<Value>& before, const std::vector<Value>& after) {
  const std::vector<Value> gone = only_in(before, after);
  if (!gone.empty()) {
    PAWL_TRY_VOID(call_unless_absent(calls, kEc2, side.revoke,
                                     PAWL_TRY(permissions_input(group, gone, side))));
  }
  const std::vector<Value> made = only_in(after, before);
  if (!made.empty()) {
    PAWL_TRY_VOID(call_to_create(calls, request, kEc2, side.authorize,
                                 PAWL_TRY(permissions_input(group, made, side))));
  }
  return {};
}

// AWS::EC2::SecurityGroup

Outcome group_done(StackCalls& calls, const std::string& id) {
  const Value group =
      PAWL_TRY(described(calls, "DescribeSecurityGroups", "GroupIds", "SecurityGroups", id));
  return Progress::done(id, Value::object({{"GroupId", Value(id)},
                                           {"Id", Value(id)},
                                           {"VpcId", Value(json::text_member(group, "VpcId"))}}));
}

Outcome create_group(StackCalls& calls, const ResourceRequest& request) {
  if (goes_on(request)) {
    const std::string& id = request.physical_id;
    for (const Side& side : {kIngress, kEgress}) {
      PAWL_TRY_VOID(change_rules(calls, request, id, side, rules_or_default(Value::object(), side),
                                 rules_or_default(request.properties, side)));
    }
    return group_done(calls, id);
  }
  Value input =
      Value::object({{"GroupName", Value(name_of(request, "GroupName", kNameMax))},
                     {"Description", Value(scalar_text(request.properties, "GroupDescription"))}});
  if (const std::string vpc = scalar_text(request.properties, "VpcId"); !vpc.empty())
    input = input.with_member("VpcId", Value(vpc));
  std::string own =
      PAWL_TRY(made_before(calls, request, "DescribeSecurityGroups", "SecurityGroups", "GroupId"));
  if (!own.empty()) return made(std::move(own));
  const Value answer =
      PAWL_TRY(calls.call(kEc2, "CreateSecurityGroup",
                          with_tag_specification(kGroup, input, request, "security-group")));
  return made(json::text_member(answer, "GroupId"));
}

Outcome update_group(StackCalls& calls, const ResourceRequest& request) {
  const std::string& id = request.physical_id;
  for (const Side& side : {kIngress, kEgress}) {
    PAWL_TRY_VOID(change_rules(calls, request, id, side, rules_or_default(request.previous, side),
                               rules_or_default(request.properties, side)));
  }
  PAWL_TRY_VOID(change_ec2_tags(calls, kGroup, request, id));
  return group_done(calls, id);
}

Outcome remove_group(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_unless_absent(calls, kEc2, "DeleteSecurityGroup",
                                   Value::object({{"GroupId", Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

// AWS::EC2::SecurityGroupIngress, SecurityGroupEgress: one rule

Value group_of(const ResourceRequest& request) {
  const std::string id = scalar_text(request.properties, "GroupId");
  if (!id.empty()) return Value::object({{"GroupId", Value(id)}});
  return Value::object({{"GroupName", Value(scalar_text(request.properties, "GroupName"))}});
}

/// The rule of the group that an earlier call made: the one that is said so.
ApiResult<std::string> rule_made_before(StackCalls& calls, const ResourceRequest& request,
                                        const Side& side) {
  const Value filter = Value::object(
      {{"Name", Value("group-id")},
       {"Values", Value::array({Value(scalar_text(request.properties, "GroupId"))})}});
  const Value found = PAWL_TRY(calls.call(kEc2, "DescribeSecurityGroupRules",
                                          Value::object({{"Filters", Value::array({filter})}})));
  const std::string peer(side.peer);
  const auto said = [&](std::string_view name) { return scalar_text(request.properties, name); };
  for (const Value& rule : json::items_member(found, "SecurityGroupRules")) {
    const auto is = [&](std::string_view member, const std::string& text) {
      return scalar_text(rule, member) == text;
    };
    const std::string from = said("FromPort").empty() ? "-1" : said("FromPort");
    const std::string to = said("ToPort").empty() ? "-1" : said("ToPort");
    const std::string group =
        json::text_member(json::object_member(rule, "ReferencedGroupInfo"), "GroupId");
    if (json::flag_member(rule, "IsEgress") == (side.peer == kEgress.peer) &&
        is("IpProtocol", said("IpProtocol")) && is("FromPort", from) && is("ToPort", to) &&
        is("CidrIpv4", said("CidrIp")) && is("CidrIpv6", said("CidrIpv6")) &&
        is("PrefixListId", said(peer + "PrefixListId")) && group == said(peer + "SecurityGroupId"))
      return json::text_member(rule, "SecurityGroupRuleId");
  }
  return std::string();
}

Outcome create_rule(StackCalls& calls, const ResourceRequest& request, const Side& side) {
  const Value permission = PAWL_TRY(permission_of(request.properties, side));
  const Value answer = PAWL_TRY(
      call_to_create(calls, request, kEc2, side.authorize,
                     group_of(request).with_member("IpPermissions", Value::array({permission}))));
  std::string id;
  for (const Value& each : json::items_member(answer, "SecurityGroupRules"))
    id = json::text_member(each, "SecurityGroupRuleId");
  if (id.empty() && request.is_repeated) id = PAWL_TRY(rule_made_before(calls, request, side));
  return Progress::done(id, Value::object({{"Id", Value(id)}}));
}

/// Only its description changes in place.
Outcome update_rule(StackCalls& calls, const ResourceRequest& request, const Side& side) {
  const Value permission = PAWL_TRY(permission_of(request.properties, side));
  PAWL_TRY_VOID(
      calls.call(kEc2, side.describe,
                 group_of(request).with_member("IpPermissions", Value::array({permission}))));
  return Progress::done(request.physical_id, Value::object({{"Id", Value(request.physical_id)}}));
}

Outcome remove_rule(StackCalls& calls, const ResourceRequest& request, const Side& side) {
  PAWL_TRY_VOID(
      call_unless_absent(calls, kEc2, side.revoke,
                         group_of(request).with_member(
                             "SecurityGroupRuleIds", Value::array({Value(request.physical_id)}))));
  return Progress::done(request.physical_id);
}

template <const Side& kSide>
constexpr ResourceType rule_type(std::string_view name) {
  return {name,
          [](StackCalls& calls, const ResourceRequest& request) {
            return create_rule(calls, request, kSide);
          },
          [](StackCalls& calls, const ResourceRequest& request) {
            return update_rule(calls, request, kSide);
          },
          [](StackCalls& calls, const ResourceRequest& request) {
            return remove_rule(calls, request, kSide);
          }};
}

// AWS::EC2::LaunchTemplate: another content is another version

Outcome template_done(StackCalls& calls, const std::string& id) {
  const Value found = PAWL_TRY(
      described(calls, "DescribeLaunchTemplates", "LaunchTemplateIds", "LaunchTemplates", id));
  return Progress::done(
      id,
      Value::object({{"LaunchTemplateId", Value(id)},
                     {"DefaultVersionNumber", Value(scalar_text(found, "DefaultVersionNumber"))},
                     {"LatestVersionNumber", Value(scalar_text(found, "LatestVersionNumber"))}}));
}

/// The tags of the template itself among the property's TagSpecifications.
Value template_input(StackCalls& calls, std::string_view operation,
                     const ResourceRequest& request) {
  return without(calls.shape(kEc2, operation, request.properties), {"TagSpecifications"});
}

Tags template_tags(const ResourceRequest& request) {
  Tags tags = desired_tags("AWS::EC2::LaunchTemplate", request);
  for (const Value& each : json::items_member(request.properties, "TagSpecifications")) {
    if (scalar_text(each, "ResourceType") != "launch-template") continue;
    for (const auto& [key, value] : read_tags(json::member_of(each, "Tags"))) tags[key] = value;
  }
  return tags;
}

Outcome create_template(StackCalls& calls, const ResourceRequest& request) {
  Value input = template_input(calls, "CreateLaunchTemplate", request)
                    .with_member("LaunchTemplateName",
                                 Value(name_of(request, "LaunchTemplateName", kTemplateNameMax)));
  if (const Tags tags = template_tags(request); !tags.empty()) {
    input =
        input.with_member("TagSpecifications",
                          Value::array({Value::object({{"ResourceType", Value("launch-template")},
                                                       {"Tags", tag_list(tags)}})}));
  }
  Value made = json::object_member(
      PAWL_TRY(call_to_create(calls, request, kEc2, "CreateLaunchTemplate", input)),
      "LaunchTemplate");
  if (made.size() == 0) {  // by an earlier call
    const Value names = Value::array({Value(json::text_member(input, "LaunchTemplateName"))});
    const Value found = PAWL_TRY(calls.call(kEc2, "DescribeLaunchTemplates",
                                            Value::object({{"LaunchTemplateNames", names}})));
    for (const Value& each : json::items_member(found, "LaunchTemplates")) made = each;
  }
  return template_done(calls, json::text_member(made, "LaunchTemplateId"));
}

Outcome update_template(StackCalls& calls, const ResourceRequest& request) {
  const std::string& id = request.physical_id;
  if (any_differs(request, {"LaunchTemplateData", "VersionDescription"})) {
    PAWL_TRY_VOID(calls.call(kEc2, "CreateLaunchTemplateVersion",
                             template_input(calls, "CreateLaunchTemplateVersion", request)
                                 .with_member("LaunchTemplateId", Value(id))));
  }
  return template_done(calls, id);
}

Outcome remove_template(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(
      call_unless_absent(calls, kEc2, "DeleteLaunchTemplate",
                         Value::object({{"LaunchTemplateId", Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

}  // namespace

std::span<const ResourceType> ec2_group_types() {
  static constexpr ResourceType kTypes[] = {
      {"AWS::EC2::SecurityGroup", create_group, update_group, remove_group},
      rule_type<kIngress>("AWS::EC2::SecurityGroupIngress"),
      rule_type<kEgress>("AWS::EC2::SecurityGroupEgress"),
      {"AWS::EC2::LaunchTemplate", create_template, update_template, remove_template},
  };
  return kTypes;
}

}  // namespace pawl::cloudformation
