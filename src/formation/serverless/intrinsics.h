// SPDX-License-Identifier: Apache-2.0
// CloudFormation's functions as the serverless transform sees them: it makes them, recognizes them,
// and resolves a few: Ref and Fn::Sub of parameters, Fn::FindInMap, and references to what it
// generates
// ("Function.Version").
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formation/serverless/failure.h"
#include "formation/serverless/node.h"

namespace pawl::formation::serverless {

Node make_ref(const Node& logical_id);
Node get_att(const Node& logical_id, std::string_view attribute);
Node sub(const Node& text);
Node sub(const Node& text, const Node& variables);
/// {"Fn::If": [condition, then, {"Ref": "AWS::NoValue"}]}
Node make_conditional(const Node& condition, const Node& then);
Node make_conditional(const Node& condition, const Node& then, const Node& otherwise);
Node make_not_conditional(const std::string& condition);
Node make_or_condition(const std::vector<std::string>& conditions);
/// Conditions by name whose last one is true if any of these (two or more) is: Fn::Or takes at most
/// ten.
std::vector<std::pair<std::string, Node>> make_combined_condition(
    std::vector<std::string> conditions, const std::string& name);

bool is_intrinsic(const Node& node);
bool is_intrinsic_if(const Node& node);
bool is_no_value(const Node& node);
/// "{{resolve:ssm:name}}"
bool is_dynamic_reference(const Node& node);
/// True if Fn::If has its three arguments.
bool has_three_arguments(const Node& if_arguments);
/// The X of {"Ref": X} or {"Fn::GetAtt": [X, …]}; "" of others.
std::string logical_id_of(const Node& node);
/// "${X}" or "${X.Arn}" of a Ref or Fn::GetAtt.
std::string shorthand(const Node& reference);

/// Puts the values of parameters (a map) in the place of Ref and Fn::Sub, in `node` itself; gives
/// what stands in its place. Errors: a parameter in Fn::Sub that is no text.
Outcome<Node> resolve_parameters(const Node& node, const Node& parameters);
/// The same for Fn::FindInMap of literal keys.
Outcome<Node> resolve_mappings(const Node& node, const Node& mappings);

/// The ids of what was generated: "Function" -> "Version" -> "FunctionVersion1a2b3c".
using GeneratedIds = std::map<std::string, std::map<std::string, std::string>, std::less<>>;
/// Replaces "X.Property" in Ref, Fn::Sub and Fn::GetAtt.
Node resolve_generated(const Node& node, const GeneratedIds& ids);
/// Replaces logical ids that the transform changed (layers) in Ref, Fn::Sub, Fn::GetAtt and
/// DependsOn.
Node resolve_changed_ids(const Node& node, const std::map<std::string, std::string>& changed);

}  // namespace pawl::formation::serverless
