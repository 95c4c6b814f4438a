// SPDX-License-Identifier: Apache-2.0
// AWS::ApplicationAutoScaling::ScalableTarget, ScalingPolicy.
#include <algorithm>

#include "base/time.h"
#include "json/members.h"
#include "services/cloudformation/types/handler_steps.h"
#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {

using aws::ApiError;
using aws::ApiResult;
using json::Value;

namespace {

constexpr std::string_view kService = "application-autoscaling";

using Outcome = ApiResult<Progress>;

/// What a target is: namespace, resource, dimension.
Value target_place(const Value& properties) {
  const auto copy = [&](std::string_view name) { return Value(scalar_text(properties, name)); };
  return Value::object({{"ServiceNamespace", copy("ServiceNamespace")},
                        {"ResourceId", copy("ResourceId")},
                        {"ScalableDimension", copy("ScalableDimension")}});
}

/// "table/t|dynamodb:table:ReadCapacityUnits|dynamodb".
std::string target_id(const Value& properties) {
  return scalar_text(properties, "ResourceId") + "|" +
         scalar_text(properties, "ScalableDimension") + "|" +
         scalar_text(properties, "ServiceNamespace");
}

Progress target_done(const ResourceRequest& request) {
  const std::string id = target_id(request.properties);
  return Progress::done(id, Value::object({{"Id", Value(id)}}));
}

/// Moments are texts in templates and seconds in operations.
ApiResult<Value> with_moments(Value action) {
  for (const std::string_view name : {"StartTime", "EndTime"}) {
    const std::string text = json::text_member(action, name);
    if (text.empty()) continue;
    const auto moment = base::parse_iso8601(text);
    if (!moment) return ApiError("ValidationException", std::string(name) + " is no date: " + text);
    action = action.with_member(name, Value(static_cast<double>(moment->ms) / 1000.0));
  }
  return action;
}

ApiResult<void> put_actions(StackCalls& calls, const ResourceRequest& request) {
  const auto wanted = json::items_member(request.properties, "ScheduledActions");
  for (const Value& old : json::items_member(request.previous, "ScheduledActions")) {
    const std::string name = scalar_text(old, "ScheduledActionName");
    if (std::any_of(wanted.begin(), wanted.end(), [&](const Value& each) {
          return scalar_text(each, "ScheduledActionName") == name;
        }))
      continue;
    PAWL_TRY_VOID(call_unless_absent(
        calls, kService, "DeleteScheduledAction",
        target_place(request.properties).with_member("ScheduledActionName", Value(name))));
  }
  for (const Value& each : wanted) {
    const Value action = PAWL_TRY(with_moments(calls.shape(kService, "PutScheduledAction", each)));
    PAWL_TRY_VOID(calls.call(kService, "PutScheduledAction",
                             merged(action, target_place(request.properties))));
  }
  return {};
}

ApiResult<void> register_target(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(calls.call(kService, "RegisterScalableTarget",
                           calls.shape(kService, "RegisterScalableTarget", request.properties)));
  return {};
}

Outcome create_target(StackCalls& calls, const ResourceRequest& request) {
  if (!goes_on(request)) {
    PAWL_TRY_VOID(register_target(calls, request));
    return made(target_id(request.properties));
  }
  PAWL_TRY_VOID(put_actions(calls, request));
  return target_done(request);
}

Outcome update_target(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(register_target(calls, request));
  PAWL_TRY_VOID(put_actions(calls, request));
  return target_done(request);
}

Outcome remove_target(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_unless_absent(calls, kService, "DeregisterScalableTarget",
                                   target_place(request.properties)));
  return Progress::done(request.physical_id);
}

// AWS::ApplicationAutoScaling::ScalingPolicy: of a target that it names, or spells out

Value policy_place(const Value& properties) {
  const std::string target = scalar_text(properties, "ScalingTargetId");
  const std::string name = scalar_text(properties, "PolicyName");
  Value place = target_place(properties);
  if (!target.empty()) {
    // RESOURCE|DIMENSION|NAMESPACE
    const size_t first = std::min(target.find('|'), target.size() - 1);
    const size_t second = std::max(target.rfind('|'), first);
    place = Value::object(
        {{"ServiceNamespace", Value(target.substr(second + 1))},
         {"ResourceId", Value(target.substr(0, first))},
         {"ScalableDimension",
          Value(second > first ? target.substr(first + 1, second - first - 1) : "")}});
  }
  return place.with_member("PolicyName", Value(name));
}

Outcome put_policy(StackCalls& calls, const ResourceRequest& request) {
  const Value answer =
      PAWL_TRY(calls.call(kService, "PutScalingPolicy",
                          merged(calls.shape(kService, "PutScalingPolicy",
                                             without(request.properties, {"ScalingTargetId"})),
                                 policy_place(request.properties))));
  const std::string arn = json::text_member(answer, "PolicyARN");
  return Progress::done(arn, Value::object({{"Arn", Value(arn)}}));
}

Outcome remove_policy(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(
      call_unless_absent(calls, kService, "DeleteScalingPolicy", policy_place(request.properties)));
  return Progress::done(request.physical_id);
}

}  // namespace

std::span<const ResourceType> scaling_types() {
  static constexpr ResourceType kTypes[] = {
      {"AWS::ApplicationAutoScaling::ScalableTarget", create_target, update_target, remove_target},
      {"AWS::ApplicationAutoScaling::ScalingPolicy", put_policy, put_policy, remove_policy},
  };
  return kTypes;
}

}  // namespace pawl::cloudformation
