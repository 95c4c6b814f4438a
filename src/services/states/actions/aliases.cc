// SPDX-License-Identifier: Apache-2.0
// API CreateStateMachineAlias, DescribeStateMachineAlias, UpdateStateMachineAlias,
// DeleteStateMachineAlias, ListStateMachineAliases.
#include <algorithm>
#include <tuple>

#include "aws/protocol/timestamp_text.h"
#include "json/members.h"
#include "services/states/api_errors.h"
#include "services/states/service.h"

namespace pawl::states {

using json::Value;

namespace {

aws::ApiError invalid_routing(std::string message) {
  return validation_with_reason(std::move(message), "INVALID_ROUTING_CONFIGURATION");
}

aws::ApiResult<StateMachineArn> parse_alias_arn(std::string_view text) {
  StateMachineArn parsed = PAWL_TRY(parse_state_machine_arn(text));
  if (parsed.alias.empty()) {
    return invalid_arn("Resource type not valid in this context: stateMachine");
  }
  return parsed;
}

/// "[a, b]"
std::string listed(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) out += (out.size() > 1 ? ", " : "") + text;
  return out + "]";
}

Value routing_value(const ResourceKey& key, const std::vector<AliasRoute>& routes) {
  std::vector<Value> items;
  for (const AliasRoute& route : routes) {
    items.push_back(
        Value::object({{"stateMachineVersionArn", Value(version_arn(key, route.version))},
                       {"weight", Value(route.weight)}}));
  }
  return Value::array(std::move(items));
}

aws::ActionResult created_answer(const ResourceKey& key, const std::string& name,
                                 const AliasRecord& alias) {
  return aws::Output(Value::object({{"stateMachineAliasArn", Value(alias_arn(key, name))},
                                    {"creationDate", aws::timestamp_value(alias.creation_date)}}));
}

}  // namespace

aws::ApiResult<StatesService::Routing> StatesService::read_routing(
    const Value& configuration) const {
  std::vector<std::string> arns;
  std::vector<std::string> weights;
  int64_t sum = 0;
  for (const Value& item : configuration.items()) {
    arns.push_back(text_member(item, "stateMachineVersionArn"));
    weights.push_back(std::to_string(integer_member(item, "weight")));
    sum += integer_member(item, "weight");
  }
  Routing routing;
  for (size_t i = 0; i < arns.size(); ++i) {
    const StateMachineArn arn = PAWL_TRY(parse_state_machine_arn(arns[i]));
    if (!arn.version) {
      return invalid_routing(
          "Routing configuration must contain state machine version ARNs. Received: " +
          listed(arns));
    }
    if (i > 0 && !(arn.key == routing.key)) {
      return invalid_routing(
          "Routing configuration must contain versions of the same state machine. Received: " +
          listed(arns));
    }
    routing.key = arn.key;
    routing.routes.push_back({*arn.version, integer_member(configuration.items()[i], "weight")});
  }
  if (arns.size() == 2 && routing.routes[0].version == routing.routes[1].version) {
    return invalid_routing(
        "Routing configuration must contain distinct state machine version ARNs. Received: " +
        listed(arns));
  }
  if (sum != 100) {
    return invalid_routing("Sum of routing configuration weights must equal 100. Received: " +
                           listed(weights));
  }
  for (const AliasRoute& route : routing.routes) {
    if (!PAWL_TRY(machines_.version(routing.key, route.version))) {
      return referenced_resource_not_found();
    }
  }
  return routing;
}

aws::ActionResult StatesService::create_state_machine_alias(const Request& request) {
  const std::string name = text_member(request.input, "name");
  MachineStore::Change change(machines_);
  Routing routing = PAWL_TRY(read_routing(*request.input.find("routingConfiguration")));
  const std::string machine_arn = state_machine_arn(routing.key);
  const Found found = PAWL_TRY(changeable_machine(machine_arn));
  AliasRecord alias;
  alias.creation_date = alias.update_date = clock_.now();
  alias.description = find_text(request.input, "description");
  alias.routes = std::move(routing.routes);
  const auto aliases = PAWL_TRY(machines_.aliases(found.key));
  for (const auto& [present_name, present] : aliases) {
    if (present_name != name) continue;
    if (present.description != alias.description || present.routes != alias.routes) {
      return conflict(
          "Failed to create alias because an alias with the same name and a different routing "
          "configuration already exists.");
    }
    return created_answer(found.key, name, present);
  }
  if (aliases.size() >= limits_.aliases_max) {
    return service_quota_exceeded("Maximum number of aliases (" +
                                  std::to_string(limits_.aliases_max) +
                                  ") exceeded for state machine: '" + machine_arn + "'");
  }
  change.put_alias(found.key, name, alias);
  PAWL_TRY_VOID(change.commit());
  return created_answer(found.key, name, alias);
}

