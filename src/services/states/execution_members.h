// SPDX-License-Identifier: Apache-2.0
// Members that several answers about executions share.
#pragma once

#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "base/time.h"
#include "json/value.h"

namespace pawl::states {

/// A timestamp of an answer: seconds since 1970 with milliseconds.
inline json::Value seconds_of(base::Timestamp time) {
  return json::Value(static_cast<double>(time.ms) / 1000.0);
}

/// {"included": …} (API CloudWatchEventsExecutionDataDetails).
inline json::Value data_details(bool included) {
  json::ObjectBuilder out;
  out.set("included", json::Value(included));
  return std::move(out).build();
}

inline aws::ApiError execution_does_not_exist(std::string_view arn) {
  return {"ExecutionDoesNotExist", "Execution Does Not Exist: '" + std::string(arn) + "'"};
}

}  // namespace pawl::states
