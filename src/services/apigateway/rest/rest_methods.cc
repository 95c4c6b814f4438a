// SPDX-License-Identifier: Apache-2.0
// Methods of resources, what answers them, and how answers come back. All of a resource's methods
// stand in its record.
#include <algorithm>
#include <span>
#include <utility>

#include "json/members.h"
#include "services/apigateway/mapping_expression.h"
#include "services/apigateway/outgoing_calls.h"
#include "services/apigateway/rest/integration_action.h"
#include "services/apigateway/rest/rest_service.h"
#include "text/regex.h"

namespace pawl::apigateway {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr std::string_view kVerbs[] = {"GET",   "POST",    "PUT",  "DELETE",
                                       "PATCH", "OPTIONS", "HEAD", "ANY"};
constexpr std::string_view kPlaceMembers[] = {"restApiId", "resourceId", "httpMethod", "statusCode",
                                              "patchOperations"};
constexpr int64_t kTimeoutMsMin = 50;
constexpr int64_t kTimeoutMsMax = 29'000;

bool is_place(std::string_view member) {
  return std::find(std::begin(kPlaceMembers), std::end(kPlaceMembers), member) !=
         std::end(kPlaceMembers);
}

/// The input without what says where.
ObjectBuilder own_members(const Value& input) {
  ObjectBuilder out;
  for (const json::Member& each : input.members()) {
    if (!is_place(each.name())) out.set(each.key, each.value);
  }
  return out;
}

/// The value at `way` of nested objects; null if one is missing.
const Value* at_way(const Value& object, const std::vector<std::string>& way) {
  const Value* at = &object;
  for (const std::string& step : way) {
    at = at == nullptr ? nullptr : at->find(step);
  }
  return at;
}

Value with_at_way(const Value& object, std::span<const std::string> way, const Value& value) {
  if (way.empty()) return value;
  const Value* there = object.find(way.front());
  const Value below = there != nullptr && there->is_object() ? *there : Value::object();
  return object.with_member(way.front(), with_at_way(below, way.subspan(1), value));
}

Value without_at_way(const Value& object, std::span<const std::string> way) {
  if (way.size() == 1) return object.without_member(way.front());
  const Value* there = object.find(way.front());
  if (there == nullptr || !there->is_object()) return object;
  return object.with_member(way.front(), without_at_way(*there, way.subspan(1)));
}

ApiResult<void> check_mappings(const Value& parameters, bool of_response) {
  const std::string_view prefix = of_response ? "method.response." : "integration.request.";
  for (const json::Member& each : parameters.members()) {
    const std::string_view name = each.name();
    const auto expression =
        MappingExpression::parse_rest(each.value.is_string() ? each.value.as_string() : "");
    if (!expression) return rest_bad_request(expression.error().message);
    const std::string_view place = name.substr(std::min(prefix.size(), name.size()));
    const bool is_known =
        name.starts_with(prefix) &&
        (place.starts_with("header.") ||
         (!of_response && (place.starts_with("querystring.") || place.starts_with("path."))));
    if (!is_known) {
      return rest_bad_request(
          "Invalid mapping expression specified: Validation Result: warnings "
          ": [], errors : [Invalid mapping expression parameter specified: " +
          std::string(name) + "]");
    }
  }
  return {};
}

ApiResult<void> check_integration(const Value& input) {
  const std::string type = text_member(input, "type");
  const std::string uri = text_member(input, "uri");
  const bool is_aws = type == "AWS" || type == "AWS_PROXY";
  if (is_aws || type == "HTTP" || type == "HTTP_PROXY") {
    if (text_member(input, "integrationHttpMethod").empty()) {
      return rest_bad_request("Enumeration value for HttpMethod must be non-empty");
    }
  }
  if (is_aws) {
    if (!uri.starts_with("arn:aws")) {
      return rest_bad_request("Invalid ARN specified in the request");
    }
    const std::optional<IntegrationUri> parsed = parse_integration_uri(uri);
    if (!parsed) return rest_bad_request("AWS ARN for integration must contain path or action");
    if (type == "AWS_PROXY" && parsed->service != "lambda") {
      return rest_bad_request(
          "Integrations of type 'AWS_PROXY' currently only supports Lambda "
          "function and Firehose stream invocations.");
    }
  }
  if ((type == "HTTP" || type == "HTTP_PROXY") &&
      text_member(input, "connectionType") != "VPC_LINK" &&
      uri.find("${stageVariables.") == std::string::npos && !read_url(uri)) {
    return rest_bad_request("Invalid HTTP endpoint specified for URI");
  }
  const int64_t timeout = integer_member(input, "timeoutInMillis", kTimeoutMsMax);
  if (timeout < kTimeoutMsMin || timeout > kTimeoutMsMax) {
    return rest_bad_request("Timeout should be between 50 ms and 29000 ms");
  }
  return check_mappings(object_member(input, "requestParameters"), /*of_response=*/false);
}

}  // namespace

