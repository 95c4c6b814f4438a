// SPDX-License-Identifier: Apache-2.0
// The rules of each type, and what making one brings with it.
#include <algorithm>
#include <utility>

#include "json/members.h"
#include "services/apigateway/http/compiled_api.h"
#include "services/apigateway/http/http_service.h"
#include "services/apigateway/identifiers.h"
#include "services/apigateway/outgoing_calls.h"

namespace pawl::apigateway {

using aws::ApiError;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr std::string_view kRouteSelection = "${request.method} ${request.path}";
/// Says the same; it is kept as it was written. Terraform sends it.
constexpr std::string_view kRouteSelectionWithoutBraces = "$request.method $request.path";
constexpr int64_t kTimeoutMsMin = 50;
constexpr int64_t kTimeoutMsMax = 30'000;

void set_default(Value& record, std::string_view member, Value value) {
  if (!has_member(record, member)) record = record.with_member(member, std::move(value));
}

ApiResult<void> check_first_class_parameters(const Value& record, const std::string& subtype) {
  const FirstClassAction* action = find_first_class(subtype);
  if (action == nullptr) {
    return http_bad_request("Invalid integration subtype specified: " + subtype);
  }
  std::vector<std::string> names;
  const Value parameters = object_member(record, "RequestParameters");
  for (const json::Member& each : parameters.members()) {
    names.emplace_back(each.name());
    const auto parsed =
        MappingExpression::parse(each.value.is_string() ? each.value.as_string() : "");
    if (!parsed) return http_bad_request(parsed.error().message);
  }
  return check_first_class(*action, names);
}

ApiResult<void> check_mappings(const Value& record) {
  const Value parameters = object_member(record, "RequestParameters");
  for (const json::Member& each : parameters.members()) {
    if (!each.value.is_string()) continue;
    PAWL_TRY_VOID(ParameterMapping::parse(each.name(), each.value.as_string(), false));
  }
  const Value responses = object_member(record, "ResponseParameters");
  for (const json::Member& status : responses.members()) {
    if (!status.value.is_object()) continue;
    for (const json::Member& each : status.value.members()) {
      if (!each.value.is_string()) continue;
      PAWL_TRY_VOID(ParameterMapping::parse(each.name(), each.value.as_string(), true));
    }
  }
  return {};
}

ApiResult<void> check_endpoint(const Value& record, bool is_lambda) {
  const std::string uri = text_member(record, "IntegrationUri");
  if (uri.empty()) return http_bad_request("Integration URI is required for this integration");
  if (is_lambda) {
    const bool names_function =
        uri.find("${stageVariables.") != std::string::npos || !function_of_uri(uri, {}).empty();
    if (!names_function) return http_bad_request("Invalid function ARN or invalid uri");
    return {};
  }
  if (text_member(record, "ConnectionType") == "VPC_LINK") {
    return http_bad_request("Integrations through VPC links are not built: there is no VPC here");
  }
  if (uri.find("${stageVariables.") == std::string::npos && !read_url(uri)) {
    return http_bad_request("Invalid HTTP endpoint specified for URI");
  }
  return {};
}

bool is_stage_name(const std::string& name) {
  return name == "$default" ||
         (!name.empty() && name.size() <= 128 && std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '-';
         }));
}

}  // namespace

ApiResult<Value> HttpApiService::prepare(const aws::Request& request, const HttpResourceType& type,
                                         Value record, const Value* before) {
  const Scope scope = scope_of(request);
  const std::string api_id = text_member(request.input, "ApiId");
  switch (type.kind) {
    case RecordKind::HttpApi: return prepare_api(std::move(record), before);
    case RecordKind::HttpRoute: return prepare_route(scope, api_id, std::move(record), before);
    case RecordKind::HttpIntegration: return prepare_integration(std::move(record));
    case RecordKind::HttpAuthorizer: return prepare_authorizer(std::move(record));
    case RecordKind::HttpStage: return prepare_stage(scope, api_id, std::move(record), before);
    case RecordKind::HttpVpcLink:
      set_default(record, "CreatedDate", Value(now_s()));
      set_default(record, "VpcLinkStatus", Value("AVAILABLE"));
      set_default(record, "VpcLinkStatusMessage", Value("VPC link is ready to route traffic"));
      set_default(record, "VpcLinkVersion", Value("V2"));
      return record;
    case RecordKind::HttpDomainName:
      set_default(record, "ApiMappingSelectionExpression", Value("$request.basepath"));
      return record;
    case RecordKind::HttpApiMapping:
      PAWL_TRY_VOID(need(scope, http_type(RecordKind::HttpStage), text_member(record, "ApiId"),
                         text_member(record, "Stage")));
      return record;
    default: return record;
  }
}

