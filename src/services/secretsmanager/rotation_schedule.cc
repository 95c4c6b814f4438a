// SPDX-License-Identifier: Apache-2.0
#include "services/secretsmanager/rotation_schedule.h"

#include "services/secretsmanager/api.h"

namespace pawl::secretsmanager {
namespace {

constexpr int64_t kDayMs = 86'400'000;

}  // namespace

aws::ApiResult<int64_t> next_rotation_ms(const Rotation& rotation, int64_t now_ms) {
  if (!rotation.schedule.empty())
    return invalid_parameter("The ScheduleExpression is not valid: " + rotation.schedule);
  if (rotation.after_days == 0) return 0;
  // The window is the last day, and ends with it.
  return (now_ms / kDayMs + rotation.after_days + 1) * kDayMs - 1000;
}

}  // namespace pawl::secretsmanager
