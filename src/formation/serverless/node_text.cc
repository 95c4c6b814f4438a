// SPDX-License-Identifier: Apache-2.0
// How Python prints a Node: str() and repr() as its two ages do, and json.dumps(). Hashes are made
// over these texts.
#include <algorithm>
#include <cstdio>

#include "formation/serverless/code_points.h"
#include "formation/serverless/node.h"
#include "text/unicode.h"

namespace pawl::formation::serverless {
namespace {

std::string hexadecimal(const char* format, char32_t point) {
  char digits[16];
  std::snprintf(digits, sizeof(digits), format, static_cast<unsigned>(point));
  return digits;
}

/// The quote repr() takes for a text, which it escapes inside.
char quote_for(std::string_view text) {
  const bool single = text.find('\'') != std::string_view::npos;
  return single && text.find('"') == std::string_view::npos ? '"' : '\'';
}

bool printable(char32_t point) {
  return point >= 0xA1 ? point != 0xAD && point != 0x2028 && point != 0x2029
                       : point >= 0x20 && point < 0x7F;
}

/// repr() of a text; `ascii` as of a text with the mark.
std::string quoted(std::string_view text, bool ascii) {
  const char quote = quote_for(text);
  std::string out(1, quote);
  for (const char32_t point : code_points(text)) {
    if (point == static_cast<char32_t>(quote)) {
      out += '\\';
      out += quote;
    } else if (point == '\\') {
      out += "\\\\";
    } else if (point == '\n') {
      out += "\\n";
    } else if (point == '\r') {
      out += "\\r";
    } else if (point == '\t') {
      out += "\\t";
    } else if (point < 0x7F ? point >= 0x20 : !ascii && printable(point)) {
      text::append_code_point(out, point);
    } else if (point <= 0xFF) {
      out += hexadecimal("\\x%02x", point);
    } else {
      out += point <= 0xFFFF ? hexadecimal("\\u%04x", point) : hexadecimal("\\U%08x", point);
    }
  }
  out += quote;
  return out;
}

std::string json_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char32_t point : code_points(text)) {
    if (point == '"' || point == '\\') {
      out += '\\';
      out += static_cast<char>(point);
    } else if (point == '\n') {
      out += "\\n";
    } else if (point == '\r') {
      out += "\\r";
    } else if (point == '\t') {
      out += "\\t";
    } else if (point == '\b') {
      out += "\\b";
    } else if (point == '\f') {
      out += "\\f";
    } else if (point >= 0x20 && point < 0x80) {
      out += static_cast<char>(point);
    } else if (point <= 0xFFFF) {
      out += hexadecimal("\\u%04x", point);
    } else {
      const char32_t rest = point - 0x10000;
      out += hexadecimal("\\u%04x", 0xD800 + (rest >> 10));
      out += hexadecimal("\\u%04x", 0xDC00 + (rest & 0x3FF));
    }
  }
  return out + '"';
}

struct JsonStyle {
  bool sorted;
  const char* comma;
  const char* colon;
  int indent;  ///< 0: all in one line
};

void write_json(const Node& node, const JsonStyle& style, int depth, std::string& out);

void line_break(const JsonStyle& style, int depth, std::string& out) {
  if (style.indent == 0) return;
  out += '\n';
  out.append(static_cast<size_t>(style.indent * depth), ' ');
}

void write_map(const Node& node, const JsonStyle& style, int depth, std::string& out) {
  std::vector<Node::Item> members = node.members();
  if (style.sorted)
    std::sort(members.begin(), members.end(), [](const Node::Item& a, const Node::Item& b) {
      return a.first.text() < b.first.text();
    });
  out += '{';
  bool first = true;
  for (const auto& [key, value] : members) {
    if (!first) out += style.comma;
    first = false;
    line_break(style, depth + 1, out);
    out += json_quoted(key.text());
    out += style.colon;
    write_json(value, style, depth + 1, out);
  }
  if (!first) line_break(style, depth, out);
  out += '}';
}

void write_json(const Node& node, const JsonStyle& style, int depth, std::string& out) {
  switch (node.kind()) {
    case Node::Kind::Null: out += "null"; return;
    case Node::Kind::Boolean: out += node.truthy() ? "true" : "false"; return;
    case Node::Kind::Number: out += node.text(); return;
    case Node::Kind::Text: out += json_quoted(node.text()); return;
    case Node::Kind::List: {
      out += '[';
      bool first = true;
      for (const Node& item : node.items()) {
        if (!first) out += style.comma;
        first = false;
        line_break(style, depth + 1, out);
        write_json(item, style, depth + 1, out);
      }
      if (!first) line_break(style, depth, out);
      out += ']';
      return;
    }
    case Node::Kind::Map: write_map(node, style, depth, out); return;
  }
}

std::string json_text(const Node& node, const JsonStyle& style) {
  std::string out;
  write_json(node, style, 0, out);
  return out;
}

}  // namespace

std::string Node::python_text() const { return is_text() ? text_ : python_repr(); }

std::string Node::python_repr() const {
  switch (kind_) {
    case Kind::Null: return "None";
    case Kind::Boolean: return flag_ ? "True" : "False";
    case Kind::Number: return text_;
    case Kind::Text: return flag_ ? "u" + quoted(text_, true) : quoted(text_, false);
    case Kind::List: {
      std::string out = "[";
      for (const Node& item : items()) out += (out.size() > 1 ? ", " : "") + item.python_repr();
      return out + "]";
    }
    case Kind::Map: {
      std::string out = "{";
      for (const auto& [key, value] : members())
        out += (out.size() > 1 ? ", " : "") + key.python_repr() + ": " + value.python_repr();
      return out + "}";
    }
  }
  return {};
}

std::string Node::sorted_json() const { return json_text(*this, {true, ",", ":", 0}); }
std::string Node::spaced_json() const { return json_text(*this, {false, ", ", ": ", 0}); }
std::string Node::indented_json() const { return json_text(*this, {true, ",", ": ", 4}); }

}  // namespace pawl::formation::serverless
