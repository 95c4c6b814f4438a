// SPDX-License-Identifier: Apache-2.0
// ValuePattern: one condition on one value of an event ("Comparison operators for use in event
// patterns" in the Amazon EventBridge User Guide; SNS filter policies and Lambda's filters speak
// the same language). Not the pattern that puts conditions together (event_pattern.h), not its text
// (match_expression.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

namespace pawl::aws {

/// Numbers compare to six digits behind the point, as AWS's rule engine does; nullopt beyond five
/// billion either way, where only equal texts match.
std::optional<int64_t> comparable_number(double number);

/// The bytes of an IPv4 or IPv6 address; nullopt if `text` is none.
std::optional<std::string> address_bytes(std::string_view text);

/// What is wrong with a wildcard's text, as the rule engine says it: "Consecutive wildcard
/// characters at pos 3", counted with a quote before it; nullopt if nothing is.
std::optional<std::string> wildcard_mistake(std::string_view text);

/// What makes the wildcards of one key expensive: in how many places of their texts one value can
/// be at together while it is compared (event-ruler, MachineComplexityEvaluator). Exact up to
/// `most`, else something beyond. O(sets of places that can be reached), bounded.
size_t wildcard_complexity(const std::vector<std::string>& texts, size_t most);

/// An immutable value; thread-safe.
struct ValuePattern {
  enum class Kind : uint8_t {
    Text,                ///< a string that is one of `texts`, or the same IP address
    Number,              ///< a number that equals one of `numbers` or reads as one of `texts`
    Literal,             ///< true, false or null: texts[0]
    Prefix,              ///< a string that begins with one of `texts`
    Suffix,              ///< … ends
    IgnoringCase,        ///< … is one of `texts` but for case; these are in lower case
    PrefixIgnoringCase,  ///< … begins with texts[0] but for case
    SuffixIgnoringCase,  ///< … ends
    Wildcard,  ///< … fits one of `texts`, in which * is any run of characters and \ takes it back
    Range,     ///< a number from `bottom` to `top`
    Network,   ///< an IP address from texts[0] to texts[1], both as bytes
    Present,   ///< any value
    PresentAndNotEmpty,  ///< any value but null and "" (SNS)
    Absent,              ///< never a value: the key must not be there
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

}  // namespace pawl::aws
