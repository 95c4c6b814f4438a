// SPDX-License-Identifier: Apache-2.0
// Definite lengths, shortest heads (RFC 8949 section 4.2.1).
#include <cmath>
#include <cstring>

#include "aws/protocol/cbor.h"
#include "base/bytes.h"
#include "text/number.h"

namespace pawl::aws {
namespace {

using json::Value;

enum Major : unsigned { kUnsigned, kNegative, kBytes, kText, kArray, kMap, kTag, kSimple };

void write_big_endian(uint64_t value, int bytes, std::string& out) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
    out += static_cast<char>((value >> shift) & 0xff);
  }
}

void write_head(Major major, uint64_t argument, std::string& out) {
  const auto initial = [&](unsigned low) {
    out += static_cast<char>((static_cast<unsigned>(major) << 5) | low);
  };
  if (argument < 24) {
    initial(static_cast<unsigned>(argument));
  } else if (argument <= 0xff) {
    initial(24);
    write_big_endian(argument, 1, out);
  } else if (argument <= 0xffff) {
    initial(25);
    write_big_endian(argument, 2, out);
  } else if (argument <= 0xffff'ffff) {
    initial(26);
    write_big_endian(argument, 4, out);
  } else {
    initial(27);
    write_big_endian(argument, 8, out);
  }
}

void write_text(std::string_view text, std::string& out) {
  write_head(kText, text.size(), out);
  out += text;
}

void write_double(double number, std::string& out) {
  uint64_t bits;
  std::memcpy(&bits, &number, sizeof(bits));
  out += static_cast<char>(0xfb);
  write_big_endian(bits, 8, out);
}

void write_number(const Value& number, bool as_double, std::string& out) {
  int64_t integer = 0;
  if (as_double || !number.to_int64(integer)) {
    write_double(number.as_double(), out);
  } else if (integer >= 0) {
    write_head(kUnsigned, static_cast<uint64_t>(integer), out);
  } else {
    write_head(kNegative, static_cast<uint64_t>(-(integer + 1)), out);
  }
}

/// JSON as it stands: documents, and values that are not of their shape's type.
void write_any(const Value& value, std::string& out) {
  if (value.is_string()) {
    write_text(value.as_string(), out);
  } else if (value.is_number()) {
    write_number(value, false, out);
  } else if (value.is_boolean()) {
    out += static_cast<char>(value.as_boolean() ? 0xf5 : 0xf4);
  } else if (value.is_array()) {
    write_head(kArray, value.size(), out);
    for (const Value& item : value.items()) write_any(item, out);
  } else if (value.is_object()) {
    write_head(kMap, value.size(), out);
    for (const json::Member& member : value.members()) {
      write_text(member.name(), out);
      write_any(member.value, out);
    }
  } else {
    out += static_cast<char>(0xf6);
  }
}

void write_value(const Shape& shape, const Value& value, std::string& out);

void write_members(const Shape& shape, const Value& value, size_t& count, std::string& out) {
  for (const json::Member& entry : value.members()) {
    const Member* member = shape.find(entry.name());
    if (member == nullptr || entry.value.is_null()) continue;
    ++count;
    write_text(member->wire_name(), out);
    write_value(*member->shape, entry.value, out);
  }
}

void write_container(const Shape& shape, const Value& value, std::string& out) {
  if (shape.type == ShapeType::Structure) {
    std::string members;
    size_t count = 0;
    write_members(shape, value, count, members);
    write_head(kMap, count, out);
    out += members;
  } else if (shape.type == ShapeType::Map) {
    write_head(kMap, value.size(), out);
    for (const json::Member& entry : value.members()) {
      write_text(entry.name(), out);
      write_value(*shape.value.shape, entry.value, out);
    }
  } else {
    write_head(kArray, value.size(), out);
    for (const Value& item : value.items()) write_value(*shape.item.shape, item, out);
  }
}

void write_value(const Shape& shape, const Value& value, std::string& out) {
  const bool container = shape.type == ShapeType::List
                             ? value.is_array()
                             : !shape.is_scalar() && !shape.document && value.is_object();
  if (container) {
    write_container(shape, value, out);
    return;
  }
  if (shape.type == ShapeType::Blob && value.is_string()) {
    if (const auto bytes = base::base64_decode(value.as_string())) {
      write_head(kBytes, bytes->size(), out);
      out += *bytes;
      return;
    }
  }
  if (shape.type == ShapeType::Timestamp && value.is_number()) {
    write_head(kTag, 1, out);
    write_number(value, false, out);
    return;
  }
  if (shape.type == ShapeType::Double || shape.type == ShapeType::Float) {
    if (value.is_number()) return write_number(value, true, out);
    if (value.is_string()) {
      const std::string_view word = value.as_string();
      if (word == "NaN") return write_double(std::nan(""), out);
      if (word == "Infinity") return write_double(HUGE_VAL, out);
      if (word == "-Infinity") return write_double(-HUGE_VAL, out);
    }
  }
  write_any(value, out);
}

}  // namespace

std::string write_cbor(const Shape& shape, const Value& value) {
  std::string out;
  write_value(shape, value, out);
  return out;
}

std::string write_cbor_error(std::string_view type, const Shape* shape, const Value& members) {
  std::string written;
  size_t count = 1;
  write_text("__type", written);
  write_text(type, written);
  if (shape != nullptr) {
    write_members(*shape, members, count, written);
  } else {
    for (const json::Member& member : members.members()) {
      ++count;
      write_text(member.name(), written);
      write_any(member.value, written);
    }
  }
  std::string out;
  write_head(kMap, count, out);
  return out + written;
}

}  // namespace pawl::aws
