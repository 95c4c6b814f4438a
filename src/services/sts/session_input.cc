// SPDX-License-Identifier: Apache-2.0
#include "services/sts/session_input.h"

#include <algorithm>

#include "aws/policy/policy_document.h"
#include "aws/policy/policy_pattern.h"
#include "json/members.h"

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

bool has_ignoring_case(const std::vector<std::string>& texts, const std::string& text) {
  return std::any_of(texts.begin(), texts.end(),
                     [&](const std::string& each) { return lower(each) == lower(text); });
}

}  // namespace

ApiResult<void> add_tags(const Value& input, const std::optional<aws::Session>& calling,
                         aws::Session& session) {
  std::vector<std::string> keys;
  for (const Value& tag : items_member(input, "Tags")) {
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
  for (const Value& each : items_member(input, "TransitiveTagKeys")) {
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
  for (const Value& each : items_member(input, "PolicyArns"))
    policies.push_back(text_member(each, "arn"));
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
