// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/operations/network_parameters.h"

#include <utility>

#include "json/members.h"

namespace pawl::cloudformation {
namespace {

using json::Value;

struct LookUp {
  std::string_view type;
  std::string_view operation;
  std::string_view ids;   ///< input
  std::string_view list;  ///< output
};
constexpr LookUp kLookUps[] = {
    {"AWS::EC2::VPC::Id", "DescribeVpcs", "VpcIds", "Vpcs"},
    {"AWS::EC2::Subnet::Id", "DescribeSubnets", "SubnetIds", "Subnets"},
    {"AWS::EC2::SecurityGroup::Id", "DescribeSecurityGroups", "GroupIds", "SecurityGroups"},
};
constexpr std::string_view kTags = "Tags.";

struct Found {
  bool is_absent = false;
  Value record = Value::object();
};

Found look_up(StackCalls& calls, std::string_view aws_type, std::string_view id) {
  for (const LookUp& row : kLookUps) {
    if (row.type != aws_type) continue;
    json::ObjectBuilder input;
    input.set(row.ids, json::texts_value({std::string(id)}));
    const auto answer = calls.call("ec2", row.operation, std::move(input).build());
    // "InvalidSubnetID.NotFound", "InvalidGroupId.Malformed"
    if (!answer) return {.is_absent = answer.error().code.starts_with("Invalid")};
    const Value records = json::array_member(*answer, row.list);
    if (records.size() == 0) return {.is_absent = true};
    return {.record = records.items()[0]};
  }
  return {};
}

}  // namespace

bool names_something(StackCalls& calls, std::string_view aws_type, std::string_view id) {
  return !look_up(calls, aws_type, id).is_absent;
}

std::optional<std::string> attribute_of(StackCalls& calls, std::string_view aws_type,
                                        std::string_view id, std::string_view attribute) {
  const Found found = look_up(calls, aws_type, id);
  if (!attribute.starts_with(kTags)) return json::find_text(found.record, attribute);
  attribute.remove_prefix(kTags.size());
  for (const Value& tag : json::items_member(found.record, "Tags")) {
    if (json::text_member(tag, "Key") == attribute) return json::find_text(tag, "Value");
  }
  return std::nullopt;
}

}  // namespace pawl::cloudformation