aws::ActionResult StatesService::describe_state_machine_alias(const Request& request) {
  const StateMachineArn arn =
      PAWL_TRY(parse_alias_arn(text_member(request.input, "stateMachineAliasArn")));
  const auto alias = PAWL_TRY(machines_.alias(arn.key, arn.alias));
  if (!alias) return referenced_resource_not_found();
  json::ObjectBuilder out;
  out.set("stateMachineAliasArn", Value(alias_arn(arn.key, arn.alias)));
  out.set("name", Value(arn.alias));
  if (alias->description) out.set("description", Value(*alias->description));
  out.set("routingConfiguration", routing_value(arn.key, alias->routes));
  out.set("creationDate", aws::timestamp_value(alias->creation_date));
  out.set("updateDate", aws::timestamp_value(alias->update_date));
  return aws::Output(std::move(out).build());
}

aws::ActionResult StatesService::update_state_machine_alias(const Request& request) {
  const StateMachineArn arn =
      PAWL_TRY(parse_alias_arn(text_member(request.input, "stateMachineAliasArn")));
  auto description = find_text(request.input, "description");
  const Value* configuration = request.input.find("routingConfiguration");
  if (!description && configuration == nullptr) {
    return validation_with_reason(
        "Either the description or the routing configuration must be specified",
        "MISSING_REQUIRED_PARAMETER");
  }
  MachineStore::Change change(machines_);
  auto alias = PAWL_TRY(machines_.alias(arn.key, arn.alias));
  if (!alias) return referenced_resource_not_found();
  PAWL_TRY(changeable_machine(state_machine_arn(arn.key)));
  if (configuration != nullptr) {
    Routing routing = PAWL_TRY(read_routing(*configuration));
    if (!(routing.key == arn.key)) {
      return invalid_routing(
          "Routing configuration must contain versions of the alias' state machine. Received: [" +
          state_machine_arn(routing.key) + "]");
    }
    alias->routes = std::move(routing.routes);
  }
  if (description) alias->description = std::move(description);
  alias->update_date = clock_.now();
  change.put_alias(arn.key, arn.alias, *alias);
  PAWL_TRY_VOID(change.commit());
  return aws::Output(Value::object({{"updateDate", aws::timestamp_value(alias->update_date)}}));
}

/// An alias that is not there is no error (recorded).
aws::ActionResult StatesService::delete_state_machine_alias(const Request& request) {
  const StateMachineArn arn =
      PAWL_TRY(parse_alias_arn(text_member(request.input, "stateMachineAliasArn")));
  MachineStore::Change change(machines_);
  if (!PAWL_TRY(machines_.alias(arn.key, arn.alias))) return aws::Output();
  change.erase_alias(arn.key, arn.alias);
  PAWL_TRY_VOID(change.commit());
  return aws::Output();
}

/// NOTE The API's page says "most recently created aliases listed first"; AWS was recorded listing
/// the oldest first. Of a version's ARN: the aliases that refer to it.
aws::ActionResult StatesService::list_state_machine_aliases(const Request& request) {
  const std::string text = text_member(request.input, "stateMachineArn");
  const StateMachineArn arn = PAWL_TRY(parse_state_machine_arn(text));
  if (!arn.label.empty()) return labeled_arn_not_supported(text);
  const auto machine = PAWL_TRY(machines_.machine(arn.key));
  if (!machine || !arn.alias.empty()) return state_machine_does_not_exist(text);
  if (machine->status == MachineStatus::Deleting) return state_machine_deleting(text);
  if (arn.version && !PAWL_TRY(machines_.version(arn.key, *arn.version))) {
    return referenced_resource_not_found();
  }
  const auto after = PAWL_TRY(list_position(request, {text}));
  using Place = std::tuple<int64_t, std::string>;
  std::vector<Place> places;
  for (const auto& [name, alias] : PAWL_TRY(machines_.aliases(arn.key))) {
    Place place{alias.creation_date.ms, name};
    if (arn.version && !alias.refers_to(*arn.version)) continue;
    if (!after || place > Place{after->creation_ms, after->name}) places.push_back(place);
  }
  std::sort(places.begin(), places.end());
  json::ObjectBuilder out;
  if (const size_t count = page_size(request.input); places.size() > count) {
    places.resize(count);
    const auto& [created, name] = places.back();
    out.set("nextToken", Value(next_token(request, {text}, {created, name})));
  }
  std::vector<Value> items;
  for (const auto& [created, name] : places) {
    items.push_back(Value::object({{"stateMachineAliasArn", Value(alias_arn(arn.key, name))},
                                   {"creationDate", aws::timestamp_value({created})}}));
  }
  out.set("stateMachineAliases", Value::array(std::move(items)));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::states
