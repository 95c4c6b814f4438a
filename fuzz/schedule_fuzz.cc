// SPDX-License-Identifier: Apache-2.0
// Schedule expressions and templates of pipes: the first line is an expression, the second a time
// zone, the third a template, the rest an event.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "aws/event/schedule_expression.h"
#include "json/parse.h"
#include "services/pipes/input_template.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using pawl::aws::ScheduleExpression;
  using pawl::pipes::InputTemplate;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const auto line = [&rest] {
    const std::string_view first = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(first.size() < rest.size() ? first.size() + 1 : rest.size());
    return first;
  };
  const std::string_view text = line();
  const std::string_view zone = line();
  for (const auto dialect :
       {ScheduleExpression::Dialect::Rules, ScheduleExpression::Dialect::Scheduler}) {
    const auto schedule = ScheduleExpression::parse(text, zone, dialect);
    if (!schedule) continue;
    auto next = schedule->next_after({static_cast<int64_t>(size) * 10'000'000'000});
    for (int i = 0; next && i < 10; ++i) next = schedule->next_after(*next);
  }
  const auto compiled = InputTemplate::compile(line());
  const auto event = pawl::json::parse(rest, {.depth_max = 500});
  if (compiled && event) (void)compiled->apply(*event, {});
  return 0;
}
