// SPDX-License-Identifier: Apache-2.0
#include "services/secretsmanager/rotation_schedule.h"

#include "aws/event/schedule_expression.h"
#include "services/secretsmanager/api.h"

namespace pawl::secretsmanager {
namespace {

constexpr int64_t kHourMs = 3'600'000;
constexpr int64_t kDayMs = 24 * kHourMs;
/// API RotationRulesType: "rotate as often as every four hours".
constexpr int64_t kPeriodMinMs = 4 * kHourMs;

}  // namespace

aws::ApiResult<int64_t> next_rotation_ms(const Rotation& rotation, int64_t now_ms) {
  if (rotation.schedule.empty()) {
    if (rotation.after_days == 0) return 0;
    // The window is the last day, and ends with it.
    return (now_ms / kDayMs + rotation.after_days + 1) * kDayMs - 1000;
  }
  const auto schedule = aws::ScheduleExpression::parse(rotation.schedule);
  const bool is_usable = schedule && schedule->kind() != aws::ScheduleExpression::Kind::At &&
                         (schedule->period_ms() == 0 || schedule->period_ms() >= kPeriodMinMs);
  if (!is_usable)
    return invalid_parameter("The ScheduleExpression is not valid: " + rotation.schedule);
  const auto next = schedule->next_after({now_ms});
  return next ? next->ms : 0;
}

}  // namespace pawl::secretsmanager
