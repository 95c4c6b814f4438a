// SPDX-License-Identifier: Apache-2.0
// FilterPolicy: which messages a subscription wants ("Amazon SNS subscription filter policies"):
// the language of event patterns (aws/event/event_pattern.h) within bounds of its own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/event/event_pattern.h"
#include "base/error.h"
#include "json/value.h"

namespace pawl::sns {

enum class FilterScope : uint8_t { MessageAttributes, MessageBody };

/// Keys with conditions; those of "$or" count like the others.
inline constexpr size_t kFilterKeysMax = 5;
/// "Filter policy complexity": the product over all keys of values times depth, sums over "$or".
inline constexpr uint64_t kFilterCombinationsMax = 150;
inline constexpr size_t kFilterPolicyBytesMax = size_t{256} << 10;

/// Immutable; thread-safe; keeps no json::Value.
class FilterPolicy {
 public:
  /// Matches nothing.
  FilterPolicy() = default;
  /// Errors: InvalidSyntax with AWS's words, "FilterPolicy: Empty arrays are not allowed\n at
  /// [Source: …". LimitExceeded, the same, beyond the bounds above.
  static base::Result<FilterPolicy> compile(std::string_view text, FilterScope scope);

  /// `message` is the object of the body, or of attribute names to their values: strings, numbers,
  /// and arrays for String.Array. Anything else than an object does not match, nor does an empty
  /// one. O(size of the message).
  bool matches(const json::Value& message) const;

  const std::vector<aws::EventPattern::Alternative>& alternatives() const {
    return pattern_.alternatives();
  }

 private:
  explicit FilterPolicy(aws::EventPattern pattern) : pattern_(std::move(pattern)) {}

  aws::EventPattern pattern_;
};

}  // namespace pawl::sns
