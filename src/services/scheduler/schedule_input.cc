// SPDX-License-Identifier: Apache-2.0
#include "services/scheduler/schedule_input.h"

#include <string>

#include "aws/event/schedule_expression.h"
#include "aws/event/target_call.h"
#include "aws/service/input_members.h"
#include "json/members.h"
#include "json/parse.h"

namespace pawl::scheduler {
namespace {

using aws::ApiResult;
using aws::validation_exception;
using json::ObjectBuilder;
using json::Value;

constexpr int64_t kStartInPastMsMax = 5 * 60'000;
constexpr int64_t kAgeSecondsDefault = 86'400;
constexpr int64_t kRetriesDefault = 185;

ApiResult<void> check_expression(const Value& input) {
  const std::string zone = text_member(input, "ScheduleExpressionTimezone");
  const auto expression = aws::ScheduleExpression::parse(
      text_member(input, "ScheduleExpression"), zone.empty() ? "UTC" : zone,
      aws::ScheduleExpression::Dialect::Scheduler);
  if (!expression) return validation_exception(expression.error().message);
  return {};
}

ApiResult<void> check_window(const Value& window) {
  const bool is_flexible = text_member(window, "Mode") == "FLEXIBLE";
  const bool has_window = window.find("MaximumWindowInMinutes") != nullptr;
  if (is_flexible && !has_window) {
    return validation_exception(
        "MaximumWindowInMinutes must be provided when FlexibleTimeWindow Mode is FLEXIBLE.");
  }
  if (!is_flexible && has_window) {
    return validation_exception(
        "MaximumWindowInMinutes must not be provided when FlexibleTimeWindow Mode is OFF.");
  }
  return {};
}

ApiResult<void> check_dates(const Value& input, base::Timestamp now, bool is_new) {
  const int64_t start_ms = aws::find_time(input, "StartDate").value_or(-1);
  const int64_t end_ms = aws::find_time(input, "EndDate").value_or(-1);
  if (is_new && start_ms >= 0 && start_ms < now.ms - kStartInPastMsMax)
    return validation_exception("The StartDate you specify cannot be earlier than 5 minutes ago.");
  if (end_ms >= 0 && start_ms >= 0 && end_ms <= start_ms)
    return validation_exception("The EndDate you specify must come after the StartDate.");
  if (is_new && end_ms >= 0 && end_ms <= now.ms)
    return validation_exception("The EndDate you specify must be in the future.");
  return {};
}

ApiResult<void> check_target(const Value& target) {
  const std::string arn = text_member(target, "Arn");
  const auto kind = aws::target_kind(arn);
  if (!kind || *kind == aws::TargetKind::Api || *kind == aws::TargetKind::ApiDestination ||
      *kind == aws::TargetKind::LogGroup || *kind == aws::TargetKind::SsmDocument ||
      *kind == aws::TargetKind::JobQueue) {
    return validation_exception("Provided Arn is not in correct format.");
  }
  const auto demand = [&](aws::TargetKind of, const char* member) -> ApiResult<void> {
    if (*kind != of || target.find(member) != nullptr) return {};
    return validation_exception("Target " + arn + " requires " + member + ".");
  };
  PAWL_TRY_VOID(demand(aws::TargetKind::EventBus, "EventBridgeParameters"));
  PAWL_TRY_VOID(demand(aws::TargetKind::KinesisStream, "KinesisParameters"));
  PAWL_TRY_VOID(demand(aws::TargetKind::EcsCluster, "EcsParameters"));
  if (*kind == aws::TargetKind::Queue && arn.ends_with(".fifo"))
    PAWL_TRY_VOID(demand(aws::TargetKind::Queue, "SqsParameters"));
  const Value* given = target.find("Input");
  const bool takes_json = *kind == aws::TargetKind::SdkOperation ||
                          *kind == aws::TargetKind::StateMachine ||
                          *kind == aws::TargetKind::Function || *kind == aws::TargetKind::EventBus;
  // What stands for a context attribute may be a number without quotes.
  if (given != nullptr && given->is_string() && takes_json &&
      given->as_string().find("<aws.scheduler.") == std::string_view::npos &&
      !json::validate(given->as_string())) {
    return validation_exception("Provided Input is not valid JSON.");
  }
  return {};
}

Value with_retry_defaults(const Value& target) {
  const Value given = object_member(target, "RetryPolicy");
  ObjectBuilder policy;
  policy
      .set("MaximumEventAgeInSeconds",
           Value(integer_member(given, "MaximumEventAgeInSeconds", kAgeSecondsDefault)))
      .set("MaximumRetryAttempts",
           Value(integer_member(given, "MaximumRetryAttempts", kRetriesDefault)));
  return target.with_member("RetryPolicy", std::move(policy).build());
}

void set_or_default(ObjectBuilder& out, const Value& input, const char* member,
                    const char* otherwise) {
  const Value* given = input.find(member);
  out.set(member, given != nullptr ? *given : Value(otherwise));
}

}  // namespace

ApiResult<Value> settings_of(const Value& input, base::Timestamp now, bool is_new) {
  PAWL_TRY_VOID(check_expression(input));
  PAWL_TRY_VOID(check_window(object_member(input, "FlexibleTimeWindow")));
  PAWL_TRY_VOID(check_dates(input, now, is_new));
  const Value target = object_member(input, "Target");
  PAWL_TRY_VOID(check_target(target));
  ObjectBuilder out;
  set_or_default(out, input, "ActionAfterCompletion", "NONE");
  for (const char* member :
       {"Description", "EndDate", "FlexibleTimeWindow", "KmsKeyArn", "ScheduleExpression"}) {
    json::copy_members(input, {member}, out);
  }
  set_or_default(out, input, "ScheduleExpressionTimezone", "UTC");
  json::copy_members(input, {"StartDate"}, out);
  set_or_default(out, input, "State", "ENABLED");
  out.set("Target", with_retry_defaults(target));
  return std::move(out).build();
}

}  // namespace pawl::scheduler