ApiResult<Value> HttpApiService::prepare_api(Value record, const Value* before) {
  if (before == nullptr && text_member(record, "ProtocolType") != "HTTP") {
    return http_bad_request("WebSocket APIs are not built into Pawl, only HTTP APIs are");
  }
  set_default(record, "RouteSelectionExpression", Value(kRouteSelection));
  const std::string selection = text_member(record, "RouteSelectionExpression");
  if (selection != kRouteSelection && selection != kRouteSelectionWithoutBraces) {
    return http_bad_request("Invalid routeSelectionExpression for HTTP protocol API");
  }
  const Value cors = object_member(record, "CorsConfiguration");
  const std::vector<std::string> origins = texts_member(cors, "AllowOrigins");
  if (flag_member(cors, "AllowCredentials") &&
      std::find(origins.begin(), origins.end(), "*") != origins.end()) {
    return http_bad_request("Allow-Credentials cannot be true when AllowOrigins contains '*'");
  }
  set_default(record, "ApiKeySelectionExpression", Value("$request.header.x-api-key"));
  set_default(record, "DisableExecuteApiEndpoint", Value(false));
  set_default(record, "CreatedDate", Value(now_s()));
  set_default(record, "Tags", Value::object());
  return record;
}

ApiResult<Value> HttpApiService::prepare_route(const Scope& scope, const std::string& api_id,
                                               Value record, const Value* before) {
  const std::string key = text_member(record, "RouteKey");
  if (!parse_route_key(key)) {
    return http_bad_request(
        "The provided route key is not formatted properly for HTTP protocol. "
        "Format should be \"<HTTP METHOD> /<RESOURCE PATH>\" or \"$default\"");
  }
  if (before == nullptr || text_member(*before, "RouteKey") != key) {
    for (const Value& other : PAWL_TRY(records_.all(scope, RecordKind::HttpRoute, api_id))) {
      if (text_member(other, "RouteKey") != key) continue;
      return ApiError("ConflictException", "Route with key " + key + " already exists for this API",
                      409);
    }
  }
  const std::string target = text_member(record, "Target");
  constexpr std::string_view kTarget = "integrations/";
  if (!target.empty()) {
    if (!target.starts_with(kTarget)) {
      return http_bad_request("Invalid target specified for the route");
    }
    PAWL_TRY_VOID(
        need(scope, http_type(RecordKind::HttpIntegration), api_id, target.substr(kTarget.size())));
  }
  set_default(record, "ApiKeyRequired", Value(false));
  set_default(record, "AuthorizationType", Value("NONE"));
  const std::string type = text_member(record, "AuthorizationType");
  const std::string authorizer = text_member(record, "AuthorizerId");
  if (type == "NONE" || type == "AWS_IAM") return record.without_member("AuthorizerId");
  if (authorizer.empty()) {
    return http_bad_request("An authorizer ID is required for authorization type " + type);
  }
  const Value found =
      PAWL_TRY(need(scope, http_type(RecordKind::HttpAuthorizer), api_id, authorizer));
  const bool is_jwt = text_member(found, "AuthorizerType") == "JWT";
  if (is_jwt != (type == "JWT")) {
    return http_bad_request("The authorizer's type does not fit authorization type " + type);
  }
  return record;
}

