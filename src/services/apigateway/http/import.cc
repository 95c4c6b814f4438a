// SPDX-License-Identifier: Apache-2.0
// HTTP APIs from and to OpenAPI 3.0 (Developer Guide "Working with OpenAPI definitions for HTTP
// APIs"): paths, x-amazon-apigateway-integration, -any-method, -cors, -authorizer, tags.
#include <algorithm>
#include <map>
#include <utility>

#include "base/bytes.h"
#include "json/members.h"
#include "json/write.h"
#include "services/apigateway/http/compiled_api.h"
#include "services/apigateway/http/http_service.h"
#include "services/apigateway/identifiers.h"
#include "services/apigateway/openapi_source.h"

namespace pawl::apigateway {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr std::string_view kIntegration = "x-amazon-apigateway-integration";
constexpr std::string_view kIntegrations = "x-amazon-apigateway-integrations";
constexpr std::string_view kAnyMethod = "x-amazon-apigateway-any-method";
constexpr std::string_view kCors = "x-amazon-apigateway-cors";
constexpr std::string_view kAuthorizer = "x-amazon-apigateway-authorizer";
constexpr size_t kRoutesMax = 300;

ApiError invalid_input(const std::string& why) {
  return http_bad_request("Unable to import API definition: " + why);
}

/// "allowOrigins" as "AllowOrigins".
Value upper_names(const Value& object) {
  ObjectBuilder out;
  for (const json::Member& each : object.members()) {
    std::string name(each.name());
    if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') {
      name[0] = static_cast<char>(name[0] - 'a' + 'A');
    }
    out.set(name, each.value);
  }
  return std::move(out).build();
}

Value lower_names(const Value& object) {
  ObjectBuilder out;
  for (const json::Member& each : object.members()) {
    std::string name(each.name());
    if (!name.empty() && name[0] >= 'A' && name[0] <= 'Z') {
      name[0] = static_cast<char>(name[0] - 'A' + 'a');
    }
    out.set(name, each.value);
  }
  return std::move(out).build();
}

/// Members of an x-amazon-apigateway-integration and of an integration of the API.
constexpr std::pair<std::string_view, std::string_view> kMembers[] = {
    {"uri", "IntegrationUri"},
    {"httpMethod", "IntegrationMethod"},
    {"integrationSubtype", "IntegrationSubtype"},
    {"subtype", "IntegrationSubtype"},
    {"payloadFormatVersion", "PayloadFormatVersion"},
    {"timeoutInMillis", "TimeoutInMillis"},
    {"connectionType", "ConnectionType"},
    {"connectionId", "ConnectionId"},
    {"credentials", "CredentialsArn"},
    {"description", "Description"},
    {"requestParameters", "RequestParameters"},
    {"tlsConfig", "TlsConfig"}};

