// SPDX-License-Identifier: Apache-2.0
#include "query/jsonata/analysis.h"

#include <algorithm>

namespace pawl::query::jsonata {
namespace {

void add_once(std::vector<std::string>& names, std::string_view name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
}

void collect_free(const Node& node, std::vector<std::string>& names) {
  if (node.is(NodeType::Variable) && node.external != kNoSlot && node.places.empty() &&
      node.builtin == kNoSlot)
    add_once(names, node.text);
  // A lambda's parameters and the left side of ":=" are names, not references.
  if (node.is(NodeType::Lambda)) return collect_free(*node.callee, names);
  if (node.is(NodeType::Bind)) return collect_free(node.child(1), names);
  for_each_child(node, [&names](const Node& child) { collect_free(child, names); });
}

/// Walks over what is evaluated with the expression's own context.
void collect_top_level(const Node& node, std::vector<std::string>& names) {
  switch (node.type) {
    case NodeType::Path: collect_top_level(node.child(0), names); return;
    case NodeType::Name: add_once(names, node.text); return;
    case NodeType::Variable:
      if (node.text.empty()) add_once(names, "$");
      if (node.text == "$") add_once(names, "$$");
      return;
    case NodeType::Lambda:
    case NodeType::Transform: return;
    case NodeType::Call:
    case NodeType::Partial:
      // A call through "$name" does not look at the context; any other callee might.
      if (!node.callee->is(NodeType::Variable)) collect_top_level(*node.callee, names);
      break;
    case NodeType::Object:
      for (const Pair& pair : node.pairs) {
        collect_top_level(*pair.key, names);
        collect_top_level(*pair.value, names);
      }
      return;
    default: break;
  }
  for (const NodePtr& child : node.children) collect_top_level(*child, names);
}

void collect_fields(const Node& node, std::string_view name, std::vector<std::string>& fields) {
  if (node.is(NodeType::Variable) && node.text == name) add_once(fields, "");
  if (node.is(NodeType::Path) && node.child(0).is(NodeType::Variable) &&
      node.child(0).text == name && node.children.size() > 1 && node.child(1).is(NodeType::Name) &&
      node.child(0).stages.empty() && node.child(0).predicates.empty()) {
    add_once(fields, node.child(1).text);
    for (size_t i = 1; i < node.children.size(); ++i) collect_fields(node.child(i), name, fields);
    if (node.group) {
      for (const Pair& pair : node.group->pairs) {
        collect_fields(*pair.key, name, fields);
        collect_fields(*pair.value, name, fields);
      }
    }
    return;
  }
  for_each_child(node, [name, &fields](const Node& child) { collect_fields(child, name, fields); });
}

}  // namespace

std::vector<std::string> free_variables_of(const Node& root) {
  std::vector<std::string> names;
  collect_free(root, names);
  return names;
}

std::vector<std::string> top_level_references_of(const Node& root) {
  std::vector<std::string> names;
  collect_top_level(root, names);
  return names;
}

std::vector<std::string> fields_of_variable(const Node& root, std::string_view name) {
  std::vector<std::string> fields;
  collect_fields(root, name, fields);
  return fields;
}

}  // namespace pawl::query::jsonata
