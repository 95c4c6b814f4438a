// SPDX-License-Identifier: Apache-2.0
// AddPermission and RemovePermission: statements of the queue's Policy by their labels.
#include <algorithm>
#include <array>

#include "json/parse.h"
#include "json/write.h"
#include "services/sqs/errors.h"
#include "services/sqs/input.h"
#include "services/sqs/sqs_service.h"

namespace pawl::sqs {
namespace {

using aws::ApiResult;
using json::Value;

// API AddPermission "Actions".
constexpr std::array<std::string_view, 7> kActions = {
    "*",           "ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes",
    "GetQueueUrl", "ReceiveMessage",          "SendMessage"};

std::vector<Value> statements_of(const std::string& policy) {
  const auto parsed = json::parse(policy);
  const Value* found = parsed ? parsed->find("Statement") : nullptr;
  if (found == nullptr) return {};
  if (!found->is_array()) return {*found};
  return {found->items().begin(), found->items().end()};
}

bool has_label(const Value& statement, std::string_view label) {
  const Value* sid = statement.find("Sid");
  return sid != nullptr && sid->is_string() && sid->as_string() == label;
}

/// A list, or its only item as AWS writes it.
Value one_or_many(std::vector<Value> values) {
  if (values.size() == 1) return std::move(values.front());
  return Value::array(std::move(values));
}

std::string policy_text(const std::string& arn, std::vector<Value> statements) {
  return json::write(Value::object({{"Version", Value("2012-10-17")},
                                    {"Id", Value(arn + "/SQSDefaultPolicy")},
                                    {"Statement", Value::array(std::move(statements))}}));
}

ApiResult<void> check_label(const std::string& label) {
  const bool good = label.size() <= 80 && std::all_of(label.begin(), label.end(), [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                             (c >= '0' && c <= '9') || c == '-' || c == '_';
                    });
  if (good) return {};
  return invalid_parameter(label, "Label",
                           "Can only include alphanumeric characters, hyphens, or underscores. 1 "
                           "to 80 in length.");
}

}  // namespace

aws::ActionResult SqsService::add_permission(const Request& request) {
  const QueueName name = PAWL_TRY(queue_of(request));
  const std::string label = PAWL_TRY(required_text(request.input, "Label"));
  PAWL_TRY_VOID(check_label(label));
  const auto accounts = PAWL_TRY(required_texts(request.input, "AWSAccountIds"));
  const auto actions = PAWL_TRY(required_texts(request.input, "Actions"));
  std::vector<Value> principals;
  for (const std::string& account : accounts) {
    if (!is_account_id(account)) {
      return invalid_parameter(account, "PrincipalId", "Unable to verify.");
    }
    principals.emplace_back("arn:aws:iam::" + account + ":root");
  }
  std::vector<Value> allowed;
  for (const std::string& action : actions) {
    if (std::find(kActions.begin(), kActions.end(), action) == kActions.end()) {
      return invalid_parameter("SQS:" + action, "ActionName",
                               "Only the queue owner is allowed to invoke this action.");
    }
    allowed.emplace_back("SQS:" + action);
  }
  const std::string arn = queue_arn(name);
  std::vector<Value> statements = statements_of(PAWL_TRY(broker_->policy(name)));
  if (std::any_of(statements.begin(), statements.end(),
                  [&](const Value& each) { return has_label(each, label); })) {
    return invalid_parameter(label, "Label", "Already exists.");
  }
  statements.push_back(
      Value::object({{"Sid", Value(label)},
                     {"Effect", Value("Allow")},
                     {"Principal", Value::object({{"AWS", one_or_many(std::move(principals))}})},
                     {"Action", one_or_many(std::move(allowed))},
                     {"Resource", Value(arn)}}));
  PAWL_TRY_VOID(
      broker_->set_attributes(name, {{"Policy", policy_text(arn, std::move(statements))}}));
  return Value::object();
}

aws::ActionResult SqsService::remove_permission(const Request& request) {
  const QueueName name = PAWL_TRY(queue_of(request));
  const std::string label = PAWL_TRY(required_text(request.input, "Label"));
  std::vector<Value> statements = statements_of(PAWL_TRY(broker_->policy(name)));
  const size_t removed =
      std::erase_if(statements, [&](const Value& each) { return has_label(each, label); });
  if (removed == 0) return invalid_parameter(label, "Label", "can't find label.");
  const std::string policy =
      statements.empty() ? "" : policy_text(queue_arn(name), std::move(statements));
  PAWL_TRY_VOID(broker_->set_attributes(name, {{"Policy", policy}}));
  return Value::object();
}

}  // namespace pawl::sqs
