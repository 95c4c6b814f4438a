// SPDX-License-Identifier: Apache-2.0
// Stages of REST APIs, their settings by method, their canaries (Developer Guide "API Gateway
// canary release deployment"; API "Patch operations", "stage").
#include <algorithm>
#include <span>
#include <utility>

#include "json/members.h"
#include "services/apigateway/rest/rest_service.h"

namespace pawl::apigateway {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr std::string_view kCanary = "/canarySettings";
/// As AWS prints them, with the commas that it leaves out.
constexpr std::string_view kStagePaths =
    "/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, "
    "/accessLogSettings, /accessLogSettings/destinationArn, /accessLogSettings/format, "
    "/{resourcePath}/{httpMethod}/metrics/enabled, /{resourcePath}/{httpMethod}/logging/dataTrace, "
    "/{resourcePath}/{httpMethod}/logging/loglevel, "
    "/{resourcePath}/{httpMethod}/throttling/burstLimit"
    "/{resourcePath}/{httpMethod}/throttling/rateLimit"
    "/{resourcePath}/{httpMethod}/caching/ttlInSeconds, "
    "/{resourcePath}/{httpMethod}/caching/enabled, "
    "/{resourcePath}/{httpMethod}/caching/dataEncrypted, "
    "/{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl, "
    "/{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy, "
    "/*/*/metrics/enabled, /*/*/logging/dataTrace, /*/*/logging/loglevel, "
    "/*/*/throttling/burstLimit /*/*/throttling/rateLimit /*/*/caching/ttlInSeconds, "
    "/*/*/caching/enabled, /*/*/caching/dataEncrypted, "
    "/*/*/caching/requireAuthorizationForCacheControl, "
    "/*/*/caching/unauthorizedCacheControlHeaderStrategy, /variables/{variable_name}, "
    "/tracingEnabled";

/// The last two parts of a path, and the member of a MethodSetting.
constexpr std::pair<std::string_view, std::string_view> kMethodSettings[] = {
    {"metrics/enabled", "metricsEnabled"},
    {"logging/dataTrace", "dataTraceEnabled"},
    {"logging/loglevel", "loggingLevel"},
    {"throttling/burstLimit", "throttlingBurstLimit"},
    {"throttling/rateLimit", "throttlingRateLimit"},
    {"caching/ttlInSeconds", "cacheTtlInSeconds"},
    {"caching/enabled", "cachingEnabled"},
    {"caching/dataEncrypted", "cacheDataEncrypted"},
    {"caching/requireAuthorizationForCacheControl", "requireAuthorizationForCacheControl"},
    {"caching/unauthorizedCacheControlHeaderStrategy", "unauthorizedCacheControlHeaderStrategy"}};

ApiError invalid_stage_path(const PatchOperation& operation) {
  return rest_bad_request("Invalid method setting path: " + operation.path + ". Must be one of: [" +
                          std::string(kStagePaths) + "]");
}

Value default_setting() {
  ObjectBuilder out;
  out.set("metricsEnabled", Value(false))
      .set("dataTraceEnabled", Value(false))
      .set("throttlingBurstLimit", Value(5'000))
      .set("throttlingRateLimit", Value(10'000.0))
      .set("cachingEnabled", Value(false))
      .set("cacheTtlInSeconds", Value(300))
      .set("cacheDataEncrypted", Value(false))
      .set("requireAuthorizationForCacheControl", Value(true))
      .set("unauthorizedCacheControlHeaderStrategy", Value("SUCCEED_WITH_RESPONSE_HEADER"));
  return std::move(out).build();
}

/// "/~1pets/GET", "/a/b/GET" and "/*/*" are "pets/GET", "a/b/GET" and "*/*".
std::string setting_key(std::span<const std::string> tokens) {
  std::string key;
  for (const std::string& token : tokens) key += (key.empty() ? "" : "/") + token;
  return key.starts_with('/') ? key.substr(1) : key;
}

/// "/~1pets/GET/throttling/rateLimit" and "/*/*/logging/loglevel".
ApiResult<Value> patch_method_setting(const Value& stage, const PatchOperation& operation,
                                      const aws::Shape& shape) {
  const std::vector<std::string> tokens = operation.tokens();
  const Value settings = object_member(stage, "methodSettings");
  if (tokens.size() < 2) return invalid_stage_path(operation);
  const std::string name = tokens[tokens.size() - 2] + "/" + tokens[tokens.size() - 1];
  const auto* found = std::find_if(std::begin(kMethodSettings), std::end(kMethodSettings),
                                   [&](const auto& each) { return each.first == name; });
  if (found == std::end(kMethodSettings) || tokens.size() < 4) {
    if (operation.op != "remove") return invalid_stage_path(operation);
    const std::string key = setting_key(tokens);
    if (settings.find(key) == nullptr) {
      return rest_bad_request("Cannot remove method setting " + key +
                              " because there is no method setting for this method ");
    }
    return stage.with_member("methodSettings", settings.without_member(key));
  }
  const std::string key = setting_key(std::span(tokens).first(tokens.size() - 2));
  const Value* there = settings.find(key);
  const PatchOperation inner{operation.op == "remove" ? "remove" : "replace",
                             "/" + std::string(found->second), operation.value, "", true};
  const aws::Member* all = shape.find("methodSettings");
  if (all == nullptr) return invalid_stage_path(operation);
  const Value changed = PAWL_TRY(
      apply_patch(there == nullptr ? default_setting() : *there, inner, *all->shape->value.shape));
  return stage.with_member("methodSettings", settings.with_member(key, changed));
}

Value completed_canary(const Value& given, const std::string& deployment_id) {
  ObjectBuilder out;
  out.set("deploymentId",
          has_member(given, "deploymentId") ? *given.find("deploymentId") : Value(deployment_id))
      .set("percentTraffic", Value(find_number(given, "percentTraffic").value_or(0)))
      .set("useStageCache", Value(flag_member(given, "useStageCache")));
  if (has_member(given, "stageVariableOverrides")) {
    out.set("stageVariableOverrides", *given.find("stageVariableOverrides"));
  }
  return std::move(out).build();
}

/// "copy" takes what a canary has over into the stage.
ApiResult<Value> promoted(const Value& stage, const PatchOperation& operation) {
  const bool is_deployment =
      operation.path == "/deploymentId" && operation.from == "/canarySettings/deploymentId";
  const bool is_variables =
      operation.path == "/variables" && operation.from == "/canarySettings/stageVariableOverrides";
  if (!is_deployment && !is_variables) {
    return rest_bad_request(
        "Invalid copy operation with path: " + operation.path + " and from " + operation.from +
        ". Valid copy:path are [/deploymentId, /variables] and valid copy:from are "
        "[/canarySettings/deploymentId, /canarySettings/stageVariableOverrides]");
  }
  if (!has_member(stage, "canarySettings")) {
    return rest_bad_request("Promotion not available. Canary does not exist.");
  }
  const Value canary = object_member(stage, "canarySettings");
  if (is_deployment) return stage.with_member("deploymentId", *canary.find("deploymentId"));
  Value variables = object_member(stage, "variables");
  const Value overrides = object_member(canary, "stageVariableOverrides");
  for (const json::Member& each : overrides.members()) {
    variables = variables.with_member(each.name(), each.value);
  }
  return stage.with_member("variables", variables);
}

}  // namespace

Value new_stage_record(const std::string& name, int64_t now_s) {
  ObjectBuilder out;
  out.set("stageName", Value(name))
      .set("cacheClusterEnabled", Value(false))
      .set("cacheClusterStatus", Value("NOT_AVAILABLE"))
      .set("methodSettings", Value::object())
      .set("tracingEnabled", Value(false))
      .set("createdDate", Value(now_s))
      .set("lastUpdatedDate", Value(now_s));
  return std::move(out).build();
}

ApiResult<Value> RestApiService::need_stage(const Scope& scope, const std::string& api_id,
                                            const std::string& name) const {
  PAWL_TRY_VOID(need_api(scope, api_id));
  std::optional<Value> stage = PAWL_TRY(records_.find(scope, RecordKind::RestStage, api_id, name));
  if (stage) return *std::move(stage);
  return rest_not_found("Invalid stage identifier specified");
}

ActionResult RestApiService::create_stage(const aws::Request& request) {
  const Scope scope = rest_scope_of(request);
  const Value& input = request.input;
  const std::string api_id = text_member(input, "restApiId");
  const std::string name = text_member(input, "stageName");
  const bool is_name = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
  if (!is_name) {
    return rest_bad_request("Stage name only allows a-zA-Z0-9_");
  }
  const std::lock_guard lock(mutex_);
  PAWL_TRY_VOID(need_api(scope, api_id));
  if (PAWL_TRY(records_.find(scope, RecordKind::RestStage, api_id, name))) {
    return ApiError("ConflictException", "Stage already exists", 409);
  }
  const std::string deployment_id = text_member(input, "deploymentId");
  PAWL_TRY_VOID(need_deployment(scope, api_id, deployment_id));
  Value stage = new_stage_record(name, now_s());
  for (const json::Member& each : input.members()) {
    if (each.name() == "restApiId") continue;
    stage = stage.with_member(each.name(), each.value);
  }
  if (flag_member(input, "cacheClusterEnabled")) {
    stage = stage.with_member("cacheClusterStatus", Value("CREATE_IN_PROGRESS"));
  }
  if (has_member(input, "canarySettings")) {
    const Value canary = completed_canary(object_member(input, "canarySettings"), deployment_id);
    PAWL_TRY_VOID(need_deployment(scope, api_id, text_member(canary, "deploymentId")));
    stage = stage.with_member("canarySettings", canary);
  }
  if (object_member(stage, "tags").size() == 0) stage = stage.without_member("tags");
  store::Batch batch;
  records_.put(batch, scope, RecordKind::RestStage, api_id, name, stage);
  PAWL_TRY_VOID(commit(request, batch, stage));
  gateway_.forget(api_id);
  return stage;
}

ActionResult RestApiService::get_stage(const aws::Request& request) {
  return PAWL_TRY(need_stage(rest_scope_of(request), text_member(request.input, "restApiId"),
                             text_member(request.input, "stageName")));
}

ActionResult RestApiService::get_stages(const aws::Request& request) {
  const Scope scope = rest_scope_of(request);
  const std::string api_id = text_member(request.input, "restApiId");
  const std::string deployment = text_member(request.input, "deploymentId");
  PAWL_TRY_VOID(need_api(scope, api_id));
  std::vector<Value> stages = PAWL_TRY(records_.all(scope, RecordKind::RestStage, api_id));
  if (!deployment.empty()) {
    std::erase_if(stages, [&](const Value& stage) {
      return text_member(stage, "deploymentId") != deployment;
    });
  }
  ObjectBuilder out;
  out.set("item", Value::array(std::move(stages)));
  return std::move(out).build();
}

ApiResult<Value> RestApiService::patch_canary(const Scope& scope, const std::string& api_id,
                                              Value stage, PatchOperation operation,
                                              const aws::Shape& shape) const {
  if (operation.path == kCanary && operation.op == "remove") {
    return stage.without_member("canarySettings");
  }
  const std::string_view path = std::string_view(operation.path).substr(kCanary.size());
  const bool is_known = path == "/percentTraffic" || path == "/deploymentId" ||
                        path == "/useStageCache" || path.starts_with("/stageVariableOverrides/");
  if (operation.op != "replace") {
    if (is_known) {
      return rest_bad_request("Invalid " + operation.op +
                              " operation with path: " + operation.path);
    }
    return rest_bad_request("Cannot " + operation.op + " method setting " +
                            operation.path.substr(1) +
                            " because there is no method setting for this method ");
  }
  if (!is_known) return invalid_stage_path(operation);
  if (path == "/deploymentId") PAWL_TRY_VOID(need_deployment(scope, api_id, operation.value));
  stage = PAWL_TRY(apply_patch(stage, operation, shape));
  return stage.with_member(
      "canarySettings",
      completed_canary(object_member(stage, "canarySettings"), text_member(stage, "deploymentId")));
}

ApiResult<Value> RestApiService::patch_stage(const Scope& scope, const std::string& api_id,
                                             Value stage, const PatchOperation& operation,
                                             const aws::Shape& shape) const {
  if (operation.op == "copy") return promoted(stage, operation);
  if (operation.path.starts_with(kCanary)) {
    return patch_canary(scope, api_id, std::move(stage), operation, shape);
  }
  const std::vector<std::string> tokens = operation.tokens();
  constexpr std::string_view kPlain[] = {
      "deploymentId",     "description",         "cacheClusterEnabled",
      "cacheClusterSize", "clientCertificateId", "accessLogSettings",
      "variables",        "tracingEnabled",      "documentationVersion"};
  const bool is_plain =
      !tokens.empty() &&
      std::find(std::begin(kPlain), std::end(kPlain), tokens[0]) != std::end(kPlain) &&
      tokens.size() <= 2;
  if (!is_plain) return patch_method_setting(stage, operation, shape);
  if (tokens[0] == "deploymentId") PAWL_TRY_VOID(need_deployment(scope, api_id, operation.value));
  if (tokens[0] == "variables" && tokens.size() != 2) return invalid_stage_path(operation);
  return apply_patch(stage, operation, shape);
}

ActionResult RestApiService::update_stage(const aws::Request& request) {
  const Scope scope = rest_scope_of(request);
  const std::string api_id = text_member(request.input, "restApiId");
  const std::string name = text_member(request.input, "stageName");
  const std::lock_guard lock(mutex_);
  Value stage = PAWL_TRY(need_stage(scope, api_id, name));
  for (const PatchOperation& operation : read_patches(request.input)) {
    stage = PAWL_TRY(
        patch_stage(scope, api_id, std::move(stage), operation, *request.operation->output));
  }
  stage = stage.with_member("lastUpdatedDate", Value(now_s()));
  store::Batch batch;
  records_.put(batch, scope, RecordKind::RestStage, api_id, name, stage);
  PAWL_TRY_VOID(commit(request, batch, stage));
  gateway_.forget(api_id);
  return stage;
}

ActionResult RestApiService::delete_stage(const aws::Request& request) {
  const Scope scope = rest_scope_of(request);
  const std::string api_id = text_member(request.input, "restApiId");
  const std::string name = text_member(request.input, "stageName");
  const std::lock_guard lock(mutex_);
  PAWL_TRY_VOID(need_stage(scope, api_id, name));
  for (const Value& plan : PAWL_TRY(records_.all(scope, RecordKind::RestUsagePlan, ""))) {
    const Value stages = array_member(plan, "apiStages");
    for (const Value& each : stages.items()) {
      if (text_member(each, "apiId") == api_id && text_member(each, "stage") == name) {
        return rest_bad_request("Cannot delete stage '" + name + "', it is used by usage plan " +
                                text_member(plan, "id"));
      }
    }
  }
  store::Batch batch;
  records_.erase(batch, scope, RecordKind::RestStage, api_id, name);
  PAWL_TRY_VOID(commit(request, batch, Value::object()));
  gateway_.forget(api_id);
  return Value::object();
}

ActionResult RestApiService::flush_cache(const aws::Request& request) {
  PAWL_TRY_VOID(need_stage(rest_scope_of(request), text_member(request.input, "restApiId"),
                           text_member(request.input, "stageName")));
  gateway_.forget_decisions();
  return Value::object();
}

}  // namespace pawl::apigateway