ApiResult<RestApiService::MethodPlace> RestApiService::find_method(
    const aws::Request& request) const {
  MethodPlace place;
  place.scope = rest_scope_of(request);
  place.api_id = text_member(request.input, "restApiId");
  place.verb = text_member(request.input, "httpMethod");
  place.resource =
      PAWL_TRY(need_resource(place.scope, place.api_id, text_member(request.input, "resourceId")));
  const Value methods = object_member(place.resource, "resourceMethods");
  const Value* method = methods.find(place.verb);
  if (method == nullptr) return rest_not_found("Invalid Method identifier specified");
  place.method = *method;
  return place;
}

ApiResult<void> RestApiService::store_method(const aws::Request& request, const MethodPlace& place,
                                             const Value& method, const Value& answer) {
  const Value methods = object_member(place.resource, "resourceMethods");
  const Value changed = place.resource.with_member(
      "resourceMethods", method.is_null() ? methods.without_member(place.verb)
                                          : methods.with_member(place.verb, method));
  store::Batch batch;
  records_.put(batch, place.scope, RecordKind::RestResource, place.api_id,
               text_member(changed, "id"), changed);
  return commit(request, batch, answer);
}

ActionResult RestApiService::put_method(const aws::Request& request) {
  const Value& input = request.input;
  MethodPlace place;
  place.scope = rest_scope_of(request);
  place.api_id = text_member(input, "restApiId");
  place.verb = text_member(input, "httpMethod");
  if (std::find(std::begin(kVerbs), std::end(kVerbs), place.verb) == std::end(kVerbs)) {
    return rest_bad_request(
        "Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,"
        "PATCH,OPTIONS,HEAD,ANY");
  }
  const std::lock_guard lock(mutex_);
  place.resource =
      PAWL_TRY(need_resource(place.scope, place.api_id, text_member(input, "resourceId")));
  if (has_member(object_member(place.resource, "resourceMethods"), place.verb)) {
    return ApiError("ConflictException", "Method already exists for this resource", 409);
  }
  std::string authorization = text_member(input, "authorizationType");
  std::transform(authorization.begin(), authorization.end(), authorization.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  if (authorization != "NONE" && authorization != "AWS_IAM" && authorization != "CUSTOM" &&
      authorization != "COGNITO_USER_POOLS") {
    return rest_bad_request(
        "Invalid authorizationType specified. Valid options are NONE, AWS_IAM, "
        "CUSTOM, COGNITO_USER_POOLS");
  }
  if (authorization == "CUSTOM" || authorization == "COGNITO_USER_POOLS") {
    const std::string authorizer = text_member(input, "authorizerId");
    const auto found =
        PAWL_TRY(records_.find(place.scope, RecordKind::RestAuthorizer, place.api_id, authorizer));
    if (!found) {
      return rest_bad_request(
          "Invalid authorizer ID specified. Setting the authorization type to "
          "CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.");
    }
  }
  if (const std::string validator = text_member(input, "requestValidatorId"); !validator.empty()) {
    const auto found = PAWL_TRY(
        records_.find(place.scope, RecordKind::RestRequestValidator, place.api_id, validator));
    if (!found) return rest_bad_request("Invalid Request Validator identifier specified");
  }
  ObjectBuilder made;
  made.set("httpMethod", Value(place.verb));
  const Value own = own_members(input).build();
  for (const json::Member& each : own.members()) made.set(each.key, each.value);
  made.set("authorizationType", Value(authorization));
  made.set("apiKeyRequired", Value(flag_member(input, "apiKeyRequired")));
  const Value method = std::move(made).build();
  PAWL_TRY_VOID(store_method(request, place, method, method));
  return method;
}

ActionResult RestApiService::get_method(const aws::Request& request) {
  return PAWL_TRY(find_method(request)).method;
}

ActionResult RestApiService::delete_method(const aws::Request& request) {
  const std::lock_guard lock(mutex_);
  const MethodPlace place = PAWL_TRY(find_method(request));
  PAWL_TRY_VOID(store_method(request, place, Value(), Value::object()));
  return Value::object();
}

ActionResult RestApiService::update_method(const aws::Request& request) {
  return patch_part(request, {}, "");
}

ActionResult RestApiService::patch_part(const aws::Request& request,
                                        const std::vector<std::string>& way,
                                        const char* not_found) {
  const std::lock_guard lock(mutex_);
  const MethodPlace place = PAWL_TRY(find_method(request));
  const Value* part = at_way(place.method, way);
  if (part == nullptr) return rest_not_found(not_found);
  const Value changed =
      PAWL_TRY(apply_patches(*part, read_patches(request.input), *request.operation->output));
  if (request.operation->name == "UpdateIntegration") {
    PAWL_TRY_VOID(check_mappings(object_member(changed, "requestParameters"), false));
  }
  if (request.operation->name == "UpdateIntegrationResponse") {
    PAWL_TRY_VOID(check_mappings(object_member(changed, "responseParameters"), true));
  }
  PAWL_TRY_VOID(store_method(request, place, with_at_way(place.method, way, changed), changed));
  return changed;
}

ActionResult RestApiService::put_method_response(const aws::Request& request) {
  const std::lock_guard lock(mutex_);
  const MethodPlace place = PAWL_TRY(find_method(request));
  const std::string status = text_member(request.input, "statusCode");
  if (at_way(place.method, {"methodResponses", status}) != nullptr) {
    return ApiError("ConflictException", "Response already exists for this resource", 409);
  }
  ObjectBuilder made;
  made.set("statusCode", Value(status));
  const Value own = own_members(request.input).build();
  for (const json::Member& each : own.members()) made.set(each.key, each.value);
  const Value response = std::move(made).build();
  const std::vector<std::string> way = {"methodResponses", status};
  PAWL_TRY_VOID(store_method(request, place, with_at_way(place.method, way, response), response));
  return response;
}

ActionResult RestApiService::get_method_response(const aws::Request& request) {
  const MethodPlace place = PAWL_TRY(find_method(request));
  const Value* found =
      at_way(place.method, {"methodResponses", text_member(request.input, "statusCode")});
  if (found == nullptr) return rest_not_found("Invalid Response status code specified");
  return *found;
}

ActionResult RestApiService::update_method_response(const aws::Request& request) {
  return patch_part(request, {"methodResponses", text_member(request.input, "statusCode")},
                    "Invalid Response status code specified");
}

ActionResult RestApiService::delete_method_response(const aws::Request& request) {
  const std::lock_guard lock(mutex_);
  const MethodPlace place = PAWL_TRY(find_method(request));
  const std::vector<std::string> way = {"methodResponses",
                                        text_member(request.input, "statusCode")};
  if (at_way(place.method, way) == nullptr) {
    return rest_not_found("Invalid Response status code specified");
  }
  PAWL_TRY_VOID(store_method(request, place, without_at_way(place.method, way), Value::object()));
  return Value::object();
}

ActionResult RestApiService::put_integration(const aws::Request& request) {
  const Value& input = request.input;
  PAWL_TRY_VOID(check_integration(input));
  const std::lock_guard lock(mutex_);
  const MethodPlace place = PAWL_TRY(find_method(request));
  ObjectBuilder made;
  const Value own = own_members(input).build();
  made.set("type", Value(text_member(input, "type")));
  for (const json::Member& each : own.members()) {
    if (each.name() == "integrationHttpMethod") {
      made.set("httpMethod", each.value);
    } else {
      made.set(each.key, each.value);
    }
  }
  const auto set = [&](const char* member, Value value) {
    if (!has_member(input, member)) made.set(member, std::move(value));
  };
  set("passthroughBehavior", Value("WHEN_NO_MATCH"));
  set("timeoutInMillis", Value(kTimeoutMsMax));
  set("cacheNamespace", Value(text_member(input, "resourceId")));
  set("cacheKeyParameters", Value::array());
  Value integration = std::move(made).build();
  if (const Value* responses =
          at_way(place.method, {"methodIntegration", "integrationResponses"})) {
    integration = integration.with_member("integrationResponses", *responses);
  }
  PAWL_TRY_VOID(store_method(
      request, place, place.method.with_member("methodIntegration", integration), integration));
  return integration;
}

ActionResult RestApiService::get_integration(const aws::Request& request) {
  const MethodPlace place = PAWL_TRY(find_method(request));
  const Value* found = place.method.find("methodIntegration");
  if (found == nullptr) return rest_not_found("Invalid Integration identifier specified");
  return *found;
}

ActionResult RestApiService::update_integration(const aws::Request& request) {
  return patch_part(request, {"methodIntegration"}, "Invalid Integration identifier specified");
}

ActionResult RestApiService::delete_integration(const aws::Request& request) {
  const std::lock_guard lock(mutex_);
  const MethodPlace place = PAWL_TRY(find_method(request));
  if (place.method.find("methodIntegration") == nullptr) {
    return rest_not_found("Invalid Integration identifier specified");
  }
  PAWL_TRY_VOID(store_method(request, place, place.method.without_member("methodIntegration"),
                             Value::object()));
  return Value::object();
}

ActionResult RestApiService::put_integration_response(const aws::Request& request) {
  const Value& input = request.input;
  const std::string pattern = text_member(input, "selectionPattern");
  if (!text::Regex::compile(pattern)) {
    return rest_bad_request("Invalid selection pattern specified: " + pattern);
  }
  PAWL_TRY_VOID(check_mappings(object_member(input, "responseParameters"), /*of_response=*/true));
  const std::lock_guard lock(mutex_);
  const MethodPlace place = PAWL_TRY(find_method(request));
  if (place.method.find("methodIntegration") == nullptr) {
    return rest_not_found("Invalid Integration identifier specified");
  }
  const std::string status = text_member(input, "statusCode");
  ObjectBuilder made;
  made.set("statusCode", Value(status));
  const Value own = own_members(input).build();
  for (const json::Member& each : own.members()) made.set(each.key, each.value);
  const Value response = std::move(made).build();
  const std::vector<std::string> way = {"methodIntegration", "integrationResponses", status};
  PAWL_TRY_VOID(store_method(request, place, with_at_way(place.method, way, response), response));
  return response;
}

ActionResult RestApiService::get_integration_response(const aws::Request& request) {
  const MethodPlace place = PAWL_TRY(find_method(request));
  const Value* found = at_way(place.method, {"methodIntegration", "integrationResponses",
                                             text_member(request.input, "statusCode")});
  if (found == nullptr) return rest_not_found("Invalid Response status code specified");
  return *found;
}

ActionResult RestApiService::update_integration_response(const aws::Request& request) {
  return patch_part(
      request,
      {"methodIntegration", "integrationResponses", text_member(request.input, "statusCode")},
      "Invalid Response status code specified");
}

ActionResult RestApiService::delete_integration_response(const aws::Request& request) {
  const std::lock_guard lock(mutex_);
  const MethodPlace place = PAWL_TRY(find_method(request));
  const std::vector<std::string> way = {"methodIntegration", "integrationResponses",
                                        text_member(request.input, "statusCode")};
  if (at_way(place.method, way) == nullptr) {
    return rest_not_found("Invalid Response status code specified");
  }
  PAWL_TRY_VOID(store_method(request, place, without_at_way(place.method, way), Value::object()));
  return Value::object();
}

}  // namespace pawl::apigateway
