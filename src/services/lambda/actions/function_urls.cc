// SPDX-License-Identifier: Apache-2.0
// API Create-, Get-, Update-, DeleteFunctionUrlConfig, ListFunctionUrlConfigs. What answers the
// URLs is function_url.h.
#include "base/time.h"
#include "json/members.h"
#include "services/lambda/function_url.h"
#include "services/lambda/identifiers.h"
#include "services/lambda/paging.h"
#include "services/lambda/service.h"

namespace pawl::lambda {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr FunctionPart kPart = FunctionPart::Url;
constexpr size_t kIdCharacters = 32;

/// What is stored of a URL is what is shown but the URL itself, which depends on how we are called.
Value shown_url(const Value& stored, const FunctionReference& reference, const std::string& host) {
  const std::string id = text_member(stored, "id");
  return stored.without_member("id")
      .with_member("FunctionUrl", Value(function_url(id, reference.key.region, host)))
      .with_member("FunctionArn", Value(reference.arn()));
}

/// How we were called; by another service, without a host: our own address.
std::string own_host(const aws::Request& request,
                     const std::function<std::string()>& endpoint_url) {
  if (!request.host.empty() || !endpoint_url) return std::string(request.host);
  const std::string url = endpoint_url();
  const size_t scheme = url.find("://");
  return scheme == std::string::npos ? url : url.substr(scheme + 3);
}

aws::ApiError no_url() { return resource_not_found("The resource you requested does not exist."); }

aws::ApiResult<void> check_qualifier(const FunctionReference& reference) {
  if (reference.qualifier != kLatest && !is_version_number(reference.qualifier)) return {};
  return aws::validation_exception(
      "1 validation error detected: Value '" + reference.qualifier +
      "' at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression "
      "pattern: ((?!^\\d+$)^[0-9a-zA-Z-_]+$)");
}

Value cors_of(const Value& given) {
  ObjectBuilder out;
  for (const char* member : {"AllowCredentials", "AllowHeaders", "AllowMethods", "AllowOrigins",
                             "ExposeHeaders", "MaxAge"}) {
    if (const Value* value = member_of(given, member)) out.set(member, *value);
  }
  return std::move(out).build();
}

}  // namespace

aws::ActionResult LambdaService::create_url(const Request& request) {
  const Value& input = request.input;
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  PAWL_TRY_VOID(check_qualifier(reference));
  const std::lock_guard lock(changing_);
  if (!require_revision(reference)) return resource_not_found("Function does not exist");
  if (PAWL_TRY(store_.part(reference.key, kPart, reference.qualifier))) {
    return resource_conflict(
        "Failed to create function url config for [functionArn = " + reference.arn() +
        "]. Error message:  FunctionUrlConfig exists for this Lambda "
        "function");
  }
  const std::string id = random_lower_case(kIdCharacters);
  const std::string time = base::format_iso8601(now());
  const std::string mode = text_member(input, "InvokeMode");
  ObjectBuilder made;
  made.set("id", Value(id))
      .set("AuthType", *input.find("AuthType"))
      .set("CreationTime", Value(time))
      .set("LastModifiedTime", Value(time))
      .set("InvokeMode", Value(mode.empty() ? "BUFFERED" : mode));
  if (const Value* cors = member_of(input, "Cors")) made.set("Cors", cors_of(*cors));
  const Value config = std::move(made).build();
  store::Batch batch;
  store_.put_part(batch, reference.key, kPart, reference.qualifier, config);
  resources_.put_url(batch, id, reference);
  PAWL_TRY_VOID(store_.commit(batch));
  return aws::Output(shown_url(config, reference, own_host(request, options_.endpoint_url))
                         .without_member("LastModifiedTime"));
}

aws::ActionResult LambdaService::get_url(const Request& request) {
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  PAWL_TRY_VOID(check_qualifier(reference));
  const std::optional<Value> config =
      PAWL_TRY(store_.part(reference.key, kPart, reference.qualifier));
  if (!config) return no_url();
  return aws::Output(shown_url(*config, reference, own_host(request, options_.endpoint_url)));
}

aws::ActionResult LambdaService::update_url(const Request& request) {
  const Value& input = request.input;
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  PAWL_TRY_VOID(check_qualifier(reference));
  const std::lock_guard lock(changing_);
  std::optional<Value> config = PAWL_TRY(store_.part(reference.key, kPart, reference.qualifier));
  if (!config) return no_url();
  for (const char* member : {"AuthType", "InvokeMode"}) {
    if (const Value* given = member_of(input, member))
      *config = config->with_member(member, *given);
  }
  if (const Value* cors = member_of(input, "Cors")) {
    *config = config->with_member("Cors", cors_of(*cors));
  }
  *config = config->with_member("LastModifiedTime", Value(base::format_iso8601(now())));
  store::Batch batch;
  store_.put_part(batch, reference.key, kPart, reference.qualifier, *config);
  PAWL_TRY_VOID(store_.commit(batch));
  return aws::Output(shown_url(*config, reference, own_host(request, options_.endpoint_url)));
}

aws::ActionResult LambdaService::delete_url(const Request& request) {
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  PAWL_TRY_VOID(check_qualifier(reference));
  const std::lock_guard lock(changing_);
  const std::optional<Value> config =
      PAWL_TRY(store_.part(reference.key, kPart, reference.qualifier));
  if (!config) return no_url();
  store::Batch batch;
  store_.erase_part(batch, reference.key, kPart, reference.qualifier);
  resources_.erase_url(batch, text_member(*config, "id"));
  PAWL_TRY_VOID(store_.commit(batch));
  return aws::Output();
}

aws::ActionResult LambdaService::list_urls(const Request& request) {
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  if (!require_function(reference.key, "")) return resource_not_found("Function does not exist");
  std::vector<std::pair<std::string, Value>> items;
  for (const auto& [qualifier, config] : PAWL_TRY(store_.parts(reference.key, kPart))) {
    // An empty key would begin no page.
    items.emplace_back(qualifier + "\n", shown_url(config, {reference.key, qualifier},
                                                   own_host(request, options_.endpoint_url)));
  }
  return list_page(request, "URLs of " + reference.key.name, "FunctionUrlConfigs",
                   std::move(items));
}

}  // namespace pawl::lambda
