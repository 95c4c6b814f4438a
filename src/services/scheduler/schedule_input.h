// SPDX-License-Identifier: Apache-2.0
// What Scheduler demands of a schedule beyond the model.
#pragma once

#include "aws/api_error.h"
#include "base/time.h"
#include "json/value.h"

namespace pawl::scheduler {

/// The members of CreateSchedule's or UpdateSchedule's input that make a schedule, with the
/// defaults that API GetSchedule shows. `is_new`: its StartDate may not lie in the past.
/// Errors: ValidationException with AWS's text.
aws::ApiResult<json::Value> settings_of(const json::Value& input, base::Timestamp now, bool is_new);

}  // namespace pawl::scheduler