Value read_integration(const Value& extension) {
  ObjectBuilder out;
  std::string type = text_member(extension, "type");
  std::transform(type.begin(), type.end(), type.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  out.set("IntegrationType", Value(type));
  for (const auto& [theirs, ours] : kMembers) {
    const Value* value = extension.find(theirs);
    if (value == nullptr || value->is_null()) continue;
    const bool is_version = ours == "PayloadFormatVersion" && value->is_number();
    out.set(ours, is_version ? Value(value->number_text()) : *value);
  }
  const Value responses = object_member(extension, "responseParameters");
  if (responses.size() > 0) out.set("ResponseParameters", responses);
  return std::move(out).build();
}

Value write_integration(const Value& record) {
  std::string type = aws::lower_ascii(text_member(record, "IntegrationType"));
  ObjectBuilder out;
  out.set("type", Value(type));
  for (const auto& [theirs, ours] : kMembers) {
    if (theirs != "subtype" && has_member(record, ours)) out.set(theirs, *record.find(ours));
  }
  if (has_member(record, "ResponseParameters")) {
    out.set("responseParameters", *record.find("ResponseParameters"));
  }
  return std::move(out).build();
}

/// What a definition says, before anything of it has an id.
struct ReadApi {
  Value api;
  std::vector<Value> integrations;
  std::map<std::string, Value> authorizers;  ///< by name
  struct Route {
    std::string key;
    std::optional<size_t> integration = {};
    std::string authorizer = {};
    Value scopes = Value::array();
    std::string operation_name = {};
  };
  std::vector<Route> routes;
  std::vector<std::string> iam_schemes;  ///< names of security schemes that are IAM's
};

Value read_authorizer(std::string_view name, const Value& scheme) {
  const Value extension = object_member(scheme, kAuthorizer);
  ObjectBuilder out;
  const bool is_jwt = text_member(extension, "type") == "jwt";
  out.set("Name", Value(name)).set("AuthorizerType", Value(is_jwt ? "JWT" : "REQUEST"));
  const Value* source = extension.find("identitySource");
  if (source != nullptr && source->is_string()) {
    std::vector<Value> items;
    std::string_view rest = source->as_string();
    while (!rest.empty()) {
      const size_t comma = std::min(rest.find(','), rest.size());
      std::string_view item = rest.substr(0, comma);
      while (item.starts_with(' ')) item.remove_prefix(1);
      if (!item.empty()) items.emplace_back(item);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    out.set("IdentitySource", Value::array(std::move(items)));
  } else if (source != nullptr && source->is_array()) {
    out.set("IdentitySource", *source);
  }
  if (is_jwt) {
    out.set("JwtConfiguration", upper_names(object_member(extension, "jwtConfiguration")));
    return std::move(out).build();
  }
  for (const char* member : {"authorizerUri", "authorizerPayloadFormatVersion",
                             "authorizerResultTtlInSeconds", "enableSimpleResponses"}) {
    const Value* value = extension.find(member);
    if (value == nullptr) continue;
    std::string ours(member);
    ours[0] = static_cast<char>(ours[0] - 32);
    const bool is_version = ours == "AuthorizerPayloadFormatVersion" && value->is_number();
    out.set(ours, is_version ? Value(value->number_text()) : *value);
  }
  return std::move(out).build();
}

void read_security(const Value& operation, ReadApi::Route& route) {
  const Value security = array_member(operation, "security");
  for (const Value& each : security.items()) {
    if (!each.is_object() || each.size() == 0) continue;
    route.authorizer = each.members()[0].name();
    if (each.members()[0].value.is_array()) route.scopes = each.members()[0].value;
    return;
  }
}

ApiResult<void> read_path(const Value& openapi, std::string_view path, const Value& item,
                          ReadApi& read) {
  constexpr std::string_view kVerbs[] = {"get",   "post",    "put", "delete",
                                         "patch", "options", "head"};
  for (const json::Member& each : item.members()) {
    const bool is_any = each.name() == kAnyMethod;
    if (!is_any &&
        std::find(std::begin(kVerbs), std::end(kVerbs), each.name()) == std::end(kVerbs)) {
      continue;
    }
    std::string method(is_any ? "any" : each.name());
    for (char& c : method) c = static_cast<char>(c - 32);
    ReadApi::Route route;
    // AWS exports "/$default"; AWS SAM writes "$default".
    const bool is_default = path == "/$default" || path == "$default";
    route.key = is_default ? "$default" : method + " " + std::string(path);
    route.operation_name = text_member(each.value, "operationId");
    Value extension = object_member(each.value, kIntegration);
    constexpr std::string_view kReference = "#/components/x-amazon-apigateway-integrations/";
    if (const std::string reference = text_member(extension, "$ref");
        reference.starts_with(kReference)) {
      extension = object_member(object_member(object_member(openapi, "components"), kIntegrations),
                                reference.substr(kReference.size()));
    }
    if (extension.size() > 0) {
      route.integration = read.integrations.size();
      read.integrations.push_back(read_integration(extension));
    }
    read_security(each.value, route);
    read.routes.push_back(std::move(route));
    if (read.routes.size() > kRoutesMax) return invalid_input("more than 300 routes");
  }
  return {};
}

ApiResult<ReadApi> read_definition(const Value& openapi) {
  if (!text_member(openapi, "openapi").starts_with("3.0")) {
    return invalid_input("only OpenAPI 3.0 definitions make HTTP APIs");
  }
  const Value info = object_member(openapi, "info");
  ReadApi read;
  ObjectBuilder api;
  if (text_member(info, "title").empty()) return invalid_input("info.title is missing");
  api.set("Name", Value(text_member(info, "title"))).set("ProtocolType", Value("HTTP"));
  if (has_member(info, "description"))
    api.set("Description", Value(text_member(info, "description")));
  if (has_member(info, "version")) api.set("Version", Value(text_member(info, "version")));
  if (has_member(openapi, kCors)) {
    api.set("CorsConfiguration", upper_names(object_member(openapi, kCors)));
  }
  ObjectBuilder tags;
  const Value listed = array_member(openapi, "tags");
  for (const Value& tag : listed.items()) {
    if (has_member(tag, "x-amazon-apigateway-tag-value")) {
      tags.set(text_member(tag, "name"), Value(text_member(tag, "x-amazon-apigateway-tag-value")));
    }
  }
  api.set("Tags", std::move(tags).build());
  read.api = std::move(api).build();
  const Value schemes = object_member(object_member(openapi, "components"), "securitySchemes");
  for (const json::Member& each : schemes.members()) {
    if (text_member(each.value, "x-amazon-apigateway-authtype") == "awsSigv4")
      read.iam_schemes.emplace_back(each.name());
    if (!has_member(each.value, kAuthorizer)) continue;
    read.authorizers.emplace(std::string(each.name()), read_authorizer(each.name(), each.value));
  }
  const Value paths = object_member(openapi, "paths");
  for (const json::Member& each : paths.members()) {
    if (!each.value.is_object()) return invalid_input("a path is no object");
    PAWL_TRY_VOID(read_path(openapi, each.name(), each.value, read));
  }
  return read;
}

}  // namespace

ApiResult<Value> HttpApiService::store_import(const aws::Request& request, const Value& openapi,
                                              const Value* before) {
  const Scope scope = scope_of(request);
  ReadApi read = PAWL_TRY(read_definition(openapi));
  const std::string api_id =
      before != nullptr ? text_member(*before, "ApiId") : random_lower_case(10);
  Value api = read.api.with_member("ApiId", Value(api_id));
  if (before != nullptr) api = api.with_member("CreatedDate", *before->find("CreatedDate"));
  api = PAWL_TRY(prepare_api(std::move(api), before));
  // Everything is checked first; what a route refers to must stand in the store for that.
  store::Batch parts;
  for (const RecordKind kind : {RecordKind::HttpRoute, RecordKind::HttpIntegration,
                                RecordKind::HttpAuthorizer, RecordKind::HttpModel}) {
    records_.erase_all(parts, scope, kind, api_id);
  }
  std::vector<std::string> integration_ids;
  for (Value& integration : read.integrations) {
    const std::string id = random_lower_case(7);
    integration =
        PAWL_TRY(prepare_integration(integration.with_member("IntegrationId", Value(id))));
    records_.put(parts, scope, RecordKind::HttpIntegration, api_id, id, integration);
    integration_ids.push_back(id);
  }
  std::map<std::string, std::pair<std::string, bool>> authorizers;
  for (auto& [name, authorizer] : read.authorizers) {
    const std::string id = random_lower_case(6);
    const Value made =
        PAWL_TRY(prepare_authorizer(authorizer.with_member("AuthorizerId", Value(id))));
    records_.put(parts, scope, RecordKind::HttpAuthorizer, api_id, id, made);
    authorizers[name] = {id, text_member(made, "AuthorizerType") == "JWT"};
  }
  std::vector<std::string> keys;
  for (const ReadApi::Route& route : read.routes) {
    if (!parse_route_key(route.key) ||
        std::find(keys.begin(), keys.end(), route.key) != keys.end()) {
      return invalid_input("the route " + route.key + " is not formatted properly or there twice");
    }
    keys.push_back(route.key);
    const std::string id = random_lower_case(7);
    const auto authorizer = authorizers.find(route.authorizer);
    ObjectBuilder record;
    record.set("RouteId", Value(id))
        .set("RouteKey", Value(route.key))
        .set("ApiKeyRequired", Value(false));
    if (authorizer != authorizers.end()) {
      record.set("AuthorizationType", Value(authorizer->second.second ? "JWT" : "CUSTOM"))
          .set("AuthorizerId", Value(authorizer->second.first));
      if (route.scopes.size() > 0) record.set("AuthorizationScopes", route.scopes);
    } else {
      const bool is_iam = std::find(read.iam_schemes.begin(), read.iam_schemes.end(),
                                    route.authorizer) != read.iam_schemes.end();
      record.set("AuthorizationType", Value(is_iam ? "AWS_IAM" : "NONE"));
    }
    if (!route.operation_name.empty()) record.set("OperationName", Value(route.operation_name));
    if (route.integration) {
      record.set("Target", Value("integrations/" + integration_ids[*route.integration]));
    }
    records_.put(parts, scope, RecordKind::HttpRoute, api_id, id, std::move(record).build());
  }
  records_.put(parts, scope, RecordKind::HttpApi, "", api_id, api);
  records_.put_home(parts, api_id, {scope, /*is_rest=*/false});
  const Value answer = shown(request, http_type(RecordKind::HttpApi), api);
  request.keep_answer(answer);
  PAWL_TRY_VOID(records_.commit(parts));
  PAWL_TRY_VOID(redeploy(scope, api_id));
  return answer;
}

ActionResult HttpApiService::import_api(const aws::Request& request) {
  const auto openapi = read_openapi(text_member(request.input, "Body"));
  if (!openapi) return invalid_input(openapi.error().message);
  const std::lock_guard lock(mutex_);
  return PAWL_TRY(store_import(request, *openapi, nullptr));
}

ActionResult HttpApiService::reimport_api(const aws::Request& request) {
  const auto openapi = read_openapi(text_member(request.input, "Body"));
  if (!openapi) return invalid_input(openapi.error().message);
  const std::lock_guard lock(mutex_);
  const Value before = PAWL_TRY(need_api(scope_of(request), text_member(request.input, "ApiId")));
  return PAWL_TRY(store_import(request, *openapi, &before));
}

ActionResult HttpApiService::export_api(const aws::Request& request) {
  const Scope scope = scope_of(request);
  const std::string api_id = text_member(request.input, "ApiId");
  const Value api = PAWL_TRY(need_api(scope, api_id));
  if (text_member(request.input, "OutputType") == "YAML") {
    return http_bad_request("Exports as YAML are not built: ask for JSON");
  }
  const Value* extensions = request.input.find("IncludeExtensions");
  const bool with_extensions =
      extensions == nullptr || !extensions->is_boolean() || extensions->as_boolean();
  std::map<std::string, Value> integrations;
  for (const Value& each : PAWL_TRY(records_.all(scope, RecordKind::HttpIntegration, api_id))) {
    integrations.emplace("integrations/" + text_member(each, "IntegrationId"), each);
  }
  std::map<std::string, ObjectBuilder> paths;
  for (const Value& route : PAWL_TRY(records_.all(scope, RecordKind::HttpRoute, api_id))) {
    const auto key = parse_route_key(text_member(route, "RouteKey"));
    if (!key) continue;
    ObjectBuilder response;
    response.set("description", Value("Default response for " + text_member(route, "RouteKey")));
    ObjectBuilder responses;
    responses.set("default", std::move(response).build());
    ObjectBuilder operation;
    if (has_member(route, "OperationName"))
      operation.set("operationId", *route.find("OperationName"));
    operation.set("responses", std::move(responses).build());
    const auto integration = integrations.find(text_member(route, "Target"));
    if (with_extensions && integration != integrations.end()) {
      operation.set(kIntegration, write_integration(integration->second));
    }
    const bool is_any = key->method.empty() || key->method == "ANY";
    paths[key->pattern ? key->path : "/$default"].set(
        is_any ? std::string(kAnyMethod) : aws::lower_ascii(key->method),
        std::move(operation).build());
  }
  ObjectBuilder all_paths;
  for (auto& [path, item] : paths) all_paths.set(path, std::move(item).build());
  ObjectBuilder info;
  info.set("title", Value(text_member(api, "Name")))
      .set("version", has_member(api, "Version") ? *api.find("Version") : Value("1.0"));
  if (has_member(api, "Description")) info.set("description", *api.find("Description"));
  ObjectBuilder out;
  out.set("openapi", Value("3.0.1"))
      .set("info", std::move(info).build())
      .set("paths", std::move(all_paths).build());
  if (with_extensions && has_member(api, "CorsConfiguration")) {
    out.set(kCors, lower_names(*api.find("CorsConfiguration")));
  }
  ObjectBuilder answer;
  answer.set("body", Value(base::base64_encode(json::write(std::move(out).build()))));
  return std::move(answer).build();
}

}  // namespace pawl::apigateway
