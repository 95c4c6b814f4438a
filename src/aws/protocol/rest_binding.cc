// SPDX-License-Identifier: Apache-2.0
// Headers to members and back: lists are comma-separated, timestamps HTTP dates, JSON in base64.
#include "aws/protocol/rest_codec.h"
#include "aws/protocol/scalar_text.h"
#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::aws {
namespace {

using json::Value;

constexpr ScalarTextOptions kHeaderText = {TimestampFormat::Rfc822, false};

/// A list's item: quoted if it would be taken apart.
std::string quoted_if_needed(const std::string& text) {
  if (text.find_first_of(",\"") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string header_text(const Member& member, const Value& value) {
  if (member.json_value) return base::base64_encode(json::write(value));
  if (member.shape->type != ShapeType::List || !value.is_array()) {
    return scalar_to_text(member, value, kHeaderText);
  }
  std::string out;
  for (const Value& item : value.items()) {
    if (!out.empty()) out += ", ";
    const std::string text = scalar_to_text(member.shape->item, item, kHeaderText);
    // HTTP dates have a comma of their own and go unquoted.
    out += member.shape->item.shape->type == ShapeType::Timestamp ? text : quoted_if_needed(text);
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

std::vector<std::string> split_list(std::string_view text, bool dates) {
  std::vector<std::string> items;
  std::string item;
  bool quoted = false;
  bool was_quoted = false;
  int commas = 0;
  const auto finish = [&] {
    items.push_back(was_quoted ? item : std::string(trimmed(item)));
    item.clear();
    was_quoted = false;
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\' && i + 1 < text.size()) {
      item += text[++i];
    } else if (c == '"' && (quoted || trimmed(item).empty())) {
      quoted = !quoted;
      if (quoted) item.clear();
      was_quoted = true;
    } else if (c == ',' && !quoted && !(dates && ++commas % 2 == 1)) {
      finish();
    } else if (quoted || !was_quoted) {
      item += c;
    }
  }
  if (!items.empty() || !trimmed(item).empty() || was_quoted) finish();
  return items;
}

ApiResult<Value> header_value(const Member& member, std::string_view text) {
  if (member.json_value) {
    const auto bytes = base::base64_decode(text);
    auto parsed = bytes ? json::parse(*bytes) : json::parse("");
    if (!parsed) return serialization_exception("Invalid JSON in header " + member.wire_name());
    return std::move(*parsed);
  }
  if (member.shape->type != ShapeType::List) return scalar_from_text(member, text);
  const Member& item = member.shape->item;
  std::vector<Value> items;
  const bool dates = item.shape->type == ShapeType::Timestamp &&
                     item.shape->timestamp_format != TimestampFormat::Iso8601;
  for (const std::string& part : split_list(text, dates)) {
    items.push_back(PAWL_TRY(scalar_from_text(item, part)));
  }
  return Value::array(std::move(items));
}

}  // namespace

void write_headers(const Shape& shape, const Value& value, Headers& headers) {
  for (const Member& member : shape.members) {
    const Value* found = value.find(member.name);
    if (found == nullptr || found->is_null()) continue;
    if (member.location == Location::Header) {
      headers.set(member.wire_name(), header_text(member, *found));
    } else if (member.location == Location::Headers && found->is_object()) {
      for (const json::Member& entry : found->members()) {
        headers.set(member.location_name + std::string(entry.name()),
                    scalar_to_text(member.shape->value, entry.value, kHeaderText));
      }
    }
  }
}

ApiResult<void> read_headers(const Shape& shape, const Headers& headers, json::ObjectBuilder& out) {
  for (const Member& member : shape.members) {
    if (member.location == Location::Header) {
      const std::string* text = headers.find(member.wire_name());
      if (text == nullptr) continue;
      out.set(member.name, PAWL_TRY(header_value(member, trimmed(*text))));
    } else if (member.location == Location::Headers) {
      json::ObjectBuilder entries;
      const std::string& prefix = member.location_name;
      for (const auto& [name, text] : headers) {
        if (name.size() < prefix.size() ||
            !equals_ignoring_case(name.substr(0, prefix.size()), prefix))
          continue;
        entries.set(std::string_view(name).substr(prefix.size()),
                    PAWL_TRY(scalar_from_text(member.shape->value, text)));
      }
      if (!entries.empty()) out.set(member.name, std::move(entries).build());
    }
  }
  return {};
}

bool has_body_members(const Shape& shape) {
  for (const Member& member : shape.members) {
    if (member.location == Location::Body) return true;
  }
  return false;
}

}  // namespace pawl::aws
