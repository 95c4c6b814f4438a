// SPDX-License-Identifier: Apache-2.0
// MetricMath: expressions over series of GetMetricData ("Using metric math"): + - * / ^ and
// comparisons, numbers, ids, [lists], METRICS(), and the functions ABS, AVG, CEIL, DIFF, FILL,
// FLOOR, IF, MAX, METRIC_COUNT, MIN, PERIOD, RATE, RUNNING_SUM, STDDEV, SUM. What it does not know
// it refuses by name.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"

namespace pawl::cloudwatch {

/// Time in milliseconds to value.
using TimeSeries = std::map<int64_t, double>;
/// A number, one series, or several.
using MathValue = std::variant<double, TimeSeries, std::vector<TimeSeries>>;

struct MathScope {
  /// Errors: NotFound.
  std::function<base::Result<MathValue>(const std::string& id)> find;
  std::vector<TimeSeries> metrics;  ///< of METRICS(): those that are no expressions
  int64_t period_ms = 60'000;
  int64_t start_ms = 0;  ///< of the request; FILL makes values there
  int64_t end_ms = 0;
};

/// Errors: InvalidSyntax, Unsupported naming the function, what scope.find says. Parentheses to 50
/// levels.
base::Result<MathValue> evaluate_math(std::string_view expression, const MathScope& scope);

}  // namespace pawl::cloudwatch
