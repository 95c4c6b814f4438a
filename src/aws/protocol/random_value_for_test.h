// SPDX-License-Identifier: Apache-2.0
// Random values of any shape, such as a protocol can carry without loss: what it cannot (an empty
// map in a form, a fraction of a second in an HTTP date) is not made.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "aws/model/service_model.h"
#include "aws/protocol/timestamp_text.h"
#include "aws/protocol/xml_shape.h"
#include "base/bytes.h"
#include "json/value.h"

namespace pawl::aws {

class RandomValue {
 public:
  RandomValue(uint64_t seed, Protocol protocol) : random_(seed), protocol_(protocol) {}

  /// An input or output: `is_request` leaves out what a server does not decode.
  json::Value top(const Shape& shape, bool is_request) {
    std::vector<json::Member> members;
    for (const Member& member : shape.members) {
      const bool rest = protocol_ == Protocol::RestJson || protocol_ == Protocol::RestXml;
      const bool is_payload = rest && shape.payload == &member;
      if (member.shape->event_stream) continue;
      if (rest && shape.payload != nullptr && !is_payload && member.location == Location::Body) {
        continue;  // bound to nothing
      }
      const bool blob_payload = is_payload && member.shape->type == ShapeType::Blob;
      if (blob_payload && is_request && (member.streaming || member.shape->streaming)) continue;
      // A body gives itself a content type if the member does not.
      const bool type = rest && equals_ignoring_case(member.wire_name(), "content-type");
      const bool must = type || (rest && member.location == Location::Uri) ||
                        (blob_payload && !is_request) ||
                        (rest && member.location == Location::StatusCode && !is_request);
      if (!must && below(3) == 0) continue;
      if (rest && member.location == Location::Headers && member.location_name.empty()) continue;
      json::Value value;
      if (rest && member.location == Location::StatusCode) {
        if (is_request) continue;
        value = json::Value(static_cast<int64_t>(200 + below(3)));
      } else {
        value = member_value(member, 0, rest && member.location != Location::Body);
      }
      // Without an element of its own, an empty text is none.
      if ((shape.unwrapped || is_payload) && value == json::Value("")) continue;
      if (is_nothing(value)) continue;
      members.emplace_back(member.name, std::move(value));
    }
    return json::Value::object(std::move(members));
  }

 private:
  static constexpr int kDepthMax = 4;

  uint64_t below(uint64_t bound) { return random_() % bound; }
  bool keeps_empty() const {
    return protocol_ == Protocol::Json || protocol_ == Protocol::RestJson ||
           protocol_ == Protocol::RpcV2Cbor;
  }
  /// Some deprecated shapes of S3 have two members of one wire name.
  static bool shares_name(const Shape& shape, const Member& member) {
    for (const Member& other : shape.members) {
      if (&other != &member &&
          xml_name(other, XmlNames::Location) == xml_name(member, XmlNames::Location)) {
        return true;
      }
    }
    return false;
  }
  static bool is_nothing(const json::Value& value) { return value.is_null(); }

  json::Value member_value(const Member& member, int depth, bool bound) {
    if (member.json_value && bound) return any_json();
    return value(*member.shape, depth, bound);
  }

  json::Value any_json() {
    switch (below(4)) {
      case 0: return json::Value(true);
      case 1: return json::Value(static_cast<int64_t>(below(1'000)));
      case 2: return json::Value::array({json::Value("x"), json::Value(1.5)});
      default: return json::Value::object({json::Member("k", json::Value("v"))});
    }
  }

  json::Value value(const Shape& shape, int depth, bool bound) {
    if (depth > kDepthMax && !shape.is_scalar()) return json::Value();
    switch (shape.type) {
      case ShapeType::Structure: return structure(shape, depth, bound);
      case ShapeType::List: {
        std::vector<json::Value> items;
        for (uint64_t i = below(4); i > 0; --i) {
          json::Value item = value(*shape.item.shape, depth + 1, bound);
          if (!item.is_null()) items.push_back(std::move(item));
        }
        if (items.empty() && (bound || !keeps_empty())) return json::Value();
        return json::Value::array(std::move(items));
      }
      case ShapeType::Map: {
        json::ObjectBuilder entries;
        for (uint64_t i = below(4); i > 0; --i) {
          json::Value item = value(*shape.value.shape, depth + 1, bound);
          if (!item.is_null()) entries.set("key-" + std::to_string(i), std::move(item));
        }
        if (entries.empty() && (bound || !keeps_empty())) return json::Value();
        return std::move(entries).build();
      }
      case ShapeType::String: return json::Value(string(bound));
      case ShapeType::Integer:
        return json::Value(static_cast<int64_t>(static_cast<int32_t>(random_())));
      case ShapeType::Long: return json::Value(static_cast<int64_t>(random_()));
      case ShapeType::Float:
      case ShapeType::Double:
        if (below(10) == 0) return json::Value("NaN");
        if (below(10) == 0) return json::Value("-Infinity");
        return json::Value(static_cast<double>(static_cast<int32_t>(random_())) / 256.0);
      case ShapeType::Boolean: return json::Value(below(2) == 0);
      case ShapeType::Blob: {
        std::string bytes(1 + below(20), '\0');
        for (char& byte : bytes) byte = static_cast<char>(random_());
        return json::Value(base::base64_encode(bytes));
      }
      case ShapeType::Timestamp: {
        const int64_t seconds = static_cast<int64_t>(below(4'000'000'000));
        const bool whole = bound || shape.timestamp_format == TimestampFormat::Rfc822;
        return timestamp_value(
            {seconds * 1'000 + (whole ? 0 : static_cast<int64_t>(below(1'000)))});
      }
    }
    return json::Value();
  }

  json::Value structure(const Shape& shape, int depth, bool bound) {
    if (shape.document) return keeps_empty() ? any_json() : json::Value();
    std::vector<json::Member> members;
    for (const Member& member : shape.members) {
      if (!members.empty() && (shape.is_union || below(3) == 0)) continue;
      if (member.shape->event_stream) continue;
      if (member.timestamp_format == TimestampFormat::Rfc822) continue;
      if (shares_name(shape, member)) continue;
      json::Value item = member_value(member, depth + 1, bound);
      if (!item.is_null()) members.emplace_back(member.name, std::move(item));
    }
    if (members.empty() && !keeps_empty()) return json::Value();
    return json::Value::object(std::move(members));
  }

  /// In headers and paths no space at the ends and only ASCII; elsewhere all kinds of text.
  std::string string(bool bound) {
    static const std::vector<std::string> kPieces = {
        "a", "Z", "0", "-", "_", "/",  "%", "+",  "&",  "=", "<",  ">",  "\"", "'",  "a b",
        ",", ";", ".", "~", "*", "\\", "é", "漢", "😀", " ", "\n", "\t", "\r", "]]>"};
    std::string out = bound ? "x" : "";
    for (uint64_t i = below(8); i > 0; --i) {
      out += kPieces[below(bound ? 21 : kPieces.size())];
    }
    return bound ? out + "y" : out;
  }

  std::mt19937_64 random_;
  Protocol protocol_;
};

}  // namespace pawl::aws
