// SPDX-License-Identifier: Apache-2.0
// Structures, lists and maps, each in both directions side by side.
#include "aws/protocol/xml_shape.h"

#include "aws/protocol/scalar_text.h"

namespace pawl::aws {
namespace {

using json::Value;

std::string_view own_name(const Member& member, XmlNames names) {
  if (names == XmlNames::Query && !member.query_name.empty()) return member.query_name;
  return member.wire_name();
}

/// A declared name of an item, "" if the model gives none.
std::string_view declared_name(const Member& member, XmlNames names) {
  if (names == XmlNames::Query && !member.query_name.empty()) return member.query_name;
  return member.location_name;
}

XmlWriter::Attributes namespace_attributes(const Member& member) {
  const auto& ns = member.xml_namespace ? member.xml_namespace : member.shape->xml_namespace;
  if (!ns || ns->uri.empty()) return {};
  return {{ns->prefix.empty() ? "xmlns" : "xmlns:" + ns->prefix, ns->uri}};
}

/// Namespaces and those members of a structure that are attributes of its element.
XmlWriter::Attributes attributes_of(const Member& member, const Value& value, XmlNames names) {
  XmlWriter::Attributes attributes = namespace_attributes(member);
  if (member.shape->type != ShapeType::Structure || !value.is_object()) return attributes;
  for (const Member& inner : member.shape->members) {
    if (!inner.xml_attribute) continue;
    const Value* found = value.find(inner.name);
    if (found == nullptr || found->is_null()) continue;
    attributes.emplace_back(own_name(inner, names), scalar_to_text(inner, *found));
  }
  return attributes;
}

void write_map_entry(XmlWriter& out, const Shape& map, const json::Member& entry,
                     const XmlOptions& options) {
  write_xml_element(out, own_name(map.key, options.names), map.key, Value(entry.key), options);
  write_xml_element(out, own_name(map.value, options.names), map.value, entry.value, options);
}

/// A member inside its parent: flattened ones repeat their own element.
void write_member(XmlWriter& out, const Member& member, const Value& value,
                  const XmlOptions& options) {
  const std::string_view name = xml_name(member, options.names);
  const Shape& shape = *member.shape;
  if (!is_flattened(member)) {
    write_xml_element(out, name, member, value, options);
    return;
  }
  if (shape.type == ShapeType::List && value.is_array()) {
    for (const Value& item : value.items()) write_xml_element(out, name, shape.item, item, options);
  }
  if (shape.type == ShapeType::Map && value.is_object()) {
    for (const json::Member& entry : value.members()) {
      out.open(name);
      write_map_entry(out, shape, entry, options);
      out.close(name);
    }
  }
}

ApiResult<Value> read_member(const Member& member, const XmlElement& element,
                             const XmlOptions& options);

ApiResult<json::Member> read_map_entry(const Shape& map, const XmlElement& element,
                                       const XmlOptions& options) {
  const XmlElement* key = element.find(own_name(map.key, options.names));
  const XmlElement* value = element.find(own_name(map.value, options.names));
  return json::Member(
      key == nullptr ? "" : key->text,
      value == nullptr ? Value() : PAWL_TRY(read_member(map.value, *value, options)));
}

ApiResult<Value> read_list(const Shape& list, const std::vector<const XmlElement*>& elements,
                           const XmlOptions& options) {
  std::vector<Value> items;
  items.reserve(elements.size());
  for (const XmlElement* element : elements) {
    items.push_back(PAWL_TRY(read_member(list.item, *element, options)));
  }
  return Value::array(std::move(items));
}

ApiResult<Value> read_map(const Shape& map, const std::vector<const XmlElement*>& elements,
                          const XmlOptions& options) {
  json::ObjectBuilder entries;
  for (const XmlElement* element : elements) {
    json::Member entry = PAWL_TRY(read_map_entry(map, *element, options));
    entries.set(std::move(entry.key), std::move(entry.value));
  }
  return std::move(entries).build();
}

std::vector<const XmlElement*> children_of(const XmlElement& element) {
  std::vector<const XmlElement*> children;
  for (const XmlElement& child : element.children) children.push_back(&child);
  return children;
}

/// The value of an element that stands for `member` alone.
ApiResult<Value> read_member(const Member& member, const XmlElement& element,
                             const XmlOptions& options) {
  switch (member.shape->type) {
    case ShapeType::Structure: {
      XmlOptions inner = options;
      inner.body_only = false;
      return read_xml_structure(*member.shape, element, inner);
    }
    case ShapeType::List: return read_list(*member.shape, children_of(element), options);
    case ShapeType::Map: return read_map(*member.shape, children_of(element), options);
    default: return scalar_from_text(member, element.text);
  }
}

}  // namespace

bool is_flattened(const Member& member) {
  return (member.flattened || member.shape->flattened) && !member.shape->is_scalar() &&
         member.shape->type != ShapeType::Structure;
}

std::string_view xml_name(const Member& member, XmlNames names) {
  if (is_flattened(member) && member.shape->type == ShapeType::List) {
    const std::string_view item = declared_name(member.shape->item, names);
    if (!item.empty()) return item;
  }
  return own_name(member, names);
}

void write_xml_element(XmlWriter& out, std::string_view name, const Member& member,
                       const Value& value, const XmlOptions& options,
                       const XmlWriter::Attributes& attributes) {
  if (value.is_null()) return;
  XmlWriter::Attributes all = attributes_of(member, value, options.names);
  all.insert(all.begin(), attributes.begin(), attributes.end());
  const Shape& shape = *member.shape;
  out.open(name, all);
  if (shape.type == ShapeType::Structure) {
    XmlOptions inner = options;
    inner.body_only = false;
    write_xml_members(out, shape, value, inner);
  } else if (shape.type == ShapeType::List && value.is_array()) {
    const std::string_view declared = declared_name(shape.item, options.names);
    for (const Value& item : value.items()) {
      write_xml_element(out, declared.empty() ? "member" : declared, shape.item, item, options);
    }
  } else if (shape.type == ShapeType::Map && value.is_object()) {
    for (const json::Member& entry : value.members()) {
      out.open("entry");
      write_map_entry(out, shape, entry, options);
      out.close("entry");
    }
  } else {
    out.text(
        scalar_to_text(member, value, {TimestampFormat::Iso8601, options.milliseconds_always}));
  }
  out.close(name);
}

void write_xml_members(XmlWriter& out, const Shape& shape, const Value& value,
                       const XmlOptions& options) {
  if (!value.is_object()) return;
  XmlOptions inner = options;
  inner.body_only = false;
  // In the model's order: some of AWS's XML schemas are sequences.
  for (const Member& member : shape.members) {
    if (member.xml_attribute || (options.body_only && member.location != Location::Body)) continue;
    const Value* found = value.find(member.name);
    if (found != nullptr && !found->is_null()) write_member(out, member, *found, inner);
  }
}

ApiResult<Value> read_xml_structure(const Shape& shape, const XmlElement& element,
                                    const XmlOptions& options) {
  XmlOptions inner = options;
  inner.body_only = false;
  std::vector<json::Member> members;
  for (const Member& member : shape.members) {
    if (options.body_only && member.location != Location::Body) continue;
    if (member.xml_attribute) {
      const std::string& wire = member.wire_name();
      const std::string* text = element.attribute(wire.substr(wire.find(':') + 1));
      if (text != nullptr)
        members.emplace_back(member.name, PAWL_TRY(scalar_from_text(member, *text)));
      continue;
    }
    const std::string_view name = xml_name(member, options.names);
    std::vector<const XmlElement*> found;
    for (const XmlElement& child : element.children) {
      if (child.name == name) found.push_back(&child);
    }
    if (found.empty()) continue;
    if (!is_flattened(member)) {
      members.emplace_back(member.name, PAWL_TRY(read_member(member, *found.front(), inner)));
    } else if (member.shape->type == ShapeType::List) {
      members.emplace_back(member.name, PAWL_TRY(read_list(*member.shape, found, inner)));
    } else {
      members.emplace_back(member.name, PAWL_TRY(read_map(*member.shape, found, inner)));
    }
  }
  return Value::object(std::move(members));
}

}  // namespace pawl::aws
