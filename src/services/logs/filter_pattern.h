// SPDX-License-Identifier: Apache-2.0
// FilterPattern: which log events match (CloudWatch Logs User Guide "Filter pattern syntax"):
// terms, and comparisons of JSON members. Not yet: regular expressions, arrays, numbers with units,
// OR and parentheses in JSON patterns, patterns of space-delimited events.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pawl::logs {

/// Immutable; thread-safe.
class FilterPattern {
 public:
  /// `ERROR "two words" -without ?either ?or`, or `{ $.type = "TaskFailed" && $.id != 3 }` with `*`
  /// in strings. Empty: everything matches.
  /// Errors: InvalidSyntax; Unsupported naming what is not built.
  static base::Result<FilterPattern> parse(std::string_view text);

  bool matches(std::string_view message) const;

 private:
  /// `path` = `value`, or not.
  struct Comparison {
    std::vector<std::string> path;
    bool is_equal = true;
    std::string value;  ///< of a string with * as wildcard, or of a number as written
  };
  static base::Result<FilterPattern> parse_json_pattern(std::string_view text);

  std::vector<std::string> all_of_;
  std::vector<std::string> any_of_;
  std::vector<std::string> none_of_;
  std::vector<Comparison> comparisons_;
};

}  // namespace pawl::logs
