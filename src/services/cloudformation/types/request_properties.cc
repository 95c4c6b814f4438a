// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/types/request_properties.h"

#include <algorithm>

#include "aws/signing/hmac.h"
#include "json/members.h"

namespace pawl::cloudformation {
namespace {

constexpr size_t kTokenDigits = 32;
constexpr size_t kRandomLength = 12;

}  // namespace

const json::Value* value_at(const json::Value& properties, std::string_view path) {
  const json::Value* value = &properties;
  while (!path.empty() && value != nullptr) {
    const size_t dot = std::min(path.find('.'), path.size());
    value = json::member_of(*value, path.substr(0, dot));
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return value;
}

bool differs(const ResourceRequest& request, std::string_view path) {
  const json::Value* before = value_at(request.previous, path);
  const json::Value* after = value_at(request.properties, path);
  if (before == nullptr || after == nullptr) return before != after;
  return !(*before == *after);
}

bool any_differs(const ResourceRequest& request, std::initializer_list<std::string_view> paths) {
  return std::any_of(paths.begin(), paths.end(),
                     [&](std::string_view path) { return differs(request, path); });
}

std::string text_at(const json::Value& properties, std::string_view path) {
  const json::Value* value = value_at(properties, path);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : "";
}

std::string name_of(const ResourceRequest& request, std::string_view property, size_t length_max) {
  std::string given = json::text_member(request.properties, property);
  return given.empty() ? request.generated_name(length_max) : given;
}

std::string generated_identifier(const ResourceRequest& request, size_t length_max,
                                 std::string_view prefix) {
  static constexpr std::string_view kAlphabet =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const std::string digest = aws::sha256_hex(request.token);
  std::string random;
  for (size_t i = 0; i < kRandomLength; ++i)
    random += kAlphabet[std::stoul(digest.substr(4 * i, 4), nullptr, 16) % kAlphabet.size()];
  const size_t room = length_max - std::min(length_max, prefix.size() + kRandomLength + 1);
  return std::string(prefix) + request.logical_id.substr(0, room) + "-" + random;
}

std::string client_token(const ResourceRequest& request) {
  std::string token = aws::sha256_hex(request.token).substr(0, kTokenDigits);
  for (const size_t place : {20, 16, 12, 8}) token.insert(place, "-");
  return token;
}

}  // namespace pawl::cloudformation
