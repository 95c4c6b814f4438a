// SPDX-License-Identifier: Apache-2.0
// One pass over the bytes; what the shape does not know becomes JSON and is dropped.
#include <cmath>
#include <cstring>
#include <optional>

#include "aws/protocol/cbor.h"
#include "aws/protocol/utf8.h"
#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::aws {
namespace {

using json::Value;

constexpr int kDepthMax = 64;

ApiError broken() { return serialization_exception("The request body is not valid CBOR."); }

double half_to_double(unsigned half) {
  const unsigned exponent = (half >> 10) & 0x1f;
  const unsigned mantissa = half & 0x3ff;
  double value;
  if (exponent == 0) {
    value = std::ldexp(mantissa, -24);
  } else if (exponent != 31) {
    value = std::ldexp(mantissa + 1024, static_cast<int>(exponent) - 25);
  } else {
    value = mantissa == 0 ? HUGE_VAL : std::nan("");
  }
  return (half & 0x8000) != 0 ? -value : value;
}

Value double_value(double number) {
  if (std::isnan(number)) return Value("NaN");
  if (std::isinf(number)) return Value(number > 0 ? "Infinity" : "-Infinity");
  // An integral number as an integer: 1.0 and 1 are the same to JSON, and 1E9 prints as it was.
  if (number == std::trunc(number) && std::abs(number) < 9e15) {
    return Value(static_cast<int64_t>(number));
  }
  return Value(number);
}

class CborReader {
 public:
  explicit CborReader(std::string_view bytes) : bytes_(bytes) {}

  bool at_end() const { return position_ == bytes_.size(); }

  ApiResult<Value> read(const Shape* shape, int depth) {
    if (depth > kDepthMax) return broken();
    const Head head = PAWL_TRY(read_head());
    switch (head.major) {
      case 0:
        if (head.argument > INT64_MAX) return Value(static_cast<double>(head.argument));
        return Value(static_cast<int64_t>(head.argument));
      case 1:
        if (head.argument > INT64_MAX) return Value(-1.0 - static_cast<double>(head.argument));
        return Value(-1 - static_cast<int64_t>(head.argument));
      case 2: return Value(base::base64_encode(PAWL_TRY(read_string(head))));
      case 3: {
        const std::string text = PAWL_TRY(read_string(head));
        if (!is_utf8(text)) return broken();
        return Value(text);
      }
      case 4: return read_array(shape, head, depth);
      case 5: return read_map(shape, head, depth);
      case 6: return read(shape, depth + 1);  // tags say nothing the shape does not
      default: return read_simple(head);
    }
  }

 private:
  struct Head {
    unsigned major;
    unsigned low;
    uint64_t argument;
    bool indefinite;
  };

  ApiResult<Head> read_head() {
    if (at_end()) return broken();
    const auto initial = static_cast<unsigned char>(bytes_[position_++]);
    Head head{static_cast<unsigned>(initial >> 5), initial & 31U, initial & 31U, false};
    if (head.low >= 28 && head.low < 31) return broken();
    if (head.low == 31) {
      head.indefinite = true;
      return head;
    }
    if (head.low < 24) return head;
    const size_t width = size_t{1} << (head.low - 24);
    if (bytes_.size() - position_ < width) return broken();
    head.argument = 0;
    for (size_t i = 0; i < width; ++i) {
      head.argument = head.argument << 8 | static_cast<unsigned char>(bytes_[position_++]);
    }
    return head;
  }

  bool take_break() {
    if (at_end() || static_cast<unsigned char>(bytes_[position_]) != 0xff) return false;
    ++position_;
    return true;
  }

  ApiResult<std::string> read_string(const Head& head) {
    if (!head.indefinite) {
      if (head.argument > bytes_.size() - position_) return broken();
      std::string text(bytes_.substr(position_, head.argument));
      position_ += head.argument;
      return text;
    }
    std::string text;
    while (!take_break()) {
      const Head chunk = PAWL_TRY(read_head());
      if (chunk.major != head.major || chunk.indefinite) return broken();
      text += PAWL_TRY(read_string(chunk));
    }
    return text;
  }

  ApiResult<Value> read_array(const Shape* shape, const Head& head, int depth) {
    const Shape* item =
        shape != nullptr && shape->type == ShapeType::List ? shape->item.shape : nullptr;
    std::vector<Value> items;
    for (uint64_t i = 0; head.indefinite ? !take_break() : i < head.argument; ++i) {
      items.push_back(PAWL_TRY(read(item, depth + 1)));
    }
    return Value::array(std::move(items));
  }

