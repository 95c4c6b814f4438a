// SPDX-License-Identifier: Apache-2.0
// API Put-, Get-, DeleteProvisionedConcurrencyConfig, ListProvisionedConcurrencyConfigs. Kept and
// shown as AWS does; workers are started when they are needed, as they are without it.
#include "services/lambda/function_configuration.h"
#include "services/lambda/paging.h"
#include "services/lambda/service.h"

namespace pawl::lambda {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr FunctionPart kPart = FunctionPart::ProvisionedConcurrency;
constexpr int64_t kAccountMax = 1'000;
constexpr int64_t kUnreservedMin = 100;

aws::ApiError no_config() {
  aws::ApiError error("ProvisionedConcurrencyConfigNotFoundException",
                      "No Provisioned Concurrency Config found for this function", 404);
  error.members = error.members.with_member("Type", Value("User"));
  return error;
}

Value shown_config(const Value& stored, bool is_ready) {
  const Value& requested = *stored.find("requested");
  const Value allocated = is_ready ? requested : Value(0);
  ObjectBuilder out;
  out.set("RequestedProvisionedConcurrentExecutions", requested)
      .set("AvailableProvisionedConcurrentExecutions", allocated)
      .set("AllocatedProvisionedConcurrentExecutions", allocated)
      .set("Status", Value(is_ready ? "READY" : "IN_PROGRESS"))
      .set("LastModified", *stored.find("lastModified"));
  return std::move(out).build();
}

}  // namespace

/// A published version or an alias of one. Errors: InvalidParameterValueException for $LATEST.
ApiResult<FunctionReference> LambdaService::provisioned_target(const Request& request) const {
  FunctionReference reference = PAWL_TRY(function_reference(request));
  if (reference.qualifier_or_latest() == kLatest) {
    return invalid_parameter(
        "The function resource provided must be an alias or a published version.");
  }
  PAWL_TRY_VOID(require_function(reference.key, reference.arn()));
  if (!is_version_number(reference.qualifier) &&
      !PAWL_TRY(store_.alias(reference.key, reference.qualifier))) {
    return resource_not_found("Cannot find alias arn: " + reference.arn());
  }
  PAWL_TRY_VOID(require_revision(reference));
  return reference;
}

aws::ActionResult LambdaService::put_provisioned_concurrency(const Request& request) {
  FunctionReference reference = PAWL_TRY(function_reference(request));
  if (reference.qualifier_or_latest() == kLatest) {
    return invalid_parameter(
        "Provisioned Concurrency Configs cannot be applied to unpublished function versions.");
  }
  const std::lock_guard lock(changing_);
  reference = PAWL_TRY(provisioned_target(request));
  const Revision revision = PAWL_TRY(require_revision(reference));
  const FunctionRecord record = PAWL_TRY(require_function(reference.key, reference.arn()));
  int64_t requested = 0;
  request.input.find("ProvisionedConcurrentExecutions")->to_int64(requested);
  if (record.reserved_concurrency && requested > *record.reserved_concurrency) {
    return invalid_parameter(
        "Specified ConcurrentExecutions for function is greater than function's reserved "
        "concurrency.");
  }
  if (!record.reserved_concurrency && requested > kAccountMax - kUnreservedMin) {
    return invalid_parameter(
        "Specified ConcurrentExecutions for function decreases account's "
        "UnreservedConcurrentExecution below its minimum value of [100].");
  }
  const std::string version = revision.text("Version");
  for (const auto& [qualifier, config] : PAWL_TRY(store_.parts(reference.key, kPart))) {
    if (qualifier == reference.qualifier) continue;
    const bool is_alias = !is_version_number(qualifier);
    const Revision other = PAWL_TRY(require_revision({reference.key, qualifier}));
    if (other.text("Version") != version) continue;
    return resource_conflict(
        is_alias ? "Version is pointed to by a Provisioned Concurrency alias"
                 : "Alias can't be used for Provisioned Concurrency configuration on an already "
                   "Provisioned version");
  }
  ObjectBuilder made;
  made.set("requested", Value(requested)).set("lastModified", Value(last_modified_text(now())));
  const Value config = std::move(made).build();
  store::Batch batch;
  store_.put_part(batch, reference.key, kPart, reference.qualifier, config);
  PAWL_TRY_VOID(store_.commit(batch));
  return aws::Output(shown_config(config, false));
}

aws::ActionResult LambdaService::get_provisioned_concurrency(const Request& request) {
  const FunctionReference reference = PAWL_TRY(provisioned_target(request));
  const std::optional<Value> config =
      PAWL_TRY(store_.part(reference.key, kPart, reference.qualifier));
  if (!config) return no_config();
  return aws::Output(shown_config(*config, true));
}

aws::ActionResult LambdaService::delete_provisioned_concurrency(const Request& request) {
  const std::lock_guard lock(changing_);
  const FunctionReference reference = PAWL_TRY(provisioned_target(request));
  store::Batch batch;
  store_.erase_part(batch, reference.key, kPart, reference.qualifier);
  PAWL_TRY_VOID(store_.commit(batch));
  return aws::Output();
}

aws::ActionResult LambdaService::list_provisioned_concurrency(const Request& request) {
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  PAWL_TRY_VOID(require_function(reference.key, reference.arn()));
  std::vector<std::pair<std::string, Value>> items;
  for (const auto& [qualifier, config] : PAWL_TRY(store_.parts(reference.key, kPart))) {
    items.emplace_back(
        qualifier,
        shown_config(config, true).with_member("FunctionArn", Value(reference.key.arn(qualifier))));
  }
  return list_page(request, "provisioned concurrency of " + reference.key.name,
                   "ProvisionedConcurrencyConfigs", std::move(items));
}

}  // namespace pawl::lambda
