// SPDX-License-Identifier: Apache-2.0
#include "services/events/target_input.h"

#include <utility>

#include "aws/event/event_path.h"
#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/events/api_input.h"
#include "services/events/event.h"

namespace pawl::events {

using json::Value;

namespace {

constexpr size_t kNameDigits = 32;
constexpr size_t kExecutionNameMax = 80;

std::string payload_of(const CompiledTarget& target, const CompiledRule& rule,
                       const AcceptedEvent& event, const Value& parsed) {
  if (target.input) return *target.input;
  if (target.transformer)
    return target.transformer->apply(parsed, {.rule_arn = rule.arn,
                                              .rule_name = rule.name.name,
                                              .ingestion_time = event_time(event.accepted)});
  if (!target.input_path) return event.text;
  const auto part = target.input_path->select(parsed);
  return part ? json::write(*part) : "null";
}

/// "$.detail.x" in a text of HttpParameters is what stands there.
Value filled_in(const Value& value, const Value& event) {
  if (value.is_array()) {
    std::vector<Value> items;
    for (const Value& item : value.items()) items.push_back(filled_in(item, event));
    return Value::array(std::move(items));
  }
  if (value.is_object()) {
    json::ObjectBuilder out;
    for (const json::Member& member : value.members())
      out.set(member.key, filled_in(member.value, event));
    return std::move(out).build();
  }
  if (!value.is_string() || !value.as_string().starts_with("$.")) return value;
  const auto path = aws::EventPath::compile(value.as_string());
  const auto found = path ? path->select(event) : std::nullopt;
  if (!found) return Value("");
  return found->is_string() ? *found : Value(json::write(*found));
}

std::string text_in_event(const std::optional<aws::EventPath>& path, const Value& event) {
  const auto found = path ? path->select(event) : std::nullopt;
  if (!found) return text_member(event, "id");
  return found->is_string() ? std::string(found->as_string()) : json::write(*found);
}

}  // namespace

aws::Target target_of(const CompiledTarget& target, const CompiledRule& rule,
                      const AcceptedEvent& event, uint64_t number) {
  const base::Result<Value> parsed = json::parse(event.text);
  const Value value = parsed ? *parsed : Value::object();
  const std::string id = text_member(value, "id");
  aws::Target made{.arn = target.arn, .role_arn = target.role_arn};
  made.payload = payload_of(target, rule, event, value);
  made.time = event.accepted;
  // A repeated call names the same execution, so that it starts none.
  const std::string digest = base::digest(
      base::DigestAlgorithm::Sha256, rule.arn + "\n" + target.id + "\n" + std::to_string(number));
  made.execution_name =
      (id + "_" + base::hex_encode(digest).substr(0, kNameDigits)).substr(0, kExecutionNameMax);
  made.message_group_id = target.message_group_id;
  made.partition_key = text_in_event(target.partition_key, value);
  made.log_stream = id;
  made.parameters = target.parameters;
  const auto kind = aws::target_kind(target.arn);
  if (kind == aws::TargetKind::Api || kind == aws::TargetKind::ApiDestination) {
    const auto parameters = json::parse(target.parameters);
    if (parameters) made.parameters = json::write(filled_in(*parameters, value));
  }
  return made;
}

}  // namespace pawl::events
