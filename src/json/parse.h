// SPDX-License-Identifier: Apache-2.0
// JSON text (RFC 8259, UTF-8) to Value. RapidJSON tokenizes, iteratively; numbers stay text. Not
// lenient: no comments, no trailing commas, no NaN.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "json/value.h"

namespace pawl::json {

struct ParseOptions {
  size_t depth_max = 1'000;
  size_t bytes_max = SIZE_MAX;
  /// If set, the JSON pointers (RFC 6901) of members whose key occurs a second time are appended.
  std::vector<std::string>* duplicates = nullptr;
};

/// The value of one whole text. Of a repeated key the last value counts.
/// A number beyond the range of doubles is refused (RapidJSON knows no other); precision is kept.
/// Errors: InvalidJson with line and column (also invalid UTF-8, an unpaired surrogate escape,
/// trailing text), LimitExceeded. Thread-safe.
base::Result<Value> parse(std::string_view text, const ParseOptions& options = {});

/// The same checks without building a value.
base::Result<void> validate(std::string_view text, const ParseOptions& options = {});

/// Where the value at `pointer` (RFC 6901; "" is the root) starts in a valid text; for a member,
/// where its key starts. O(text): meant for diagnostics only.
std::optional<base::SourcePosition> locate(std::string_view text, std::string_view pointer);

/// The tokens of a pointer, unescaped (RFC 6901 section 4). `pointer` is empty or starts with "/".
std::vector<std::string> pointer_tokens(std::string_view pointer);

/// Appends "/" and the token escaped as RFC 6901 section 3 prescribes.
std::string pointer_child(std::string_view pointer, std::string_view token);
std::string pointer_child(std::string_view pointer, size_t index);

}  // namespace pawl::json
