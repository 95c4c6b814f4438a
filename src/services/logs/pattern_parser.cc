// SPDX-License-Identifier: Apache-2.0
#include "services/logs/pattern_parser.h"

#include <algorithm>
#include <utility>

#include "text/number.h"

namespace pawl::logs {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;

constexpr size_t kDepthMax = 50;
constexpr std::string_view kOperators = "=!<>";

Error invalid(std::string_view why) {
  return {ErrorKind::InvalidSyntax, "Invalid filter pattern: " + std::string(why)};
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

std::optional<Selector> parse_selector(std::string_view text) {
  if (!text.starts_with('$')) return std::nullopt;
  text.remove_prefix(1);
  Selector selector;
  while (!text.empty()) {
    SelectorStep step;
    if (text.front() == '.') {
      const size_t end = std::min(text.find_first_of(".[", 1), text.size());
      step.name = text.substr(1, end - 1);
      if (step.name.empty()) return std::nullopt;
      text.remove_prefix(end);
    } else if (text.front() == '[') {
      const size_t end = text.find(']');
      if (end == std::string_view::npos) return std::nullopt;
      std::string_view inside = text.substr(1, end - 1);
      text.remove_prefix(end + 1);
      const bool is_quoted = inside.size() > 2 && inside.front() == inside.back() &&
                             (inside.front() == '\'' || inside.front() == '"');
      if (inside == "*") {
        step.is_any_item = true;
      } else if (is_quoted) {
        step.name = inside.substr(1, inside.size() - 2);
      } else {
        if (inside.empty() || inside.size() > 9 ||
            inside.find_first_not_of("0123456789") != std::string_view::npos)
          return std::nullopt;
        step.index = static_cast<size_t>(std::stoul(std::string(inside)));
      }
    } else {
      return std::nullopt;
    }
    selector.push_back(std::move(step));
  }
  if (selector.empty()) return std::nullopt;
  return selector;
}

Result<FilterPattern> FilterPattern::parse(std::string_view text) {
  return PatternParser(text).parse();
}

bool PatternParser::take(std::string_view text) {
  if (!rest_.starts_with(text)) return false;
  rest_.remove_prefix(text.size());
  return true;
}

/// In any case of letters, not followed by more of a word.
bool PatternParser::take_keyword(std::string_view text) {
  if (rest_.size() < text.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((rest_[i] | 0x20) != (text[i] | 0x20)) return false;
  }
  if (rest_.size() > text.size() && rest_[text.size()] != '}' && rest_[text.size()] != ')' &&
      !is_space(rest_[text.size()]))
    return false;
  rest_.remove_prefix(text.size());
  return true;
}

void PatternParser::skip_spaces() {
  while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
}

std::string_view PatternParser::word(std::string_view stops) {
  size_t end = 0;
  while (end < rest_.size() && !is_space(rest_[end]) &&
         stops.find(rest_[end]) == std::string_view::npos)
    ++end;
  const std::string_view found = rest_.substr(0, end);
  rest_.remove_prefix(end);
  return found;
}

/// Behind the opening quote; a backslash stands before quotes and itself.
Result<std::string> PatternParser::quoted() {
  std::string text;
  while (!rest_.empty()) {
    if (take("\"")) return text;
    if (rest_.starts_with("\\\"") || rest_.starts_with("\\\\")) rest_.remove_prefix(1);
    text += rest_.front();
    rest_.remove_prefix(1);
  }
  return invalid("a quote is not closed");
}

/// Behind the opening %.
Result<text::Regex> PatternParser::regex() {
  const size_t end = rest_.find('%');
  if (end == std::string_view::npos || end == 0)
    return invalid("a regular expression is not closed");
  Result<text::Regex> compiled = text::Regex::compile(rest_.substr(0, end));
  if (!compiled) return invalid(compiled.error().message);
  rest_.remove_prefix(end + 1);
  return compiled;
}

Result<FilterPattern> PatternParser::parse() {
  skip_spaces();
  while (!rest_.empty() && is_space(rest_.back())) rest_.remove_suffix(1);
  if (rest_.starts_with('{')) return json_pattern();
  if (rest_.starts_with('[')) return fields_pattern();
  return terms();
}

Result<FilterPattern> PatternParser::terms() {
  FilterPattern pattern;
  for (; !rest_.empty(); skip_spaces()) {
    std::vector<FilterPattern::Term>& terms = take("-")   ? pattern.none_of_
                                              : take("?") ? pattern.any_of_
                                                          : pattern.all_of_;
    FilterPattern::Term term;
    if (take("\"")) {
      term.text = PAWL_TRY(quoted());
    } else if (rest_.starts_with('%') && rest_.find('%', 1) != std::string_view::npos) {
      rest_.remove_prefix(1);
      term.regex = PAWL_TRY(regex());
    } else {
      term.text = word({});
    }
    if (term.text.empty() && !term.regex) continue;  // `""` matches everything
    terms.push_back(std::move(term));
  }
  return pattern;
}

Result<FilterPattern> PatternParser::json_pattern() {
  FilterPattern pattern;
  pattern.form_ = FilterPattern::Form::Json;
  take("{");
  skip_spaces();
  pattern.conditions_.push_back(PAWL_TRY(disjunction(pattern, 0)));
  if (!take("}")) return invalid("a closing brace is missing");
  skip_spaces();
  if (!rest_.empty()) return invalid("something follows the closing brace");
  return pattern;
}

Result<FilterPattern> PatternParser::fields_pattern() {
  FilterPattern pattern;
  pattern.form_ = FilterPattern::Form::Fields;
  is_in_fields_ = true;
  take("[");
  skip_spaces();
  while (!rest_.empty() && rest_.front() != ']') {
    PAWL_TRY_VOID(field(pattern));
    skip_spaces();
    if (!take(",")) break;
    skip_spaces();
  }
  if (!take("]")) return invalid("a closing bracket is missing");
  skip_spaces();
  if (!rest_.empty()) return invalid("something follows the closing bracket");
  if (std::count(pattern.fields_.begin(), pattern.fields_.end(), "...") > 1)
    return invalid("an ellipsis may stand once");
  return pattern;
}

/// `name`, `...`, or conditions on one name.
Result<void> PatternParser::field(FilterPattern& pattern) {
  if (take("...")) {
    pattern.fields_.emplace_back("...");
    return {};
  }
  const std::string_view before = rest_;
  const std::string name(word(",]=!<>()&|"));
  skip_spaces();
  const bool is_bare = rest_.empty() || rest_.front() == ',' || rest_.front() == ']';
  if (is_bare && before.front() != '(') {
    pattern.fields_.push_back(name);
    return {};
  }
  rest_ = before;
  pattern.fields_.emplace_back();  // named by its first condition
  pattern.conditions_.push_back(PAWL_TRY(disjunction(pattern, 0)));
  return {};
}

Result<PatternCondition> PatternParser::disjunction(FilterPattern& pattern, size_t depth) {
  PatternCondition any;
  any.kind = PatternCondition::Kind::Or;
  do {
    skip_spaces();
    any.parts.push_back(PAWL_TRY(conjunction(pattern, depth)));
    skip_spaces();
  } while (take("||"));
  return any.parts.size() == 1 ? std::move(any.parts.front()) : std::move(any);
}

Result<PatternCondition> PatternParser::conjunction(FilterPattern& pattern, size_t depth) {
  PatternCondition all;
  do {
    skip_spaces();
    all.parts.push_back(PAWL_TRY(primary(pattern, depth)));
    skip_spaces();
  } while (take("&&"));
  return all.parts.size() == 1 ? std::move(all.parts.front()) : std::move(all);
}

Result<PatternCondition> PatternParser::primary(FilterPattern& pattern, size_t depth) {
  if (!take("(")) return comparison(pattern);
  if (depth >= kDepthMax) return invalid("parentheses are nested too deep");
  PatternCondition inner = PAWL_TRY(disjunction(pattern, depth + 1));
  skip_spaces();
  if (!take(")")) return invalid("a closing parenthesis is missing");
  return inner;
}

Result<PatternCondition> PatternParser::comparison(FilterPattern& pattern) {
  using Kind = PatternCondition::Kind;
  using Operator = PatternCondition::Operator;
  PatternCondition condition;
  condition.kind = Kind::Compare;
  const std::string name(word(is_in_fields_ ? ",]=!<>()&|" : "}=!<>()&|"));
  if (is_in_fields_) {
    condition.field = pattern.fields_.size() - 1;
    if (pattern.fields_.back().empty()) pattern.fields_.back() = name;
    if (name.empty() || pattern.fields_.back() != name)
      return invalid("a condition is on a field of another name");
  } else {
    std::optional<Selector> selector = parse_selector(name);
    if (!selector) return invalid("'" + name + "' is no selector");
    condition.selector = *std::move(selector);
    pattern.selectors_.push_back(name);
  }
  skip_spaces();
  if (!is_in_fields_ && take_keyword("IS")) {
    skip_spaces();
    condition.kind = take_keyword("NULL")    ? Kind::IsNull
                     : take_keyword("TRUE")  ? Kind::IsTrue
                     : take_keyword("FALSE") ? Kind::IsFalse
                                             : Kind::Compare;
    if (condition.kind == Kind::Compare) return invalid("NULL, TRUE or FALSE must follow IS");
    return condition;
  }
  if (!is_in_fields_ && take_keyword("NOT")) {
    skip_spaces();
    if (!take_keyword("EXISTS")) return invalid("EXISTS must follow NOT");
    condition.kind = Kind::NotExists;
    return condition;
  }
  if (rest_.empty() || kOperators.find(rest_.front()) == std::string_view::npos)
    return invalid("an operator is missing");
  condition.op = take("!=")   ? Operator::NotEqual
                 : take("<=") ? Operator::LessEqual
                 : take(">=") ? Operator::GreaterEqual
                 : take("<")  ? Operator::Less
                 : take(">")  ? Operator::Greater
                              : Operator::Equal;
  if (condition.op == Operator::Equal && !take("=")) return invalid("an operator is missing");
  skip_spaces();
  PAWL_TRY_VOID(operand(condition, is_in_fields_ ? ",]&|()" : "}&|()"));
  return condition;
}

Result<void> PatternParser::operand(PatternCondition& condition, std::string_view stops) {
  using Operator = PatternCondition::Operator;
  if (take("\"")) {
    condition.text = PAWL_TRY(quoted());
  } else if (rest_.starts_with('%') && rest_.find('%', 1) != std::string_view::npos) {
    rest_.remove_prefix(1);
    condition.regex = PAWL_TRY(regex());
  } else {
    condition.text = word(stops);
    if (condition.text.empty()) return invalid("a value is missing");
    condition.number = text::parse_double(condition.text);
  }
  const bool is_order = condition.op != Operator::Equal && condition.op != Operator::NotEqual;
  if (is_order && !condition.number) return invalid("only numbers have an order");
  return {};
}

}  // namespace pawl::logs
