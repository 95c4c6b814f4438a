// SPDX-License-Identifier: Apache-2.0
// Filter patterns of logs: the first line is a pattern, the rest a message it is asked about.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "services/logs/filter_pattern.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view pattern_text = text.substr(0, text.find('\n'));
  const std::string_view message =
      pattern_text.size() < text.size() ? text.substr(pattern_text.size() + 1) : std::string_view();
  const auto pattern = pawl::logs::FilterPattern::parse(pattern_text);
  if (!pattern) return 0;
  (void)pattern->matches(message);
  (void)pattern->extracted(message);
  return 0;
}
