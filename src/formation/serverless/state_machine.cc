// SPDX-License-Identifier: Apache-2.0
// StateMachineGenerator of the translator.
#include "formation/serverless/state_machine.h"

#include <algorithm>

#include "base/error.h"
#include "formation/serverless/role.h"

namespace pawl::formation::serverless {
namespace {

/// Puts "${definition_substitution_N}" in the place of functions and dynamic references, in the
/// order of sorted keys; gives what they stand for.
void substitute(const Node& node, Node& substitutions) {
  const auto replaced = [&](const Node& value) -> Node {
    if (!is_intrinsic(value) && !is_dynamic_reference(value)) {
      substitute(value, substitutions);
      return value;
    }
    const std::string name = "definition_substitution_" + std::to_string(substitutions.size() + 1);
    substitutions.set(name, value);
    return "${" + name + "}";
  };
  for (Node& item : node.items()) item = replaced(item);
  std::vector<Node::Item> members = node.members();
  std::sort(members.begin(), members.end(), [](const Node::Item& a, const Node::Item& b) {
    return a.first.text() < b.first.text();
  });
  for (const auto& [key, value] : members) node.set(key, replaced(value));
}

Outcome<void> set_definition(const SamResource& machine, const Made& made) {
  const Node definition = machine.get("Definition");
  const Node given = machine.get("DefinitionSubstitutions");
  if (given.truthy()) made->set("DefinitionSubstitutions", given);
  if (definition.truthy() && machine.truthy("DefinitionUri"))
    return bad_resource(machine.id,
                        "Specify either 'Definition' or 'DefinitionUri' property and not both.");
  if (!definition.truthy()) {
    if (!machine.truthy("DefinitionUri"))
      return bad_resource(machine.id,
                          "Either 'Definition' or 'DefinitionUri' property must be specified.");
    made->set("DefinitionS3Location",
              PAWL_TRY(definition_location(machine.get("DefinitionUri"), machine.id)));
    return {};
  }
  const Node processed = definition.deep_copy();
  Node substitutions = Node::map();
  substitute(processed, substitutions);
  if (substitutions.size() > 0)
    made->properties.set_default("DefinitionSubstitutions", Node::map()).update(substitutions);
  Node lines = Node::list();
  const std::string text = processed.indented_json();
  size_t at = 0;
  for (size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', at)) {
    lines.push(text.substr(at, end - at));
    at = end + 1;
  }
  lines.push(text.substr(at));
  made->set("DefinitionString", Node::map({{"Fn::Join", Node::list({"\n", lines})}}));
  return {};
}

Node tags_of(const SamResource& machine) {
  Node list = tag_list(Node::map({{"stateMachine:createdBy", "SAM"}}));
  for (const Node& tag : tag_list(machine.get("Tags")).items()) list.push(tag);
  return list;
}

Outcome<Made> make_machine_role(Work& work, const SamResource& machine) {
  const Node given = machine.get("Policies");
  std::vector<Node> policies = given.is_list() ? given.items() : std::vector<Node>{};
  if (given.truthy() && !given.is_list()) policies.push_back(given);
  if (machine.get("Tracing").get("Enabled").is(true))
    policies.push_back(work.context.partition == "aws" ? "AWSXrayWriteOnlyAccess"
                                                       : "AWSXRayDaemonWriteAccess");
  return make_role(work, machine, Node::list(std::move(policies)),
                   {.assume_role_policy = assume_role_policy("states.amazonaws.com"),
                    .path = machine.get("RolePath"),
                    .permissions_boundary = machine.get("PermissionsBoundary"),
                    .tags = tags_of(machine)});
}

/// AutoPublishAlias: a version and an alias that moves to it.
Outcome<Resources> publish(const SamResource& machine) {
  const Node alias_name = machine.get("AutoPublishAlias");
  const Node preference = machine.get("DeploymentPreference");
  if (!alias_name.truthy()) {
    for (const char* name : {"UseAliasAsEventTarget", "DeploymentPreference"})
      if (machine.truthy(name))
        return bad_resource(
            machine.id,
            std::string("'") + name + "' requires 'AutoPublishAlias' property to be specified.");
    return Resources{};
  }
  Node attributes = passed_attributes(machine.attributes);
  Made alias = make(machine.id + "Alias" + alias_name.python_text(),
                    "AWS::StepFunctions::StateMachineAlias", attributes);
  attributes.set_default("DeletionPolicy", "Retain");
  attributes.set_default("UpdateReplacePolicy", "Retain");
  Made version =
      make(machine.id + "Version", "AWS::StepFunctions::StateMachineVersion", attributes);
  version->set("StateMachineArn", make_ref(machine.id));
  version->set("StateMachineRevisionId", get_att(machine.id, "StateMachineRevisionId"));
  alias->set("Name", alias_name);
  Node deployment =
      preference.truthy() ? preference.shallow_copy() : Node::map({{"Type", "ALL_AT_ONCE"}});
  deployment.set("StateMachineVersionArn", version->ref());
  alias->set("DeploymentPreference", deployment);
  return Resources{version, alias};
}

}  // namespace

Outcome<Resources> make_state_machine(Work& work, const SamResource& machine) {
  Made made =
      make(machine.id, "AWS::StepFunctions::StateMachine", machine.attributes, machine.depends_on);
  PAWL_TRY_VOID(set_definition(machine, made));
  if (machine.truthy("Role") && machine.truthy("Policies"))
    return bad_resource(machine.id,
                        "Specify either 'Role' or 'Policies' (but not both at the same "
                        "time) or neither of them");
  Resources all{made};
  if (machine.truthy("Role")) {
    made->set("RoleArn", machine.get("Role"));
  } else {
    all.push_back(PAWL_TRY(make_machine_role(work, machine)));
    made->set("RoleArn", all.back()->arn());
  }
  for (const auto& [property, name] :
       {std::pair("Name", "StateMachineName"), std::pair("Type", "StateMachineType"),
        std::pair("Logging", "LoggingConfiguration"), std::pair("Tracing", "TracingConfiguration")})
    made->set(name, machine.get(property));
  made->set("Tags", tags_of(machine));
  const Resources published = PAWL_TRY(publish(machine));
  all.insert(all.end(), published.begin(), published.end());
  const Made& target = machine.truthy("UseAliasAsEventTarget") ? published[1] : made;
  for (const auto& [id, dictionary] : machine.get("Events").members()) {
    const Resources added = PAWL_TRY(make_machine_event(work, machine, target, id, dictionary));
    all.insert(all.end(), added.begin(), added.end());
  }
  propagate_tags(all, machine.get("Tags"), machine.truthy("PropagateTags"));
  return all;
}

}  // namespace pawl::formation::serverless
