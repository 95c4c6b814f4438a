// SPDX-License-Identifier: Apache-2.0
#include "services/logs/filter_pattern.h"

#include <algorithm>
#include <utility>

#include "json/parse.h"
#include "json/value.h"

namespace pawl::logs {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;

Error invalid(std::string_view why) {
  return {ErrorKind::InvalidSyntax, "Invalid filter pattern: " + std::string(why)};
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

void skip_spaces(std::string_view& text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
}

bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

/// A "quoted text", whose quotes are escaped by a backslash, or everything up to a space.
Result<std::string> take_term(std::string_view& text) {
  std::string term;
  if (!take(text, "\"")) {
    while (!text.empty() && !is_space(text.front())) {
      term += text.front();
      text.remove_prefix(1);
    }
    return term;
  }
  while (!text.empty()) {
    if (take(text, "\"")) return term;
    if (text.size() > 1 && (text.starts_with("\\\"") || text.starts_with("\\\\")))
      text.remove_prefix(1);
    term += text.front();
    text.remove_prefix(1);
  }
  return invalid("a quote is not closed");
}

/// `*` stands for any characters. Linear in `text` for each star.
bool matches_wildcard(std::string_view pattern, std::string_view text) {
  size_t p = 0;
  size_t t = 0;
  size_t star = std::string_view::npos;
  size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::string scalar_text(const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::String: return std::string(value.as_string());
    case json::Kind::Number: return value.number_text();
    case json::Kind::Boolean: return value.as_boolean() ? "true" : "false";
    default: return {};
  }
}

bool contains(std::string_view message, const std::string& term) {
  return message.find(term) != std::string_view::npos;
}

}  // namespace

Result<FilterPattern> FilterPattern::parse(std::string_view text) {
  skip_spaces(text);
  if (text.starts_with('{')) return parse_json_pattern(text);
  if (text.starts_with('[') || text.starts_with('%')) {
    return Error(ErrorKind::Unsupported,
                 "Filter patterns of space-delimited events and regular expressions are not built");
  }
  FilterPattern pattern;
  for (; !text.empty(); skip_spaces(text)) {
    std::vector<std::string>& terms = take(text, "-")   ? pattern.none_of_
                                      : take(text, "?") ? pattern.any_of_
                                                        : pattern.all_of_;
    std::string term = PAWL_TRY(take_term(text));
    if (term.empty()) continue;  // `""` matches everything
    terms.push_back(std::move(term));
  }
  return pattern;
}

/// { $.member.member = value && … }
Result<FilterPattern> FilterPattern::parse_json_pattern(std::string_view text) {
  FilterPattern pattern;
  text.remove_prefix(1);
  while (true) {
    skip_spaces(text);
    if (!take(text, "$.")) {
      return Error(ErrorKind::Unsupported,
                   "Of JSON filter patterns only $.member = value, != and && are built");
    }
    Comparison comparison;
    std::string name;
    while (!text.empty() && !is_space(text.front()) && text.front() != '=' && text.front() != '!') {
      if (text.front() == '.') {
        comparison.path.push_back(std::exchange(name, {}));
      } else {
        name += text.front();
      }
      text.remove_prefix(1);
    }
    comparison.path.push_back(std::move(name));
    skip_spaces(text);
    comparison.is_equal = !take(text, "!=");
    if (comparison.is_equal && !take(text, "=")) {
      return Error(ErrorKind::Unsupported,
                   "Of JSON filter patterns only $.member = value, != and && are built");
    }
    skip_spaces(text);
    if (text.starts_with('"')) {
      comparison.value = PAWL_TRY(take_term(text));
    } else {
      while (!text.empty() && !is_space(text.front()) && text.front() != '}' &&
             text.front() != '&') {
        comparison.value += text.front();
        text.remove_prefix(1);
      }
    }
    if (comparison.value.empty()) return invalid("a value is missing");
    pattern.comparisons_.push_back(std::move(comparison));
    skip_spaces(text);
    if (take(text, "}")) break;
    if (!take(text, "&&")) {
      return Error(ErrorKind::Unsupported,
                   "Of JSON filter patterns only $.member = value, != and && are built");
    }
  }
  skip_spaces(text);
  if (!text.empty()) return invalid("something follows the closing brace");
  return pattern;
}

bool FilterPattern::matches(std::string_view message) const {
  const auto is_there = [&](const std::string& term) { return contains(message, term); };
  if (!std::all_of(all_of_.begin(), all_of_.end(), is_there)) return false;
  if (!any_of_.empty() && !std::any_of(any_of_.begin(), any_of_.end(), is_there)) return false;
  if (std::any_of(none_of_.begin(), none_of_.end(), is_there)) return false;
  if (comparisons_.empty()) return true;
  const Result<json::Value> value = json::parse(message);
  if (!value) return false;
  return std::all_of(comparisons_.begin(), comparisons_.end(), [&](const Comparison& comparison) {
    const json::Value* member = &*value;
    for (const std::string& name : comparison.path) {
      member = member->find(name);
      if (member == nullptr) return false;
    }
    return matches_wildcard(comparison.value, scalar_text(*member)) == comparison.is_equal;
  });
}

}  // namespace pawl::logs
