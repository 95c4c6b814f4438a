// SPDX-License-Identifier: Apache-2.0
// Values against shapes in XML: what REST-XML bodies and the answers of Query and EC2 share.
// Smithy 2.0, "XML bindings".
#pragma once

#include <functional>

#include "aws/api_error.h"
#include "aws/model/shape.h"
#include "aws/protocol/xml_element.h"
#include "json/value.h"

namespace pawl::aws {

/// How members are named: by locationName, or by queryName before it (Query).
enum class XmlNames { Location, Query };

struct XmlOptions {
  XmlNames names = XmlNames::Location;
  bool body_only = false;  ///< of the outermost structure: skip members bound elsewhere
  bool milliseconds_always = false;
};

/// The members of a structure as child elements. Total: mistyped values are left out.
void write_xml_members(XmlWriter& out, const Shape& shape, const json::Value& value,
                       const XmlOptions& options);

/// One element for a value: root elements and payloads.
void write_xml_element(XmlWriter& out, std::string_view name, const Member& member,
                       const json::Value& value, const XmlOptions& options,
                       const XmlWriter::Attributes& attributes = {});

/// Errors: SerializationException for a scalar that is none.
ApiResult<json::Value> read_xml_structure(const Shape& shape, const XmlElement& element,
                                          const XmlOptions& options);

/// The name of an element or parameter for `member`: a flattened list goes by its item's name.
std::string_view xml_name(const Member& member, XmlNames names);

/// Whether the list or map is written without an element of its own.
bool is_flattened(const Member& member);

}  // namespace pawl::aws
