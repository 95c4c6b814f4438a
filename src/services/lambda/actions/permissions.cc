// SPDX-License-Identifier: Apache-2.0
// API AddPermission, GetPolicy, RemovePermission. Policies are kept and shown, not enforced: there
// is one account.
#include "aws/arn.h"
#include "json/write.h"
#include "services/lambda/policy.h"
#include "services/lambda/service.h"

namespace pawl::lambda {

using json::ObjectBuilder;
using json::Value;

namespace {

/// Input member, operator, key: what narrows a statement.
struct ConditionRule {
  const char* member;
  const char* operation;
  const char* key;
};
constexpr ConditionRule kConditions[] = {
    {"SourceAccount", "StringEquals", "AWS:SourceAccount"},
    {"EventSourceToken", "StringEquals", "lambda:EventSourceToken"},
    {"PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"},
    {"FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"},
    {"SourceArn", "ArnLike", "AWS:SourceArn"},
};

Value statement(const Value& input, const FunctionReference& reference) {
  ObjectBuilder out;
  out.set("Sid", Value(text_member(input, "StatementId")))
      .set("Effect", Value("Allow"))
      .set("Principal", policy_principal(text_member(input, "Principal"),
                                         aws::partition_of(reference.key.region)))
      .set("Action", Value(text_member(input, "Action")))
      .set("Resource", Value(reference.arn()));
  Value condition = Value::object();
  for (const ConditionRule& rule : kConditions) {
    const Value* given = member_of(input, rule.member);
    if (given == nullptr) continue;
    const Value* same = condition.find(rule.operation);
    condition = condition.with_member(
        rule.operation, (same != nullptr ? *same : Value::object()).with_member(rule.key, *given));
  }
  if (condition.size() != 0) out.set("Condition", condition);
  return std::move(out).build();
}

}  // namespace

aws::ActionResult LambdaService::add_permission(const Request& request) {
  const Value& input = request.input;
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  if (reference.qualifier == kLatest) {
    return invalid_parameter("We currently do not support adding policies for $LATEST.");
  }
  const std::lock_guard lock(changing_);
  const Revision revision = PAWL_TRY(require_revision(reference));
  const std::optional<Value> policy = PAWL_TRY(store_.policy(reference.key, reference.qualifier));
  // Without a policy the RevisionId is that of what is to get one (recorded).
  std::string current = policy ? text_member(*policy, "RevisionId") : revision.revision_id(now());
  if (!policy && !reference.qualifier.empty() && !is_version_number(reference.qualifier)) {
    current =
        text_member(*PAWL_TRY(store_.alias(reference.key, reference.qualifier)), "RevisionId");
  }
  PAWL_TRY_VOID(check_revision_id(input, current, "GetPolicy"));
  std::vector<Value> statements = statements_of(policy);
  const std::string id = text_member(input, "StatementId");
  PAWL_TRY_VOID(check_new_statement(statements, id));
  const Value added = statement(input, reference);
  statements.push_back(added);
  store::Batch batch;
  store_.put_policy(batch, reference.key, reference.qualifier, make_policy(std::move(statements)));
  PAWL_TRY_VOID(store_.commit(batch));
  ObjectBuilder out;
  out.set("Statement", Value(json::write(added)));
  return aws::Output(std::move(out).build());
}

aws::ActionResult LambdaService::get_policy(const Request& request) {
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  PAWL_TRY_VOID(require_revision(reference));
  const std::optional<Value> policy = PAWL_TRY(store_.policy(reference.key, reference.qualifier));
  if (!policy) return resource_not_found("The resource you requested does not exist.");
  ObjectBuilder out;
  out.set("Policy", Value(policy_document(*policy))).set("RevisionId", *policy->find("RevisionId"));
  return aws::Output(std::move(out).build());
}

aws::ActionResult LambdaService::remove_permission(const Request& request) {
  const Value& input = request.input;
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  const std::lock_guard lock(changing_);
  PAWL_TRY_VOID(require_revision(reference));
  const std::optional<Value> policy = PAWL_TRY(store_.policy(reference.key, reference.qualifier));
  if (!policy) return resource_not_found("No policy is associated with the given resource.");
  const std::string id = text_member(input, "StatementId");
  std::vector<Value> statements = statements_of(policy);
  if (!erase_statement(statements, id)) {
    return resource_not_found("Statement " + id + " is not found in resource policy.");
  }
  PAWL_TRY_VOID(check_revision_id(input, text_member(*policy, "RevisionId"), "GetPolicy"));
  store::Batch batch;
  if (statements.empty()) {
    store_.erase_policy(batch, reference.key, reference.qualifier);
  } else {
    store_.put_policy(batch, reference.key, reference.qualifier,
                      make_policy(std::move(statements)));
  }
  PAWL_TRY_VOID(store_.commit(batch));
  return aws::Output();
}

}  // namespace pawl::lambda
