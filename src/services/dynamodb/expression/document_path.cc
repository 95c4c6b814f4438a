// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/expression/document_path.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>

namespace pawl::dynamodb {
namespace {

/// The paths of a projection as a tree: a node without children is wanted whole.
struct Wanted {
  std::map<std::string, std::unique_ptr<Wanted>, std::less<>> members;
  std::map<int64_t, std::unique_ptr<Wanted>> elements;
  bool is_leaf() const { return members.empty() && elements.empty(); }
};

Wanted& child(Wanted& node, const PathElement& element) {
  std::unique_ptr<Wanted>& found =
      element.is_index() ? node.elements[element.index] : node.members[element.name];
  if (!found) found = std::make_unique<Wanted>();
  return *found;
}

std::optional<AttributeValue> pick(const AttributeValue& value, const Wanted& wanted);

Item pick_members(const Item& item, const Wanted& wanted) {
  Item out;
  for (const Attribute& attribute : item) {
    const auto found = wanted.members.find(attribute.name);
    if (found == wanted.members.end()) continue;
    if (std::optional<AttributeValue> picked = pick(attribute.value, *found->second))
      out.push_back({attribute.name, *std::move(picked)});
  }
  return out;
}

std::optional<AttributeValue> pick(const AttributeValue& value, const Wanted& wanted) {
  if (wanted.is_leaf()) return value;
  AttributeValue out = AttributeValue::of(value.type);
  if (value.type == Type::M) {
    out.map = pick_members(value.map, wanted);
    if (!out.map.empty()) return out;
  } else if (value.type == Type::L) {
    for (const auto& [index, below] : wanted.elements) {
      if (static_cast<size_t>(index) >= value.list.size()) continue;
      if (std::optional<AttributeValue> picked =
              pick(value.list[static_cast<size_t>(index)], *below))
        out.list.push_back(*std::move(picked));
    }
    if (!out.list.empty()) return out;
  }
  return std::nullopt;
}

}  // namespace

std::string printed(const DocumentPath& path) {
  std::string out = "[";
  for (const PathElement& element : path) {
    if (out.size() > 1) out += ", ";
    out += element.is_index() ? "[" + std::to_string(element.index) + "]" : element.name;
  }
  return out + "]";
}

const AttributeValue* resolve(const DocumentPath& path, const Item& item) {
  const AttributeValue* value = path.empty() ? nullptr : find(item, path[0].name);
  for (size_t i = 1; i < path.size() && value != nullptr; ++i) {
    const PathElement& element = path[i];
    if (element.is_index()) {
      const auto index = static_cast<size_t>(element.index);
      value = value->type == Type::L && index < value->list.size() ? &value->list[index] : nullptr;
    } else {
      value = value->type == Type::M ? find(value->map, element.name) : nullptr;
    }
  }
  return value;
}

PathRelation relation(const DocumentPath& a, const DocumentPath& b) {
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (a[i].is_index() != b[i].is_index()) return PathRelation::Conflict;
    if (a[i] != b[i]) return PathRelation::Distinct;
  }
  return PathRelation::Overlap;
}

Item project(const Item& item, std::span<const DocumentPath> paths) {
  Wanted root;
  for (const DocumentPath& path : paths) {
    Wanted* node = &root;
    for (const PathElement& element : path) node = &child(*node, element);
  }
  return pick_members(item, root);
}

}  // namespace pawl::dynamodb
