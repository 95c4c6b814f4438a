// SPDX-License-Identifier: Apache-2.0
// Making and recognizing functions (model/intrinsics.py of the translator). Resolving: resolver.cc.
#include "formation/serverless/intrinsics.h"

#include <algorithm>

namespace pawl::formation::serverless {
namespace {

constexpr size_t kConditionsMax = 10;  // of Fn::Or

std::string only_key(const Node& node) { return node.size() == 1 ? node.keys()[0].text() : ""; }

}  // namespace

Node make_ref(const Node& logical_id) { return Node::map({{"Ref", logical_id}}); }

Node get_att(const Node& logical_id, std::string_view attribute) {
  return Node::map({{"Fn::GetAtt", Node::list({logical_id, attribute})}});
}

Node sub(const Node& text) { return Node::map({{"Fn::Sub", text}}); }

Node sub(const Node& text, const Node& variables) {
  return Node::map({{"Fn::Sub", Node::list({text, variables})}});
}

Node make_conditional(const Node& condition, const Node& then) {
  return make_conditional(condition, then, make_ref("AWS::NoValue"));
}

Node make_conditional(const Node& condition, const Node& then, const Node& otherwise) {
  return Node::map({{"Fn::If", Node::list({condition, then, otherwise})}});
}

Node make_not_conditional(const std::string& condition) {
  return Node::map({{"Fn::Not", Node::list({Node::map({{"Condition", condition}})})}});
}

Node make_or_condition(const std::vector<std::string>& conditions) {
  Node any = Node::list();
  for (const std::string& condition : conditions) any.push(Node::map({{"Condition", condition}}));
  return Node::map({{"Fn::Or", any}});
}

std::vector<std::pair<std::string, Node>> make_combined_condition(
    std::vector<std::string> conditions, const std::string& name) {
  std::vector<std::pair<std::string, Node>> made;
  size_t left = conditions.size() < 2 ? 0 : (conditions.size() - 2) / (kConditionsMax - 1);
  while (conditions.size() > 1) {
    const std::string part = left > 0 ? name + std::to_string(left) : name;
    if (left > 0) --left;
    const size_t taken = std::min(conditions.size(), kConditionsMax);
    const auto end = conditions.begin() + static_cast<std::ptrdiff_t>(taken);
    made.emplace_back(part, make_or_condition({conditions.begin(), end}));
    conditions.erase(conditions.begin(), end);
    conditions.push_back(part);
  }
  return made;
}

bool is_intrinsic(const Node& node) {
  if (!node.is_map()) return false;
  const std::string key = only_key(node);
  return key == "Ref" || key == "Condition" || key.starts_with("Fn::");
}

bool is_intrinsic_if(const Node& node) { return node.is_map() && only_key(node) == "Fn::If"; }

bool is_no_value(const Node& node) {
  return node.is_map() && only_key(node) == "Ref" && node.get("Ref").is("AWS::NoValue");
}

bool is_dynamic_reference(const Node& node) {
  constexpr std::string_view kStart = "{{resolve:";
  const std::string& text = node.text();
  if (!node.is_text() || !text.starts_with(kStart) || !text.ends_with("}}")) return false;
  const size_t service = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz-", kStart.size());
  return service != std::string::npos && service > kStart.size() && text[service] == ':' &&
         text.size() > service + 3;
}

bool has_three_arguments(const Node& if_arguments) {
  return if_arguments.is_list() && if_arguments.size() == 3;
}

std::string logical_id_of(const Node& node) {
  if (!is_intrinsic(node)) return {};
  if (const Node id = node.get("Ref"); id.is_text()) return id.text();
  const Node attribute = node.get("Fn::GetAtt");
  if (attribute.is_list() && attribute.size() == 2 && attribute.items()[0].is_text())
    return attribute.items()[0].text();
  const std::string& dotted = attribute.text();
  if (attribute.is_text() && std::count(dotted.begin(), dotted.end(), '.') == 1)
    return dotted.substr(0, dotted.find('.'));
  return {};
}

std::string shorthand(const Node& reference) {
  if (reference.has("Ref")) return "${" + reference.get("Ref").text() + "}";
  std::string name;
  for (const Node& part : reference.get("Fn::GetAtt").items())
    name += (name.empty() ? "" : ".") + part.text();
  return "${" + name + "}";
}

}  // namespace pawl::formation::serverless
