// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/operations/iso_duration.h"

#include <charconv>

namespace pawl::cloudformation {
namespace {

/// Of a day's or a time's unit, in seconds; 0 for what is none.
int64_t seconds_of(char unit, bool is_time) {
  if (!is_time) return unit == 'D' ? 86'400 : 0;
  switch (unit) {
    case 'H': return 3'600;
    case 'M': return 60;
    case 'S': return 1;
    default: return 0;
  }
}

}  // namespace

std::optional<int64_t> parse_iso_duration(std::string_view text) {
  constexpr int64_t kNumberMax = 100'000'000;
  if (!text.starts_with('P') || text.size() < 3) return std::nullopt;
  text.remove_prefix(1);
  bool is_time = false;
  int64_t seconds = 0;
  while (!text.empty()) {
    if (!is_time && text.front() == 'T') {
      is_time = true;
      text.remove_prefix(1);
      continue;
    }
    int64_t number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    const auto digits = static_cast<size_t>(end - text.data());
    if (failed != std::errc{} || number < 0 || number > kNumberMax || digits == text.size()) {
      return std::nullopt;
    }
    const int64_t unit = seconds_of(text[digits], is_time);
    if (unit == 0) return std::nullopt;
    seconds += number * unit;
    text.remove_prefix(digits + 1);
  }
  return seconds * 1'000;
}

}  // namespace pawl::cloudformation
