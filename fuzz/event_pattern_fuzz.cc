// SPDX-License-Identifier: Apache-2.0
// Event patterns and input transformers: the first line is a pattern, the second a template, the
// rest an event.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "aws/event/event_pattern.h"
#include "aws/event/input_transformer.h"
#include "json/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using pawl::aws::EventPattern;
  using pawl::aws::InputTransformer;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const auto line = [&rest] {
    const std::string_view first = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(first.size() < rest.size() ? first.size() + 1 : rest.size());
    return first;
  };
  const auto pattern = EventPattern::compile(line());
  const auto transformer =
      InputTransformer::compile({{"a", "$.detail.a"}, {"b", "$.detail.b[0]"}}, line());
  const auto event = pawl::json::parse(rest, {.depth_max = 500});
  if (!event) return 0;
  if (pattern) (void)pattern->matches(*event);
  if (transformer) (void)transformer->apply(*event, {});
  return 0;
}
