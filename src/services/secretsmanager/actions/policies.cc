// SPDX-License-Identifier: Apache-2.0
// Resource policies. They are kept and checked in form; nothing is enforced by them.
#include "json/members.h"
#include "json/parse.h"
#include "services/secretsmanager/api.h"
#include "services/secretsmanager/service.h"

namespace pawl::secretsmanager {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

ApiError malformed(const std::string& message) {
  return {"MalformedPolicyDocumentException", message};
}

/// Statements of a policy, which may be one object.
std::vector<Value> statements_of(const Value& policy) {
  const Value* statement = policy.find("Statement");
  if (statement == nullptr) return {};
  if (statement->is_array()) return {statement->items().begin(), statement->items().end()};
  return {*statement};
}

ApiResult<Value> parse_policy(const std::string& text) {
  auto policy = json::parse(text);
  if (!policy || !policy->is_object())
    return malformed("This resource policy contains a syntax error.");
  const std::vector<Value> statements = statements_of(*policy);
  if (statements.empty()) return malformed("This resource policy must have a statement.");
  for (const Value& statement : statements) {
    const std::string effect = text_member(statement, "Effect");
    const bool has_action =
        statement.find("Action") != nullptr || statement.find("NotAction") != nullptr;
    const bool has_principal =
        statement.find("Principal") != nullptr || statement.find("NotPrincipal") != nullptr;
    if ((effect != "Allow" && effect != "Deny") || !has_action || !has_principal)
      return malformed(
          "This resource policy contains a statement without a valid Effect, "
          "Principal or Action.");
  }
  return *std::move(policy);
}

bool is_everybody(const Value& principal) {
  if (principal.is_string()) return principal.as_string() == "*";
  const Value* aws_principal = principal.find("AWS");
  if (aws_principal == nullptr) return false;
  if (aws_principal->is_string()) return aws_principal->as_string() == "*";
  for (const Value& each :
       aws_principal->is_array() ? aws_principal->items() : std::span<const Value>())
    if (each.is_string() && each.as_string() == "*") return true;
  return false;
}

bool is_public(const Value& policy) {
  for (const Value& statement : statements_of(policy)) {
    const Value* principal = statement.find("Principal");
    if (text_member(statement, "Effect") == "Allow" && principal != nullptr &&
        is_everybody(*principal) && statement.find("Condition") == nullptr)
      return true;
  }
  return false;
}

constexpr const char* kPublic =
    "This resource policy grants broad access to your secret. Secrets Manager does not allow "
    "broad access through a resource policy if BlockPublicPolicy is set.";

}  // namespace

ActionResult SecretsManagerService::put_resource_policy(const Request& request) {
  const std::lock_guard lock(mutex_);
  Secret secret = PAWL_TRY(find_to_change(request));
  secret.policy = text_member(request.input, "ResourcePolicy");
  const Value policy = PAWL_TRY(parse_policy(secret.policy));
  if (flag_member(request.input, "BlockPublicPolicy") && is_public(policy))
    return ApiError("PublicPolicyException", kPublic);
  Value output = named(secret.arn(), secret.name.name).build();
  request.keep_answer(output);
  PAWL_TRY_VOID(store_changed(secret));
  return output;
}

ActionResult SecretsManagerService::get_resource_policy(const Request& request) {
  const Found found = PAWL_TRY(find(request));
  if (found.secret.deleted_ms != 0) return marked_for_deletion();
  ObjectBuilder out = named(found.arn, found.secret.name.name);
  if (!found.secret.policy.empty()) out.set("ResourcePolicy", Value(found.secret.policy));
  return std::move(out).build();
}

ActionResult SecretsManagerService::delete_resource_policy(const Request& request) {
  const std::lock_guard lock(mutex_);
  Secret secret = PAWL_TRY(find_to_change(request));
  secret.policy.clear();
  Value output = named(secret.arn(), secret.name.name).build();
  request.keep_answer(output);
  PAWL_TRY_VOID(store_changed(secret));
  return output;
}

ActionResult SecretsManagerService::validate_resource_policy(const Request& request) {
  if (request.input.find("SecretId") != nullptr) PAWL_TRY(find(request));
  const auto policy = parse_policy(text_member(request.input, "ResourcePolicy"));
  if (!policy) return policy.error();
  std::vector<Value> errors;
  if (is_public(*policy)) {
    ObjectBuilder error;
    error.set("CheckName", Value("ValidatePublicPolicy")).set("ErrorMessage", Value(kPublic));
    errors.push_back(std::move(error).build());
  }
  ObjectBuilder out;
  out.set("PolicyValidationPassed", Value(errors.empty()));
  out.set("ValidationErrors", Value::array(std::move(errors)));
  return std::move(out).build();
}

}  // namespace pawl::secretsmanager
