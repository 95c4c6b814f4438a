// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/service.h"

#include <utility>

#include "services/lambda/function_configuration.h"
#include "services/lambda/identifiers.h"
#include "services/lambda/invocation_checks.h"

namespace pawl::lambda {

using aws::ApiResult;
using json::Value;

base::Result<std::unique_ptr<LambdaService>> LambdaService::open(store::Store& store,
                                                                 Options options) {
  const FunctionStore functions = PAWL_TRY(FunctionStore::open(store));
  Invoker::Options invoker;
  invoker.runtime = std::move(options.runtime);
  if (!options.data_folder.empty()) invoker.code_folder = options.data_folder + "/lambda-code";
  invoker.concurrency_max = options.concurrency_max;
  invoker.now = options.now;
  auto opened = PAWL_TRY(Invoker::open(store, functions, std::move(invoker)));
  return std::unique_ptr<LambdaService>(
      new LambdaService(functions, std::move(opened), std::move(options.now)));
}

void LambdaService::bind(aws::ActionTable& table) {
  table.on("CreateFunction", &LambdaService::create_function);
  table.on("DeleteFunction", &LambdaService::delete_function);
  table.on("GetFunction", &LambdaService::get_function);
  table.on("GetFunctionConfiguration", &LambdaService::get_function_configuration);
  table.on("UpdateFunctionCode", &LambdaService::update_function_code);
  table.on("UpdateFunctionConfiguration", &LambdaService::update_function_configuration);
  table.on("ListFunctions", &LambdaService::list_functions);
  table.on("PublishVersion", &LambdaService::publish_version);
  table.on("ListVersionsByFunction", &LambdaService::list_versions);
  table.on("CreateAlias", &LambdaService::create_alias);
  table.on("GetAlias", &LambdaService::get_alias);
  table.on("UpdateAlias", &LambdaService::update_alias);
  table.on("DeleteAlias", &LambdaService::delete_alias);
  table.on("ListAliases", &LambdaService::list_aliases);
  table.on_async("Invoke", &LambdaService::invoke_function);
  table.on("TagResource", &LambdaService::tag_resource);
  table.on("UntagResource", &LambdaService::untag_resource);
  table.on("ListTags", &LambdaService::list_tags);
  table.on("PutFunctionConcurrency", &LambdaService::put_concurrency);
  table.on("GetFunctionConcurrency", &LambdaService::get_concurrency);
  table.on("DeleteFunctionConcurrency", &LambdaService::delete_concurrency);
  table.on("AddPermission", &LambdaService::add_permission);
  table.on("GetPolicy", &LambdaService::get_policy);
  table.on("RemovePermission", &LambdaService::remove_permission);
  table.on("GetAccountSettings", &LambdaService::get_account_settings);
}

ApiResult<FunctionRecord> LambdaService::require_function(const FunctionKey& key,
                                                          const std::string& arn) const {
  std::optional<FunctionRecord> record = PAWL_TRY(store_.function(key));
  if (!record) return function_not_found(arn);
  return *std::move(record);
}

ApiResult<Revision> LambdaService::require_revision(const FunctionReference& reference) const {
  FunctionRecord record = PAWL_TRY(require_function(reference.key, reference.arn()));
  if (reference.qualifier_or_latest() == kLatest) return std::move(record.latest);
  std::string version = reference.qualifier;
  if (!is_version_number(version)) {
    const std::optional<Value> alias = PAWL_TRY(store_.alias(reference.key, version));
    if (!alias) return function_not_found(reference.arn());
    version = text_member(*alias, "FunctionVersion");
    if (version == kLatest) return std::move(record.latest);
  }
  const std::optional<int64_t> number = version_number(version);
  std::optional<Revision> revision =
      number ? PAWL_TRY(store_.version(reference.key, *number)) : std::nullopt;
  if (!revision) return function_not_found(reference.arn());
  return *std::move(revision);
}

ApiResult<Revision> LambdaService::publish(store::Batch& batch, const FunctionKey& key,
                                           FunctionRecord& record, const Value* description) const {
  const std::string made_from = fingerprint(record.latest);
  if (record.published_fingerprint == made_from) {
    // API PublishVersion: "Lambda doesn't publish a version if the function's configuration and
    // code haven't changed since the last version."
    std::optional<Revision> same = PAWL_TRY(store_.version(key, record.versions_published));
    if (same) return *std::move(same);
  }
  ++record.versions_published;
  record.published_fingerprint = made_from;
  Revision version = record.latest;
  version.deployment = new_uuid();
  version.set("Version", Value(std::to_string(record.versions_published)));
  if (description != nullptr) version.set("Description", *description);
  version.set("RevisionId", Value(new_uuid()));
  store_.put_version(batch, key, record.versions_published, version);
  return version;
}

std::string text_member(const Value& input, std::string_view name) {
  const Value* found = input.find(name);
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

const Value* member_of(const Value& input, std::string_view name) {
  const Value* found = input.find(name);
  return found == nullptr || found->is_null() ? nullptr : found;
}

ApiResult<void> check_revision_id(const Value& input, std::string_view current,
                                  std::string_view operation) {
  const std::string wanted = text_member(input, "RevisionId");
  if (wanted.empty() || wanted == current) return {};
  return precondition_failed(
      "The Revision Id provided does not match the latest Revision Id. Call the " +
      std::string(operation) + " API to retrieve the latest Revision Id");
}

}  // namespace pawl::lambda
