// SPDX-License-Identifier: Apache-2.0
// API DeleteFunction: the function, or one version of it.
#include <algorithm>

#include "services/lambda/invocation_checks.h"
#include "services/lambda/service.h"

namespace pawl::lambda {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

bool points_to(const Value& alias, std::string_view version) {
  if (text_member(alias, "FunctionVersion") == version) return true;
  const Value* routing = alias.find("RoutingConfig");
  const Value* weights = routing != nullptr ? routing->find("AdditionalVersionWeights") : nullptr;
  return weights != nullptr && weights->find(version) != nullptr;
}

}  // namespace

ApiResult<void> LambdaService::delete_version(const FunctionReference& reference,
                                              const FunctionRecord& record) {
  const FunctionKey& key = reference.key;
  if (reference.qualifier == kLatest) {
    return invalid_parameter("$LATEST version cannot be deleted without deleting the function.");
  }
  if (!is_version_number(reference.qualifier)) {
    return invalid_parameter("Deletion of aliases is not currently supported.");
  }
  std::string aliases;
  for (const Value& alias : PAWL_TRY(store_.aliases(key))) {
    if (!points_to(alias, reference.qualifier)) continue;
    aliases += (aliases.empty() ? "" : ", ") + text_member(alias, "Name");
  }
  if (!aliases.empty()) {
    return resource_conflict(
        "Unable to delete version because the following aliases reference it: [" + aliases + "]");
  }
  const std::optional<int64_t> number = version_number(reference.qualifier);
  const std::optional<Revision> version =
      number ? PAWL_TRY(store_.version(key, *number)) : std::nullopt;
  if (!version) return {};  // API DeleteFunction of a version that is not there: 204
  const std::vector<Revision> versions = PAWL_TRY(store_.versions(key));
  const bool is_shared = record.latest.code == version->code ||
                         std::count_if(versions.begin(), versions.end(), [&](const Revision& each) {
                           return each.code == version->code;
                         }) > 1;
  store::Batch batch;
  store_.erase_version(batch, key, *number);
  store_.erase_policy(batch, key, reference.qualifier);
  for (const FunctionPart part : {FunctionPart::EventInvokeConfig, FunctionPart::RuntimeManagement,
                                  FunctionPart::ProvisionedConcurrency}) {
    store_.erase_part(batch, key, part, reference.qualifier);
  }
  if (!is_shared) store_.erase_package(batch, key, version->code);
  PAWL_TRY_VOID(store_.commit(batch));
  invoker_->forget(key, {version->deployment});
  return {};
}

aws::ActionResult LambdaService::delete_function(const Request& request) {
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  const std::lock_guard lock(changing_);
  const FunctionRecord record = PAWL_TRY(require_function(reference.key, reference.key.arn()));
  if (!reference.qualifier.empty()) {
    PAWL_TRY_VOID(delete_version(reference, record));
  } else {
    std::vector<std::string> deployments = {record.latest.deployment};
    for (const Revision& version : PAWL_TRY(store_.versions(reference.key))) {
      deployments.push_back(version.deployment);
    }
    store::Batch batch;
    for (const auto& [qualifier, url] : PAWL_TRY(store_.parts(reference.key, FunctionPart::Url))) {
      resources_.erase_url(batch, text_member(url, "id"));
    }
    store_.erase(batch, reference.key);
    PAWL_TRY_VOID(store_.commit(batch));
    invoker_->forget(reference.key, deployments);
  }
  ObjectBuilder out;
  out.set("StatusCode", Value(204));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::lambda
