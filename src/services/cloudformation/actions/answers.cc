// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/actions/answers.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "aws/service/input_members.h"
#include "formation/parameters.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/cloudformation/operations/template_preparation.h"

namespace pawl::cloudformation {

using json::ObjectBuilder;
using json::Value;

NamedTexts tags_of(const Value& input) {
  NamedTexts tags;
  for (const Value& tag : json::items_member(input, "Tags")) {
    tags.emplace_back(json::text_member(tag, "Key"), json::text_member(tag, "Value"));
  }
  return tags;
}

Value tags_value(const NamedTexts& tags) {
  std::vector<Value> values;
  for (const auto& [key, value] : tags) {
    values.push_back(object_of({{"Key", Value(key)}, {"Value", Value(value)}}));
  }
  return Value::array(std::move(values));
}

Value time_of(int64_t ms) { return aws::time_value(ms); }

Value parameters_value(const std::vector<ParameterRecord>& parameters) {
  std::vector<Value> values;
  for (const ParameterRecord& parameter : parameters) {
    ObjectBuilder value;
    value.set("ParameterKey", Value(parameter.key));
    value.set("ParameterValue",
              parameter.is_hidden ? Value(formation::kMaskedValue) : Value(parameter.value));
    if (parameter.is_resolved) {
      value.set("ResolvedValue",
                parameter.is_hidden ? Value(formation::kMaskedValue) : Value(parameter.resolved));
    }
    values.push_back(std::move(value).build());
  }
  return Value::array(std::move(values));
}

Value object_of(std::initializer_list<std::pair<std::string_view, Value>> members) {
  ObjectBuilder out;
  for (const auto& [name, value] : members) out.set(name, value);
  return std::move(out).build();
}

void set_text(ObjectBuilder& out, std::string_view name, const std::string& text) {
  if (!text.empty()) out.set(name, Value(text));
}

Value json_of(const std::string& text) {
  auto value = json::parse(text);
  return value ? *std::move(value) : Value::object();
}

Configuration asked_configuration(const Value& input) {
  Configuration asked;
  asked.tags = tags_of(input);
  asked.capabilities = json::texts_member(input, "Capabilities");
  asked.notification_arns = json::texts_member(input, "NotificationARNs");
  asked.role_arn = json::text_member(input, "RoleARN");
  if (const Value* rollback = json::member_of(input, "RollbackConfiguration")) {
    asked.rollback_configuration = json::write(*rollback);
  }
  return asked;
}

aws::ApiResult<Page> page_of(const Value& input, size_t items, size_t max) {
  Page page;
  if (const auto token = json::find_text(input, "NextToken")) {
    const auto [end, failed] =
        std::from_chars(token->data(), token->data() + token->size(), page.begin);
    if (failed != std::errc{} || end != token->data() + token->size() || page.begin > items) {
      return validation_error("Invalid NextToken");
    }
  }
  page.end = std::min(items, page.begin + max);
  if (page.end < items) page.next = std::to_string(page.end);
  return page;
}

Value drift_value(const StackRecord& stack) {
  ObjectBuilder drift;
  drift.set("StackDriftStatus", Value(stack.drift_status));
  if (stack.drift_checked_ms != 0) {
    drift.set("LastCheckTimestamp", time_of(stack.drift_checked_ms));
  }
  return std::move(drift).build();
}

Value stack_value(const StackRecord& stack) {
  ObjectBuilder out;
  out.set("StackId", Value(stack.id)).set("StackName", Value(stack.name));
  if (!stack.change_set_id.empty() && stack.deleted_ms == 0) {
    out.set("ChangeSetId", Value(stack.change_set_id));
  }
  set_text(out, "Description", stack.current.description);
  if (!stack.current.parameters.empty()) {
    out.set("Parameters", parameters_value(stack.current.parameters));
  }
  out.set("CreationTime", time_of(stack.created_ms));
  if (stack.deleted_ms != 0) out.set("DeletionTime", time_of(stack.deleted_ms));
  if (stack.updated_ms != 0) out.set("LastUpdatedTime", time_of(stack.updated_ms));
  out.set("RollbackConfiguration", json_of(stack.current.rollback_configuration));
  out.set("StackStatus", Value(stack.status));
  set_text(out, "StackStatusReason", stack.reason);
  out.set("DisableRollback", Value(stack.disables_rollback));
  out.set("NotificationARNs", json::texts_value(stack.current.notification_arns));
  if (stack.timeout_minutes != 0) out.set("TimeoutInMinutes", Value(stack.timeout_minutes));
  if (!stack.current.capabilities.empty()) {
    out.set("Capabilities", json::texts_value(stack.current.capabilities));
  }
  std::vector<Value> outputs;
  for (const OutputRecord& output : stack.outputs) {
    ObjectBuilder value;
    value.set("OutputKey", Value(output.key)).set("OutputValue", Value(output.value));
    set_text(value, "Description", output.description);
    set_text(value, "ExportName", output.export_name);
    outputs.push_back(std::move(value).build());
  }
  if (!outputs.empty()) out.set("Outputs", Value::array(std::move(outputs)));
  set_text(out, "RoleARN", stack.current.role_arn);
  out.set("Tags", tags_value(stack.current.tags));
  out.set("EnableTerminationProtection", Value(stack.is_protected));
  set_text(out, "ParentId", stack.parent_id);
  set_text(out, "RootId", stack.root_id);
  out.set("DriftInformation", drift_value(stack));
  if (stack.retains_except_on_create) out.set("RetainExceptOnCreate", Value(true));
  set_text(out, "DeletionMode", stack.deletion_mode);
  set_text(out, "DetailedStatus", stack.detailed_status);
  return std::move(out).build();
}

bool is_updatable(const std::string& status) {
  static constexpr std::array<std::string_view, 7> kStatuses = {"CREATE_COMPLETE",
                                                                "UPDATE_COMPLETE",
                                                                "UPDATE_ROLLBACK_COMPLETE",
                                                                "IMPORT_ROLLBACK_COMPLETE",
                                                                "IMPORT_COMPLETE",
                                                                "CREATE_FAILED",
                                                                "UPDATE_FAILED"};
  return std::find(kStatuses.begin(), kStatuses.end(), status) != kStatuses.end();
}

}  // namespace pawl::cloudformation
