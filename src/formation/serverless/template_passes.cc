// SPDX-License-Identifier: Apache-2.0
#include "formation/serverless/template_passes.h"

#include <algorithm>

#include "base/error.h"

namespace pawl::formation::serverless {
namespace {

/// The types with Globals; connectors are none.
constexpr std::string_view kTypes[] = {"AWS::Serverless::Api",
                                       "AWS::Serverless::Function",
                                       "AWS::Serverless::SimpleTable",
                                       "AWS::Serverless::Application",
                                       "AWS::Serverless::LayerVersion",
                                       "AWS::Serverless::HttpApi",
                                       "AWS::Serverless::WebSocketApi",
                                       "AWS::Serverless::StateMachine",
                                       "AWS::Serverless::CapacityProvider"};

bool is_target_of_events(const Node& resource) {
  return resource.get("Type").is("AWS::Serverless::Function") ||
         resource.get("Type").is("AWS::Serverless::StateMachine");
}

bool has_event(const Node& resource, std::string_view type) {
  const std::vector<Node::Item> events = resource.get("Properties").get("Events").members();
  return std::any_of(events.begin(), events.end(),
                     [&](const Node::Item& event) { return event.second.get("Type").is(type); });
}

bool has_rest_api(const Node& resources) {
  const std::vector<Node::Item> members = resources.members();
  return std::any_of(members.begin(), members.end(), [](const Node::Item& member) {
    const Node& resource = member.second;
    return resource.get("Type").is("AWS::Serverless::Api") ||
           (is_target_of_events(resource) && has_event(resource, "Api"));
  });
}

bool has_authorized_http_api(const Node& source) {
  const bool global =
      source.get("Globals").get("HttpApi").get("Auth").get("DefaultAuthorizer").truthy();
  const std::vector<Node::Item> members = source.get("Resources").members();
  return std::any_of(members.begin(), members.end(), [&](const Node::Item& member) {
    const Node& resource = member.second;
    if (resource.get("Type").is("AWS::Serverless::HttpApi"))
      return global || resource.get("Properties").get("Auth").get("DefaultAuthorizer").truthy();
    return global && resource.get("Type").is("AWS::Serverless::Function") &&
           has_event(resource, "HttpApi");
  });
}

void replace_hashed(const Node& map, std::string_view name) {
  if (map.has(name)) map.set(name, map.get(name).as_hashed());
}

Outcome<Node> lifted(const std::string& source_id, const std::string& name, const Node& connector) {
  const std::string full_id = source_id + name;
  if (!connector.is_map())
    return bad_resource(full_id, source_id + "." + full_id + " should be a map.");
  Node resource = connector.deep_copy();
  resource.set("Type", "AWS::Serverless::Connector");
  const Node properties = resource.get("Properties");
  const std::string path = "Connectors." + name + ".Properties";
  PAWL_TRY_VOID(expect_map(properties, {source_id, path, Place::Of::Attribute}));
  const Node source = Node::map({{"Id", source_id}});
  properties.set("Source", source);
  if (properties.has("SourceReference")) {
    const Node reference = properties.get("SourceReference");
    PAWL_TRY_VOID(expect_map(reference, {source_id, path + ".SourceReference"}));
    if (reference.has("Id"))
      return bad_resource(name, "'Id' shouldn't be defined in 'SourceReference'.");
    source.update(reference);
    properties.erase("SourceReference");
  }
  return resource;
}

}  // namespace

bool is_serverless(const Node& resource) {
  const Node type = resource.get("Type");
  return std::any_of(std::begin(kTypes), std::end(kTypes),
                     [&](std::string_view known) { return type.is(known); });
}

bool to_hashed_order(const Node& source, const Node& parameters) {
  const Node resources = source.get("Resources");
  if (!has_rest_api(resources) && !has_authorized_http_api(source)) return false;
  if (source.get("Globals").is_map()) replace_hashed(source.get("Globals"), "Api");
  if (const Node declared = source.get("Parameters"); declared.is_map()) {
    Node ordered = Node::hashed_map();
    for (const auto& [name, parameter] : declared.members()) {
      replace_hashed(parameter, "Default");
      ordered.set(name.with_mark(true), parameter);
    }
    source.set("Parameters", ordered);
  }
  Node ordered = Node::hashed_map();
  for (const auto& [id, resource] : resources.members()) {
    const Node type = resource.get("Type");
    if (resource.get("Properties").is_map()) {
      if (type.is("AWS::Serverless::Api") || type.is("AWS::Serverless::HttpApi"))
        replace_hashed(resource, "Properties");
      if (is_target_of_events(resource)) {
        replace_hashed(resource, "Condition");
        replace_hashed(resource.get("Properties"), "FunctionName");
        replace_hashed(resource.get("Properties"), "Events");
      }
    }
    ordered.set(id.with_mark(true), resource);
  }
  source.set("Resources", ordered);
  for (const auto& [name, value] : parameters.members()) parameters.set(name, value.as_hashed());
  return true;
}

void lift_connectors(const Node& source, std::vector<Failure>& failures) {
  const Node resources = source.get("Resources");
  Node added = Node::map();
  for (const auto& [id, resource] : resources.members()) {
    if (!resource.has("Connectors")) continue;
    const Node connectors = resource.get("Connectors");
    if (auto map =
            expect_map(connectors, {id.text(), id.text() + ".Connectors", Place::Of::Attribute});
        !map)
      failures.push_back(map.error());
    for (const auto& [name, connector] : connectors.members()) {
      Outcome<Node> made = lifted(id.text(), name.text(), connector);
      if (!made) {
        failures.push_back(made.error());
        continue;
      }
      added.set(id.text() + name.text(), *made);
    }
    resource.erase("Connectors");
  }
  resources.update(added);
}

}  // namespace pawl::formation::serverless
