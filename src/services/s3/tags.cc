// SPDX-License-Identifier: Apache-2.0
#include "services/s3/tags.h"

#include <algorithm>
#include <cctype>

#include "services/s3/errors.h"
#include "services/s3/header_text.h"
#include "services/s3/input.h"

namespace pawl::s3 {
namespace {

using aws::ApiError;
using aws::ApiResult;
using json::Value;

constexpr size_t kObjectTagsMax = 10;
constexpr size_t kBucketTagsMax = 50;
constexpr size_t kKeyCharactersMax = 128;
constexpr size_t kValueCharactersMax = 256;

size_t characters(std::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<uint8_t>(c) & 0xC0) != 0x80; }));
}

/// Letters, digits, spaces of any script and + - = . _ : / @.
bool has_allowed_characters(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<uint8_t>(c);
    return byte >= 0x80 || std::isalnum(byte) != 0 ||
           std::string_view("+-=._:/@ ").find(c) != std::string_view::npos;
  });
}

ApiError invalid_key(std::string_view key) {
  return error("InvalidTag", "The TagKey you have provided is invalid", 400, {{"TagKey", key}});
}

ApiResult<void> check_tag(std::string_view key, std::string_view value, TagOwner owner) {
  if (key.starts_with("aws:") && owner != TagOwner::SystemBucket) {
    if (owner == TagOwner::NewBucket) {
      return error("InvalidTag",
                   "User-defined tag keys can't start with \"aws:\". This prefix is reserved for "
                   "system tags. Remove \"aws:\" from your tag keys and try again.",
                   400);
    }
    return error("InvalidTag",
                 owner == TagOwner::Object ? "Your TagKey cannot be prefixed with aws:"
                                           : "System tags cannot be added/updated by requester",
                 400, {{"TagKey", key}});
  }
  if (key.empty() || characters(key) > kKeyCharactersMax || !has_allowed_characters(key)) {
    return invalid_key(key);
  }
  if (characters(value) > kValueCharactersMax || !has_allowed_characters(value)) {
    return error("InvalidTag", "The TagValue you have provided is invalid", 400,
                 {{"TagKey", key}, {"TagValue", value}});
  }
  return {};
}

ApiResult<void> check_count(size_t count, TagOwner owner) {
  if (owner == TagOwner::Object && count > kObjectTagsMax) {
    return error("BadRequest", "Object tags cannot be greater than 10", 400);
  }
  if (count > kBucketTagsMax) {
    return error("BadRequest", "Bucket tag count cannot be greater than 50", 400);
  }
  return {};
}

}  // namespace

ApiResult<Pairs> read_tags(std::span<const Value> list, TagOwner owner) {
  Pairs tags;
  for (const Value& item : list) {
    const Input tag(item);
    if (!tag.has("Key") || !tag.has("Value")) return malformed_xml();
    const std::string key = tag.text("Key");
    std::string value = tag.text("Value");
    if (find_pair(tags, key) != nullptr) {
      // NOTE: recorded: CreateBucket fails with an internal error of AWS's.
      if (owner == TagOwner::NewBucket) {
        return error("InternalError", "We encountered an internal error. Please try again.", 500);
      }
      return error("InvalidTag", "Cannot provide multiple Tags with the same key", 400,
                   {{"TagKey", key}});
    }
    PAWL_TRY_VOID(check_tag(key, value, owner));
    tags.emplace_back(key, std::move(value));
  }
  PAWL_TRY_VOID(check_count(tags.size(), owner));
  return tags;
}

ApiResult<Pairs> read_tagging_header(std::string_view text) {
  auto tags = parse_tagging(text);
  if (!tags) {
    return invalid_argument(
        "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query "
        "parameters without tag name duplicates.",
        "x-amz-tagging", text);
  }
  for (const auto& [key, value] : *tags) PAWL_TRY_VOID(check_tag(key, value, TagOwner::Object));
  PAWL_TRY_VOID(check_count(tags->size(), TagOwner::Object));
  return std::move(*tags);
}

Value tag_list(const Pairs& tags) {
  std::vector<Value> list;
  for (const auto& [key, value] : tags) {
    json::ObjectBuilder tag;
    tag.set("Key", Value(key)).set("Value", Value(value));
    list.push_back(std::move(tag).build());
  }
  return Value::array(std::move(list));
}

}  // namespace pawl::s3
