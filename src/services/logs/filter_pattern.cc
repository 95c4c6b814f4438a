// SPDX-License-Identifier: Apache-2.0
// Matching; parsing is pattern_parser.cc.
#include "services/logs/filter_pattern.h"

#include <algorithm>

#include "json/parse.h"
#include "text/number.h"
#include "text/wildcard.h"

namespace pawl::logs {
namespace {

using json::Value;
using Kind = PatternCondition::Kind;
using Operator = PatternCondition::Operator;

std::optional<std::string> scalar_text(const Value& value) {
  switch (value.kind()) {
    case json::Kind::String: return std::string(value.as_string());
    case json::Kind::Number: return value.number_text();
    case json::Kind::Boolean: return value.as_boolean() ? "true" : "false";
    default: return std::nullopt;
  }
}

bool compares(const PatternCondition& condition, std::string_view text) {
  if (condition.regex) {
    return condition.regex->match(text).has_value() == (condition.op == Operator::Equal);
  }
  const std::optional<double> number = text::parse_double(text);
  if (!condition.number || !number) {
    const bool is_equal = text::matches_wildcard(condition.text, text);
    return condition.op == Operator::Equal ? is_equal
                                           : condition.op == Operator::NotEqual && !is_equal;
  }
  const double limit = condition.number.value_or(0);
  const double value = number.value_or(0);
  switch (condition.op) {
    case Operator::Equal: return value == limit;
    case Operator::NotEqual: return value != limit;
    case Operator::Less: return value < limit;
    case Operator::LessEqual: return value <= limit;
    case Operator::Greater: return value > limit;
    case Operator::GreaterEqual: return value >= limit;
  }
  return false;
}

/// Calls `found` with each value that the selector leads to, until it says true.
template <typename Found>
bool select(const Value& value, const Selector& selector, size_t step, const Found& found) {
  if (step == selector.size()) return found(value);
  const SelectorStep& at = selector[step];
  if (at.is_any_item) {
    if (!value.is_array()) return false;
    for (const Value& item : value.items()) {
      if (select(item, selector, step + 1, found)) return true;
    }
    return false;
  }
  if (at.index) {
    return value.is_array() && *at.index < value.size() &&
           select(value.items()[*at.index], selector, step + 1, found);
  }
  const Value* member = value.find(at.name);
  return member != nullptr && select(*member, selector, step + 1, found);
}

bool holds(const PatternCondition& condition, const Value& message) {
  const auto any_value = [&](const auto& found) {
    return select(message, condition.selector, 0, found);
  };
  switch (condition.kind) {
    case Kind::And:
      return std::all_of(condition.parts.begin(), condition.parts.end(),
                         [&](const auto& part) { return holds(part, message); });
    case Kind::Or:
      return std::any_of(condition.parts.begin(), condition.parts.end(),
                         [&](const auto& part) { return holds(part, message); });
    case Kind::IsNull: return any_value([](const Value& value) { return value.is_null(); });
    case Kind::IsTrue:
      return any_value([](const Value& value) { return value.is_boolean() && value.as_boolean(); });
    case Kind::IsFalse:
      return any_value(
          [](const Value& value) { return value.is_boolean() && !value.as_boolean(); });
    case Kind::NotExists: return !any_value([](const Value&) { return true; });
    case Kind::Compare:
      return any_value([&](const Value& value) {
        const auto text = scalar_text(value);
        return text && compares(condition, *text);
      });
  }
  return false;
}

/// Words between spaces; "quoted" and [bracketed] texts are one word each.
std::vector<std::string> words_of(std::string_view message) {
  std::vector<std::string> words;
  size_t at = 0;
  while (at < message.size()) {
    const char c = message[at];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at;
      continue;
    }
    const char close = c == '"' ? '"' : c == '[' ? ']' : '\0';
    const size_t end = close == '\0' ? std::string_view::npos : message.find(close, at + 1);
    if (end != std::string_view::npos) {
      words.emplace_back(message.substr(at + 1, end - at - 1));
      at = end + 1;
    } else {
      const size_t stop = std::min(message.find_first_of(" \t\n\r", at), message.size());
      words.emplace_back(message.substr(at, stop - at));
      at = stop;
    }
  }
  return words;
}

}  // namespace

