// SPDX-License-Identifier: Apache-2.0
#include "aws/event/value_pattern.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <set>

#include "text/unicode.h"

namespace pawl::aws {
namespace {

constexpr double kNumberMost = 5e9;
constexpr double kNumberScale = 1e6;
/// Sets of places that are looked at before a wildcard counts as too complex to tell.
constexpr size_t kComplexitySetsMax = 2'000;

using json::Value;

bool is_same_text(const ValuePattern& pattern, std::string_view text) {
  const std::optional<std::string> address = address_bytes(text);
  return std::any_of(pattern.texts.begin(), pattern.texts.end(), [&](const std::string& each) {
    return each == text || (address && address_bytes(each) == address);
  });
}

bool is_same_number(const ValuePattern& pattern, const Value& number) {
  const std::optional<int64_t> comparable = comparable_number(number.as_double());
  if (comparable && std::find(pattern.numbers.begin(), pattern.numbers.end(), *comparable) !=
                        pattern.numbers.end())
    return true;
  const std::string text = number.number_text();
  return std::find(pattern.texts.begin(), pattern.texts.end(), text) != pattern.texts.end();
}

bool is_in_range(const ValuePattern& pattern, const Value& number) {
  const std::optional<int64_t> value = comparable_number(number.as_double());
  if (!value) return false;
  if (pattern.bottom &&
      (pattern.includes_bottom ? *value < *pattern.bottom : *value <= *pattern.bottom))
    return false;
  return !pattern.top || (pattern.includes_top ? *value <= *pattern.top : *value < *pattern.top);
}

bool is_in_network(const ValuePattern& pattern, std::string_view text) {
  const std::optional<std::string> address = address_bytes(text);
  return address && address->size() == pattern.texts[0].size() && *address >= pattern.texts[0] &&
         *address <= pattern.texts[1];
}

/// Greedy with one point to come back to: linear in practice, O(n * m) at worst.
bool fits_wildcard(std::string_view pattern, std::string_view text) {
  size_t p = 0;
  size_t t = 0;
  size_t star = std::string_view::npos;
  size_t retry = 0;
  while (true) {
    const bool is_star = p < pattern.size() && pattern[p] == '*';
    if (is_star) {
      star = ++p;
      retry = t;
      continue;
    }
    const bool is_escape = p + 1 < pattern.size() && pattern[p] == '\\' &&
                           (pattern[p + 1] == '*' || pattern[p + 1] == '\\');
    const size_t step = is_escape ? 2 : 1;
    if (p < pattern.size() && t < text.size() && pattern[p + step - 1] == text[t]) {
      p += step;
      ++t;
      continue;
    }
    if (p >= pattern.size() && t >= text.size()) return true;
    if (star == std::string_view::npos || retry >= text.size()) return false;
    p = star;
    t = ++retry;
  }
}

bool matches_string(const ValuePattern& pattern, std::string_view text) {
  const auto any = [&](auto&& test) {
    return std::any_of(pattern.texts.begin(), pattern.texts.end(), test);
  };
  switch (pattern.kind) {
    case ValuePattern::Kind::Text: return is_same_text(pattern, text);
    case ValuePattern::Kind::Prefix:
      return any([&](const std::string& each) { return text.starts_with(each); });
    case ValuePattern::Kind::Suffix:
      return any([&](const std::string& each) { return text.ends_with(each); });
    case ValuePattern::Kind::IgnoringCase:
      return any([lower = text::to_lower(text)](const std::string& each) { return each == lower; });
    case ValuePattern::Kind::PrefixIgnoringCase:
      return text::to_lower(text).starts_with(pattern.texts[0]);
    case ValuePattern::Kind::SuffixIgnoringCase:
      return text::to_lower(text).ends_with(pattern.texts[0]);
    case ValuePattern::Kind::Wildcard:
      return any([&](const std::string& each) { return fits_wildcard(each, text); });
    case ValuePattern::Kind::Network: return is_in_network(pattern, text);
    default: return false;
  }
}

bool matches_plainly(const ValuePattern& pattern, const Value& value) {
  if (pattern.kind == ValuePattern::Kind::Present) return true;
  if (pattern.kind == ValuePattern::Kind::PresentAndNotEmpty)
    return !value.is_null() && !(value.is_string() && value.as_string().empty());
  if (value.is_string()) return matches_string(pattern, value.as_string());
  if (value.is_number()) {
    if (pattern.kind == ValuePattern::Kind::Number) return is_same_number(pattern, value);
    return pattern.kind == ValuePattern::Kind::Range && is_in_range(pattern, value);
  }
  if (pattern.kind != ValuePattern::Kind::Literal) return false;
  const std::string_view text = value.is_null() ? "null" : value.as_boolean() ? "true" : "false";
  return pattern.texts[0] == text;
}

}  // namespace

std::optional<int64_t> comparable_number(double number) {
  if (!(std::fabs(number) <= kNumberMost)) return std::nullopt;
  return std::llround(number * kNumberScale);
}

std::optional<std::string> address_bytes(std::string_view text) {
  // The shortest are "::" and "1.1.1.1", the longest has eight groups and a dotted end.
  if (text.size() < 2 || text.size() > 45) return std::nullopt;
  const std::string terminated(text);
  std::array<char, sizeof(in6_addr)> bytes{};
  if (inet_pton(AF_INET, terminated.c_str(), bytes.data()) == 1)
    return std::string(bytes.data(), sizeof(in_addr));
  if (inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1)
    return std::string(bytes.data(), sizeof(in6_addr));
  return std::nullopt;
}

std::optional<std::string> wildcard_mistake(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    // The engine counts from the quote that it puts before the text.
    if (text[i] == '*' && next == '*')
      return "Consecutive wildcard characters at pos " + std::to_string(i + 1);
    if (text[i] != '\\') continue;
    if (next != '*' && next != '\\')
      return "Invalid escape character at pos " + std::to_string(i + 1);
    ++i;
  }
  return std::nullopt;
}

size_t wildcard_complexity(std::string_view text, size_t most) {
  // The units of the pattern: a byte, or a run of anything.
  std::vector<std::optional<char>> units;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '*') {
      units.emplace_back(std::nullopt);
      continue;
    }
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    units.emplace_back(text[i]);
  }
  // The places in which an automaton can be at once, for every input that leads somewhere: the
  // subset construction, each set of places once.
  using Places = std::vector<size_t>;
  std::set<Places> seen{{0}};
  std::deque<Places> open{{0}};
  size_t complexity = 1;
  while (!open.empty() && seen.size() < kComplexitySetsMax) {
    const Places at = std::move(open.front());
    open.pop_front();
    std::set<char> inputs;
    for (const size_t place : at)
      for (size_t i = place; i < units.size() && i < place + 2; ++i)
        if (units[i]) inputs.insert(*units[i]);
    for (const char input : inputs) {
      std::set<size_t> reached;
      for (const size_t place : at) {
        const bool is_run = place < units.size() && !units[place];
        if (is_run) reached.insert(place);
        const size_t after = is_run ? place + 1 : place;
        if (after < units.size() && units[after] == input) reached.insert(after + 1);
      }
      complexity = std::max(complexity, reached.size());
      if (complexity >= most) return most;
      Places next(reached.begin(), reached.end());
      if (!next.empty() && seen.insert(next).second) open.push_back(std::move(next));
    }
  }
  return seen.size() < kComplexitySetsMax ? complexity : most;
}

bool ValuePattern::matches(const Value& value) const {
  if (kind == Kind::Absent) return false;
  return matches_plainly(*this, value) != is_negated;
}

}  // namespace pawl::aws