ApiResult<Value> HttpApiService::prepare_integration(Value record) {
  const std::string type = text_member(record, "IntegrationType");
  if (type != "AWS_PROXY" && type != "HTTP_PROXY") {
    return http_bad_request(
        "HTTP APIs only support integrations of type AWS_PROXY and "
        "HTTP_PROXY");
  }
  const std::string subtype = text_member(record, "IntegrationSubtype");
  set_default(record, "ConnectionType", Value("INTERNET"));
  set_default(record, "TimeoutInMillis", Value(kTimeoutMsMax));
  set_default(record, "PayloadFormatVersion", Value("1.0"));
  const int64_t timeout = integer_member(record, "TimeoutInMillis");
  if (timeout < kTimeoutMsMin || timeout > kTimeoutMsMax) {
    return http_bad_request("Timeout should be between 50 ms and 30000 ms");
  }
  const std::string format = text_member(record, "PayloadFormatVersion");
  if (format != "1.0" && (format != "2.0" || !subtype.empty() || type != "AWS_PROXY")) {
    return http_bad_request("Invalid payload format version specified: " + format);
  }
  if (!subtype.empty()) {
    if (type != "AWS_PROXY") {
      return http_bad_request("Integration subtypes are for integrations of type AWS_PROXY");
    }
    PAWL_TRY_VOID(check_first_class_parameters(record, subtype));
    return record;
  }
  const bool is_lambda = type == "AWS_PROXY";
  if (is_lambda) set_default(record, "IntegrationMethod", Value("POST"));
  PAWL_TRY_VOID(check_endpoint(record, is_lambda));
  PAWL_TRY_VOID(check_mappings(record));
  return record;
}

