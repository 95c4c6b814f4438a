// SPDX-License-Identifier: Apache-2.0
// A resource or event of the serverless language, its properties checked by the tables of
// property_tables.cc; and what the whole transform shares while it works.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formation/serverless/generated.h"
#include "formation/serverless/serverless_transform.h"

namespace pawl::formation::serverless {

/// What a property may be. Where functions are taken, a map of one member passes.
enum class Fits {
  Anything,
  Text,
  Map,
  List,
  Boolean,
  Integer,
  TextOrMap,
  BooleanOrMap,
  Policies,       ///< a text, a map, or a list of both
  PoliciesNoMap,  ///< a text or a list of texts and maps
  MapOfMaps,
  MapOfTexts,
  MapOfIntegersOrMaps,
  ListOfTextsOrMaps,
  ListOfTexts,
  TextOrListOfTexts,
  PlainText,  ///< a text whose messages do not say so
  PlainMap,   ///< a map whose messages do not say so
  MapOrListOfMaps,
  DeleteOrRetain
};

struct PropertyRule {
  std::string_view name;
  Fits fits = Fits::Anything;
  bool required = false;
  bool functions = true;  ///< a function may stand in its place
};

struct SamType {
  std::string_view name;
  std::span<const PropertyRule> properties;
};

const SamType* find_sam_type(std::string_view name);
/// Of the events of functions, and of state machines.
const SamType* find_function_event(std::string_view type);
const SamType* find_machine_event(std::string_view type);

/// A checked resource. `properties` is the template's own map: changes are seen there.
struct SamResource {
  Node id_node = {};
  std::string id = {};
  std::string type = {};
  std::string relative_id = {};  ///< of an event: its name in Events
  Node properties = {};
  Node depends_on = {};
  Node attributes = Node::map();

  Node get(std::string_view name) const { return properties.get(name); }
  bool given(std::string_view name) const { return !properties.get(name).is_null(); }
  bool truthy(std::string_view name) const { return properties.get(name).truthy(); }
};

/// The resource's dictionary, checked. Properties are a copy of one level; `prepare` may change
/// them before they are checked.
Outcome<SamResource> read_resource(const Node& logical_id, const Node& dictionary,
                                   const SamType& type,
                                   Outcome<void> (*prepare)(const SamResource&) = nullptr);

/// One usage plan of all APIs that share it.
struct SharedUsagePlan {
  Node depends_on = Node::list();
  Node stages = Node::list();
  Node stage_keys = Node::list();
  std::vector<std::string> conditions = {};
  bool any_without_condition = false;
  Node deletion_policy = {};
  Node update_replace_policy = {};
};

/// A function's DeploymentPreference.
struct DeploymentPreference {
  std::string function_id;
  bool enabled = false;
  Node type = {};
  Node pre_traffic_hook = {};
  Node post_traffic_hook = {};
  Node alarms = {};
  Node role = {};
  Node trigger_configurations = {};
  Node condition = {};
  Node tags = {};
};

/// The state of one transform.
struct Work {
  const ServerlessContext& context;
  Node source;          ///< what is read, and changed by events (buckets, definitions)
  Node result;          ///< what is given back
  Node parameters;      ///< values, with defaults and pseudo parameters
  bool hashed = false;  ///< the template has Python 2.7's order in it
  std::vector<DeploymentPreference> preferences = {};
  SharedUsagePlan usage_plan = {};
  std::map<std::string, Made> record_sets = {};
  std::map<std::string, std::string> function_names = {};  ///< of APIs: in the hash of deployments

  Node source_resources() const { return source.get("Resources"); }
  Node result_resources() const { return result.get("Resources"); }
  /// The conditions of the result; null if it has none.
  Node conditions() const { return result.get("Conditions"); }
  Outcome<Node> resolve(const Node& node) const { return resolve_parameters(node, parameters); }
  std::string managed_arn(std::string_view policy) const {
    return "arn:" + context.partition + ":iam::aws:policy/" + std::string(policy);
  }
};

}  // namespace pawl::formation::serverless
