// SPDX-License-Identifier: Apache-2.0
#include "aws/policy/policy_pattern.h"

#include <algorithm>

namespace pawl::aws {
namespace {

uint16_t lower(uint16_t unit) {
  return unit >= 'A' && unit <= 'Z' ? static_cast<uint16_t>(unit - 'A' + 'a') : unit;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// "aws:username" or "aws:username, 'default'".
std::optional<std::string> value_of(std::string_view inside, const PolicyContext& context) {
  const size_t comma = inside.find(',');
  const auto found = context.find(policy_lower_case(trimmed(inside.substr(0, comma))));
  if (found != context.end() && found->second.size() == 1) return found->second.front();
  if (comma == std::string_view::npos) return std::nullopt;
  const std::string_view quoted = trimmed(inside.substr(comma + 1));
  if (quoted.size() < 2 || quoted.front() != '\'' || quoted.back() != '\'') return std::nullopt;
  return std::string(quoted.substr(1, quoted.size() - 2));
}

}  // namespace

std::string policy_lower_case(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) c = static_cast<char>(lower(static_cast<unsigned char>(c)));
  return lowered;
}

std::optional<PolicyPattern> PolicyPattern::make(std::string_view text,
                                                 const PolicyContext* context) {
  PolicyPattern pattern;
  const auto add = [&pattern](std::string_view literal) {
    for (const char c : literal) pattern.units_.push_back(static_cast<unsigned char>(c));
  };
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const size_t end = c == '$' && context != nullptr && at + 1 < text.size() && text[at + 1] == '{'
                           ? text.find('}', at)
                           : std::string_view::npos;
    if (end != std::string_view::npos) {
      const std::string_view inside = text.substr(at + 2, end - at - 2);
      if (inside == "*" || inside == "?" || inside == "$") {
        add(inside);
      } else {
        const std::optional<std::string> value = value_of(inside, *context);
        if (!value) return std::nullopt;
        add(*value);
      }
      at = end;
    } else if (c == '*') {
      pattern.units_.push_back(kAny);
    } else if (c == '?') {
      pattern.units_.push_back(kOne);
    } else {
      pattern.units_.push_back(static_cast<unsigned char>(c));
    }
  }
  return pattern;
}

bool PolicyPattern::matches(std::string_view text, bool ignores_case) const {
  size_t at = 0;
  size_t unit = 0;
  // Where the last "*" stands, and how much of the text it has taken.
  size_t any = std::string_view::npos;
  size_t taken = 0;
  while (at < text.size()) {
    const uint16_t c = static_cast<unsigned char>(text[at]);
    if (unit < units_.size() && units_[unit] == kAny) {
      any = unit++;
      taken = at;
    } else if (unit < units_.size() && (units_[unit] == kOne || units_[unit] == c ||
                                        (ignores_case && lower(units_[unit]) == lower(c)))) {
      ++unit;
      ++at;
    } else if (any != std::string_view::npos) {
      unit = any + 1;
      at = ++taken;
    } else {
      return false;
    }
  }
  return std::all_of(units_.begin() + static_cast<ptrdiff_t>(unit), units_.end(),
                     [](uint16_t left) { return left == kAny; });
}

std::vector<PolicyPattern> PolicyPattern::split(size_t parts) const {
  std::vector<PolicyPattern> split(1);
  for (const uint16_t unit : units_) {
    if (unit == ':' && split.size() < parts) {
      split.emplace_back();
    } else {
      split.back().units_.push_back(unit);
    }
  }
  return split;
}

std::string PolicyPattern::text() const {
  std::string text;
  for (const uint16_t unit : units_)
    text += unit == kAny ? '*' : unit == kOne ? '?' : static_cast<char>(unit);
  return text;
}

}  // namespace pawl::aws
