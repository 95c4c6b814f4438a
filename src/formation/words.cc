// SPDX-License-Identifier: Apache-2.0
#include "formation/words.h"

#include <algorithm>
#include <utility>

namespace pawl::formation {

base::Error template_error(std::string message) {
  return {base::ErrorKind::InvalidSyntax, std::move(message)};
}

bool is_alphanumeric(std::string_view name) {
  const auto is_letter_or_digit = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), is_letter_or_digit);
}

std::string bracketed(const std::vector<std::string>& names) {
  std::string text = "[";
  for (const std::string& name : names) {
    if (text.size() > 1) text += ", ";
    text += name;
  }
  return text + "]";
}

std::optional<std::string> scalar_text(const json::Value& value) {
  if (value.is_string()) return std::string(value.as_string());
  if (value.is_number()) return value.number_text();
  if (value.is_boolean()) return value.as_boolean() ? "true" : "false";
  return std::nullopt;
}

std::vector<std::string> comma_separated(std::string_view text) {
  std::vector<std::string> parts;
  while (true) {
    const size_t comma = text.find(',');
    std::string_view part = text.substr(0, comma);
    const size_t first = part.find_first_not_of(" \t\r\n");
    const size_t last = part.find_last_not_of(" \t\r\n");
    parts.emplace_back(first == std::string_view::npos ? std::string_view()
                                                       : part.substr(first, last - first + 1));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

std::span<const json::Member> members_of(const json::Value& value) {
  return value.is_object() ? value.members() : std::span<const json::Member>();
}

std::span<const json::Value> items_of(const json::Value& value) {
  return value.is_array() ? value.items() : std::span<const json::Value>();
}

void MemberList::set(json::Value key, json::Value value) {
  const auto [place, is_new] = places_.try_emplace(std::string(key.as_string()), members_.size());
  if (is_new) {
    members_.emplace_back(std::move(key), std::move(value));
  } else {
    members_[place->second].value = std::move(value);
  }
}

json::Value MemberList::build() && { return json::Value::object(std::move(members_)); }

void NameList::add(std::string_view name) {
  if (seen_.emplace(name).second) names_.emplace_back(name);
}

json::Value single_member(std::string_view name, json::Value value) {
  std::vector<json::Member> members;
  members.emplace_back(name, std::move(value));
  return json::Value::object(std::move(members));
}

}  // namespace pawl::formation