ApiResult<Value> HttpApiService::prepare_authorizer(Value record) {
  const bool is_jwt = text_member(record, "AuthorizerType") == "JWT";
  const std::vector<std::string> sources = texts_member(record, "IdentitySource");
  for (const std::string& source : sources) {
    const auto parsed = MappingExpression::parse(source);
    if (!parsed || !source.starts_with("$")) {
      return http_bad_request("Invalid identity source specified: " + source);
    }
  }
  if (is_jwt) {
    const Value jwt = object_member(record, "JwtConfiguration");
    if (!read_url(text_member(jwt, "Issuer"))) return http_bad_request("Invalid issuer specified");
    if (sources.empty()) {
      return http_bad_request("An identity source is required for JWT authorizers");
    }
    return record;
  }
  if (function_of_uri(text_member(record, "AuthorizerUri"), {}).empty()) {
    return http_bad_request("Invalid Authorizer URI: " + text_member(record, "AuthorizerUri"));
  }
  const std::string format = text_member(record, "AuthorizerPayloadFormatVersion");
  if (format != "1.0" && format != "2.0") {
    return http_bad_request(
        "AuthorizerPayloadFormatVersion is a required parameter for REQUEST "
        "authorizer");
  }
  if (flag_member(record, "EnableSimpleResponses") && format != "2.0") {
    return http_bad_request("Simple responses need payload format version 2.0");
  }
  const int64_t ttl = integer_member(record, "AuthorizerResultTtlInSeconds");
  if (ttl < 0 || ttl > 3'600) return http_bad_request("Invalid AuthorizerResultTtlInSeconds");
  return record;
}

ApiResult<Value> HttpApiService::prepare_stage(const Scope& scope, const std::string& api_id,
                                               Value record, const Value* before) {
  if (!is_stage_name(text_member(record, "StageName"))) {
    return http_bad_request(
        "Invalid stage name. Only alphanumeric characters, hyphens and "
        "underscores, and $default are allowed");
  }
  const std::string deployment = text_member(record, "DeploymentId");
  const bool is_given = before == nullptr || text_member(*before, "DeploymentId") != deployment;
  if (!deployment.empty() && is_given) {
    if (flag_member(record, "AutoDeploy")) {
      return http_bad_request("Deployment id cannot be set on a stage with auto deploy enabled");
    }
    PAWL_TRY_VOID(need(scope, http_type(RecordKind::HttpDeployment), api_id, deployment));
  }
  if (!has_member(record, "DefaultRouteSettings")) {
    ObjectBuilder settings;
    settings.set("DetailedMetricsEnabled", Value(false));
    record = record.with_member("DefaultRouteSettings", std::move(settings).build());
  }
  set_default(record, "RouteSettings", Value::object());
  set_default(record, "StageVariables", Value::object());
  set_default(record, "Tags", Value::object());
  set_default(record, "CreatedDate", Value(now_s()));
  return record.with_member("LastUpdatedDate", Value(now_s()));
}

ApiResult<void> HttpApiService::follow_up(const aws::Request& request, const HttpResourceType& type,
                                          const Value& record, store::Batch& batch) {
  if (type.kind != RecordKind::HttpApi) return {};
  const std::string api_id = text_member(record, "ApiId");
  records_.put_home(batch, api_id, {scope_of(request), /*is_rest=*/false});
  if (has_member(request.input, "Target")) return quick_create(request, api_id, batch);
  if (has_member(request.input, "RouteKey")) {
    return http_bad_request("A target is required if a route key is specified");
  }
  return {};
}

/// "This value replaces the route key of the quick create route", and the like of its integration.
ApiResult<bool> HttpApiService::quick_update(const aws::Request& request, const std::string& api_id,
                                             store::Batch& batch) {
  const auto is_given = [&request](std::string_view member) {
    return has_member(request.input, member);
  };
  const bool changes_integration = is_given("Target") || is_given("CredentialsArn");
  if (!changes_integration && !is_given("RouteKey")) return false;
  const Scope scope = scope_of(request);
  const auto managed = [&](const HttpResourceType& type) -> ApiResult<Value> {
    std::string after;
    do {
      RecordStore::Page page = PAWL_TRY(records_.list(scope, type.kind, api_id, after, 100));
      for (const Value& record : page.items) {
        if (flag_member(record, "ApiGatewayManaged")) return record;
      }
      after = page.next;
    } while (!after.empty());
    return http_bad_request("Only an API that was made by quick create has a target");
  };
  if (is_given("RouteKey")) {
    const HttpResourceType& type = http_type(RecordKind::HttpRoute);
    const std::string key = text_member(request.input, "RouteKey");
    if (!parse_route_key(key)) return http_bad_request("Invalid route key specified: " + key);
    const Value route = PAWL_TRY(managed(type)).with_member("RouteKey", Value(key));
    records_.put(batch, scope, type.kind, api_id, text_member(route, "RouteId"), route);
  }
  if (!changes_integration) return true;
  const HttpResourceType& type = http_type(RecordKind::HttpIntegration);
  Value integration = PAWL_TRY(managed(type));
  if (is_given("Target")) {
    integration =
        integration.with_member("IntegrationUri", Value(text_member(request.input, "Target")));
  }
  if (is_given("CredentialsArn")) {
    integration = integration.with_member("CredentialsArn",
                                          Value(text_member(request.input, "CredentialsArn")));
  }
  const std::string id = text_member(integration, "IntegrationId");
  records_.put(batch, scope, type.kind, api_id, id,
               PAWL_TRY(prepare_integration(std::move(integration))));
  return true;
}

/// "Quick create produces an API with an integration, a default catch-all route, and a default
/// stage which is configured to automatically deploy changes."
ApiResult<void> HttpApiService::quick_create(const aws::Request& request, const std::string& api_id,
                                             store::Batch& batch) {
  const Scope scope = scope_of(request);
  const std::string target = text_member(request.input, "Target");
  const bool is_function = target.starts_with("arn:");
  const std::string integration_id = random_lower_case(7);
  ObjectBuilder integration;
  integration.set("ApiGatewayManaged", Value(true))
      .set("IntegrationId", Value(integration_id))
      .set("IntegrationType", Value(is_function ? "AWS_PROXY" : "HTTP_PROXY"))
      .set("IntegrationUri", Value(target))
      .set("IntegrationMethod", Value(is_function ? "POST" : "ANY"))
      .set("PayloadFormatVersion", Value(is_function ? "2.0" : "1.0"));
  if (has_member(request.input, "CredentialsArn")) {
    integration.set("CredentialsArn", Value(text_member(request.input, "CredentialsArn")));
  }
  const std::string given_key = text_member(request.input, "RouteKey");
  const std::string key = given_key.empty() ? "$default" : given_key;
  if (!parse_route_key(key)) return http_bad_request("Invalid route key specified: " + key);
  const std::string route_id = random_lower_case(7);
  ObjectBuilder route;
  route.set("ApiGatewayManaged", Value(true))
      .set("ApiKeyRequired", Value(false))
      .set("AuthorizationType", Value("NONE"))
      .set("RouteId", Value(route_id))
      .set("RouteKey", Value(key))
      .set("Target", Value("integrations/" + integration_id));
  ObjectBuilder stage;
  stage.set("ApiGatewayManaged", Value(true))
      .set("AutoDeploy", Value(true))
      .set("StageName", Value("$default"));
  records_.put(batch, scope, RecordKind::HttpIntegration, api_id, integration_id,
               PAWL_TRY(prepare_integration(std::move(integration).build())));
  records_.put(batch, scope, RecordKind::HttpRoute, api_id, route_id, std::move(route).build());
  records_.put(batch, scope, RecordKind::HttpStage, api_id, "$default",
               PAWL_TRY(prepare_stage(scope, api_id, std::move(stage).build(), nullptr)));
  return {};
}

}  // namespace pawl::apigateway
