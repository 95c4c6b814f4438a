// SPDX-License-Identifier: Apache-2.0
// API GetAuthorizationToken, and what belongs to a registry as a whole. Policies and scanning rules
// are kept and shown; nothing is scanned, replicated or cached from elsewhere.
#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/ecr/errors.h"
#include "services/ecr/service.h"
#include "services/ecr/token.h"

namespace pawl::ecr {

using aws::ActionResult;
using aws::ApiError;
using json::ObjectBuilder;
using json::Value;

namespace {

/// ECR User Guide, "Private registry authentication": "valid for 12 hours".
constexpr int64_t kTokenMs = int64_t{12} * 3600 * 1000;

Scope scope_of(const aws::Request& request) { return {request.account_id(), request.region}; }

ActionResult policy_answer(const Scope& scope, const std::string& text) {
  ObjectBuilder out;
  out.set("registryId", Value(scope.account)).set("policyText", Value(text));
  return aws::Output(std::move(out).build());
}

ApiError no_registry_policy(const Scope& scope) {
  return ApiError("RegistryPolicyNotFoundException",
                  "Registry policy does not exist in the registry with id '" + scope.account + "'");
}

}  // namespace

ActionResult EcrService::get_authorization_token(const Request& request) {
  std::vector<std::string> accounts = texts_member(request.input, "registryIds");
  if (accounts.empty()) accounts.push_back(request.account_id());
  const std::string key = PAWL_TRY(registry_->token_key());
  const base::Timestamp expires{registry_->now().ms + kTokenMs};
  std::vector<Value> list;
  for (const std::string& account : accounts) {
    const std::string password = make_password({account, request.region}, expires, key);
    ObjectBuilder one;
    one.set("authorizationToken", Value(base::base64_encode("AWS:" + password)))
        .set("expiresAt", seconds(expires))
        .set("proxyEndpoint", Value(options_.endpoint_url()));
    list.push_back(std::move(one).build());
  }
  ObjectBuilder out;
  out.set("authorizationData", Value::array(std::move(list)));
  return aws::Output(std::move(out).build());
}

ActionResult EcrService::describe_registry(const Request& request) {
  ObjectBuilder replication;
  replication.set("rules", Value::array());
  ObjectBuilder out;
  out.set("registryId", Value(request.account_id()))
      .set("replicationConfiguration", std::move(replication).build());
  return aws::Output(std::move(out).build());
}

ActionResult EcrService::put_registry_policy(const Request& request) {
  const std::string text = text_member(request.input, "policyText");
  const base::Result<Value> document = json::parse(text, {.depth_max = 32});
  if (!document || !document->is_object() || document->find("Statement") == nullptr) {
    return invalid_parameter(
        "Invalid parameter at 'PolicyText' failed to satisfy constraint: "
        "'Invalid registry policy provided'");
  }
  PAWL_TRY_VOID(registry_->put_setting(scope_of(request), "policy", text));
  return policy_answer(scope_of(request), text);
}

ActionResult EcrService::get_registry_policy(const Request& request) {
  const auto text = PAWL_TRY(registry_->records().setting(scope_of(request), "policy"));
  if (!text) return no_registry_policy(scope_of(request));
  return policy_answer(scope_of(request), *text);
}

ActionResult EcrService::delete_registry_policy(const Request& request) {
  const auto text = PAWL_TRY(registry_->records().setting(scope_of(request), "policy"));
  if (!text) return no_registry_policy(scope_of(request));
  PAWL_TRY_VOID(registry_->put_setting(scope_of(request), "policy", ""));
  return policy_answer(scope_of(request), *text);
}

ActionResult EcrService::put_registry_scanning_configuration(const Request& request) {
  const std::string type = text_member(request.input, "scanType");
  const Value* rules = request.input.find("rules");
  ObjectBuilder kept;
  kept.set("scanType", Value(type.empty() ? "BASIC" : type))
      .set("rules", rules != nullptr ? *rules : Value::array());
  const Value configuration = std::move(kept).build();
  PAWL_TRY_VOID(registry_->put_setting(scope_of(request), "scanning", json::write(configuration)));
  ObjectBuilder out;
  out.set("registryScanningConfiguration", configuration);
  return aws::Output(std::move(out).build());
}

ActionResult EcrService::get_registry_scanning_configuration(const Request& request) {
  const auto text = PAWL_TRY(registry_->records().setting(scope_of(request), "scanning"));
  const base::Result<Value> configuration =
      json::parse(text.value_or(R"({"scanType":"BASIC","rules":[]})"));
  if (!configuration) return server_exception("the scanning configuration cannot be read");
  ObjectBuilder out;
  out.set("registryId", Value(request.account_id())).set("scanningConfiguration", *configuration);
  return aws::Output(std::move(out).build());
}

ActionResult EcrService::batch_get_repository_scanning_configuration(const Request& request) {
  std::vector<Value> list;
  std::vector<Value> failures;
  for (const std::string& each : texts_member(request.input, "repositoryNames")) {
    const RepositoryName name{request.account_id(), request.region, each};
    const std::optional<Repository> found = PAWL_TRY(registry_->records().repository(name));
    ObjectBuilder one;
    one.set("repositoryName", Value(each));
    if (!found) {
      one.set("failureCode", Value("REPOSITORY_NOT_FOUND"))
          .set("failureReason",
               Value("The repository with name '" + each +
                     "' does not exist in the registry with id '" + name.account + "'"));
      failures.push_back(std::move(one).build());
      continue;
    }
    one.set("repositoryArn", Value(name.arn()))
        .set("scanOnPush", Value(found->scans_on_push))
        .set("scanFrequency", Value(found->scans_on_push ? "SCAN_ON_PUSH" : "MANUAL"))
        .set("appliedScanFilters", Value::array());
    list.push_back(std::move(one).build());
  }
  ObjectBuilder out;
  out.set("scanningConfigurations", Value::array(std::move(list)))
      .set("failures", Value::array(std::move(failures)));
  return aws::Output(std::move(out).build());
}

ActionResult EcrService::describe_pull_through_cache_rules(const Request& request) {
  static_cast<void>(request);
  ObjectBuilder out;
  out.set("pullThroughCacheRules", Value::array());
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::ecr
