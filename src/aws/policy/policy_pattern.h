// SPDX-License-Identifier: Apache-2.0
// Patterns of policies: "*" and "?", and policy variables, "${aws:username}" (IAM User Guide, "IAM
// policy elements: Variables and tags").
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pawl::aws {

/// What is known of a request, by keys in lower case: "aws:username". A key without values is
/// there, and empty.
using PolicyContext = std::map<std::string, std::vector<std::string>, std::less<>>;

std::string policy_lower_case(std::string_view text);

/// One pattern, variables replaced: what came from a variable stands for itself.
class PolicyPattern {
 public:
  /// `context` null: "${" is text. nullopt if a variable has no value, or more than one, and no
  /// default: then the pattern matches nothing.
  static std::optional<PolicyPattern> make(std::string_view text, const PolicyContext* context);

  /// The whole of `text`. O(pattern · text) at worst.
  bool matches(std::string_view text, bool ignores_case = false) const;
  /// The parts between the first `parts` - 1 colons; the last has the rest.
  std::vector<PolicyPattern> split(size_t parts) const;
  /// As a text, wildcards being themselves.
  std::string text() const;

 private:
  static constexpr uint16_t kAny = 0x100;
  static constexpr uint16_t kOne = 0x101;

  std::vector<uint16_t> units_;  ///< bytes, kAny, kOne
};

}  // namespace pawl::aws
