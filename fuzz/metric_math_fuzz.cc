// SPDX-License-Identifier: Apache-2.0
// Expressions over metrics, with a series for every name; and the rules of composite alarms.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "services/cloudwatch/alarm_rule.h"
#include "services/cloudwatch/metric_math.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using pawl::cloudwatch::MathValue;
  using pawl::cloudwatch::TimeSeries;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const TimeSeries series = {{0, 1.5}, {60'000, -2}};
  pawl::cloudwatch::MathScope scope;
  scope.find = [&](const std::string& id) -> pawl::base::Result<MathValue> {
    return id == "n" ? MathValue(0.0) : MathValue(series);
  };
  scope.metrics = {series, {}};
  scope.end_ms = 180'000;
  (void)pawl::cloudwatch::evaluate_math(text, scope);
  const auto rule = pawl::cloudwatch::AlarmRule::parse(text);
  if (rule) {
    (void)rule->holds([](const std::string& name) { return name; });
    (void)rule->alarms();
  }
  return 0;
}
