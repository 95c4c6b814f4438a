// SPDX-License-Identifier: Apache-2.0
// AWS::ApiGateway::RestApi, Resource, Method, Deployment, Stage: what a REST API is made of. What
// may stand beside it: apigateway_parts.cc.
#include <algorithm>

#include "json/members.h"
#include "services/cloudformation/types/apigateway.h"
#include "services/cloudformation/types/handler_steps.h"
#include "services/cloudformation/types/rest_patch.h"

#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {

using aws::ApiResult;
using json::Value;

namespace {

constexpr std::string_view kService = "apigateway";
constexpr size_t kApiNameMax = 128;

constexpr std::string_view kRestApi = "AWS::ApiGateway::RestApi";
constexpr std::string_view kStage = "AWS::ApiGateway::Stage";

using Outcome = ApiResult<Progress>;

std::string api_of(const ResourceRequest& request) {
  return scalar_text(request.properties, "RestApiId");
}

// AWS::ApiGateway::RestApi

Value rest_api_attributes(const Value& api) {
  return Value::object(
      {{"RestApiId", json::member_of(api, "id") != nullptr ? *api.find("id") : Value()},
       {"RootResourceId", Value(json::text_member(api, "rootResourceId"))}});
}

ApiResult<Value> rest_api_attributes_of(StackCalls& calls, const std::string& id) {
  const Value api =
      PAWL_TRY(calls.call(kService, "GetRestApi", Value::object({{"restApiId", Value(id)}})));
  if (!json::text_member(api, "rootResourceId").empty()) return rest_api_attributes(api);
  const Value resources =
      PAWL_TRY(calls.call(kService, "GetResources", Value::object({{"restApiId", Value(id)}})));
  std::string root;
  for (const Value& each : json::items_member(resources, "items")) {
    if (json::text_member(each, "path") == "/") root = json::text_member(each, "id");
  }
  return Value::object({{"RestApiId", Value(id)}, {"RootResourceId", Value(root)}});
}

/// What an OpenAPI document does not say, in the operation's shape.
Value rest_api_settings(StackCalls& calls, const ResourceRequest& request,
                        const Value& properties) {
  Value given = without(properties,
                        {"Body", "BodyS3Location", "Tags", "Mode", "FailOnWarnings", "Parameters"});
  const Value policy = property(given, "Policy");
  if (!policy.is_null())
    given = given.with_member("Policy", Value(policy_text(request.environment, policy)));
  // The import's parameter says the same, as SAM writes it.
  const std::string type =
      scalar_text(property(properties, "Parameters"), "endpointConfigurationTypes");
  if (!type.empty() && !json::has_member(given, "EndpointConfiguration")) {
    given = given.with_member("EndpointConfiguration",
                              Value::object({{"Types", Value::array({Value(type)})}}));
  }
  return calls.shape(kService, "CreateRestApi", given);
}

Value import_input(const ResourceRequest& request, const OpenApiText& body) {
  Value input =
      Value::object({{"body", Value(body.base64())},
                     {"failOnWarnings", Value(is_true(request.properties, "FailOnWarnings"))}});
  const Value parameters = property(request.properties, "Parameters");
  if (parameters.is_object() && parameters.size() > 0)
    input = input.with_member("parameters", parameters);
  return input;
}

ApiResult<void> patch_rest_api(StackCalls& calls, const std::string& id, PatchList patches) {
  if (patches.empty()) return {};
  PAWL_TRY_VOID(calls.call(
      kService, "UpdateRestApi",
      Value::object({{"restApiId", Value(id)}, {"patchOperations", std::move(patches).build()}})));
  return {};
}

Outcome create_rest_api(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(refuse_properties(kRestApi, request.properties, {"CloneFrom"}));
  Value settings = rest_api_settings(calls, request, request.properties);
  const bool is_imported = has_openapi(request);
  if (may_be_made(request)) {
    const std::string own = PAWL_TRY(rest_made_before(calls, request, "GetRestApis"));
    if (!own.empty()) return made(own);
  }
  if (!goes_on(request) && is_imported) {
    const std::optional<OpenApiText> body = PAWL_TRY(openapi_of(calls, request));
    const Value input = import_input(request, body.value_or(OpenApiText{}));
    return made(json::text_member(PAWL_TRY(calls.call(kService, "ImportRestApi", input)), "id"));
  }
  if (!goes_on(request)) {
    if (json::text_member(settings, "name").empty())
      settings = settings.with_member("name", Value(request.generated_name(kApiNameMax)));
    const Value tags = tag_map(desired_tags(kRestApi, request));
    if (tags.size() > 0) settings = settings.with_member("tags", tags);
    return made(json::text_member(PAWL_TRY(calls.call(kService, "CreateRestApi", settings)), "id"));
  }
  const std::string& id = request.physical_id;
  if (is_imported) {
    PatchList patches;
    patches.add_changes("", Value::object(), settings);
    PAWL_TRY_VOID(patch_rest_api(calls, id, std::move(patches)));
    PAWL_TRY_VOID(
        set_tags(calls, kRestApi, request, kRestTags, rest_arn(request, "/restapis/" + id)));
  }
  return Progress::done(id, PAWL_TRY(rest_api_attributes_of(calls, id)));
}

Outcome update_rest_api(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(refuse_properties(kRestApi, request.properties, {"CloneFrom"}));
  const std::string& id = request.physical_id;
  if (any_differs(request, {"Body", "BodyS3Location", "Parameters"})) {
    if (const std::optional<OpenApiText> body = PAWL_TRY(openapi_of(calls, request))) {
      const std::string mode = scalar_text(request.properties, "Mode");
      PAWL_TRY_VOID(calls.call(kService, "PutRestApi",
                               import_input(request, *body)
                                   .with_member("restApiId", Value(id))
                                   .with_member("mode", Value(mode.empty() ? "overwrite" : mode))));
    }
  }
  PatchList patches;
  const Value after = rest_api_settings(calls, request, request.properties);
  Value before = rest_api_settings(calls, request, request.previous);
  // A name that is taken away stays: there is no API without one.
  if (after.find("name") == nullptr) before = without(before, {"name"});
  patches.add_changes("", before, after);
  PAWL_TRY_VOID(patch_rest_api(calls, id, std::move(patches)));
  PAWL_TRY_VOID(
      change_tags(calls, kRestApi, request, kRestTags, rest_arn(request, "/restapis/" + id)));
  return Progress::done(id, PAWL_TRY(rest_api_attributes_of(calls, id)));
}

Outcome remove_rest_api(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_unless_absent(calls, kService, "DeleteRestApi",
                                   Value::object({{"restApiId", Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

// AWS::ApiGateway::Resource

Progress resource_done(const std::string& id) {
  return Progress::done(id, Value::object({{"ResourceId", Value(id)}}));
}

Outcome create_resource(StackCalls& calls, const ResourceRequest& request) {
  const Value answer =
      PAWL_TRY(call_to_create(calls, request, kService, "CreateResource",
                              calls.shape(kService, "CreateResource", request.properties)));
  if (!answer.is_null()) return resource_done(json::text_member(answer, "id"));
  // By an earlier call: the one of that name below that parent.
  constexpr int kPageMax = 500;
  const Value listed = PAWL_TRY(calls.call(
      kService, "GetResources",
      Value::object({{"restApiId", Value(api_of(request))}, {"limit", Value(kPageMax)}})));
  std::string id;
  for (const Value& each : json::items_member(listed, "items")) {
    if (json::text_member(each, "parentId") == scalar_text(request.properties, "ParentId") &&
        json::text_member(each, "pathPart") == scalar_text(request.properties, "PathPart"))
      id = json::text_member(each, "id");
  }
  return resource_done(id);
}

Outcome remove_resource(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_unless_absent(calls, kService, "DeleteResource",
                                   Value::object({{"restApiId", Value(api_of(request))},
                                                  {"resourceId", Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

// AWS::ApiGateway::Method

Value method_place(const Value& properties) {
  return Value::object({{"restApiId", Value(scalar_text(properties, "RestApiId"))},
                        {"resourceId", Value(scalar_text(properties, "ResourceId"))},
                        {"httpMethod", Value(scalar_text(properties, "HttpMethod"))}});
}

/// A method's or an integration's responses by their status.
Value response_of(const Value& owner, std::string_view list, const std::string& status) {
  for (const Value& each : json::items_member(owner, list)) {
    if (scalar_text(each, "StatusCode") == status) return each;
  }
  return {};
}

/// Puts the responses that are new or changed, deletes those that are gone.
ApiResult<void> put_responses(StackCalls& calls, const ResourceRequest& request,
                              std::string_view noun, std::string_view list, const Value& before,
                              const Value& after) {
  const Value place = method_place(request.properties);
  const std::string put = "Put" + std::string(noun);
  const std::string remove = "Delete" + std::string(noun);
  for (const Value& old : json::items_member(before, list)) {
    const std::string status = scalar_text(old, "StatusCode");
    if (response_of(after, list, status) == old) continue;
    PAWL_TRY_VOID(call_unless_absent(calls, kService, remove,
                                     place.with_member("statusCode", Value(status))));
  }
  for (const Value& next : json::items_member(after, list)) {
    const std::string status = scalar_text(next, "StatusCode");
    if (response_of(before, list, status) == next) continue;
    PAWL_TRY_VOID(call_to_create(calls, request, kService, put,
                                 merged(calls.shape(kService, put, next), place)));
  }
  return {};
}

ApiResult<void> put_integration(StackCalls& calls, const ResourceRequest& request,
                                const Value& before, const Value& after) {
  const Value place = method_place(request.properties);
  if (after.is_null()) {
    if (before.is_null()) return {};
    PAWL_TRY_VOID(call_unless_absent(calls, kService, "DeleteIntegration", place));
    return {};
  }
  const Value own = without(after, {"IntegrationResponses"});
  if (before.is_null() || !(without(before, {"IntegrationResponses"}) == own)) {
    PAWL_TRY_VOID(calls.call(kService, "PutIntegration",
                             merged(calls.shape(kService, "PutIntegration", own), place)));
  }
  return put_responses(calls, request, "IntegrationResponse", "IntegrationResponses", before,
                       after);
}

/// The method itself, in PutMethod's shape, without its place.
Value method_settings(StackCalls& calls, const Value& properties) {
  const Value shaped = without(calls.shape(kService, "PutMethod", properties),
                               {"restApiId", "resourceId", "httpMethod"});
  return shaped.find("authorizationType") != nullptr
             ? shaped
             : shaped.with_member("authorizationType", Value("NONE"));
}

Outcome create_method(StackCalls& calls, const ResourceRequest& request) {
  const std::string id = api_of(request) + "|" + scalar_text(request.properties, "ResourceId") +
                         "|" + scalar_text(request.properties, "HttpMethod");
  if (!goes_on(request)) {
    PAWL_TRY_VOID(call_to_create(
        calls, request, kService, "PutMethod",
        merged(method_settings(calls, request.properties), method_place(request.properties))));
    return made(id);
  }
  PAWL_TRY_VOID(
      put_responses(calls, request, "MethodResponse", "MethodResponses", {}, request.properties));
  PAWL_TRY_VOID(put_integration(calls, request, {}, property(request.properties, "Integration")));
  return Progress::done(id);
}

Outcome update_method(StackCalls& calls, const ResourceRequest& request) {
  PatchList patches;
  patches.add_changes("", method_settings(calls, request.previous),
                      method_settings(calls, request.properties));
  if (!patches.empty()) {
    PAWL_TRY_VOID(calls.call(kService, "UpdateMethod",
                             method_place(request.properties)
                                 .with_member("patchOperations", std::move(patches).build())));
  }
  // Responses of an integration need those of the method: these come first, and go last.
  PAWL_TRY_VOID(put_responses(calls, request, "MethodResponse", "MethodResponses", request.previous,
                              request.properties));
  PAWL_TRY_VOID(put_integration(calls, request, property(request.previous, "Integration"),
                                property(request.properties, "Integration")));
  return Progress::done(request.physical_id);
}

Outcome remove_method(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(
      call_unless_absent(calls, kService, "DeleteMethod", method_place(request.properties)));
  return Progress::done(request.physical_id);
}

// AWS::ApiGateway::Stage; the settings of a Deployment's stage are the same

constexpr std::pair<std::string_view, std::string_view> kMethodSettings[] = {
    {"MetricsEnabled", "metrics/enabled"},
    {"DataTraceEnabled", "logging/dataTrace"},
    {"LoggingLevel", "logging/loglevel"},
    {"ThrottlingBurstLimit", "throttling/burstLimit"},
    {"ThrottlingRateLimit", "throttling/rateLimit"},
    {"CachingEnabled", "caching/enabled"},
    {"CacheTtlInSeconds", "caching/ttlInSeconds"},
    {"CacheDataEncrypted", "caching/dataEncrypted"}};

/// "/*/*", "/~1pets/GET".
std::string setting_path(const Value& setting) {
  std::string resource = scalar_text(setting, "ResourcePath");
  std::string method = scalar_text(setting, "HttpMethod");
  if (resource.empty() || resource == "/*") resource = "*";
  if (method.empty()) method = "*";
  return PatchList::child(PatchList::child("", resource), method);
}

void add_method_settings(PatchList& patches, const Value& before, const Value& after) {
  const auto find = [](const Value& owner, const std::string& path) {
    for (const Value& each : json::items_member(owner, "MethodSettings")) {
      if (setting_path(each) == path) return each;
    }
    return Value();
  };
  for (const Value& old : json::items_member(before, "MethodSettings")) {
    const std::string path = setting_path(old);
    if (!(find(after, path) == old)) patches.remove(path);
  }
  for (const Value& next : json::items_member(after, "MethodSettings")) {
    const std::string path = setting_path(next);
    if (find(before, path) == next) continue;
    for (const auto& [name, end] : kMethodSettings) {
      const std::string value = scalar_text(next, name);
      if (!value.empty()) patches.replace(path + "/" + std::string(end), value);
    }
  }
}

/// What UpdateStage takes of the settings, in its paths' shape.
Value stage_settings(const Value& properties) {
  Value out = Value::object();
  const std::pair<std::string_view, std::string_view> names[] = {
      {"DeploymentId", "deploymentId"},
      {"Description", "description"},
      {"CacheClusterEnabled", "cacheClusterEnabled"},
      {"CacheClusterSize", "cacheClusterSize"},
      {"ClientCertificateId", "clientCertificateId"},
      {"DocumentationVersion", "documentationVersion"},
      {"TracingEnabled", "tracingEnabled"}};
  for (const auto& [from, to] : names) {
    const std::string text = scalar_text(properties, from);
    if (!text.empty()) out = out.with_member(to, Value(text));
  }
  if (const Value variables = property(properties, "Variables"); variables.is_object())
    out = out.with_member("variables", variables);
  if (const Value log = property(properties, "AccessLogSetting"); log.is_object()) {
    Value settings = Value::object();
    if (const std::string arn = log_group_arn(scalar_text(log, "DestinationArn")); !arn.empty())
      settings = settings.with_member("destinationArn", Value(arn));
    if (const std::string format = scalar_text(log, "Format"); !format.empty())
      settings = settings.with_member("format", Value(format));
    out = out.with_member("accessLogSettings", settings);
  }
  return out;
}

Value canary_settings(const Value& properties) {
  const Value canary = property(properties, "CanarySetting");
  if (!canary.is_object()) return Value::object();
  Value out = Value::object();
  const std::pair<std::string_view, std::string_view> names[] = {
      {"DeploymentId", "deploymentId"},
      {"PercentTraffic", "percentTraffic"},
      {"UseStageCache", "useStageCache"}};
  for (const auto& [from, to] : names) {
    const std::string text = scalar_text(canary, from);
    if (!text.empty()) out = out.with_member(to, Value(text));
  }
  if (const Value more = property(canary, "StageVariableOverrides"); more.is_object())
    out = out.with_member("stageVariableOverrides", more);
  return out;
}

ApiResult<void> update_stage_from(StackCalls& calls, const std::string& api,
                                  const std::string& stage, const Value& before,
                                  const Value& after) {
  PatchList patches;
  patches.add_changes("", stage_settings(before), stage_settings(after));
  const Value canary = canary_settings(after);
  if (canary.size() == 0 && canary_settings(before).size() > 0) {
    patches.remove("/canarySettings");
  } else {
    patches.add_changes("/canarySettings", canary_settings(before), canary);
  }
  add_method_settings(patches, before, after);
  if (patches.empty()) return {};
  PAWL_TRY_VOID(calls.call(kService, "UpdateStage",
                           Value::object({{"restApiId", Value(api)},
                                          {"stageName", Value(stage)},
                                          {"patchOperations", std::move(patches).build()}})));
  return {};
}

Outcome create_stage(StackCalls& calls, const ResourceRequest& request) {
  const std::string name = scalar_text(request.properties, "StageName");
  if (!goes_on(request)) {
    const Value properties =
        renamed(with_tags(kStage, request), {{"CanarySetting", "CanarySettings"}});
    PAWL_TRY_VOID(call_to_create(calls, request, kService, "CreateStage",
                                 calls.shape(kService, "CreateStage", properties)));
    return made(name);
  }
  // CreateStage knows the others; these are an update's.
  const Value known =
      without(request.properties, {"AccessLogSetting", "ClientCertificateId", "MethodSettings"});
  PAWL_TRY_VOID(update_stage_from(calls, api_of(request), name, known, request.properties));
  return Progress::done(name);
}

Outcome update_stage(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(update_stage_from(calls, api_of(request), request.physical_id, request.previous,
                                  request.properties));
  PAWL_TRY_VOID(change_tags(
      calls, kStage, request, kRestTags,
      rest_arn(request, "/restapis/" + api_of(request) + "/stages/" + request.physical_id)));
  return Progress::done(request.physical_id);
}

Outcome remove_stage(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_unless_absent(calls, kService, "DeleteStage",
                                   Value::object({{"restApiId", Value(api_of(request))},
                                                  {"stageName", Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

// AWS::ApiGateway::Deployment

/// What CreateDeployment takes: of the stage that it makes it knows a part.
Value deployment_input(StackCalls& calls, const ResourceRequest& request) {
  const Value properties = renamed(without(request.properties, {"StageDescription"}),
                                   {{"DeploymentCanarySettings", "CanarySettings"}});
  Value input = calls.shape(kService, "CreateDeployment", properties);
  const Value stage = property(request.properties, "StageDescription");
  if (!stage.is_object()) return input;
  input = merged(std::move(input), without(calls.shape(kService, "CreateDeployment", stage),
                                           {"description", "canarySettings"}));
  const std::string text = scalar_text(stage, "Description");
  return text.empty() ? input : input.with_member("stageDescription", Value(text));
}

/// The rest of what StageDescription says.
ApiResult<void> complete_stage(StackCalls& calls, const ResourceRequest& request,
                               const std::string& stage) {
  const Value description = property(request.properties, "StageDescription");
  if (stage.empty() || !description.is_object()) return {};
  const Value known =
      without(description, {"AccessLogSetting", "ClientCertificateId", "MethodSettings",
                            "CanarySetting", "DocumentationVersion"});
  PAWL_TRY_VOID(update_stage_from(calls, api_of(request), stage, known, description));
  const Tags tags = read_tags(json::member_of(description, "Tags"));
  if (tags.empty()) return {};
  const std::string arn = rest_arn(request, "/restapis/" + api_of(request) + "/stages/" + stage);
  PAWL_TRY_VOID(calls.call(kService, "TagResource",
                           Value::object({{"resourceArn", Value(arn)}, {"tags", tag_map(tags)}})));
  return {};
}

Outcome create_deployment(StackCalls& calls, const ResourceRequest& request) {
  if (!goes_on(request)) {
    return made(json::text_member(
        PAWL_TRY(calls.call(kService, "CreateDeployment", deployment_input(calls, request))),
        "id"));
  }
  PAWL_TRY_VOID(complete_stage(calls, request, scalar_text(request.properties, "StageName")));
  return Progress::done(request.physical_id,
                        Value::object({{"DeploymentId", Value(request.physical_id)}}));
}

Outcome update_deployment(StackCalls& calls, const ResourceRequest& request) {
  const Value place = Value::object(
      {{"restApiId", Value(api_of(request))}, {"deploymentId", Value(request.physical_id)}});
  if (any_differs(request, {"Description"})) {
    PatchList patches;
    patches.replace("/description", scalar_text(request.properties, "Description"));
    PAWL_TRY_VOID(calls.call(kService, "UpdateDeployment",
                             place.with_member("patchOperations", std::move(patches).build())));
  }
  const std::string stage = scalar_text(request.properties, "StageName");
  if (!stage.empty() && any_differs(request, {"StageDescription"})) {
    PAWL_TRY_VOID(update_stage_from(calls, api_of(request), stage,
                                    property(request.previous, "StageDescription"),
                                    property(request.properties, "StageDescription")));
  }
  return Progress::done(request.physical_id,
                        Value::object({{"DeploymentId", Value(request.physical_id)}}));
}

/// With the stage that it made, if that still shows it.
Outcome remove_deployment(StackCalls& calls, const ResourceRequest& request) {
  const Value api = Value(api_of(request));
  const std::string stage = scalar_text(request.properties, "StageName");
  if (!stage.empty()) {
    const Value place = Value::object({{"restApiId", api}, {"stageName", Value(stage)}});
    const Value shown = PAWL_TRY(call_unless_absent(calls, kService, "GetStage", place));
    if (json::text_member(shown, "deploymentId") == request.physical_id)
      PAWL_TRY_VOID(call_unless_absent(calls, kService, "DeleteStage", place));
  }
  PAWL_TRY_VOID(call_unless_absent(
      calls, kService, "DeleteDeployment",
      Value::object({{"restApiId", api}, {"deploymentId", Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

/// StageName of a deployment: another stage is another deployment.
bool replaces_deployment(const Value& previous, const Value& next) {
  return scalar_text(previous, "StageName") != scalar_text(next, "StageName");
}

}  // namespace

std::span<const ResourceType> apigateway_rest_types() {
  static constexpr ResourceType kTypes[] = {
      {"AWS::ApiGateway::RestApi", create_rest_api, update_rest_api, remove_rest_api},
      {"AWS::ApiGateway::Resource", create_resource, nullptr, remove_resource},
      {"AWS::ApiGateway::Method", create_method, update_method, remove_method},
      {"AWS::ApiGateway::Deployment", create_deployment, update_deployment, remove_deployment,
       replaces_deployment},
      {"AWS::ApiGateway::Stage", create_stage, update_stage, remove_stage},
  };
  return kTypes;
}

}  // namespace pawl::cloudformation
