// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/operations/stack_policy.h"

#include <algorithm>
#include <vector>

#include "text/wildcard.h"
#include "json/members.h"
#include "json/parse.h"

namespace pawl::cloudformation {
namespace {

using json::Value;

/// A text or a list of them.
std::vector<std::string> texts(const Value& statement, std::string_view name) {
  if (auto text = json::find_text(statement, name)) return {*std::move(text)};
  return json::texts_member(statement, name);
}

bool matches_any(const std::vector<std::string>& patterns, std::string_view value) {
  return std::any_of(patterns.begin(), patterns.end(), [value](const std::string& pattern) {
    return text::matches_wildcard(pattern, value);
  });
}

bool covers_action(const Value& statement, std::string_view action) {
  if (json::has_member(statement, "NotAction")) {
    return !matches_any(texts(statement, "NotAction"), action);
  }
  return matches_any(texts(statement, "Action"), action);
}

bool covers_resource(const Value& statement, std::string_view logical_id) {
  const std::string resource = "LogicalResourceId/" + std::string(logical_id);
  if (json::has_member(statement, "NotResource")) {
    return !matches_any(texts(statement, "NotResource"), resource);
  }
  return matches_any(texts(statement, "Resource"), resource);
}

bool covers_type(const Value& statement, std::string_view type) {
  const Value condition = json::object_member(statement, "Condition");
  for (const auto& member : condition.members()) {
    if (!matches_any(texts(member.value, "ResourceType"), type)) return false;
  }
  return true;
}

}  // namespace

std::string stack_policy_refusal(const std::string& policy, std::string_view logical_id,
                                 std::string_view type, std::string_view action) {
  if (policy.empty()) return {};
  const auto document = json::parse(policy);
  if (!document) return {};
  const Value statements = json::array_member(*document, "Statement");
  bool is_allowed = false;
  size_t number = 0;
  for (const Value& statement : statements.items()) {
    ++number;
    if (!covers_action(statement, action) || !covers_resource(statement, logical_id) ||
        !covers_type(statement, type)) {
      continue;
    }
    if (json::text_member(statement, "Effect") == "Deny") {
      return "Action denied by stack policy: Statement [#" + std::to_string(number) +
             "] does not allow [" + std::string(action) + "] for resource [LogicalResourceId/" +
             std::string(logical_id) + "]";
    }
    is_allowed = true;
  }
  if (is_allowed) return {};
  return "Action not allowed by stack policy: no statement allows [" + std::string(action) +
         "] for resource [LogicalResourceId/" + std::string(logical_id) + "]";
}

aws::ApiResult<void> check_stack_policy(const std::string& policy) {
  const auto document = json::parse(policy);
  const auto invalid = [](const char* why) {
    return aws::ApiError("ValidationError", std::string("Error validating stack policy: ") + why);
  };
  if (!document || !document->is_object()) return invalid("Invalid stack policy");
  const Value statements = json::array_member(*document, "Statement");
  if (statements.size() == 0) return invalid("Policy must contain a Statement");
  for (const Value& statement : statements.items()) {
    const std::string effect = json::text_member(statement, "Effect");
    if (effect != "Allow" && effect != "Deny") return invalid("Invalid Effect in statement");
    const bool is_whole =
        json::text_member(statement, "Principal") == "*" &&
        (json::has_member(statement, "Action") || json::has_member(statement, "NotAction")) &&
        (json::has_member(statement, "Resource") || json::has_member(statement, "NotResource"));
    if (!is_whole) return invalid("Statements need Principal \"*\", Action and Resource");
  }
  return {};
}

}  // namespace pawl::cloudformation
