// SPDX-License-Identifier: Apache-2.0
#include "services/apigateway/rest/openapi_reader.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "aws/http_message.h"
#include "json/members.h"
#include "json/write.h"
#include "services/apigateway/rest/patch.h"
#include "services/apigateway/route_pattern.h"

namespace pawl::apigateway {
namespace {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

constexpr std::string_view kAnyMethod = "x-amazon-apigateway-any-method";
constexpr std::string_view kIntegration = "x-amazon-apigateway-integration";

aws::ApiError invalid_input() { return rest_bad_request("Invalid OpenAPI input."); }

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return text;
}

/// References in schemas to other schemas become references to models.
std::string schema_text(const Value& schema) {
  std::string text = json::write(schema);
  for (const std::string_view prefix : {"#/definitions/", "#/components/schemas/"}) {
    const std::string wanted = "\"" + std::string(prefix);
    for (size_t at = text.find(wanted); at != std::string::npos; at = text.find(wanted, at)) {
      text.replace(at, wanted.size(), "\"https://apigateway.amazonaws.com/restapis/api/models/");
    }
  }
  return text;
}

void read_models(const Value& openapi, ReadRestApi& read) {
  Value schemas = object_member(openapi, "definitions");
  if (has_member(openapi, "components")) {
    schemas = object_member(object_member(openapi, "components"), "schemas");
  }
  for (const json::Member& each : schemas.members()) {
    ObjectBuilder model;
    model.set("name", each.key)
        .set("contentType", Value("application/json"))
        .set("schema", Value(schema_text(each.value)));
    if (has_member(each.value, "description")) {
      model.set("description", Value(text_member(each.value, "description")));
    }
    read.models.emplace(std::string(each.name()), std::move(model).build());
  }
}

void read_authorizers(const Value& openapi, ReadRestApi& read) {
  Value schemes = object_member(openapi, "securityDefinitions");
  if (has_member(openapi, "components")) {
    schemes = object_member(object_member(openapi, "components"), "securitySchemes");
  }
  for (const json::Member& each : schemes.members()) {
    const Value extension = object_member(each.value, "x-amazon-apigateway-authorizer");
    if (extension.size() == 0) continue;
    ObjectBuilder made;
    const std::string type = upper(text_member(extension, "type"));
    made.set("name", each.key).set("type", Value(type));
    if (has_member(each.value, "x-amazon-apigateway-authtype")) {
      made.set("authType", *each.value.find("x-amazon-apigateway-authtype"));
    }
    for (const char* member :
         {"authorizerUri", "authorizerCredentials", "identitySource",
          "identityValidationExpression", "authorizerResultTtlInSeconds", "providerARNs"}) {
      if (has_member(extension, member)) made.set(member, *extension.find(member));
    }
    if (!has_member(extension, "identitySource") && type == "TOKEN" &&
        has_member(each.value, "name")) {
      made.set("identitySource", Value("method.request.header." + text_member(each.value, "name")));
    }
    read.authorizers.emplace(std::string(each.name()), std::move(made).build());
  }
}

void read_settings(const Value& openapi, ReadRestApi& read) {
  const Value info = object_member(openapi, "info");
  ObjectBuilder api;
  api.set("name", Value(text_member(info, "title")));
  if (has_member(info, "description")) api.set("description", *info.find("description"));
  if (has_member(info, "version")) {
    const Value& version = *info.find("version");
    api.set("version", version.is_string() ? version : Value(json::write(version)));
  }
  if (has_member(openapi, "x-amazon-apigateway-binary-media-types")) {
    api.set("binaryMediaTypes", array_member(openapi, "x-amazon-apigateway-binary-media-types"));
  }
  if (has_member(openapi, "x-amazon-apigateway-api-key-source")) {
    api.set("apiKeySource", Value(text_member(openapi, "x-amazon-apigateway-api-key-source")));
  }
  if (has_member(openapi, "x-amazon-apigateway-policy")) {
    api.set("policy", Value(json::write(*openapi.find("x-amazon-apigateway-policy"))));
  }
  read.api = std::move(api).build();
  const Value validators = object_member(openapi, "x-amazon-apigateway-request-validators");
  for (const json::Member& each : validators.members()) {
    ObjectBuilder made;
    made.set("name", each.key)
        .set("validateRequestBody", Value(flag_member(each.value, "validateRequestBody")))
        .set("validateRequestParameters",
             Value(flag_member(each.value, "validateRequestParameters")));
    read.validators.emplace(std::string(each.name()), std::move(made).build());
  }
  const Value responses = object_member(openapi, "x-amazon-apigateway-gateway-responses");
  for (const json::Member& each : responses.members()) {
    ObjectBuilder made;
    made.set("responseType", each.key);
    if (const Value* status = each.value.find("statusCode")) {
      made.set("statusCode", status->is_string() ? *status : Value(json::write(*status)));
    }
    made.set("responseParameters", object_member(each.value, "responseParameters"))
        .set("responseTemplates", object_member(each.value, "responseTemplates"))
        .set("defaultResponse", Value(false));
    read.gateway_responses.emplace(std::string(each.name()), std::move(made).build());
  }
}

/// "in" and "name" of a parameter: its place in "method.request.…".
void read_parameters(const Value& openapi, const Value& list, ObjectBuilder& parameters,
                     ObjectBuilder& models) {
  for (Value parameter : list.items()) {
    const std::string reference = text_member(parameter, "$ref");
    if (!reference.empty()) {
      const std::string name = reference.substr(reference.rfind('/') + 1);
      const Value own = object_member(openapi, "parameters");
      const Value* found = own.find(name);
      const Value shared = object_member(object_member(openapi, "components"), "parameters");
      if (found == nullptr) found = shared.find(name);
      if (found == nullptr) continue;
      parameter = *found;
    }
    const std::string in = text_member(parameter, "in");
    const std::string name = text_member(parameter, "name");
    const Value is_required(flag_member(parameter, "required"));
    if (in == "query") parameters.set("method.request.querystring." + name, is_required);
    if (in == "header") parameters.set("method.request.header." + name, is_required);
    if (in == "path") parameters.set("method.request.path." + name, is_required);
    const std::string schema = text_member(object_member(parameter, "schema"), "$ref");
    if (in == "body" && !schema.empty()) {
      models.set("application/json", Value(schema.substr(schema.rfind('/') + 1)));
    }
  }
}

Value method_responses(const Value& operation) {
  ObjectBuilder out;
  const Value responses = object_member(operation, "responses");
  for (const json::Member& each : responses.members()) {
    const bool is_status =
        each.name().size() == 3 && each.name()[0] >= '1' && each.name()[0] <= '5';
    if (!is_status) continue;
    ObjectBuilder response;
    response.set("statusCode", each.key);
    ObjectBuilder parameters;
    const Value headers = object_member(each.value, "headers");
    for (const json::Member& header : headers.members()) {
      parameters.set("method.response.header." + std::string(header.name()), Value(false));
    }
    if (headers.size() > 0) response.set("responseParameters", std::move(parameters).build());
    std::string schema = text_member(object_member(each.value, "schema"), "$ref");
    const Value content = object_member(each.value, "content");
    if (schema.empty() && content.size() > 0) {
      schema = text_member(object_member(content.members()[0].value, "schema"), "$ref");
    }
    if (!schema.empty()) {
      ObjectBuilder models;
      models.set("application/json", Value(schema.substr(schema.rfind('/') + 1)));
      response.set("responseModels", std::move(models).build());
    }
    out.set(each.key, std::move(response).build());
  }
  return std::move(out).build();
}

void set_security(const Value& openapi, const Value& operation, const ReadRestApi& read,
                  ObjectBuilder& method) {
  const Value security = has_member(operation, "security") ? array_member(operation, "security")
                                                           : array_member(openapi, "security");
  std::string authorization = "NONE";
  bool needs_key = false;
  for (const Value& each : security.items()) {
    for (const json::Member& scheme : each.members()) {
      const auto authorizer = read.authorizers.find(std::string(scheme.name()));
      if (authorizer != read.authorizers.end()) {
        const bool is_pool = text_member(authorizer->second, "type") == "COGNITO_USER_POOLS";
        authorization = is_pool ? "COGNITO_USER_POOLS" : "CUSTOM";
        method.set("authorizerName", scheme.key);
      } else if (aws::lower_ascii(scheme.name()) == "sigv4") {
        authorization = "AWS_IAM";
      } else {
        needs_key = needs_key || aws::lower_ascii(scheme.name()).find("key") != std::string::npos;
      }
    }
  }
  method.set("authorizationType", Value(authorization)).set("apiKeyRequired", Value(needs_key));
}

Value read_operation(const Value& openapi, const Value& item, const Value& operation,
                     const std::string& verb, const ReadRestApi& read) {
  ObjectBuilder method;
  method.set("httpMethod", Value(verb));
  set_security(openapi, operation, read, method);
  ObjectBuilder parameters;
  ObjectBuilder models;
  read_parameters(openapi, array_member(item, "parameters"), parameters, models);
  read_parameters(openapi, array_member(operation, "parameters"), parameters, models);
  const Value content = object_member(object_member(operation, "requestBody"), "content");
  for (const json::Member& each : content.members()) {
    const std::string schema = text_member(object_member(each.value, "schema"), "$ref");
    if (!schema.empty()) models.set(each.key, Value(schema.substr(schema.rfind('/') + 1)));
  }
  if (!parameters.empty()) method.set("requestParameters", std::move(parameters).build());
  if (!models.empty()) method.set("requestModels", std::move(models).build());
  if (has_member(operation, "operationId"))
    method.set("operationName", *operation.find("operationId"));
  constexpr std::string_view kValidator = "x-amazon-apigateway-request-validator";
  const std::string validator = has_member(operation, kValidator)
                                    ? text_member(operation, kValidator)
                                    : text_member(openapi, kValidator);
  if (!validator.empty()) method.set("validatorName", Value(validator));
  const Value responses = method_responses(operation);
  if (responses.size() > 0) method.set("methodResponses", responses);
  if (has_member(operation, kIntegration)) {
    method.set("methodIntegration",
               integration_of_extension(object_member(operation, kIntegration)));
  }
  return std::move(method).build();
}

}  // namespace

