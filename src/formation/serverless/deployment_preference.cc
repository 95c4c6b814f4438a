// SPDX-License-Identifier: Apache-2.0
// DeploymentPreference: traffic moves to a new version by CodeDeploy (model/preferences of the
// translator).
#include <algorithm>
#include <set>

#include "base/error.h"
#include "formation/serverless/function.h"

namespace pawl::formation::serverless {
namespace {

constexpr const char* kApplication = "ServerlessDeploymentApplication";
constexpr const char* kServiceRole = "CodeDeployServiceRole";
constexpr const char* kCondition = "ServerlessCodeDeployCondition";
constexpr std::string_view kConfigurations[] = {
    "Canary10Percent5Minutes",      "Canary10Percent10Minutes",      "Canary10Percent15Minutes",
    "Canary10Percent30Minutes",     "Linear10PercentEvery1Minute",   "Linear10PercentEvery2Minutes",
    "Linear10PercentEvery3Minutes", "Linear10PercentEvery10Minutes", "AllAtOnce"};

Outcome<Node> resolved(const Work& work, const Node& value) {
  const Node mappings = work.result.get("Mappings");
  return resolve_mappings(PAWL_TRY(work.resolve(value)),
                          mappings.is_null() ? Node::map() : mappings);
}

Outcome<bool> as_boolean(const SamResource& function, const Node& value, const std::string& name) {
  if (value.is(true) || value.is("true") || value.is("True")) return true;
  if (value.is(false) || value.is("false") || value.is("False")) return false;
  if (is_intrinsic(value))
    return bad_resource(function.id,
                        "Unsupported intrinsic: the only intrinsic functions supported "
                        "for property " +
                            name + " are FindInMap and parameter Refs.");
  return bad_resource(function.id, "Invalid value for property " + name + ".");
}

Outcome<Node> alarm_configuration(const std::string& id, const Node& alarms) {
  if (!alarms.is_list()) return bad_resource(id, "Alarms must be a list");
  if (alarms.size() == 0 || is_no_value(alarms.items()[0])) return Node::map();
  Node names = Node::list();
  for (const Node& alarm : alarms.items()) names.push(Node::map({{"Name", alarm}}));
  return Node::map({{"Enabled", true}, {"Alarms", names}});
}

Outcome<Node> alarms_of(const DeploymentPreference& preference) {
  const Node& alarms = preference.alarms;
  if (!alarms.truthy() || is_no_value(alarms)) return Node();
  if (!is_intrinsic_if(alarms)) return alarm_configuration(preference.function_id, alarms);
  const Node sides = alarms.get("Fn::If");
  if (!has_three_arguments(sides))
    return bad_resource(preference.function_id, "Fn::If requires 3 arguments");
  return make_conditional(sides.items()[0],
                          PAWL_TRY(alarm_configuration(preference.function_id, sides.items()[1])),
                          PAWL_TRY(alarm_configuration(preference.function_id, sides.items()[2])));
}

/// "AllAtOnce" as CodeDeploy's own configuration of that name, also inside functions.
Node configuration_name(const Node& type, std::string_view key) {
  if (type.is_list()) {
    Node list = Node::list();
    for (const Node& item : type.items()) list.push(configuration_name(item, ""));
    return list;
  }
  if (is_intrinsic(type)) {
    Node map = Node::map();
    for (const auto& [name, value] : type.members())
      map.set(name, configuration_name(value, name.text()));
    return map;
  }
  const bool known = std::any_of(std::begin(kConfigurations), std::end(kConfigurations),
                                 [&](std::string_view name) { return type.is(name); });
  if (!known) return type;
  const Node variables = Node::map({{"ConfigName", type}});
  constexpr const char* kText = "CodeDeployDefault.Lambda${ConfigName}";
  return key == "Fn::Sub" ? Node::list({kText, variables}) : sub(kText, variables);
}

Outcome<Made> deployment_group(const DeploymentPreference& preference) {
  Made group = make(preference.function_id + "DeploymentGroup", "AWS::CodeDeploy::DeploymentGroup");
  group->set("AlarmConfiguration", PAWL_TRY(alarms_of(preference)));
  group->set("ApplicationName", make_ref(kApplication));
  group->set("AutoRollbackConfiguration",
             Node::map({{"Enabled", true},
                        {"Events", Node::list({"DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM",
                                               "DEPLOYMENT_STOP_ON_REQUEST"})}}));
  group->set("DeploymentConfigName", configuration_name(preference.type, ""));
  group->set("DeploymentStyle", Node::map({{"DeploymentType", "BLUE_GREEN"},
                                           {"DeploymentOption", "WITH_TRAFFIC_CONTROL"}}));
  group->set("ServiceRoleArn",
             preference.role.truthy() ? preference.role : get_att(kServiceRole, "Arn"));
  if (preference.trigger_configurations.truthy())
    group->set("TriggerConfigurations", preference.trigger_configurations);
  if (preference.tags.truthy()) group->set("Tags", tag_list(preference.tags));
  if (preference.condition.truthy()) group->attributes.set("Condition", preference.condition);
  return group;
}

/// The condition of what all preferences share; "" if one preference has none.
std::string shared_condition(Work& work) {
  std::vector<std::string> names;
  for (const DeploymentPreference& preference : work.preferences) {
    if (preference.enabled && !preference.condition.truthy()) return {};
    if (preference.condition.is_text() &&
        std::find(names.begin(), names.end(), preference.condition.text()) == names.end())
      names.push_back(preference.condition.text());
  }
  if (names.size() < 2) return names.empty() ? "" : names[0];
  for (const auto& [name, condition] : make_combined_condition(names, kCondition))
    work.conditions().set(name, condition);
  return kCondition;
}

}  // namespace

Outcome<void> add_deployment_preference(Work& work, const SamResource& function,
                                        const Made& alias) {
  const Node given = function.get("DeploymentPreference");
  if (!given.truthy()) return {};
  Node enabled = true;
  if (given.has("Enabled")) enabled = PAWL_TRY(resolved(work, given.get("Enabled")));
  bool pass_condition = false;
  if (given.has("PassthroughCondition"))
    pass_condition =
        PAWL_TRY(as_boolean(function, PAWL_TRY(resolved(work, given.get("PassthroughCondition"))),
                            "PassthroughCondition"));
  DeploymentPreference preference{.function_id = function.id};
  preference.enabled = enabled.truthy() && !enabled.is("false") && !enabled.is("False");
  if (!preference.enabled) {
    work.preferences.push_back(preference);
    return {};
  }
  if (!given.has("Type"))
    return bad_resource(function.id, "'DeploymentPreference' is missing required Property 'Type'");
  preference.type = PAWL_TRY(resolved(work, given.get("Type")));
  const Node hooks = given.has("Hooks") ? given.get("Hooks") : Node::map();
  if (!hooks.is_map())
    return bad_resource(function.id,
                        "'Hooks' property of 'DeploymentPreference' must be a dictionary");
  preference.pre_traffic_hook = hooks.get("PreTraffic");
  preference.post_traffic_hook = hooks.get("PostTraffic");
  preference.alarms = given.get("Alarms");
  preference.role = given.get("Role");
  preference.trigger_configurations = given.get("TriggerConfigurations");
  if (pass_condition) preference.condition = function.attributes.get("Condition");
  if (function.truthy("PropagateTags") && function.truthy("Tags"))
    preference.tags = function.get("Tags");
  work.preferences.push_back(preference);
  if (alias == nullptr)
    return bad_resource(
        function.id, "'DeploymentPreference' requires AutoPublishAlias property to be specified.");
  Node update = Node::map({{"ApplicationName", make_ref(kApplication)},
                           {"DeploymentGroupName", make_ref(function.id + "DeploymentGroup")}});
  if (!preference.pre_traffic_hook.is_null())
    update.set("BeforeAllowTrafficHook", preference.pre_traffic_hook);
  if (!preference.post_traffic_hook.is_null())
    update.set("AfterAllowTrafficHook", preference.post_traffic_hook);
  alias->attributes.set("UpdatePolicy", Node::map({{"CodeDeployLambdaAliasUpdate", update}}));
  return {};
}

Outcome<void> finish_deployment_preferences(Work& work) {
  const auto enabled = [](const DeploymentPreference& preference) { return preference.enabled; };
  if (std::none_of(work.preferences.begin(), work.preferences.end(), enabled)) return {};
  const std::string condition = shared_condition(work);
  Node tags = Node::map();
  bool own_roles = true;
  for (const DeploymentPreference& preference : work.preferences) {
    tags.update(preference.tags);
    own_roles = own_roles && (preference.role.truthy() || !preference.enabled);
  }
  Made application = make(kApplication, "AWS::CodeDeploy::Application");
  application->set("ComputePlatform", "Lambda");
  Made role = make(kServiceRole, "AWS::IAM::Role");
  role->set("AssumeRolePolicyDocument", assume_role_policy("codedeploy.amazonaws.com"));
  role->set("ManagedPolicyArns",
            Node::list({work.managed_arn("service-role/AWSCodeDeployRoleForLambda")}));
  Resources made{application};
  if (!own_roles) made.push_back(role);
  for (const Made& resource : made) {
    if (tags.truthy()) resource->set("Tags", tag_list(tags));
    if (!condition.empty()) resource->attributes.set("Condition", condition);
  }
  for (const DeploymentPreference& preference : work.preferences)
    if (preference.enabled) made.push_back(PAWL_TRY(deployment_group(preference)));
  for (const Made& resource : made) work.result_resources().set(resource->id, resource->to_node());
  return {};
}

}  // namespace pawl::formation::serverless
