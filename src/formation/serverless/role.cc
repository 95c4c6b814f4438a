// SPDX-License-Identifier: Apache-2.0
// As policy_templates_plugin.py, resource_policies.py and role_constructor.py of the translator.
#include "formation/serverless/role.h"

#include <algorithm>
#include <functional>

#include "base/error.h"
#include "formation/serverless/translator_data.h"

namespace pawl::formation::serverless {
namespace {

enum class PolicyType { Managed, Statement, Template, Unknown };

Node first_value(const Node& map) { return map.members()[0].second; }
std::string first_name(const Node& map) { return map.members()[0].first.text(); }

Outcome<PolicyType> type_of(const Node& policy, bool templates);

Outcome<PolicyType> type_of_if(const Node& policy, bool templates) {
  const Node arguments = policy.get("Fn::If");
  if (!has_three_arguments(arguments)) return bad_template("Fn::If requires 3 arguments");
  const Node& then = arguments.items()[1];
  const Node& otherwise = arguments.items()[2];
  const PolicyType then_type = PAWL_TRY(type_of(then, templates));
  const PolicyType other_type = PAWL_TRY(type_of(otherwise, templates));
  if (then_type == other_type || is_no_value(otherwise)) return then_type;
  if (is_no_value(then)) return other_type;
  return bad_template(
      "Different policy types within the same Fn::If statement is unsupported. Separate different "
      "policy types into different Fn::If statements");
}

/// `templates`: names of policy templates are still to be expected.
Outcome<PolicyType> type_of(const Node& policy, bool templates) {
  if (policy.is_text()) return PolicyType::Managed;
  if (is_intrinsic_if(policy)) return type_of_if(policy, templates);
  if (is_intrinsic(policy)) return PolicyType::Managed;
  if (policy.has("Statement")) return PolicyType::Statement;
  const bool named = templates && policy.is_map() && policy.size() == 1 &&
                     !policy_template(first_name(policy)).is_null();
  return named ? PolicyType::Template : PolicyType::Unknown;
}

/// The policies of the property Policies: a list, or one alone.
std::vector<Node> policies_of(const Node& policies) {
  if (!policies.truthy()) return {};
  return policies.is_list() ? policies.items() : std::vector<Node>{policies};
}

Node with_parameters(const Node& definition, const Node& values) {
  if (definition.is_list()) {
    Node list = Node::list();
    for (const Node& item : definition.items()) list.push(with_parameters(item, values));
    return list;
  }
  if (!definition.is_map()) return definition;
  if (definition.size() == 1 && definition.get("Ref").is_text() &&
      values.has(definition.get("Ref").text()))
    return values.get(definition.get("Ref").text());
  Node map = Node::map();
  for (const auto& [key, value] : definition.members())
    map.set(key, with_parameters(value, values));
  return map;
}

Outcome<Node> statements_of(const std::string& id, const Node& policy) {
  const std::string name = first_name(policy);
  const Node values = first_value(policy);
  const Node found = policy_template(name);
  if (!values.is_map())
    return bad_resource(id,
                        "Must specify valid parameter values for policy template '" + name + "'");
  Node missing = Node::list();
  Node given = Node::map();
  for (const Node& parameter : found.get("Parameters").items()) {
    if (!values.has(parameter.text())) missing.push(parameter);
    given.set(parameter, values.get(parameter.text()));
  }
  if (missing.size() > 0)
    return bad_resource(id, "Following required parameters of template '" + name +
                                "' don't have values: " + missing.python_text());
  return with_parameters(found.get("Definition"), given);
}

/// Fn::If with both sides changed, but for those that `change` leaves.
Outcome<Node> change_sides(const Node& policy,
                           const std::function<Outcome<Node>(const Node&)>& change) {
  const Node arguments = policy.get("Fn::If");
  Node changed = Node::list({arguments.items()[0]});
  for (size_t side = 1; side < 3; ++side) {
    const Node& value = arguments.items()[side];
    changed.push(is_no_value(value) ? value : PAWL_TRY(change(value)));
  }
  return Node::map({{"Fn::If", changed}});
}

Node managed_policy(const Work& work, const Node& policy) {
  if (!policy.is_text()) return policy;
  const std::string& name = policy.text();
  if (const auto path = managed_policy_path(name)) return work.managed_arn(*path);
  if (name.starts_with("arn:") || !work.context.managed_policy_arn) return policy;
  const std::optional<std::string> arn = work.context.managed_policy_arn(name);
  return arn ? Node(*arn) : policy;
}

}  // namespace

Outcome<void> expand_policy_templates(const SamResource& resource) {
  const std::vector<Node> policies = policies_of(resource.get("Policies"));
  if (policies.empty()) return {};
  Node expanded = Node::list();
  const auto convert = [&](const Node& policy) { return statements_of(resource.id, policy); };
  for (const Node& policy : policies) {
    const PolicyType type = PAWL_TRY(type_of(policy, true));
    if (type != PolicyType::Template) {
      expanded.push(policy);
    } else {
      expanded.push(is_intrinsic_if(policy) ? PAWL_TRY(change_sides(policy, convert))
                                            : PAWL_TRY(convert(policy)));
    }
  }
  resource.properties.set("Policies", expanded);
  return {};
}

Outcome<Made> make_role(const Work& work, const SamResource& resource, const Node& policies,
                        RoleParts parts) {
  Made role = make(resource.id + "Role", "AWS::IAM::Role", passed_attributes(resource.attributes));
  size_t index = 0;
  for (const Node& policy : policies_of(policies)) {
    const PolicyType type = PAWL_TRY(type_of(policy, false));
    const auto named = [&](const Node& document) -> Outcome<Node> {
      return Node::map({{"PolicyName", role->id + "Policy" + std::to_string(index)},
                        {"PolicyDocument", document}});
    };
    const auto managed = [&](const Node& name) -> Outcome<Node> {
      return managed_policy(work, name);
    };
    const bool conditional = is_intrinsic_if(policy);
    if (type == PolicyType::Statement) {
      parts.policies.push_back(conditional ? PAWL_TRY(change_sides(policy, named))
                                           : PAWL_TRY(named(policy)));
    } else if (type == PolicyType::Managed) {
      const Node arn =
          conditional ? PAWL_TRY(change_sides(policy, managed)) : managed_policy(work, policy);
      if (std::find(parts.managed_arns.begin(), parts.managed_arns.end(), arn) ==
          parts.managed_arns.end())
        parts.managed_arns.push_back(arn);
    } else {
      return bad_resource(resource.id, "Policy at index " + std::to_string(index) +
                                           " in the 'Policies' property is not valid");
    }
    ++index;
  }
  role->set("AssumeRolePolicyDocument", parts.assume_role_policy);
  role->set("ManagedPolicyArns", Node::list(std::move(parts.managed_arns)));
  if (!parts.policies.empty()) role->set("Policies", Node::list(std::move(parts.policies)));
  role->set("Path", parts.path);
  role->set("PermissionsBoundary", parts.permissions_boundary);
  role->set("Tags", parts.tags);
  return role;
}

}  // namespace pawl::formation::serverless
