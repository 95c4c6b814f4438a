// SPDX-License-Identifier: Apache-2.0
// AlarmRule: the rule of a composite alarm (API PutCompositeAlarm): ALARM("name") AND NOT
// (OK(other) OR TRUE).
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pawl::cloudwatch {

/// Immutable; thread-safe.
class AlarmRule {
 public:
  /// Errors: InvalidSyntax. At most 50 levels of parentheses.
  static base::Result<AlarmRule> parse(std::string_view text);

  /// `state_of` gives the state of an alarm by its name.
  bool holds(const std::function<std::string(const std::string& alarm)>& state_of) const;
  /// The names of the alarms that it looks at (without "arn:…:alarm:").
  std::vector<std::string> alarms() const;

 private:
  friend class RuleParser;
  enum class Kind { Constant, State, Not, And, Or };
  Kind kind_ = Kind::Constant;
  bool constant_ = false;
  std::string state_;
  std::string alarm_;
  std::vector<AlarmRule> parts_;
};

}  // namespace pawl::cloudwatch