bool FilterPattern::Term::is_in(std::string_view message) const {
  return regex ? regex->match(message).has_value() : message.find(text) != std::string_view::npos;
}

const std::string* FilterPattern::word_of(size_t field,
                                          const std::vector<std::string>& words) const {
  const auto dots = std::find(fields_.begin(), fields_.end(), "...");
  const auto dots_at = static_cast<size_t>(dots - fields_.begin());
  if (dots == fields_.end() || field < dots_at)
    return field < words.size() ? &words[field] : nullptr;
  const size_t from_end = fields_.size() - field;
  return from_end <= words.size() ? &words[words.size() - from_end] : nullptr;
}

bool FilterPattern::matches_fields(const std::vector<std::string>& words) const {
  if (fields_.empty()) return true;
  const bool has_dots = std::find(fields_.begin(), fields_.end(), "...") != fields_.end();
  if (has_dots ? words.size() + 1 < fields_.size() : words.size() != fields_.size()) return false;
  const auto holds_in_words = [&](const auto& self, const PatternCondition& condition) -> bool {
    const auto part_holds = [&](const PatternCondition& part) { return self(self, part); };
    const auto& parts = condition.parts;
    if (condition.kind == Kind::And) return std::all_of(parts.begin(), parts.end(), part_holds);
    if (condition.kind == Kind::Or) return std::any_of(parts.begin(), parts.end(), part_holds);
    const std::string* word = word_of(condition.field, words);
    return word != nullptr && compares(condition, *word);
  };
  return std::all_of(conditions_.begin(), conditions_.end(),
                     [&](const auto& each) { return holds_in_words(holds_in_words, each); });
}

bool FilterPattern::matches(std::string_view message) const {
  switch (form_) {
    case Form::Terms: {
      const auto is_there = [&](const Term& term) { return term.is_in(message); };
      return std::all_of(all_of_.begin(), all_of_.end(), is_there) &&
             (any_of_.empty() || std::any_of(any_of_.begin(), any_of_.end(), is_there)) &&
             std::none_of(none_of_.begin(), none_of_.end(), is_there);
    }
    case Form::Fields: return matches_fields(words_of(message));
    case Form::Json: break;
  }
  const base::Result<Value> value = json::parse(message);
  return value && value->is_object() && holds(conditions_.front(), *value);
}

std::optional<std::string> FilterPattern::value_of(std::string_view selector,
                                                   std::string_view message) const {
  if (form_ == Form::Fields) {
    if (!selector.starts_with('$')) return std::nullopt;
    const auto field = std::find(fields_.begin(), fields_.end(), selector.substr(1));
    if (field == fields_.end()) return std::nullopt;
    const std::vector<std::string> words = words_of(message);
    const std::string* word = word_of(static_cast<size_t>(field - fields_.begin()), words);
    return word == nullptr ? std::nullopt : std::optional<std::string>(*word);
  }
  const std::optional<Selector> steps = parse_selector(selector);
  const base::Result<Value> value = json::parse(message);
  if (!steps || !value) return std::nullopt;
  std::optional<std::string> found;
  select(*value, *steps, 0, [&](const Value& selected) {
    found = scalar_text(selected);
    return true;
  });
  return found;
}

std::map<std::string, std::string> FilterPattern::extracted(std::string_view message) const {
  std::map<std::string, std::string> values;
  const auto add = [&](const std::string& selector) {
    if (auto value = value_of(selector, message)) values[selector] = *std::move(value);
  };
  if (form_ == Form::Json) {
    for (const std::string& selector : selectors_) add(selector);
  }
  if (form_ == Form::Fields) {
    for (const std::string& field : fields_) {
      if (field != "..." && !field.empty()) add("$" + field);
    }
  }
  return values;
}

}  // namespace pawl::logs
