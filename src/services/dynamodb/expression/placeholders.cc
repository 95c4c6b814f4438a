// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/expression/placeholders.h"

#include <algorithm>

#include "services/dynamodb/attribute_json.h"
#include "services/dynamodb/errors.h"

namespace pawl::dynamodb {
namespace {

using json::Value;

bool is_placeholder(std::string_view key, char lead) {
  return key.size() > 1 && key[0] == lead && std::all_of(key.begin() + 1, key.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_';
         });
}

aws::ApiResult<void> check_keys(std::string_view member, const Value& map, char lead) {
  if (map.size() == 0) return invalid(std::string(member) + " must not be empty");
  for (const json::Member& entry : map.members()) {
    if (!is_placeholder(entry.name(), lead)) {
      return invalid(std::string(member) + " contains invalid key: Syntax error; key: \"" +
                     std::string(entry.name()) + "\"");
    }
  }
  return {};
}

template <typename Map, typename Used>
std::string unused_keys(const Map& map, const Used& used) {
  std::string out;
  for (const auto& [key, ignored] : map) {
    if (!used.contains(key)) out += (out.empty() ? "" : ", ") + key;
  }
  return out;
}

}  // namespace

aws::ApiResult<Placeholders> Placeholders::read(const Value& input) {
  Placeholders out;
  if (const Value* names = input.find("ExpressionAttributeNames")) {
    PAWL_TRY_VOID(check_keys("ExpressionAttributeNames", *names, '#'));
    for (const json::Member& entry : names->members()) {
      if (entry.value.is_string()) out.names_.emplace(entry.name(), entry.value.as_string());
    }
  }
  if (const Value* values = input.find("ExpressionAttributeValues")) {
    PAWL_TRY_VOID(check_keys("ExpressionAttributeValues", *values, ':'));
    for (const json::Member& entry : values->members()) {
      auto value = read_attribute(entry.value);
      if (!value) {
        return invalid("ExpressionAttributeValues contains invalid value: " +
                       value.error().message.value_or("") + " for key " +
                       std::string(entry.name()));
      }
      out.values_.emplace(entry.name(), *std::move(value));
    }
  }
  return out;
}

const std::string* Placeholders::name(std::string_view placeholder) {
  const auto found = names_.find(placeholder);
  if (found == names_.end()) return nullptr;
  used_.emplace(placeholder);
  return &found->second;
}

const AttributeValue* Placeholders::value(std::string_view placeholder) {
  const auto found = values_.find(placeholder);
  if (found == values_.end()) return nullptr;
  used_.emplace(placeholder);
  return &found->second;
}

aws::ApiResult<void> Placeholders::check_all_used() const {
  if (used_.size() == names_.size() + values_.size()) return {};
  const std::string names = unused_keys(names_, used_);
  if (!names.empty()) {
    return invalid("Value provided in ExpressionAttributeNames unused in expressions: keys: {" +
                   names + "}");
  }
  const std::string values = unused_keys(values_, used_);
  return invalid("Value provided in ExpressionAttributeValues unused in expressions: keys: {" +
                 values + "}");
}

}  // namespace pawl::dynamodb
