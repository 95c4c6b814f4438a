// SPDX-License-Identifier: Apache-2.0
// Dotted names make a tree first; the shape then reads the tree.
#include "aws/protocol/query_parameters.h"

#include <algorithm>
#include <map>
#include <memory>

#include "aws/protocol/scalar_text.h"
#include "aws/protocol/xml_shape.h"
#include "aws/protocol/utf8.h"
#include "base/integer.h"

namespace pawl::aws {
namespace {

using json::Value;

constexpr int kDepthMax = 32;

/// EC2: queryName, or locationName with its first letter in upper case, or the name.
std::string parameter_name(const Member& member, Protocol protocol) {
  if (!member.query_name.empty()) return member.query_name;
  if (protocol != Protocol::Ec2) return std::string(xml_name(member, XmlNames::Query));
  std::string name = member.wire_name();
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 32);
  return name;
}

std::string item_name(const Member& item) {
  if (!item.query_name.empty()) return item.query_name;
  return item.location_name.empty() ? "member" : item.location_name;
}

bool is_flat(const Member& member, Protocol protocol) {
  return protocol == Protocol::Ec2 || is_flattened(member);
}

void write_member(const Member& member, const std::string& prefix, const Value& value,
                  Protocol protocol, QueryParameters& out);

void write_structure(const Shape& shape, const std::string& prefix, const Value& value,
                     Protocol protocol, QueryParameters& out) {
  if (!value.is_object()) return;
  for (const Member& member : shape.members) {
    const Value* found = value.find(member.name);
    if (found == nullptr || found->is_null()) continue;
    std::string name = parameter_name(member, protocol);
    if (protocol == Protocol::Query && is_flattened(member)) {
      name = xml_name(member, XmlNames::Query);
    }
    write_member(member, prefix.empty() ? name : prefix + "." + name, *found, protocol, out);
  }
}

void write_member(const Member& member, const std::string& prefix, const Value& value,
                  Protocol protocol, QueryParameters& out) {
  const Shape& shape = *member.shape;
  if (shape.type == ShapeType::Structure) {
    write_structure(shape, prefix, value, protocol, out);
  } else if (shape.type == ShapeType::List && value.is_array()) {
    // An empty list is told by its bare name, as the SDKs do; EC2 has no word for it.
    if (value.size() == 0 && protocol == Protocol::Query) out.emplace_back(prefix, "");
    const std::string base =
        is_flat(member, protocol) ? prefix : prefix + "." + item_name(shape.item);
    for (size_t i = 0; i < value.size(); ++i) {
      write_member(shape.item, base + "." + std::to_string(i + 1), value.items()[i], protocol, out);
    }
  } else if (shape.type == ShapeType::Map && value.is_object()) {
    const std::string base = is_flat(member, protocol) ? prefix : prefix + ".entry";
    for (size_t i = 0; i < value.size(); ++i) {
      const std::string entry = base + "." + std::to_string(i + 1) + ".";
      const json::Member& pair = value.members()[i];
      out.emplace_back(entry + parameter_name(shape.key, protocol), std::string(pair.name()));
      write_member(shape.value, entry + parameter_name(shape.value, protocol), pair.value, protocol,
                   out);
    }
  } else {
    out.emplace_back(prefix, scalar_to_text(member, value));
  }
}

/// A parameter name's parts as a tree.
struct Node {
  const std::string* value = nullptr;
  std::map<std::string, std::unique_ptr<Node>, std::less<>> children;

  const Node* find(std::string_view name) const {
    const auto found = children.find(name);
    return found == children.end() ? nullptr : found->second.get();
  }
  Node& child(std::string_view name) {
    auto found = children.find(name);
    if (found == children.end()) {
      found = children.emplace(std::string(name), std::make_unique<Node>()).first;
    }
    return *found->second;
  }
  /// Children whose names are numbers, in their order.
  std::vector<const Node*> numbered() const {
    std::vector<std::pair<int64_t, const Node*>> found;
    for (const auto& [name, node] : children) {
      if (const auto number = base::parse_int64(name)) found.emplace_back(*number, node.get());
    }
    std::sort(found.begin(), found.end());
    std::vector<const Node*> nodes;
    nodes.reserve(found.size());
    for (const auto& [number, node] : found) nodes.push_back(node);
    return nodes;
  }
};

bool insert(Node& root, std::string_view name, const std::string& value) {
  Node* node = &root;
  for (int depth = 0; depth < kDepthMax; ++depth) {
    const size_t dot = name.find('.');
    node = &node->child(name.substr(0, dot));
    if (dot == std::string_view::npos) {
      node->value = &value;
      return true;
    }
    name.remove_prefix(dot + 1);
  }
  return false;
}

ApiResult<Value> read_member(const Member& member, const Node& node, Protocol protocol);

ApiResult<Value> read_structure(const Shape& shape, const Node& node, Protocol protocol) {
  std::vector<json::Member> members;
  for (const Member& member : shape.members) {
    std::string name = parameter_name(member, protocol);
    if (protocol == Protocol::Query && is_flattened(member)) {
      name = xml_name(member, XmlNames::Query);
    }
    const Node* found = node.find(name);
    if (found == nullptr) continue;
    members.emplace_back(member.name, PAWL_TRY(read_member(member, *found, protocol)));
  }
  return Value::object(std::move(members));
}

ApiResult<Value> read_map(const Shape& shape, const Node& node, Protocol protocol) {
  const Node* entries = node.find("entry");
  json::ObjectBuilder object;
  for (const Node* entry : (entries == nullptr ? node : *entries).numbered()) {
    const Node* key = entry->find(parameter_name(shape.key, protocol));
    const Node* value = entry->find(parameter_name(shape.value, protocol));
    const std::string_view key_text =
        key == nullptr || key->value == nullptr ? std::string_view() : *key->value;
    if (!is_utf8(key_text)) return serialization_exception();
    object.set(key_text,
               value == nullptr ? Value() : PAWL_TRY(read_member(shape.value, *value, protocol)));
  }
  return std::move(object).build();
}

ApiResult<Value> read_member(const Member& member, const Node& node, Protocol protocol) {
  const Shape& shape = *member.shape;
  if (shape.type == ShapeType::Structure) return read_structure(shape, node, protocol);
  if (shape.type == ShapeType::Map) return read_map(shape, node, protocol);
  if (shape.type == ShapeType::List) {
    const Node* inner = node.find(item_name(shape.item));
    if (inner == nullptr) inner = node.find("member");
    std::vector<Value> items;
    for (const Node* item : (inner == nullptr ? node : *inner).numbered()) {
      items.push_back(PAWL_TRY(read_member(shape.item, *item, protocol)));
    }
    return Value::array(std::move(items));
  }
  if (node.value == nullptr) return serialization_exception();
  return scalar_from_text(member, *node.value);
}

}  // namespace

void write_query_parameters(const Shape& shape, const Value& input, Protocol protocol,
                            QueryParameters& out) {
  write_structure(shape, "", input, protocol, out);
}

ApiResult<Value> read_query_parameters(const Shape& shape, const QueryParameters& parameters,
                                       Protocol protocol) {
  Node root;
  for (const auto& [name, value] : parameters) {
    if (!insert(root, name, value)) return serialization_exception("Parameter is nested too deep");
  }
  return read_structure(shape, root, protocol);
}

}  // namespace pawl::aws
