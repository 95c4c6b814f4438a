// SPDX-License-Identifier: Apache-2.0
// FilterPattern: which log events match (CloudWatch Logs User Guide, "Filter pattern syntax for
// metric filters"): terms, JSON selectors, space-delimited fields, regular expressions between %.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "json/value.h"
#include "text/regex.h"

namespace pawl::logs {

/// A step of a JSON selector, "$.a[0].b[*]".
struct SelectorStep {
  std::string name;             ///< a member, if there is one
  std::optional<size_t> index;  ///< an item
  bool is_any_item = false;     ///< [*]
};
using Selector = std::vector<SelectorStep>;

/// One condition or several; what it looks at is a value of the message.
struct PatternCondition {
  enum class Kind { And, Or, Compare, IsNull, IsTrue, IsFalse, NotExists };
  enum class Operator { Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual };
  Kind kind = Kind::And;
  std::vector<PatternCondition> parts;  ///< of And and Or
  Selector selector;                    ///< of a JSON pattern
  size_t field = 0;                     ///< of a space-delimited pattern
  Operator op = Operator::Equal;
  std::string text;                  ///< compared with, * stands for any characters
  std::optional<double> number;      ///< `text` without quotes, if it is a number
  std::optional<text::Regex> regex;  ///< instead of both
};

/// Immutable; thread-safe.
class FilterPattern {
 public:
  /// `ERROR "two words" -without ?either ?or %regex%`, `{ $.a = "x*" && ($.n > 3 || $.b IS TRUE) }`
  /// or `[ip, user, ..., status = 4* || status = 5*, size]`. Empty: everything matches.
  /// Errors: InvalidSyntax saying what is wrong. At most 50 levels of parentheses.
  static base::Result<FilterPattern> parse(std::string_view text);

  bool matches(std::string_view message) const;

  /// What a selector "$.member" or a field "$name" is in a message, as text; nullopt if it is not
  /// there, or no scalar.
  std::optional<std::string> value_of(std::string_view selector, std::string_view message) const;
  /// The fields of a space-delimited pattern, or the selectors of a JSON pattern, with what they
  /// are in a message: TestMetricFilter's extractedValues.
  std::map<std::string, std::string> extracted(std::string_view message) const;

 private:
  friend class PatternParser;
  struct Term {
    std::string text;
    std::optional<text::Regex> regex;
    bool is_in(std::string_view message) const;
  };
  enum class Form { Terms, Json, Fields };

  bool matches_fields(const std::vector<std::string>& words) const;
  /// The word of a message that field number `field` of the pattern is; nullptr: none.
  const std::string* word_of(size_t field, const std::vector<std::string>& words) const;

  Form form_ = Form::Terms;
  std::vector<Term> all_of_;
  std::vector<Term> any_of_;
  std::vector<Term> none_of_;
  std::vector<PatternCondition> conditions_;  ///< all must hold
  std::vector<std::string> selectors_;        ///< as written, of a JSON pattern
  std::vector<std::string> fields_;           ///< names; "..." stands for any number of words
};

/// The selector behind a text that begins with "$"; nullopt if it is none.
std::optional<Selector> parse_selector(std::string_view text);

}  // namespace pawl::logs
