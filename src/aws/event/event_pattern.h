// SPDX-License-Identifier: Apache-2.0
// EventPattern: which events are wanted ("Amazon EventBridge event patterns" in its User Guide):
// the language of EventBridge's rules and pipes, of Lambda's event filters and, with bounds of its
// own, of SNS filter policies. It follows AWS's open rule engine (github.com/aws/event-ruler):
// paths are flattened, so "a.b" and {"a": {"b"}} are one key; values in arrays match if one of them
// does; conditions on objects of an array must be met by the same object.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "aws/event/value_pattern.h"
#include "base/error.h"
#include "json/value.h"

namespace pawl::aws {

/// Immutable; thread-safe; keeps no json::Value. Copyable.
class EventPattern {
 public:
  /// "$or" multiplied out.
  static constexpr size_t kAlternativesMax = 1'000;

  struct Options {
    /// {"exists": true} does not take null and "" (SNS).
    bool presence_needs_content = false;
  };

  /// Errors: InvalidSyntax in AWS's words: "Event pattern is not valid. Reason: Empty arrays are
  /// not allowed\n at [Source: …"; LimitExceeded, the same, if it is too complex.
  static base::Result<EventPattern> compile(std::string_view json_text);
  /// The same; the message is the reason alone.
  static base::Result<EventPattern> compile_rule(std::string_view json_text, Options options);

  /// False for anything but an object. O(members on the way to what the pattern names), for each
  /// alternative.
  bool matches(const json::Value& event) const;

  /// One key and the patterns of which a value must match one.
  struct Condition {
    std::string path;  ///< names joined by "."
    std::vector<ValuePattern> patterns;

    bool wants_absence() const;
  };
  /// All must be met; no path twice.
  struct Alternative {
    std::vector<Condition> conditions;

    /// The conditions by the steps of their paths: a tree in preorder, the root first.
    struct Node {
      std::string name;
      uint32_t end = 0;        ///< behind the last node below
      int32_t condition = -1;  ///< its index, if one stands here
    };
    std::vector<Node> nodes = {};
  };

  const std::vector<Alternative>& alternatives() const { return alternatives_; }
  /// Whether a condition is on a member of `path` ("body"), or below one.
  bool looks_below(std::string_view path) const;

 private:
  std::vector<Alternative> alternatives_;  ///< one of them must be met
};

}  // namespace pawl::aws
