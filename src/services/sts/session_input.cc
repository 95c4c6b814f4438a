// SPDX-License-Identifier: Apache-2.0
#include "services/sts/session_input.h"

#include <algorithm>

#include "aws/policy/policy_document.h"
#include "aws/policy/policy_pattern.h"

namespace pawl::sts {

using aws::ApiError;
using aws::ApiResult;
using json::Value;

namespace {

/// API AssumeRole: policies and tags together, packed. Ours is what they are unpacked.
constexpr size_t kPackedBytesMax = 4'096;

ApiError invalid_parameter(std::string message) {
  return {"InvalidParameterValue", std::move(message), 400};
}

std::string lower(const std::string& text) { return aws::policy_lower_case(text); }

std::vector<Value> items(const Value& input, std::string_view name) {
  const Value* value = input.find(name);
  if (value == nullptr || !value->is_array()) return {};
  return {value->items().begin(), value->items().end()};
}

bool has_ignoring_case(const std::vector<std::string>& texts, const std::string& text) {
  return std::any_of(texts.begin(), texts.end(),
                     [&](const std::string& each) { return lower(each) == lower(text); });
}

}  // namespace

std::optional<std::string> find_text(const Value& input, std::string_view name) {
  const Value* value = input.find(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->as_string());
}

std::string text_member(const Value& input, std::string_view name) {
  return find_text(input, name).value_or("");
}

int64_t number_member(const Value& input, std::string_view name, int64_t otherwise) {
  const Value* value = input.find(name);
  int64_t number = 0;
  return value != nullptr && value->is_number() && value->to_int64(number) ? number : otherwise;
}

ApiResult<void> add_tags(const Value& input, const std::optional<aws::Session>& calling,
                         aws::Session& session) {
  std::vector<std::string> keys;
  for (const Value& tag : items(input, "Tags")) {
    const std::string key = text_member(tag, "Key");
    if (has_ignoring_case(keys, key)) {
      return invalid_parameter(
          "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    }
    if (calling && has_ignoring_case(calling->transitive_tags, key)) {
      return invalid_parameter(
          "One of the specified transitive tag keys can't be set because it conflicts with a "
          "transitive tag key from the calling session.");
    }
    keys.push_back(key);
    session.tags[key] = text_member(tag, "Value");
  }
  for (const Value& each : items(input, "TransitiveTagKeys")) {
    const std::string key(each.as_string());
    if (calling && has_ignoring_case(calling->transitive_tags, key)) {
      return invalid_parameter(
          "One of the specified transitive tag keys can't be set because it conflicts with a "
          "transitive tag key from the calling session.");
    }
    if (!has_ignoring_case(keys, key)) {
      return invalid_parameter(
          "The specified transitive tag key must be included in the requested tags.");
    }
    session.transitive_tags.push_back(key);
  }
  if (!calling) return {};
  for (const std::string& key : calling->transitive_tags) {
    session.transitive_tags.push_back(key);
    for (const auto& [name, value] : calling->tags) {
      if (lower(name) == lower(key)) session.tags[name] = value;
    }
  }
  return {};
}

ApiResult<void> add_policies(const Value& input, aws::Session& session) {
  std::vector<std::string> policies;
  if (const auto text = find_text(input, "Policy")) {
    const auto parsed = aws::PolicyDocument::parse(*text, aws::PolicyKind::Identity);
    if (!parsed) return ApiError("MalformedPolicyDocumentException", parsed.error().message);
    policies.push_back(*text);
  }
  for (const Value& each : items(input, "PolicyArns")) policies.push_back(text_member(each, "arn"));
  if (!policies.empty()) session.policies = std::move(policies);
  return {};
}

int64_t packed_percent(const aws::Session& session) {
  size_t bytes = 0;
  for (const auto& [name, value] : session.tags) bytes += name.size() + value.size();
  if (session.policies) {
    for (const std::string& policy : *session.policies) bytes += policy.size();
  }
  if (bytes == 0) return 0;
  return std::clamp<int64_t>(static_cast<int64_t>(bytes * 100 / kPackedBytesMax), 1, 100);
}

}  // namespace pawl::sts
