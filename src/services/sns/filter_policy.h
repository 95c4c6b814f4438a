// SPDX-License-Identifier: Apache-2.0
// FilterPolicy: which messages a subscription wants ("Amazon SNS subscription filter policies"). It
// follows AWS's open rule engine (github.com/aws/event-ruler), which is behind the service: paths
// are flattened, so "a.b" and {"a": {"b"}} are one key, and conditions on objects of an array must
// be met by the same object.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "json/value.h"
#include "services/sns/filter_pattern.h"

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
  /// Errors: InvalidSyntax with AWS's words, "FilterPolicy: Empty arrays are not allowed\n at
  /// [Source: …". LimitExceeded, the same, beyond the bounds above.
  static base::Result<FilterPolicy> compile(std::string_view text, FilterScope scope);

  /// `message` is the object of the body, or of attribute names to their values: strings, numbers,
  /// and arrays for String.Array. Anything else than an object does not match, nor does an empty
  /// one. O(size of the message).
  bool matches(const json::Value& message) const;

  /// One key and the patterns of which a value must match one.
  struct Condition {
    std::string path;  ///< names joined by "."
    std::vector<FilterPattern> patterns;
  };
  /// All must be met. At most kFilterKeysMax.
  using Alternative = std::vector<Condition>;

  const std::vector<Alternative>& alternatives() const { return alternatives_; }

 private:
  std::vector<Alternative> alternatives_;  ///< one of them must be met
};

}  // namespace pawl::sns
