// SPDX-License-Identifier: Apache-2.0
// Text to integer, strictly: an optional sign, then digits, nothing else.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pawl::base {

/// Decimal, within int64_t; nullopt for anything else, including surrounding space.
inline std::optional<int64_t> parse_int64(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace pawl::base
