// SPDX-License-Identifier: Apache-2.0
#include "services/sns/topic_policy.h"

#include <algorithm>
#include <utility>

#include "aws/arn.h"
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
