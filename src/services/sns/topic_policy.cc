// SPDX-License-Identifier: Apache-2.0
#include "services/sns/topic_policy.h"

#include <algorithm>
#include <utility>

#include "aws/arn.h"
#include "aws/http_message.h"
#include "json/parse.h"
#include "json/value.h"
#include "json/write.h"
#include "services/sns/api_input.h"

namespace pawl::sns {
namespace {

using json::ObjectBuilder;
using json::Value;

constexpr std::string_view kDefaultActions[] = {"SNS:GetTopicAttributes",
                                                "SNS:SetTopicAttributes",
                                                "SNS:AddPermission",
                                                "SNS:RemovePermission",
                                                "SNS:DeleteTopic",
                                                "SNS:Subscribe",
                                                "SNS:ListSubscriptionsByTopic",
                                                "SNS:Publish"};

bool is_grantable(std::string_view action) {
  if (action == "*" || action == "Receive") return true;
  return std::any_of(std::begin(kDefaultActions), std::end(kDefaultActions),
                     [&](std::string_view each) { return each.substr(4) == action; });
}

/// One is written as itself, several as an array.
Value one_or_many(std::vector<Value> values) {
  return values.size() == 1 ? values[0] : Value::array(std::move(values));
}

Value with_statements(const Value& policy, std::vector<Value> statements) {
  return policy.with_member("Statement", Value::array(std::move(statements)));
}

Value parsed_policy(const Topic& topic) {
  const auto policy = json::parse(policy_of(topic));
  if (policy && policy->is_object()) return *policy;
  return json::parse(default_policy(topic.name)).value_or(Value::object());
}

std::vector<Value> statements_of(const Value& policy) {
  const Value* statements = policy.find("Statement");
  if (statements == nullptr) return {};
  if (!statements->is_array()) return {*statements};
  return {statements->items().begin(), statements->items().end()};
}

/// True if one of `value`, a text or a list of texts, passes.
template <typename Test>
bool any_text(const Value* value, Test&& passes) {
  if (value == nullptr) return false;
  if (value->is_string()) return passes(value->as_string());
  if (!value->is_array()) return false;
  return std::any_of(value->items().begin(), value->items().end(), [&](const Value& item) {
    return item.is_string() && passes(item.as_string());
  });
}

bool allows(const Value& statement, const aws::Principal& caller, const std::string& action) {
  if (!statement.is_object() || statement.find("Condition") != nullptr) return false;
  if (!any_text(statement.find("Effect"), [](std::string_view text) { return text == "Allow"; }))
    return false;
  const Value* principal = statement.find("Principal");
  if (principal != nullptr && principal->is_object()) principal = principal->find("AWS");
  const bool is_named = any_text(principal, [&](std::string_view text) {
    return text == "*" || text == caller.account_id || text == caller.arn ||
           text.ends_with(":iam::" + caller.account_id + ":root");
  });
  return is_named && any_text(statement.find("Action"), [&](std::string_view text) {
           const std::string pattern = aws::lower_ascii(text);
           return pattern == "*" || pattern == "sns:*" || pattern == action;
         });
}

bool has_label(const Value& statement, std::string_view label) {
  const Value* sid = statement.is_object() ? statement.find("Sid") : nullptr;
  return sid != nullptr && sid->is_string() && sid->as_string() == label;
}

}  // namespace

std::string default_policy(const TopicName& topic) {
  std::vector<Value> actions;
  for (const std::string_view action : kDefaultActions) actions.emplace_back(action);
  Value owner =
      std::move(ObjectBuilder().set("AWS:SourceOwner", Value(topic.scope.account))).build();
  Value statement =
      std::move(ObjectBuilder()
                    .set("Sid", Value("__default_statement_ID"))
                    .set("Effect", Value("Allow"))
                    .set("Principal", std::move(ObjectBuilder().set("AWS", Value("*"))).build())
                    .set("Action", Value::array(std::move(actions)))
                    .set("Resource", Value(topic.arn()))
                    .set("Condition",
                         std::move(ObjectBuilder().set("StringEquals", std::move(owner))).build()))
          .build();
  return json::write(std::move(ObjectBuilder()
                                   .set("Version", Value("2008-10-17"))
                                   .set("Id", Value("__default_policy_ID"))
                                   .set("Statement", Value::array({std::move(statement)})))
                         .build());
}

bool policy_allows(const Topic& topic, const aws::Principal& caller, std::string_view operation) {
  const std::string action = "sns:" + aws::lower_ascii(operation);
  const Value policy = parsed_policy(topic);
  const std::vector<Value> statements = statements_of(policy);
  return std::any_of(statements.begin(), statements.end(),
                     [&](const Value& each) { return allows(each, caller, action); });
}

std::string policy_of(const Topic& topic) {
  const std::string_view set = attribute(topic.attributes, "Policy");
  return set.empty() ? default_policy(topic.name) : std::string(set);
}

aws::ApiResult<std::string> with_permission(const Topic& topic, const Permission& permission) {
  const Value policy = parsed_policy(topic);
  std::vector<Value> statements = statements_of(policy);
  for (const Value& statement : statements)
    if (has_label(statement, permission.label))
      return invalid_parameter("Statement already exists");
  std::vector<Value> actions;
  for (const std::string& action : permission.actions) {
    if (!is_grantable(action))
      return invalid_parameter("Policy statement action out of service scope!");
    actions.emplace_back("SNS:" + action);
  }
  std::vector<Value> accounts;
  for (const std::string& account : permission.accounts)
    accounts.emplace_back("arn:" + std::string(aws::partition_of(topic.name.scope.region)) +
                          ":iam::" + account + ":root");
  Value principal = std::move(ObjectBuilder().set("AWS", one_or_many(std::move(accounts)))).build();
  statements.push_back(std::move(ObjectBuilder()
                                     .set("Sid", Value(permission.label))
                                     .set("Effect", Value("Allow"))
                                     .set("Principal", std::move(principal))
                                     .set("Action", one_or_many(std::move(actions)))
                                     .set("Resource", Value(topic.name.arn())))
                           .build());
  return json::write(with_statements(policy, std::move(statements)));
}

std::string without_permission(const Topic& topic, std::string_view label) {
  const Value policy = parsed_policy(topic);
  std::vector<Value> statements = statements_of(policy);
  std::erase_if(statements, [&](const Value& each) { return has_label(each, label); });
  return json::write(with_statements(policy, std::move(statements)));
}

}  // namespace pawl::sns
