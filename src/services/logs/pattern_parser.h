// SPDX-License-Identifier: Apache-2.0
// PatternParser: filter patterns from their text. Recursive only in parentheses, to a bound.
#pragma once

#include <string>
#include <string_view>

#include "services/logs/filter_pattern.h"

namespace pawl::logs {

/// For one text. Errors: InvalidSyntax.
class PatternParser {
 public:
  explicit PatternParser(std::string_view text) : rest_(text) {}
  base::Result<FilterPattern> parse();

 private:
  base::Result<FilterPattern> terms();
  base::Result<FilterPattern> json_pattern();
  base::Result<FilterPattern> fields_pattern();
  base::Result<void> field(FilterPattern& pattern);
  base::Result<PatternCondition> disjunction(FilterPattern& pattern, size_t depth);
  base::Result<PatternCondition> conjunction(FilterPattern& pattern, size_t depth);
  base::Result<PatternCondition> primary(FilterPattern& pattern, size_t depth);
  base::Result<PatternCondition> comparison(FilterPattern& pattern);
  base::Result<void> operand(PatternCondition& condition, std::string_view stops);
  base::Result<std::string> quoted();
  base::Result<text::Regex> regex();
  std::string_view word(std::string_view stops);
  bool take(std::string_view text);
  bool take_keyword(std::string_view text);
  void skip_spaces();

  std::string_view rest_;
  bool is_in_fields_ = false;
};

}  // namespace pawl::logs
