// SPDX-License-Identifier: Apache-2.0
#include "services/sqs/access_policy.h"

#include <algorithm>
#include <functional>

#include "json/parse.h"

namespace pawl::sqs {
namespace {

/// True if one of `value`, a text or a list of texts, passes.
bool any_text(const json::Value* value, const std::function<bool(std::string_view)>& passes) {
  if (value == nullptr) return false;
  if (value->is_string()) return passes(value->as_string());
  if (!value->is_array()) return false;
  return std::any_of(value->items().begin(), value->items().end(), [&](const json::Value& item) {
    return item.is_string() && passes(item.as_string());
  });
}

bool names(std::string_view principal, const aws::Principal& caller) {
  return principal == "*" || principal == caller.account_id || principal == caller.arn ||
         principal == "arn:aws:iam::" + caller.account_id + ":root";
}

bool statement_allows(const json::Value& statement, const aws::Principal& caller,
                      const std::string& action) {
  const json::Value* effect = statement.find("Effect");
  if (effect == nullptr || !effect->is_string() || effect->as_string() != "Allow") return false;
  const json::Value* principal = statement.find("Principal");
  if (principal == nullptr) return false;
  const json::Value* whom = principal->is_object() ? principal->find("AWS") : principal;
  const bool is_named = any_text(whom, [&](std::string_view text) { return names(text, caller); });
  return is_named && any_text(statement.find("Action"), [&](std::string_view text) {
           const std::string pattern = aws::lower_ascii(text);
           return pattern == "*" || pattern == "sqs:*" || pattern == action;
         });
}

}  // namespace

bool policy_allows(std::string_view policy, const aws::Principal& principal,
                   std::string_view action) {
  const auto parsed = json::parse(policy);
  if (!parsed) return false;
  const json::Value* statements = parsed->find("Statement");
  if (statements == nullptr) return false;
  const std::string lower = aws::lower_ascii(action);
  if (!statements->is_array()) return statement_allows(*statements, principal, lower);
  return std::any_of(
      statements->items().begin(), statements->items().end(),
      [&](const json::Value& each) { return statement_allows(each, principal, lower); });
}

}  // namespace pawl::sqs
