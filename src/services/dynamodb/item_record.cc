// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/item_record.h"

#include <optional>

#include "base/wire.h"
#include "services/dynamodb/number.h"

namespace pawl::dynamodb {
namespace {

constexpr uint8_t kVersion = 1;
constexpr size_t kDepthMax = kNestingMax + 2;  ///< deeper ones are not written

std::string number_bytes(std::string_view text) {
  const auto number = Number::parse(text);
  return number ? number->key_bytes() : Number().key_bytes();
}

void write_value(base::ByteWriter& out, const AttributeValue& value);

void write_map(base::ByteWriter& out, const Item& map) {
  out.varint(map.size());
  for (const Attribute& attribute : map) {
    out.sized(attribute.name);
    write_value(out, attribute.value);
  }
}

void write_value(base::ByteWriter& out, const AttributeValue& value) {
  out.byte(static_cast<uint8_t>(value.type));
  switch (value.type) {
    case Type::S:
    case Type::B: out.sized(value.text); break;
    case Type::N: out.sized(number_bytes(value.text)); break;
    case Type::SS:
    case Type::BS:
    case Type::NS:
      out.varint(value.set.size());
      for (const std::string& element : value.set)
        out.sized(value.type == Type::NS ? number_bytes(element) : element);
      break;
    case Type::M: write_map(out, value.map); break;
    case Type::L:
      out.varint(value.list.size());
      for (const AttributeValue& element : value.list) write_value(out, element);
      break;
    case Type::Null: break;
    case Type::Bool: out.boolean(value.boolean); break;
  }
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : in_(bytes) {}

  base::ByteReader& in() { return in_; }

  Item map(size_t depth) {
    Item out;
    const size_t count = in_.count();
    out.reserve(count);
    for (size_t i = 0; i < count && in_.ok(); ++i) {
      std::string name(in_.sized());
      out.push_back({std::move(name), value(depth)});
    }
    return out;
  }

 private:
  std::string number() {
    std::string_view bytes = in_.sized();
    const std::optional<Number> number = Number::take_key_bytes(bytes);
    if (!number || !bytes.empty()) {
      in_.fail();
      return "0";
    }
    return number->text();
  }

  AttributeValue value(size_t depth) {
    const uint64_t type = in_.at_most(in_.byte(), kTypeNames.size() - 1);
    AttributeValue out = AttributeValue::of(static_cast<Type>(type));
    if (depth > kDepthMax) in_.fail();
    switch (out.type) {
      case Type::S:
      case Type::B: out.text = in_.sized(); break;
      case Type::N: out.text = number(); break;
      case Type::SS:
      case Type::BS:
      case Type::NS: {
        const size_t count = in_.count();
        out.set.reserve(count);
        for (size_t i = 0; i < count && in_.ok(); ++i)
          out.set.push_back(out.type == Type::NS ? number() : std::string(in_.sized()));
        break;
      }
      case Type::M: out.map = map(depth + 1); break;
      case Type::L: {
        const size_t count = in_.count();
        for (size_t i = 0; i < count && in_.ok(); ++i) out.list.push_back(value(depth + 1));
        break;
      }
      case Type::Null: break;
      case Type::Bool: out.boolean = in_.boolean(); break;
    }
    return out;
  }

  base::ByteReader in_;
};

}  // namespace

std::string encode_item(const Item& item) {
  std::string out;
  const size_t size = size_of(item);
  out.reserve(size + size / 4 + 16);
  base::ByteWriter writer(out);
  writer.byte(kVersion);
  writer.varint(size);
  write_map(writer, item);
  return out;
}

base::Result<Item> decode_item(std::string_view bytes) {
  Reader reader(bytes);
  if (reader.in().byte() != kVersion) return base::malformed_record("DynamoDB item");
  (void)reader.in().varint();
  Item item = reader.map(0);
  if (!reader.in().ok() || !reader.in().at_end()) return base::malformed_record("DynamoDB item");
  return item;
}

size_t recorded_size(std::string_view bytes) {
  base::ByteReader in(bytes);
  if (in.byte() != kVersion) return 0;
  return static_cast<size_t>(in.varint());
}

}  // namespace pawl::dynamodb