  ApiResult<Value> read_map(const Shape* shape, const Head& head, int depth) {
    json::ObjectBuilder object;
    for (uint64_t i = 0; head.indefinite ? !take_break() : i < head.argument; ++i) {
      const Head key_head = PAWL_TRY(read_head());
      if (key_head.major != 3) return broken();
      const std::string key = PAWL_TRY(read_string(key_head));
      if (!is_utf8(key)) return broken();
      if (shape == nullptr || shape->document || shape->type == ShapeType::List ||
          shape->is_scalar()) {
        object.set(key, PAWL_TRY(read(nullptr, depth + 1)));
      } else if (shape->type == ShapeType::Map) {
        object.set(key, PAWL_TRY(read(shape->value.shape, depth + 1)));
      } else {
        const Member* member = member_of(*shape, key);
        Value value = PAWL_TRY(read(member == nullptr ? nullptr : member->shape, depth + 1));
        if (member != nullptr && !value.is_null()) object.set(member->name, std::move(value));
      }
    }
    return std::move(object).build();
  }

  static const Member* member_of(const Shape& shape, std::string_view wire_name) {
    const Member* direct = shape.find(wire_name);
    if (direct != nullptr && direct->wire_name() == wire_name) return direct;
    for (const Member& member : shape.members) {
      if (member.wire_name() == wire_name) return &member;
    }
    return nullptr;
  }

  ApiResult<Value> read_simple(const Head& head) {
    if (head.indefinite) return broken();
    switch (head.low) {
      case 20: return Value(false);
      case 21: return Value(true);
      case 22:
      case 23: return Value();
      case 25: return double_value(half_to_double(static_cast<unsigned>(head.argument)));
      case 26: {
        const auto bits = static_cast<uint32_t>(head.argument);
        float number;
        std::memcpy(&number, &bits, sizeof(number));
        return double_value(number);
      }
      case 27: {
        double number;
        std::memcpy(&number, &head.argument, sizeof(number));
        return double_value(number);
      }
      default: return broken();
    }
  }

  std::string_view bytes_;
  size_t position_ = 0;
};

/// The type check that JSON's reader does, on what CBOR became; "blob" and "timestamp" included.
ApiResult<void> check_type(const Shape& shape, const Value& value) {
  bool fits = true;
  switch (shape.type) {
    case ShapeType::Structure:
      if (shape.document) return {};
      fits = value.is_object();
      for (size_t i = 0; fits && i < value.size(); ++i) {
        const json::Member& entry = value.members()[i];
        PAWL_TRY_VOID(check_type(*shape.find(entry.name())->shape, entry.value));
      }
      break;
    case ShapeType::Map:
      fits = value.is_object();
      for (size_t i = 0; fits && i < value.size(); ++i) {
        const Value& item = value.members()[i].value;
        if (!item.is_null()) PAWL_TRY_VOID(check_type(*shape.value.shape, item));
      }
      break;
    case ShapeType::List:
      fits = value.is_array();
      for (size_t i = 0; fits && i < value.size(); ++i) {
        const Value& item = value.items()[i];
        if (!item.is_null()) PAWL_TRY_VOID(check_type(*shape.item.shape, item));
      }
      break;
    case ShapeType::String:
    case ShapeType::Blob: fits = value.is_string(); break;
    case ShapeType::Boolean: fits = value.is_boolean(); break;
    case ShapeType::Integer:
    case ShapeType::Long: {
      int64_t number = 0;
      fits = value.is_number() && value.to_int64(number) &&
             (shape.type == ShapeType::Long || number == static_cast<int32_t>(number));
      break;
    }
    case ShapeType::Float:
    case ShapeType::Double:
      fits = value.is_number() || value == Value("NaN") || value == Value("Infinity") ||
             value == Value("-Infinity");
      break;
    case ShapeType::Timestamp: fits = value.is_number(); break;
  }
  if (!fits) return serialization_exception("A value is not of the type of " + shape.name + ".");
  return {};
}

}  // namespace

ApiResult<Value> read_cbor(const Shape& shape, std::string_view bytes) {
  CborReader reader(bytes);
  Value value = PAWL_TRY(reader.read(&shape, 0));
  if (!reader.at_end()) return broken();
  PAWL_TRY_VOID(check_type(shape, value));
  return value;
}

std::string cbor_text_member(std::string_view bytes, std::string_view key) {
  const auto value = CborReader(bytes).read(nullptr, 0);
  if (!value) return "";
  const Value* found = value->find(key);
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : "";
}

}  // namespace pawl::aws