Value integration_of_extension(const Value& extension) {
  ObjectBuilder made;
  std::string type = upper(text_member(extension, "type"));
  made.set("type", Value(type));
  for (const json::Member& each : extension.members()) {
    const std::string_view name = each.name();
    if (name == "type" || name == "responses") continue;
    if (name == "passthroughBehavior" || name == "contentHandling" || name == "connectionType") {
      made.set(name, Value(upper(text_member(extension, name))));
    } else {
      made.set(name, each.value);
    }
  }
  if (!has_member(extension, "passthroughBehavior")) {
    made.set("passthroughBehavior", Value("WHEN_NO_MATCH"));
  }
  if (!has_member(extension, "timeoutInMillis")) made.set("timeoutInMillis", Value(29'000));
  ObjectBuilder responses;
  const Value given = object_member(extension, "responses");
  for (const json::Member& each : given.members()) {
    ObjectBuilder response;
    const Value* status = each.value.find("statusCode");
    const std::string code = status == nullptr     ? "200"
                             : status->is_string() ? std::string(status->as_string())
                                                   : json::write(*status);
    response.set("statusCode", Value(code));
    if (each.name() != "default") response.set("selectionPattern", each.key);
    for (const char* member : {"responseParameters", "responseTemplates"}) {
      if (has_member(each.value, member)) response.set(member, *each.value.find(member));
    }
    if (has_member(each.value, "contentHandling")) {
      response.set("contentHandling", Value(upper(text_member(each.value, "contentHandling"))));
    }
    responses.set(code, std::move(response).build());
  }
  if (given.size() > 0) made.set("integrationResponses", std::move(responses).build());
  return std::move(made).build();
}

Value extension_of_integration(const Value& integration) {
  ObjectBuilder made;
  for (const json::Member& each : integration.members()) {
    const std::string_view name = each.name();
    if (name == "integrationResponses" || name == "cacheNamespace" ||
        name == "cacheKeyParameters") {
      continue;
    }
    if (name == "type" || name == "passthroughBehavior") {
      made.set(name, Value(aws::lower_ascii(text_member(integration, name))));
    } else {
      made.set(name, each.value);
    }
  }
  ObjectBuilder responses;
  const Value given = object_member(integration, "integrationResponses");
  for (const json::Member& each : given.members()) {
    const std::string pattern = text_member(each.value, "selectionPattern");
    responses.set(pattern.empty() ? "default" : pattern,
                  each.value.without_member("selectionPattern"));
  }
  if (given.size() > 0) made.set("responses", std::move(responses).build());
  return std::move(made).build();
}

ApiResult<ReadRestApi> read_rest_openapi(const Value& openapi) {
  if (!text_member(openapi, "swagger").starts_with("2.") &&
      !text_member(openapi, "openapi").starts_with("3.") &&
      find_number(openapi, "swagger").value_or(0) != 2.0) {
    return invalid_input();
  }
  ReadRestApi read;
  read_settings(openapi, read);
  read_models(openapi, read);
  read_authorizers(openapi, read);
  // A basePath is left out: "ignore" is the default of the parameter basepath.
  constexpr std::string_view kVerbs[] = {"get",   "post",    "put", "delete",
                                         "patch", "options", "head"};
  const Value paths = object_member(openapi, "paths");
  for (const json::Member& path : paths.members()) {
    if (!RoutePattern::parse(path.name()) || !path.value.is_object()) {
      return rest_bad_request("Invalid OpenAPI input. The path " + std::string(path.name()) +
                              " is not valid.");
    }
    std::map<std::string, Value>& methods = read.paths[std::string(path.name())];
    for (const json::Member& each : path.value.members()) {
      const bool is_verb =
          std::find(std::begin(kVerbs), std::end(kVerbs), each.name()) != std::end(kVerbs);
      if (!is_verb && each.name() != kAnyMethod) continue;
      const std::string verb = is_verb ? upper(std::string(each.name())) : "ANY";
      methods[verb] = read_operation(openapi, path.value, each.value, verb, read);
    }
  }
  return read;
}

}  // namespace pawl::apigateway
