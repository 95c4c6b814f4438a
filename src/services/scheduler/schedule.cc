// SPDX-License-Identifier: Apache-2.0
#include "services/scheduler/schedule.h"

#include <algorithm>
#include <functional>

#include "aws/arn.h"
#include "aws/event/schedule_expression.h"
#include "aws/service/input_members.h"
#include "base/random.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::scheduler {
namespace {

using base::Timestamp;
using json::ObjectBuilder;
using json::Value;

constexpr int kFormat = 1;
constexpr int64_t kMinuteMs = 60'000;

std::string arn_prefix(const Scope& scope) {
  return "arn:" + std::string(aws::partition_of(scope.region)) + ":scheduler:" + scope.region +
         ":" + scope.account + ":";
}

/// Where in its window a time is done: by chance, but the same when asked again.
int64_t delay_ms(const Value& settings, Timestamp scheduled, std::string_view id) {
  const Value window = object_member(settings, "FlexibleTimeWindow");
  if (text_member(window, "Mode") != "FLEXIBLE") return 0;
  const int64_t window_ms = integer_member(window, "MaximumWindowInMinutes") * kMinuteMs;
  base::Random random(std::hash<std::string_view>{}(id) ^ static_cast<uint64_t>(scheduled.ms));
  return static_cast<int64_t>(static_cast<double>(window_ms) * random.next_double());
}

}  // namespace

std::string ScheduleName::arn() const {
  return arn_prefix(scope) + "schedule/" + group + "/" + name;
}

std::string group_arn(const Scope& scope, std::string_view group) {
  return arn_prefix(scope) + "schedule-group/" + std::string(group);
}

std::string Schedule::write() const {
  ObjectBuilder out;
  out.set("format", Value(kFormat))
      .set("settings", Value(settings))
      .set("clientToken", Value(client_token))
      .set("id", Value(id))
      .set("created", Value(created_ms))
      .set("modified", Value(modified_ms))
      .set("start", Value(start_ms));
  if (due) out.set("scheduled", Value(due->scheduled.ms)).set("due", Value(due->at.ms));
  return json::write(std::move(out).build());
}

aws::ApiResult<Schedule> Schedule::read(ScheduleName name, std::string_view record) {
  const base::Result<Value> parsed = json::parse(record);
  if (!parsed || integer_member(*parsed, "format") != kFormat)
    return internal_error("A stored schedule has a format that this version does not know.");
  Schedule schedule;
  schedule.name = std::move(name);
  schedule.settings = text_member(*parsed, "settings");
  schedule.client_token = text_member(*parsed, "clientToken");
  schedule.id = text_member(*parsed, "id");
  schedule.created_ms = integer_member(*parsed, "created");
  schedule.modified_ms = integer_member(*parsed, "modified");
  schedule.start_ms = integer_member(*parsed, "start");
  if (parsed->find("due") != nullptr) {
    schedule.due = Due{Timestamp{integer_member(*parsed, "scheduled")},
                       Timestamp{integer_member(*parsed, "due")}};
  }
  return schedule;
}

std::optional<Due> due_from(const Value& settings, Timestamp from, int64_t start_ms,
                            std::string_view id) {
  if (text_member(settings, "State") == "DISABLED") return std::nullopt;
  const auto expression =
      aws::ScheduleExpression::parse(text_member(settings, "ScheduleExpression"),
                                     text_member(settings, "ScheduleExpressionTimezone"),
                                     aws::ScheduleExpression::Dialect::Scheduler);
  if (!expression) return std::nullopt;
  const bool is_once = expression->kind() == aws::ScheduleExpression::Kind::At;
  // "EventBridge Scheduler ignores StartDate [and EndDate] for one-time schedules."
  const int64_t begin_ms = is_once ? -1 : aws::find_time(settings, "StartDate").value_or(-1);
  const int64_t end_ms = is_once ? -1 : aws::find_time(settings, "EndDate").value_or(-1);
  const Timestamp after{std::max(from.ms, begin_ms) - 1};
  const auto next = expression->next_after(after, Timestamp{start_ms});
  if (!next || (end_ms >= 0 && next->ms > end_ms)) return std::nullopt;
  return Due{*next, Timestamp{next->ms + delay_ms(settings, *next, id)}};
}

aws::ApiError internal_error(std::string message) {
  return {"InternalServerException", std::move(message), 500, aws::Fault::Receiver};
}

}  // namespace pawl::scheduler
