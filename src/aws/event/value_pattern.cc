// SPDX-License-Identifier: Apache-2.0
#include "aws/event/value_pattern.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <set>
#include <utility>

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

/// A state of the engine's automaton for wildcards.
struct Place {
  std::vector<std::pair<int, size_t>> literals = {};  ///< a byte, and where it leads
  size_t run = 0;  ///< where any byte leads, and stays; 0: nowhere
};

constexpr int kOtherByte = -1;  ///< stands for all bytes that no text has

/// Place 0 is the beginning of all; the texts stand between quotes there.
std::vector<Place> places_of(const std::vector<std::string>& texts) {
  std::vector<Place> places(1);
  for (const std::string& text : texts) {
    size_t at = 0;
    size_t before_run = 0;
    const auto add_byte = [&](char byte) {
      const size_t next = places.size();
      places.emplace_back();
      places[at].literals.emplace_back(static_cast<unsigned char>(byte), next);
      // A run may be empty.
      if (before_run != 0)
        places[before_run].literals.emplace_back(static_cast<unsigned char>(byte), next);
      before_run = 0;
      at = next;
    };
    add_byte('"');
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '*') {
        const size_t next = places.size();
        places.emplace_back();
        places[at].run = next;
        places[next].run = next;
        before_run = at;
        at = next;
        continue;
      }
      if (text[i] == '\\' && i + 1 < text.size()) ++i;
      add_byte(text[i]);
    }
    add_byte('"');
  }
  return places;
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

size_t wildcard_complexity(const std::vector<std::string>& texts, size_t most) {
  // The subset construction over the engine's automaton, each set of places once.
  const std::vector<Place> places = places_of(texts);
  std::set<int> inputs{kOtherByte};
  for (const Place& place : places)
    for (const auto& [byte, next] : place.literals) inputs.insert(byte);
  using Places = std::vector<size_t>;
  const Places first{0};
  std::set<Places> seen{first};
  std::deque<Places> open{first};
  size_t complexity = 0;
  while (!open.empty()) {
    const Places at = std::move(open.front());
    open.pop_front();
    for (const int input : inputs) {
      std::set<size_t> reached;
      for (const size_t place : at) {
        if (places[place].run != 0) reached.insert(places[place].run);
        for (const auto& [byte, next] : places[place].literals)
          if (byte == input) reached.insert(next);
      }
      size_t count = reached.size();
      for (const size_t place : reached)
        if (places[place].run != 0 && !reached.contains(places[place].run)) ++count;
      complexity = std::max(complexity, count);
      if (complexity > most || seen.size() > kComplexitySetsMax) return most + 1;
      Places next(reached.begin(), reached.end());
      if (!next.empty() && seen.insert(next).second) open.push_back(std::move(next));
    }
  }
  return complexity;
}

bool ValuePattern::matches(const Value& value) const {
  if (kind == Kind::Absent) return false;
  return matches_plainly(*this, value) != is_negated;
}

}  // namespace pawl::aws
