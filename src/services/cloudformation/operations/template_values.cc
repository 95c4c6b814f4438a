// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/operations/template_values.h"

#include <utility>

#include "aws/signing/hmac.h"

namespace pawl::cloudformation {

formation::ParameterValues parameter_values(const std::vector<ParameterRecord>& records) {
  formation::ParameterValues values;
  for (const ParameterRecord& record : records) {
    formation::ParameterValue value{.text = record.value, .no_echo = record.is_hidden};
    if (record.is_resolved) value.resolved = record.resolved;
    values.emplace(record.key, std::move(value));
  }
  return values;
}

std::vector<ParameterRecord> parameter_records(
    const std::vector<formation::ParameterDeclaration>& declarations,
    const formation::ParameterValues& values) {
  std::vector<ParameterRecord> records;
  for (const formation::ParameterDeclaration& declaration : declarations) {
    const auto value = values.find(declaration.name);
    if (value == values.end()) continue;
    records.push_back({.key = declaration.name,
                       .value = value->second.text,
                       .resolved = value->second.resolved.value_or(""),
                       .is_resolved = value->second.resolved.has_value(),
                       .is_hidden = value->second.no_echo || declaration.no_echo});
  }
  return records;
}

formation::Environment environment_of(const StackKey& key, const StackRecord& stack,
                                      const std::string& url_suffix) {
  return {.account_id = key.owner.account,
          .region = key.owner.region,
          .url_suffix = url_suffix,
          .stack_name = stack.name,
          .stack_id = stack.id,
          .notification_arns = stack.current.notification_arns};
}

EventRecord stack_event(const StackRecord& stack, const OperationRecord& operation,
                        const std::string& reason, int64_t now_ms) {
  return {.id = uuid_from(stack.id + stack.status + operation.id + std::to_string(now_ms)),
          .logical_id = stack.name,
          .physical_id = stack.id,
          .type = "AWS::CloudFormation::Stack",
          .status = stack.status,
          .reason = reason,
          .token = operation.token,
          .operation_id = operation.told_id(),
          .detailed_status = stack.detailed_status,
          .time_ms = now_ms};
}

json::Value with_texts(const json::Value& value) {
  if (value.is_number()) return json::Value(value.number_text());
  if (value.is_boolean()) return json::Value(value.as_boolean() ? "true" : "false");
  if (value.is_array()) {
    std::vector<json::Value> items;
    for (const json::Value& item : value.items()) items.push_back(with_texts(item));
    return json::Value::array(std::move(items));
  }
  if (!value.is_object()) return value;
  json::ObjectBuilder out;
  for (const auto& member : value.members()) out.set(member.key, with_texts(member.value));
  return std::move(out).build();
}

std::string uuid_from(std::string_view text) {
  std::string digest = aws::sha256_hex(text).substr(0, 32);
  for (const size_t dash : {8, 13, 18, 23}) digest.insert(dash, 1, '-');
  return digest;
}

}  // namespace pawl::cloudformation
