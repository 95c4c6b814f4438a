// SPDX-License-Identifier: Apache-2.0
// From a request to its method, and from a response to the client.
#include "services/apigateway/rest/rest_gateway.h"

#include <algorithm>
#include <utility>

#include "json/write.h"
#include "services/apigateway/identifiers.h"
#include "services/apigateway/rest/gateway_call.h"

namespace pawl::apigateway {
namespace {

constexpr size_t kCompiledMax = 1'000;

struct GatewayResponseType {
  std::string_view name;
  int status;
};

/// Developer Guide "Gateway response types for API Gateway".
constexpr GatewayResponseType kTypes[] = {{"ACCESS_DENIED", 403},
                                          {"API_CONFIGURATION_ERROR", 500},
                                          {"AUTHORIZER_CONFIGURATION_ERROR", 500},
                                          {"AUTHORIZER_FAILURE", 500},
                                          {"BAD_REQUEST_PARAMETERS", 400},
                                          {"BAD_REQUEST_BODY", 400},
                                          {"EXPIRED_TOKEN", 403},
                                          {"INTEGRATION_FAILURE", 504},
                                          {"INTEGRATION_TIMEOUT", 504},
                                          {"INVALID_API_KEY", 403},
                                          {"INVALID_SIGNATURE", 403},
                                          {"MISSING_AUTHENTICATION_TOKEN", 403},
                                          {"QUOTA_EXCEEDED", 429},
                                          {"REQUEST_TOO_LARGE", 413},
                                          {"RESOURCE_NOT_FOUND", 404},
                                          {"THROTTLED", 429},
                                          {"UNAUTHORIZED", 401},
                                          {"UNSUPPORTED_MEDIA_TYPE", 415},
                                          {"WAF_FILTERED", 403}};

bool is_clean(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

/// A gateway response's headers: 'text', "context.x", "method.request.header.x".
void set_parameters(const RestGatewayResponse& custom, const GatewayExchange& exchange,
                    aws::Headers& headers) {
  constexpr std::string_view kPrefix = "gatewayresponse.header.";
  for (const auto& [name, text] : custom.parameters) {
    if (!name.starts_with(kPrefix)) continue;
    const auto expression = MappingExpression::parse_rest(text);
    const auto value = expression ? expression->evaluate(exchange) : std::nullopt;
    if (value && is_clean(*value)) headers.set(name.substr(kPrefix.size()), *value);
  }
}

}  // namespace

int default_gateway_status(std::string_view type) {
  for (const GatewayResponseType& each : kTypes) {
    if (each.name == type) return each.status;
  }
  return 0;
}

void RestGateway::forget(const std::string& api_id) {
  const std::lock_guard lock(mutex_);
  ++changes_;
  compiled_.erase(api_id);
}

void RestGateway::forget_all() {
  const std::lock_guard lock(mutex_);
  ++changes_;
  compiled_.clear();
}

aws::ApiResult<std::shared_ptr<const CompiledRestApi>> RestGateway::find(
    const Scope& scope, const std::string& api_id) {
  uint64_t changes = 0;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = compiled_.find(api_id); found != compiled_.end()) return found->second;
    changes = changes_;
  }
  auto made = PAWL_TRY(compile_rest_api(records_, scope, api_id));
  const std::lock_guard lock(mutex_);
  if (made && changes == changes_) {
    if (compiled_.size() >= kCompiledMax) compiled_.clear();
    compiled_[api_id] = made;
  }
  return made;
}

RestGateway::CallPointer RestGateway::begin(const Scope& scope, const std::string& api_id,
                                            const aws::HttpRequest& request,
                                            aws::HttpSite::Answer answer) const {
  const auto call = std::make_shared<Call>();
  GatewayExchange& exchange = call->exchange;
  exchange.http = &request;
  exchange.answer = std::move(answer);
  exchange.received = ports_.loop.now();
  exchange.request_id = new_uuid();
  exchange.api_id = api_id;
  exchange.scope = scope;
  exchange.query = aws::parse_query(request.query);
  return call;
}

void RestGateway::serve(const Scope& scope, const RequestTarget& target,
                        const aws::HttpRequest& request, aws::HttpSite::Answer answer) {
  const CallPointer call = begin(scope, target.api_id, request, std::move(answer));
  GatewayExchange& exchange = call->exchange;
  exchange.domain_name = target.domain_name;
  exchange.path = target.path;
  auto api = find(scope, target.api_id);
  if (!api) return refuse(call, "DEFAULT_5XX", "Internal server error", 500);
  if (!*api || (*api)->is_disabled) return refuse(call, "ACCESS_DENIED", "Forbidden");
  call->api = *std::move(api);
  const size_t end = std::min(target.path.find('/', 1), target.path.size());
  const auto stage = call->api->stages.find(aws::uri_decode(target.path.substr(1, end - 1)));
  if (stage == call->api->stages.end() || !stage->second.deployment) {
    return refuse(call, "ACCESS_DENIED", "Forbidden");
  }
  call->stage = &stage->second;
  call->deployment = call->stage->deployment;
  exchange.stage = call->stage->name;
  exchange.stage_variables = call->stage->variables;
  if (call->stage->canary && random_percent() < call->stage->canary_percent) {
    call->deployment = call->stage->canary;
    for (const auto& [name, value] : call->stage->canary_variables) {
      exchange.stage_variables[name] = value;
    }
  }
  exchange.resource_path = end < target.path.size() ? target.path.substr(end) : "/";
  if (request.stream != nullptr || request.body.size() > kPayloadBytesMax) {
    return refuse(call, "REQUEST_TOO_LARGE", "Request Too Long");
  }
  if (!choose_method(call)) {
    return refuse(call, "MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token");
  }
  if (is_throttled(*call)) return refuse(call, "THROTTLED", "Too Many Requests");
  authorize(call);
}

