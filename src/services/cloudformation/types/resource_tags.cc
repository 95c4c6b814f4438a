// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/types/resource_tags.h"

#include "json/members.h"
#include "services/cloudformation/types/resource_schema.h"

namespace pawl::cloudformation {
namespace {

constexpr std::string_view kSystem = "aws:";

void read_pair(const json::Value& pair, Tags& tags) {
  if (!pair.is_object()) return;
  std::string key, value;
  for (const json::Member& each : pair.members()) {
    const std::string_view name = each.name();
    if (!each.value.is_string()) continue;
    if (name.ends_with("Key") || name == "key") key = each.value.as_string();
    if (name.ends_with("Value") || name == "value") value = each.value.as_string();
  }
  tags[key] = value;
}

}  // namespace

Tags read_tags(const json::Value* tags) {
  Tags found;
  if (tags == nullptr) return found;
  if (tags->is_array()) {
    for (const json::Value& each : tags->items()) read_pair(each, found);
  } else if (tags->is_object()) {
    for (const json::Member& each : tags->members())
      found[std::string(each.name())] = json::text_member(*tags, each.name());
  }
  return found;
}

Tags desired_tags(std::string_view type, const ResourceRequest& request) {
  const ResourceSchema* schema = find_schema(type);
  Tags tags;
  for (const auto& [key, value] : request.stack_tags) {
    const bool is_system = key.starts_with(kSystem);
    if (!is_system || (schema != nullptr && schema->has_system_tags)) tags[key] = value;
  }
  if (schema == nullptr || schema->tag_property.empty()) return tags;
  for (const auto& [key, value] : read_tags(request.properties.find(schema->tag_property)))
    tags[key] = value;
  return tags;
}

json::Value tag_list(const Tags& tags, std::string_view key_name, std::string_view value_name) {
  std::vector<json::Value> items;
  for (const auto& [key, value] : tags) {
    items.push_back(
        json::Value::object({{key_name, json::Value(key)}, {value_name, json::Value(value)}}));
  }
  return json::Value::array(std::move(items));
}

json::Value tag_map(const Tags& tags) {
  json::ObjectBuilder members;
  for (const auto& [key, value] : tags) members.set(key, json::Value(value));
  return std::move(members).build();
}

TagChange tag_change(const Tags& current, const Tags& desired) {
  TagChange change;
  for (const auto& [key, value] : desired) {
    const auto found = current.find(key);
    if (!key.starts_with(kSystem) && (found == current.end() || found->second != value))
      change.set[key] = value;
  }
  for (const auto& [key, value] : current) {
    if (!key.starts_with(kSystem) && !desired.contains(key)) change.removed.push_back(key);
  }
  return change;
}

}  // namespace pawl::cloudformation
