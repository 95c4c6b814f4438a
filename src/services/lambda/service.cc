// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/service.h"

#include <utility>

#include "base/assert.h"
#include "services/lambda/function_configuration.h"
#include "services/lambda/identifiers.h"
#include "services/lambda/invocation_checks.h"
#include "services/lambda/vpc_lookup.h"

namespace pawl::lambda {

using aws::ApiResult;
using json::Value;

base::Result<std::unique_ptr<LambdaService>> LambdaService::open(store::Store& store,
                                                                 Options options) {
  PAWL_ASSERT(options.loop != nullptr && options.caller != nullptr);
  const FunctionStore functions = PAWL_TRY(FunctionStore::open(store));
  const ResourceStore resources = PAWL_TRY(ResourceStore::open(store));
  Invoker::Options invoker;
  invoker.runtime = options.runtime;
  invoker.runtime.is_strict = true;
  invoker.runtime.endpoint_url = options.endpoint_url;
  if (!options.data_folder.empty()) {
    invoker.code_folder = options.data_folder + "/lambda-code";
    invoker.runtime.hidden_folder = options.data_folder;
  }
  invoker.concurrency_max = options.concurrency_max;
  invoker.loop = options.loop;
  invoker.caller = options.caller;
  invoker.syncs = options.syncs;
  invoker.images = options.images;
  invoker.failed = options.letter_lost;
  std::unique_ptr<LambdaService> service(
      new LambdaService(functions, resources, std::move(options)));
  if (!invoker.runtime.log) {
    invoker.runtime.log = [logs = service->logs_.get()](
                              const FunctionConfig& function, const std::string& stream,
                              std::string_view line) { logs->append(function, stream, line); };
  }
  service->invoker_ = PAWL_TRY(Invoker::open(store, functions, std::move(invoker)));
  EventSources::Options sources;
  sources.loop = service->options_.loop;
  sources.caller = service->options_.caller;
  sources.invoke = [invoker = service->invoker_.get()](InvokeCall call, Invoker::Done done) {
    invoker->invoke(std::move(call), std::move(done));
  };
  service->event_sources_ = PAWL_TRY(EventSources::open(store, resources, std::move(sources)));
  return service;
}

LambdaService::LambdaService(FunctionStore store, ResourceStore resources, Options options)
    : store_(store),
      resources_(resources),
      options_(std::move(options)),
      logs_(std::make_unique<FunctionLogs>(*options_.loop, *options_.caller)) {}

LambdaService::~LambdaService() = default;

void LambdaService::run() {
  logs_->begin();
  invoker_->begin();
  event_sources_->begin();
}

void LambdaService::bind(aws::ActionTable& table) {
  bind_functions(table);
  bind_settings(table);
  bind_resources(table);
}

void LambdaService::bind_functions(aws::ActionTable& table) {
  table.on_async("CreateFunction", [this](aws::Request request, aws::Reply reply) {
    with_vpc(*options_.caller, std::move(request), std::move(reply),
             [this](aws::Request each, aws::Reply to) {
               create_function(std::move(each), std::move(to));
             });
  });
  table.on_write("DeleteFunction", &LambdaService::delete_function);
  table.on("GetFunction", &LambdaService::get_function);
  table.on("GetFunctionConfiguration", &LambdaService::get_function_configuration);
  table.on_async("UpdateFunctionCode", &LambdaService::update_function_code);
  table.on_async("UpdateFunctionConfiguration", [this](aws::Request request, aws::Reply reply) {
    with_vpc(*options_.caller, std::move(request), std::move(reply),
             [this](const aws::Request& each, aws::Reply to) {
               aws::ActionResult updated = update_function_configuration(each);
               if (updated) updated->after_sync = true;
               to(std::move(updated));
             });
  });
  table.on("ListFunctions", &LambdaService::list_functions);
  table.on_write("PublishVersion", &LambdaService::publish_version);
  table.on("ListVersionsByFunction", &LambdaService::list_versions);
  table.on_write("CreateAlias", &LambdaService::create_alias);
  table.on("GetAlias", &LambdaService::get_alias);
  table.on_write("UpdateAlias", &LambdaService::update_alias);
  table.on_write("DeleteAlias", &LambdaService::delete_alias);
  table.on("ListAliases", &LambdaService::list_aliases);
  table.on_async("Invoke", &LambdaService::invoke_function);
  table.on_async("InvokeAsync", &LambdaService::invoke_async);
  table.on_async("InvokeWithResponseStream", &LambdaService::invoke_with_stream);
  table.on_write("TagResource", &LambdaService::tag_resource);
  table.on_write("UntagResource", &LambdaService::untag_resource);
  table.on("ListTags", &LambdaService::list_tags);
  table.on_write("AddPermission", &LambdaService::add_permission);
  table.on("GetPolicy", &LambdaService::get_policy);
  table.on_write("RemovePermission", &LambdaService::remove_permission);
  table.on("GetAccountSettings", &LambdaService::get_account_settings);
}

void LambdaService::bind_settings(aws::ActionTable& table) {
  table.on_write("PutFunctionConcurrency", &LambdaService::put_concurrency);
  table.on("GetFunctionConcurrency", &LambdaService::get_concurrency);
  table.on_write("DeleteFunctionConcurrency", &LambdaService::delete_concurrency);
  table.on_write("PutProvisionedConcurrencyConfig", &LambdaService::put_provisioned_concurrency);
  table.on("GetProvisionedConcurrencyConfig", &LambdaService::get_provisioned_concurrency);
  table.on_write("DeleteProvisionedConcurrencyConfig",
                 &LambdaService::delete_provisioned_concurrency);
  table.on("ListProvisionedConcurrencyConfigs", &LambdaService::list_provisioned_concurrency);
  table.on_write("PutFunctionEventInvokeConfig", &LambdaService::put_event_invoke_config);
  table.on_write("UpdateFunctionEventInvokeConfig", &LambdaService::update_event_invoke_config);
  table.on("GetFunctionEventInvokeConfig", &LambdaService::get_event_invoke_config);
  table.on_write("DeleteFunctionEventInvokeConfig", &LambdaService::delete_event_invoke_config);
  table.on("ListFunctionEventInvokeConfigs", &LambdaService::list_event_invoke_configs);
  table.on_write("PutFunctionRecursionConfig", &LambdaService::put_recursion_config);
  table.on("GetFunctionRecursionConfig", &LambdaService::get_recursion_config);
  table.on_write("PutRuntimeManagementConfig", &LambdaService::put_runtime_management);
  table.on("GetRuntimeManagementConfig", &LambdaService::get_runtime_management);
  table.on_write("PutFunctionScalingConfig", &LambdaService::put_scaling_config);
  table.on("GetFunctionScalingConfig", &LambdaService::get_scaling_config);
}

void LambdaService::bind_resources(aws::ActionTable& table) {
  table.on_async("PublishLayerVersion", &LambdaService::publish_layer);
  table.on("GetLayerVersion", &LambdaService::get_layer);
  table.on("GetLayerVersionByArn", &LambdaService::get_layer_by_arn);
  table.on_write("DeleteLayerVersion", &LambdaService::delete_layer);
  table.on("ListLayers", &LambdaService::list_layers);
  table.on("ListLayerVersions", &LambdaService::list_layer_versions);
  table.on_write("AddLayerVersionPermission", &LambdaService::add_layer_permission);
  table.on("GetLayerVersionPolicy", &LambdaService::get_layer_policy);
  table.on_write("RemoveLayerVersionPermission", &LambdaService::remove_layer_permission);
  table.on_write("CreateFunctionUrlConfig", &LambdaService::create_url);
  table.on("GetFunctionUrlConfig", &LambdaService::get_url);
  table.on_write("UpdateFunctionUrlConfig", &LambdaService::update_url);
  table.on_write("DeleteFunctionUrlConfig", &LambdaService::delete_url);
  table.on("ListFunctionUrlConfigs", &LambdaService::list_urls);
  table.on_async("CreateEventSourceMapping", &LambdaService::create_event_source);
  table.on("GetEventSourceMapping", &LambdaService::get_event_source);
  table.on_write("UpdateEventSourceMapping", &LambdaService::update_event_source);
  table.on_write("DeleteEventSourceMapping", &LambdaService::delete_event_source);
  table.on("ListEventSourceMappings", &LambdaService::list_event_sources);
  table.on_write("CreateCodeSigningConfig", &LambdaService::create_code_signing_config);
  table.on_write("UpdateCodeSigningConfig", &LambdaService::update_code_signing_config);
  table.on("GetCodeSigningConfig", &LambdaService::get_code_signing_config);
  table.on_write("DeleteCodeSigningConfig", &LambdaService::delete_code_signing_config);
  table.on("ListCodeSigningConfigs", &LambdaService::list_code_signing_configs);
  table.on("ListFunctionsByCodeSigningConfig",
           &LambdaService::list_functions_by_code_signing_config);
  table.on_write("PutFunctionCodeSigningConfig", &LambdaService::put_function_code_signing);
  table.on("GetFunctionCodeSigningConfig", &LambdaService::get_function_code_signing);
  table.on_write("DeleteFunctionCodeSigningConfig", &LambdaService::delete_function_code_signing);
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
  version.settling_revision_id.clear();
  if (const Value* snap = version.configuration.find("SnapStart");
      snap != nullptr && text_member(*snap, "ApplyOn") == "PublishedVersions") {
    version.set("SnapStart", snap->with_member("OptimizationStatus", Value("On")));
  }
  version.set("Version", Value(std::to_string(record.versions_published)));
  if (description != nullptr) version.set("Description", *description);
  version.set("RevisionId", Value(new_uuid()));
  store_.put_version(batch, key, record.versions_published, version);
  return version;
}

ResourceScope scope_of(const aws::Request& request) {
  return {request.account_id(), request.region};
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
