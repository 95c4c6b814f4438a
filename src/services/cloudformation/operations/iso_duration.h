// SPDX-License-Identifier: Apache-2.0
// Durations as CreationPolicy has them: ISO 8601's "PT1H30M10S".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pawl::cloudformation {

/// In milliseconds; nullopt for what is none. Years and months are not taken, days are.
std::optional<int64_t> parse_iso_duration(std::string_view text);

}  // namespace pawl::cloudformation
