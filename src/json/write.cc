// SPDX-License-Identifier: Apache-2.0
#include "json/write.h"

#include "json/plain_run.h"

namespace pawl::json {
namespace {

constexpr std::string_view kHexDigits = "0123456789ABCDEF";

void write_escaped(unsigned char byte, std::string& out) {
  switch (byte) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\t': out += "\\t"; return;
    case '\n': out += "\\n"; return;
    case '\f': out += "\\f"; return;
    case '\r': out += "\\r"; return;
    default: break;
  }
  out += "\\u00";
  out += kHexDigits[byte >> 4];
  out += kHexDigits[byte & 15];
}

void indent(size_t levels, std::string& out) {
  out += '\n';
  out.append(levels * 2, ' ');
}

void write_indented(const Value& value, size_t level, std::string& out) {
  if (!value.is_container() || value.size() == 0) {
    write(value, out);
    return;
  }
  bool first = true;
  out += value.is_array() ? '[' : '{';
  const auto next = [&] {
    if (!first) out += ',';
    first = false;
    indent(level + 1, out);
  };
  if (value.is_array()) {
    for (const Value& item : value.items()) {
      next();
      write_indented(item, level + 1, out);
    }
  } else {
    for (const Member& member : value.members()) {
      next();
      write_string(member.name(), out);
      out += ": ";
      write_indented(member.value, level + 1, out);
    }
  }
  indent(level, out);
  out += value.is_array() ? ']' : '}';
}

}  // namespace

void write_string(std::string_view text, std::string& out) {
  out += '"';
  while (true) {
    const size_t plain = plain_run(text);
    out.append(text, 0, plain);
    if (plain == text.size()) break;
    write_escaped(static_cast<unsigned char>(text[plain]), out);
    text.remove_prefix(plain + 1);
  }
  out += '"';
}

void write(const Value& value, std::string& out) {
  switch (value.kind()) {
    case Kind::Null: out += "null"; return;
    case Kind::Boolean: out += value.as_boolean() ? "true" : "false"; return;
    case Kind::Number: out += value.number_text(); return;
    case Kind::String: write_string(value.as_string(), out); return;
    case Kind::Array: {
      out += '[';
      bool first = true;
      for (const Value& item : value.items()) {
        if (!first) out += ',';
        first = false;
        write(item, out);
      }
      out += ']';
      return;
    }
    case Kind::Object: {
      out += '{';
      bool first = true;
      for (const Member& member : value.members()) {
        if (!first) out += ',';
        first = false;
        write_string(member.name(), out);
        out += ':';
        write(member.value, out);
      }
      out += '}';
      return;
    }
  }
}

std::string write(const Value& value) {
  std::string out;
  out.reserve(value.text_bytes());
  write(value, out);
  return out;
}

std::string write_pretty(const Value& value) {
  std::string out;
  write_indented(value, 0, out);
  return out;
}

}  // namespace pawl::json