bool RestGateway::choose_method(const CallPointer& call) {
  GatewayExchange& exchange = call->exchange;
  RestDeployment::Match match =
      call->deployment->match(exchange.http->method, exchange.resource_path);
  if (match.method == nullptr) return false;
  call->resource = match.resource;
  call->method = match.method;
  exchange.resource = match.resource->path;
  exchange.resource_id = match.resource->id;
  for (auto& [name, value] : match.parameters) {
    exchange.path_parameters.emplace_back(std::move(name), aws::uri_decode(value));
  }
  return true;
}

void RestGateway::test(const TestCall& test, const json::Value& snapshot,
                       const aws::HttpRequest& request, aws::HttpSite::Answer answer) {
  const CallPointer call = begin(test.scope, test.api_id, request, std::move(answer));
  GatewayExchange& exchange = call->exchange;
  exchange.is_test = true;
  exchange.domain_name = "testPrefix.testDomainName";
  exchange.stage = "test-invoke-stage";
  exchange.stage_variables = test.stage_variables;
  exchange.path = test.path;
  exchange.resource_path = test.path;
  call->deployment = compile_rest_deployment(snapshot);
  for (const RestResource& resource : call->deployment->resources) {
    if (resource.id != test.resource_id) continue;
    auto method = resource.methods.find(request.method);
    if (method == resource.methods.end()) method = resource.methods.find("ANY");
    if (method == resource.methods.end()) break;
    call->resource = &resource;
    call->method = &method->second;
    exchange.resource = resource.path;
    exchange.resource_id = resource.id;
    for (auto& [name, value] :
         resource.pattern.match(path_segments(test.path)).value_or(RoutePattern::Parameters())) {
      exchange.path_parameters.emplace_back(name, aws::uri_decode(value));
    }
    return validate(call);
  }
  refuse(call, "RESOURCE_NOT_FOUND", "Invalid Method identifier specified");
}

bool RestGateway::is_throttled(const Call& call) {
  std::string key = call.resource->path;
  if (key.starts_with('/')) key.erase(0, 1);
  key += "/" + call.exchange.http->method;
  auto found = call.stage->throttles.find(key);
  if (found == call.stage->throttles.end()) found = call.stage->throttles.find("*/*");
  if (found == call.stage->throttles.end()) return false;
  return !throttles_.take(call.exchange.api_id + "/" + call.stage->name + "/" + key,
                          found->second.rate, found->second.burst, call.exchange.received);
}

void RestGateway::refuse(const CallPointer& call, const char* type, std::string_view message,
                         int status) {
  if (call->is_answered) return;
  GatewayExchange& exchange = call->exchange;
  exchange.error_type = type;
  exchange.error_message = message;
  aws::HttpResponse response =
      message_response(status != 0 ? status : std::max(default_gateway_status(type), 400), message);
  if (call->deployment) {
    const auto& customs = call->deployment->gateway_responses;
    auto custom = customs.find(type);
    if (custom == customs.end()) {
      custom = customs.find(response.status < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX");
    }
    if (custom != customs.end()) {
      if (custom->second.status >= 100) response.status = custom->second.status;
      exchange.status = response.status;
      set_parameters(custom->second, exchange, response.headers);
      // "Gateway responses support simple variable substitution only."
      if (!custom->second.templates.empty()) {
        auto body = custom->second.templates.find("application/json");
        if (body == custom->second.templates.end()) body = custom->second.templates.begin();
        response.body = access_log_line(body->second, exchange);
        response.headers.set("Content-Type", body->first);
      }
    }
  }
  response.headers.set("x-amzn-ErrorType", response.status >= 500   ? "InternalServerErrorException"
                                           : response.status == 403 ? "ForbiddenException"
                                           : response.status == 401 ? "UnauthorizedException"
                                           : response.status == 429 ? "TooManyRequestsException"
                                                                    : "BadRequestException");
  finish(call, std::move(response));
}

void RestGateway::finish(const CallPointer& call, aws::HttpResponse response) {
  if (call->is_answered) return;
  call->is_answered = true;
  if (call->timer != 0) ports_.loop.cancel(call->timer);
  GatewayExchange& exchange = call->exchange;
  response.headers.set("x-amzn-RequestId", exchange.request_id);
  response.headers.set("x-amz-apigw-id", exchange.request_id.substr(0, 15) + "=");
  exchange.status = response.status;
  exchange.response_bytes = response.body.size();
  const base::Timestamp now = ports_.loop.now();
  exchange.response_ms = now.ms - exchange.received.ms;
  if (call->stage != nullptr && !call->stage->log_destination.empty()) {
    log_.write(call->stage->log_destination, exchange,
               access_log_line(call->stage->log_format, exchange), now);
  }
  exchange.answer(std::move(response));
  exchange.http = nullptr;
}

}  // namespace pawl::apigateway
