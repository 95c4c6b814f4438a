// SPDX-License-Identifier: Apache-2.0
// Words and texts of templates that several files of this layer share: errors, names, scalars as
// text, lists of names as AWS writes them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/error.h"
#include "json/value.h"

namespace pawl::formation {

/// An error of the template or its parameters, in AWS's words.
base::Error template_error(std::string message);

/// Letters and digits of ASCII, at least one.
bool is_alphanumeric(std::string_view name);

/// "[A, B]"
std::string bracketed(const std::vector<std::string>& names);

/// A String, a number as it is written, "true" or "false"; nullopt for null and containers.
std::optional<std::string> scalar_text(const json::Value& value);

/// The parts of a text between commas, without the blanks around them.
std::vector<std::string> comma_separated(std::string_view text);

/// Members of an object, items of an array; nothing of any other value. Live as long as the value.
std::span<const json::Member> members_of(const json::Value& value);
std::span<const json::Member> members_of(const json::Value&& value) = delete;
std::span<const json::Value> items_of(const json::Value& value);
std::span<const json::Value> items_of(const json::Value&& value) = delete;

/// Builds an object of any number of members; of a repeated key the last value counts, at the first
/// place. (json::ObjectBuilder looks through all of them for each.)
class MemberList {
 public:
  void set(json::Value key, json::Value value);
  json::Value build() &&;

 private:
  std::vector<json::Member> members_;
  std::unordered_map<std::string, size_t> places_;
};

/// Names in order of appearance, each once.
class NameList {
 public:
  void add(std::string_view name);
  bool empty() const { return names_.empty(); }
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
  std::unordered_set<std::string> seen_;
};

/// An object of one member: {"Ref": "X"}.
json::Value single_member(std::string_view name, json::Value value);

}  // namespace pawl::formation
