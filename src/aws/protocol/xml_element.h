// SPDX-License-Identifier: Apache-2.0
// XML as a tree of elements (pugixml reads) and a writer of elements. No DTDs, no entities beyond
// XML's own five.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/api_error.h"

namespace pawl::aws {

/// Namespace prefixes of element names are dropped; attributes keep theirs ("xsi:type").
struct XmlElement {
  std::string name;
  std::string text;  ///< character data of an element without children, space included
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<XmlElement> children;

  const XmlElement* find(std::string_view child) const;
  const std::string* attribute(std::string_view name) const;
};

/// The root element. Errors: MalformedXML (not well-formed, nested deeper than 128).
ApiResult<XmlElement> parse_xml(std::string_view text);

/// Appends to a text; elements are closed in the order they were opened.
class XmlWriter {
 public:
  using Attributes = std::vector<std::pair<std::string, std::string>>;

  explicit XmlWriter(std::string_view prolog = "") : out_(prolog) {}
  void open(std::string_view name, const Attributes& attributes = {});
  void close(std::string_view name);
  void text(std::string_view text);
  void element(std::string_view name, std::string_view text);
  std::string take() && { return std::move(out_); }

 private:
  std::string out_;
};

}  // namespace pawl::aws
