// SPDX-License-Identifier: Apache-2.0
// API SetRepositoryPolicy and its like, PutLifecyclePolicy and its like, previews of lifecycle
// policies. Repository policies are kept and shown.
#include "json/parse.h"
#include "services/ecr/errors.h"
#include "services/ecr/service.h"

namespace pawl::ecr {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

ObjectBuilder policy_output(const RepositoryName& name, std::string_view member,
                            const std::string& text) {
  ObjectBuilder out;
  out.set("registryId", Value(name.account))
      .set("repositoryName", Value(name.name))
      .set(member, Value(text));
  return out;
}

ApiError no_policy(const RepositoryName& name, std::string_view code, std::string_view what) {
  return ApiError(std::string(code),
                  std::string(what) + " does not exist for the repository with name '" + name.name +
                      "' in the registry with id '" + name.account + "'");
}

ApiError no_repository_policy(const RepositoryName& name) {
  return no_policy(name, "RepositoryPolicyNotFoundException", "Repository policy");
}

ApiError no_lifecycle_policy(const RepositoryName& name) {
  return no_policy(name, "LifecyclePolicyNotFoundException", "Lifecycle policy");
}

bool is_policy(std::string_view text) {
  const base::Result<Value> document = json::parse(text, {.depth_max = 32});
  if (!document || !document->is_object()) return false;
  const Value* statements = document->find("Statement");
  return statements != nullptr && statements->is_container();
}

/// Takes one of the texts away; the repository as it was.
ApiResult<Repository> take_text(Registry& registry, const RepositoryName& name,
                                std::string Repository::*text,
                                ApiError (*missing)(const RepositoryName&)) {
  Repository before;
  PAWL_TRY(registry.change(name, [&](Repository& repository) -> ApiResult<void> {
    if ((repository.*text).empty()) return missing(name);
    before = repository;
    (repository.*text).clear();
    return {};
  }));
  return before;
}

}  // namespace

ActionResult EcrService::set_repository_policy(const Request& request) {
  const RepositoryName name = name_of(request);
  const std::string text = text_member(request.input, "policyText");
  PAWL_TRY(registry_->require(name));
  if (!is_policy(text)) {
    return invalid_parameter(
        "Invalid parameter at 'PolicyText' failed to satisfy constraint: "
        "'Invalid repository policy provided'");
  }
  PAWL_TRY(registry_->change(name, [&](Repository& repository) -> ApiResult<void> {
    repository.policy = text;
    return {};
  }));
  return aws::Output(std::move(policy_output(name, "policyText", text)).build());
}

ActionResult EcrService::get_repository_policy(const Request& request) {
  const RepositoryName name = name_of(request);
  const Repository repository = PAWL_TRY(registry_->require(name));
  if (repository.policy.empty()) return no_repository_policy(name);
  return aws::Output(std::move(policy_output(name, "policyText", repository.policy)).build());
}

ActionResult EcrService::delete_repository_policy(const Request& request) {
  const RepositoryName name = name_of(request);
  const Repository before =
      PAWL_TRY(take_text(*registry_, name, &Repository::policy, &no_repository_policy));
  return aws::Output(std::move(policy_output(name, "policyText", before.policy)).build());
}

ActionResult EcrService::put_lifecycle_policy(const Request& request) {
  const RepositoryName name = name_of(request);
  const std::string text = text_member(request.input, "lifecyclePolicyText");
  PAWL_TRY(registry_->require(name));
  PAWL_TRY(LifecyclePolicy::parse(text));
  PAWL_TRY(registry_->change(name, [&](Repository& repository) -> ApiResult<void> {
    repository.lifecycle_policy = text;
    return {};
  }));
  registry_->expire_soon(name);
  return aws::Output(std::move(policy_output(name, "lifecyclePolicyText", text)).build());
}

ActionResult EcrService::get_lifecycle_policy(const Request& request) {
  const RepositoryName name = name_of(request);
  const Repository repository = PAWL_TRY(registry_->require(name));
  if (repository.lifecycle_policy.empty()) return no_lifecycle_policy(name);
  ObjectBuilder out = policy_output(name, "lifecyclePolicyText", repository.lifecycle_policy);
  out.set("lastEvaluatedAt", seconds(repository.lifecycle_run_at));
  return aws::Output(std::move(out).build());
}

ActionResult EcrService::delete_lifecycle_policy(const Request& request) {
  const RepositoryName name = name_of(request);
  const Repository before =
      PAWL_TRY(take_text(*registry_, name, &Repository::lifecycle_policy, &no_lifecycle_policy));
  ObjectBuilder out = policy_output(name, "lifecyclePolicyText", before.lifecycle_policy);
  out.set("lastEvaluatedAt", seconds(before.lifecycle_run_at));
  return aws::Output(std::move(out).build());
}

ActionResult EcrService::start_lifecycle_policy_preview(const Request& request) {
  const RepositoryName name = name_of(request);
  std::string text = text_member(request.input, "lifecyclePolicyText");
  PAWL_TRY(registry_->change(name, [&](Repository& repository) -> ApiResult<void> {
    if (text.empty()) text = repository.lifecycle_policy;
    if (text.empty()) return no_lifecycle_policy(name);
    PAWL_TRY(LifecyclePolicy::parse(text));
    repository.preview_policy = text;
    return {};
  }));
  ObjectBuilder out = policy_output(name, "lifecyclePolicyText", text);
  out.set("status", Value("IN_PROGRESS"));
  return aws::Output(std::move(out).build());
}

ActionResult EcrService::get_lifecycle_policy_preview(const Request& request) {
  const RepositoryName name = name_of(request);
  const Repository repository = PAWL_TRY(registry_->require(name));
  if (repository.preview_policy.empty()) {
    return no_policy(name, "LifecyclePolicyPreviewNotFoundException", "Lifecycle policy preview");
  }
  const std::vector<Image> images = PAWL_TRY(registry_->images(name));
  std::vector<Value> list;
  for (const ExpiredImage& expired : registry_->preview(images, repository.preview_policy)) {
    ObjectBuilder action;
    action.set("type", Value("EXPIRE"));
    ObjectBuilder one;
    one.set("imageTags", json::texts_value(expired.image.tags))
        .set("imageDigest", Value(expired.image.digest))
        .set("imagePushedAt", seconds(expired.image.pushed_at))
        .set("action", std::move(action).build())
        .set("appliedRulePriority", Value(expired.rule_priority));
    list.push_back(std::move(one).build());
  }
  ObjectBuilder summary;
  summary.set("expiringImageTotalCount", Value(static_cast<int64_t>(list.size())));
  ObjectBuilder out = policy_output(name, "lifecyclePolicyText", repository.preview_policy);
  out.set("status", Value("COMPLETE"))
      .set("previewResults", Value::array(std::move(list)))
      .set("summary", std::move(summary).build());
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::ecr
