// SPDX-License-Identifier: Apache-2.0
#include "services/pipes/event_target.h"

#include <utility>

#include "json/members.h"
#include "json/write.h"
#include "services/pipes/input_template.h"

namespace pawl::pipes {
namespace {

using aws::TargetKind;
using json::Value;

/// Every text in it that is a path becomes what that selects.
Value resolved(const Value& value, const Value& event) {
  if (value.is_string()) return Value(dynamic_parameter(std::string(value.as_string()), event));
  if (value.is_array()) {
    std::vector<Value> items;
    for (const Value& each : value.items()) items.push_back(resolved(each, event));
    return Value::array(std::move(items));
  }
  if (!value.is_object()) return value;
  json::ObjectBuilder out;
  for (const json::Member& member : value.members())
    out.set(member.key, resolved(member.value, event));
  return std::move(out).build();
}

/// A time in an event: seconds or milliseconds since 1970, or ISO 8601. `now` if it is none.
base::Timestamp time_of(const std::string& text, base::Timestamp now) {
  if (text.empty()) return now;
  if (const auto time = base::parse_iso8601(text)) return *time;
  if (text.find_first_not_of("0123456789") != std::string::npos || text.size() > 13) return now;
  const int64_t number = std::stoll(text);
  return {text.size() >= 13 ? number : number * 1'000};
}

std::string invocation_type(const Value& parameters, const char* member) {
  return text_member(object_member(parameters, member), "InvocationType");
}

}  // namespace

bool takes_arrays(const std::string& arn) {
  const auto kind = aws::target_kind(arn);
  return kind == TargetKind::Function || kind == TargetKind::StateMachine;
}

aws::Target target_for(const Value& settings, const Value& event, std::string payload,
                       base::Timestamp now) {
  const Value parameters =
      resolved(object_member(settings, "TargetParameters").without_member("InputTemplate"), event);
  aws::Target target;
  target.arn = text_member(settings, "Target");
  target.role_arn = text_member(settings, "RoleArn");
  target.payload = std::move(payload);
  const auto kind = aws::target_kind(target.arn);
  const char* invoked = kind == TargetKind::Function ? "LambdaFunctionParameters"
                                                     : "StepFunctionStateMachineParameters";
  target.waits_for_answer = invocation_type(parameters, invoked) != "FIRE_AND_FORGET";
  const Value queue = object_member(parameters, "SqsQueueParameters");
  target.message_group_id = text_member(queue, "MessageGroupId");
  target.message_deduplication_id = text_member(queue, "MessageDeduplicationId");
  target.partition_key =
      text_member(object_member(parameters, "KinesisStreamParameters"), "PartitionKey");
  const Value bus = object_member(parameters, "EventBridgeEventBusParameters");
  const Value log = object_member(parameters, "CloudWatchLogsParameters");
  target.time = time_of(text_member(bus, "Time"), time_of(text_member(log, "Timestamp"), now));
  if (kind == TargetKind::EventBus) {
    // "Source" is "Pipe NAME" and "DetailType" "Event from aws:SERVICE" unless they are given.
    target.event_source = text_member(bus, "Source");
    target.event_detail_type = text_member(bus, "DetailType");
    if (const Value* resources = bus.find("Resources"); resources && resources->is_array()) {
      for (const Value& each : resources->items())
        if (each.is_string()) target.event_resources.emplace_back(each.as_string());
    }
  }
  target.log_stream = text_member(log, "LogStreamName");
  if (const Value* batch = parameters.find("BatchJobParameters"))
    target.parameters = json::write(*batch);
  if (const Value* ecs = parameters.find("EcsTaskParameters"))
    target.parameters = json::write(*ecs);
  if (const Value* http = parameters.find("HttpParameters")) target.parameters = json::write(*http);
  return target;
}

aws::Target enrichment_for(const Value& settings, const Value& event, std::string payload,
                           base::Timestamp now) {
  aws::Target target;
  target.arn = text_member(settings, "Enrichment");
  target.role_arn = text_member(settings, "RoleArn");
  target.payload = std::move(payload);
  target.waits_for_answer = true;
  target.time = now;
  const Value parameters = resolved(
      object_member(settings, "EnrichmentParameters").without_member("InputTemplate"), event);
  if (const Value* http = parameters.find("HttpParameters")) target.parameters = json::write(*http);
  return target;
}

}  // namespace pawl::pipes
