// SPDX-License-Identifier: Apache-2.0
// Around pugixml, whose tree does not leave this file.
#include "aws/protocol/xml_element.h"

#include <pugixml.hpp>

#include <cstdio>

#include "aws/protocol/utf8.h"

namespace pawl::aws {
namespace {

constexpr int kDepthMax = 128;

/// "name" or "prefix:name" (Namespaces in XML 1.0, section 4). pugixml has seen to the bytes
/// within; what begins a name it knows of the first only.
bool is_qualified_name(std::string_view name) {
  const size_t colon = name.find(':');
  if (colon == std::string_view::npos) return !name.empty();
  if (colon == 0 || colon + 1 == name.size()) return false;
  const auto first = static_cast<unsigned char>(name[colon + 1]);
  const bool is_letter = (first | 0x20) >= 'a' && (first | 0x20) <= 'z';
  return (is_letter || first == '_' || first >= 0x80) &&
         name.find(':', colon + 1) == std::string_view::npos;
}

std::string_view local_name(std::string_view name) {
  const size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

bool convert(const pugi::xml_node& node, XmlElement& element, int depth) {
  if (depth > kDepthMax || !is_qualified_name(node.name())) return false;
  element.name = local_name(node.name());
  for (const pugi::xml_attribute& attribute : node.attributes()) {
    element.attributes.emplace_back(attribute.name(), attribute.value());
  }
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() == pugi::node_element) {
      element.children.emplace_back();
      if (!convert(child, element.children.back(), depth + 1)) return false;
    } else if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
      element.text += child.value();
    }
  }
  if (!element.children.empty()) element.text.clear();
  return true;
}

/// `attribute`: there a line end or tab would be read as a space (XML 1.0, 3.3.3).
void escape(std::string_view text, bool attribute, std::string& out) {
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default:
        // A raw CR would be read as LF (XML 1.0, 2.11); other controls only live as references.
        if (static_cast<unsigned char>(c) < 0x20 && (attribute || (c != '\n' && c != '\t'))) {
          char reference[8];
          std::snprintf(reference, sizeof(reference), "&#x%X;", static_cast<unsigned>(c));
          out += reference;
        } else {
          out += c;
        }
    }
  }
}

}  // namespace

const XmlElement* XmlElement::find(std::string_view child) const {
  for (const XmlElement& element : children) {
    if (element.name == child) return &element;
  }
  return nullptr;
}

const std::string* XmlElement::attribute(std::string_view attribute_name) const {
  for (const auto& [key, value] : attributes) {
    if (key == attribute_name || local_name(key) == attribute_name) return &value;
  }
  return nullptr;
}

ApiResult<XmlElement> parse_xml(std::string_view text) {
  const ApiError malformed("MalformedXML",
                           "The XML you provided was not well-formed or did not validate against "
                           "our published schema",
                           400);
  if (!is_utf8(text)) return malformed;
  pugi::xml_document document;
  const pugi::xml_parse_result result = document.load_buffer(
      text.data(), text.size(), pugi::parse_default | pugi::parse_ws_pcdata, pugi::encoding_utf8);
  if (!result) return malformed;
  const pugi::xml_node root = document.document_element();
  // pugixml takes several roots for a document.
  for (pugi::xml_node next = root.next_sibling(); next; next = next.next_sibling()) {
    if (next.type() == pugi::node_element) return malformed;
  }
  XmlElement element;
  if (!root || !convert(root, element, 0)) return malformed;
  return element;
}

void XmlWriter::open(std::string_view name, const Attributes& attributes) {
  out_ += '<';
  out_ += name;
  for (const auto& [key, value] : attributes) {
    out_ += ' ';
    out_ += key;
    out_ += "=\"";
    escape(value, true, out_);
    out_ += '"';
  }
  out_ += '>';
}

void XmlWriter::close(std::string_view name) {
  out_ += "</";
  out_ += name;
  out_ += '>';
}

void XmlWriter::text(std::string_view text) { escape(text, false, out_); }

void XmlWriter::element(std::string_view name, std::string_view text) {
  open(name);
  escape(text, false, out_);
  close(name);
}

}  // namespace pawl::aws
