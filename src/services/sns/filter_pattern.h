// SPDX-License-Identifier: Apache-2.0
// FilterPattern: one condition on one value of a message ("String value matching", "Numeric value
// matching", "Attribute key matching" in the Amazon SNS Developer Guide). Not the policy that puts
// conditions together (filter_policy.h), not its text (filter_compiler.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

namespace pawl::sns {

/// Numbers compare to six digits behind the point, as AWS's rule engine does; nullopt beyond a
/// billion either way, where only equal texts match.
std::optional<int64_t> comparable_number(double number);

/// The bytes of an IPv4 or IPv6 address; nullopt if `text` is none.
std::optional<std::string> address_bytes(std::string_view text);

/// An immutable value; thread-safe.
struct FilterPattern {
  enum class Kind : uint8_t {
    Text,          ///< a string that is one of `texts`, or the same IP address
    Number,        ///< a number that equals one of `numbers` or reads as one of `texts`
    Literal,       ///< true, false or null: texts[0]
    Prefix,        ///< a string that begins with one of `texts`
    Suffix,        ///< … ends
    IgnoringCase,  ///< … is one of `texts` but for case
    Wildcard,      ///< … fits texts[0], in which * is any run of characters and \ takes it back
    Range,         ///< a number from `bottom` to `top`
    Network,       ///< an IP address from texts[0] to texts[1], both as bytes
    Present,       ///< anything but null and ""
    Absent,        ///< never a value: the key must not be there
  };

  Kind kind = Kind::Text;
  bool is_negated = false;  ///< "anything-but": any value that does not match
  std::vector<std::string> texts = {};
  std::vector<int64_t> numbers = {};
  std::optional<int64_t> bottom = {};
  std::optional<int64_t> top = {};
  bool includes_bottom = false;
  bool includes_top = false;

  /// `value` is a string, number, boolean or null.
  bool matches(const json::Value& value) const;
};

}  // namespace pawl::sns
