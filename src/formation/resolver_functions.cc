// SPDX-License-Identifier: Apache-2.0
// Functions of texts and lists.
#include <charconv>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "formation/cidr.h"
#include "formation/resolver.h"
#include "formation/words.h"
#include "json/write.h"

namespace pawl::formation {

using json::Value;

namespace {

constexpr std::string_view kJoin =
    "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and "
    "(2) a list of strings to be joined or a function that returns a list of strings (such as "
    "Fn::GetAZs) to be joined.";
constexpr std::string_view kSplit =
    "Template error: every Fn::Split object requires two parameters, (1) a string delimiter and "
    "(2) a string to be split or a function that returns a string to be split.";
constexpr std::string_view kSelect =
    "Template error: Fn::Select requires a list argument with two elements: an integer index and "
    "a list";
constexpr std::string_view kCidr =
    "Template error: every Fn::Cidr object requires two to three parameters, the IP block, the "
    "count and the number of CIDR bits";

base::Error error(std::string_view text) { return template_error(std::string(text)); }

std::optional<int64_t> integer_of(const Value& value) {
  const std::optional<std::string> text = scalar_text(value);
  if (!text) return std::nullopt;
  int64_t integer = 0;
  const char* end = text->data() + text->size();
  const auto [stop, failure] = std::from_chars(text->data(), end, integer);
  if (failure != std::errc() || stop != end) return std::nullopt;
  return integer;
}

}  // namespace

base::Result<Value> Resolver::join(const Value& argument) {
  const std::span<const Value> parts = items_of(argument);
  if (parts.size() != 2 || !parts[0].is_string()) return error(kJoin);
  const Value list = PAWL_TRY(resolve(parts[1]));
  if (is_unknown(list)) return list;
  if (!list.is_array()) return error(kJoin);
  std::string text;
  bool is_first = true;
  for (const Value& item : list.items()) {
    if (is_unknown(item)) return item;
    const std::optional<std::string> piece = scalar_text(item);
    if (!piece) return error(kJoin);
    PAWL_TRY_VOID(spend(piece->size() + parts[0].as_string().size()));
    if (!std::exchange(is_first, false)) text += parts[0].as_string();
    text += *piece;
  }
  return Value(text);
}

base::Result<Value> Resolver::split(const Value& argument) {
  const std::span<const Value> parts = items_of(argument);
  if (parts.size() != 2 || !parts[0].is_string()) return error(kSplit);
  const Value source = PAWL_TRY(resolve(parts[1]));
  if (is_unknown(source)) return source;
  const std::optional<std::string> text = scalar_text(source);
  if (!text) return error(kSplit);
  const std::string_view delimiter = parts[0].as_string();
  std::vector<Value> pieces;
  std::string_view rest = *text;
  if (!delimiter.empty()) {
    for (size_t at = rest.find(delimiter); at != std::string_view::npos;
         at = rest.find(delimiter)) {
      PAWL_TRY_VOID(spend(at + sizeof(Value)));
      pieces.emplace_back(rest.substr(0, at));
      rest.remove_prefix(at + delimiter.size());
    }
  }
  pieces.emplace_back(rest);
  return Value::array(std::move(pieces));
}

base::Result<Value> Resolver::select(const Value& argument) {
  const std::span<const Value> parts = items_of(argument);
  if (parts.size() != 2) return error(kSelect);
  const Value position = PAWL_TRY(resolve(parts[0]));
  const Value list = PAWL_TRY(resolve(parts[1]));
  if (is_unknown(position) || is_unknown(list)) return unknown_value();
  const std::optional<int64_t> index = integer_of(position);
  if (!index || !list.is_array()) return error(kSelect);
  if (*index < 0 || static_cast<uint64_t>(*index) >= list.size()) {
    return template_error("Template error: Fn::Select cannot select nonexistent value at index " +
                          std::to_string(*index));
  }
  return list.items()[static_cast<size_t>(*index)];
}

base::Result<Value> Resolver::base64(const Value& argument) {
  const Value value = PAWL_TRY(resolve(argument));
  if (is_unknown(value)) return value;
  const std::optional<std::string> text = scalar_text(value);
  if (!text) {
    return template_error(
        "Template error: every Fn::Base64 object must have a String-typed value.");
  }
  PAWL_TRY_VOID(spend(text->size() * 2));
  return Value(base::base64_encode(*text));
}

base::Result<Value> Resolver::cidr(const Value& argument) {
  const Value resolved = PAWL_TRY(resolve(argument));
  const std::span<const Value> parts = items_of(resolved);
  for (const Value& part : parts) {
    if (is_unknown(part)) return part;
  }
  if (parts.size() != 2 && parts.size() != 3) return error(kCidr);
  const std::optional<std::string> block = scalar_text(parts[0]);
  const std::optional<int64_t> count = integer_of(parts[1]);
  const std::optional<int64_t> bits = parts.size() == 3 ? integer_of(parts[2]) : 8;
  if (!block || !count || !bits) return error(kCidr);
  std::vector<Value> blocks;
  for (const std::string& one : PAWL_TRY(split_cidr(*block, *count, *bits))) {
    blocks.emplace_back(one);
  }
  return Value::array(std::move(blocks));
}

base::Result<Value> Resolver::get_azs(const Value& argument) {
  const Value value = PAWL_TRY(resolve(argument));
  if (is_unknown(value)) return value;
  if (!value.is_string()) {
    return template_error(
        "Template error: every Fn::GetAZs object must have a String-typed value.");
  }
  const std::string region(value.as_string().empty() ? scope_.environment.region
                                                     : std::string(value.as_string()));
  std::vector<Value> zones;
  for (const std::string& zone : PAWL_TRY(references_.availability_zones(region))) {
    zones.emplace_back(zone);
  }
  return Value::array(std::move(zones));
}

base::Result<Value> Resolver::length(const Value& argument) {
  const Value value = PAWL_TRY(resolve(argument));
  if (is_unknown(value)) return value;
  if (value.is_array()) return Value(static_cast<int64_t>(value.size()));
  return template_error(
      "Template error: every Fn::Length object must have a list as its argument.");
}

base::Result<Value> Resolver::to_json_string(const Value& argument) {
  const Value value = PAWL_TRY(resolve(argument));
  if (is_unknown(value) || has_unknown(value)) return unknown_value();
  if (value.is_object() || value.is_array()) {
    PAWL_TRY_VOID(spend(value.text_bytes()));
    return Value(json::write(value));
  }
  return template_error(
      "Template error: every Fn::ToJsonString object must have an object or a list as its "
      "argument.");
}

}  // namespace pawl::formation
