// SPDX-License-Identifier: Apache-2.0
// Reading and checking a resource of the serverless language (model/__init__.py of the translator).
#include "formation/serverless/sam_resource.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace pawl::formation::serverless {
namespace {

constexpr std::array<std::string_view, 5> kAttributes{"DeletionPolicy", "UpdatePolicy", "Condition",
                                                      "UpdateReplacePolicy", "Metadata"};

bool all_items(const Node& list, bool (*fits)(const Node&)) {
  return list.is_list() && std::all_of(list.items().begin(), list.items().end(), fits);
}

bool all_values(const Node& map, bool (*fits)(const Node&)) {
  if (!map.is_map()) return false;
  const std::vector<Node::Item> members = map.members();
  return std::all_of(members.begin(), members.end(),
                     [&](const Node::Item& item) { return fits(item.second); });
}

bool is_text(const Node& node) { return node.is_text(); }
bool is_map(const Node& node) { return node.is_map(); }
bool is_text_or_map(const Node& node) { return node.is_text() || node.is_map(); }
bool is_integer_or_map(const Node& node) { return node.is_integer() || node.is_map(); }

bool fits(const Node& value, Fits kind) {
  switch (kind) {
    case Fits::Anything: return true;
    case Fits::Text:
    case Fits::PlainText: return value.is_text();
    case Fits::Map:
    case Fits::PlainMap: return value.is_map();
    case Fits::List: return value.is_list();
    case Fits::Boolean: return value.is_boolean();
    case Fits::Integer: return value.is_integer();
    case Fits::TextOrMap: return is_text_or_map(value);
    case Fits::BooleanOrMap: return value.is_boolean() || value.is_map();
    case Fits::Policies: return is_text_or_map(value) || all_items(value, is_text_or_map);
    case Fits::PoliciesNoMap: return value.is_text() || all_items(value, is_text_or_map);
    case Fits::MapOfMaps: return all_values(value, is_map);
    case Fits::MapOfTexts: return all_values(value, is_text);
    case Fits::MapOfIntegersOrMaps: return all_values(value, is_integer_or_map);
    case Fits::ListOfTextsOrMaps: return all_items(value, is_text_or_map);
    case Fits::ListOfTexts: return all_items(value, is_text);
    case Fits::TextOrListOfTexts: return value.is_text() || all_items(value, is_text);
    case Fits::MapOrListOfMaps: return value.is_map() || all_items(value, is_map);
    case Fits::DeleteOrRetain: return value.is("Delete") || value.is("Retain");
  }
  return false;
}

std::string misfit(const PropertyRule& rule) {
  const std::string name(rule.name);
  switch (rule.fits) {
    case Fits::Map: return "Property '" + name + "' should be a map.";
    case Fits::Text: return "Property '" + name + "' should be a string.";
    case Fits::DeleteOrRetain:
      return "Property '" + name + "' should be a one of the strings: 'Delete' or 'Retain'.";
    default: return "Type of property '" + name + "' is invalid.";
  }
}

Outcome<void> check_properties(const SamResource& resource, const SamType& type) {
  for (const auto& [key, value] : resource.properties.members())
    if (std::none_of(type.properties.begin(), type.properties.end(),
                     [&](const PropertyRule& rule) { return rule.name == key.text(); }))
      return bad_resource(
          resource.id,
          "property " + key.text() + " not defined for resource of type " + std::string(type.name));
  for (const PropertyRule& rule : type.properties) {
    const Node value = resource.get(rule.name);
    if (rule.functions && value.is_map() && value.size() == 1) continue;
    if (value.is_null() && rule.required)
      return bad_resource(resource.id,
                          "Missing required property '" + std::string(rule.name) + "'.");
    if (!value.is_null() && !fits(value, rule.fits)) return bad_resource(resource.id, misfit(rule));
  }
  return {};
}

}  // namespace

Outcome<SamResource> read_resource(const Node& logical_id, const Node& dictionary,
                                   const SamType& type,
                                   Outcome<void> (*prepare)(const SamResource&)) {
  if (!is_alphanumeric(logical_id.text()))
    return bad_resource(logical_id.text(), "Logical ids must be alphanumeric.");
  const Node properties = dictionary.get("Properties");
  if (dictionary.has("Properties") && !properties.is_map())
    return bad_resource(logical_id.text(), "Properties of a resource must be an object.");
  SamResource resource{.id_node = logical_id,
                       .id = logical_id.text(),
                       .type = std::string(type.name),
                       .properties = properties.is_map() ? properties.shallow_copy() : Node::map(),
                       .depends_on = dictionary.get("DependsOn")};
  for (const std::string_view name : kAttributes)
    if (dictionary.has(name)) resource.attributes.set(name, dictionary.get(name));
  if (prepare != nullptr) PAWL_TRY_VOID(prepare(resource));
  PAWL_TRY_VOID(check_properties(resource, type));
  return resource;
}

}  // namespace pawl::formation::serverless
