// SPDX-License-Identifier: Apache-2.0
// EventPattern: which records of an event source a function wants (Lambda Developer Guide "Control
// which events Lambda sends to your function", "Filter rule syntax"; EventBridge's patterns).
#pragma once

#include <optional>
#include <string_view>

#include "json/value.h"

namespace pawl::lambda {

/// One thread.
class EventPattern {
 public:
  /// nullopt unless it is an object whose leaves are lists of values and comparisons, none empty.
  static std::optional<EventPattern> parse(std::string_view text);

  bool matches(const json::Value& event) const;
  /// The pattern for a member at the top; null if it has none.
  const json::Value* of_member(std::string_view name) const { return pattern_.find(name); }

 private:
  explicit EventPattern(json::Value pattern) : pattern_(std::move(pattern)) {}

  json::Value pattern_;
};

}  // namespace pawl::lambda
