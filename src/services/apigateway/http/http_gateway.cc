// SPDX-License-Identifier: Apache-2.0
// From a request to its route, and from a response to the client.
#include "services/apigateway/http/http_gateway.h"

#include <utility>

#include "services/apigateway/http/gateway_call.h"
#include "services/apigateway/identifiers.h"

namespace pawl::apigateway {
namespace {

constexpr size_t kCompiledMax = 1'000;

bool is_preflight(const aws::HttpRequest& request) {
  return request.method == "OPTIONS" && request.headers.has("Origin") &&
         request.headers.has("Access-Control-Request-Method");
}

}  // namespace

void HttpGateway::forget(const std::string& api_id) {
  const std::lock_guard lock(mutex_);
  ++changes_;
  compiled_.erase(api_id);
}

aws::ApiResult<std::shared_ptr<const CompiledHttpApi>> HttpGateway::find(
    const Scope& scope, const std::string& api_id) {
  uint64_t changes = 0;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = compiled_.find(api_id); found != compiled_.end()) return found->second;
    changes = changes_;
  }
  auto made = PAWL_TRY(compile_http_api(records_, scope, api_id));
  const std::lock_guard lock(mutex_);
  if (made && changes == changes_) {
    if (compiled_.size() >= kCompiledMax) compiled_.clear();
    compiled_[api_id] = made;
  }
  return made;
}

/// "/prod/pets" is stage "prod" if there is one, else a path of stage "$default".
bool HttpGateway::choose_stage(Call& call, const RequestTarget& target) {
  GatewayExchange& exchange = call.exchange;
  const std::string& path = target.path;
  const size_t end = std::min(path.find('/', 1), path.size());
  const std::string first = aws::uri_decode(path.substr(1, end - 1));
  auto found = call.api->stages.find(first);
  exchange.path = path;
  if (found != call.api->stages.end()) {
    exchange.resource_path = end < path.size() ? path.substr(end) : "/";
    if (first == "$default") exchange.path = exchange.resource_path;
  } else {
    found = call.api->stages.find("$default");
    if (found == call.api->stages.end()) return false;
    exchange.resource_path = path;
  }
  call.stage = &found->second;
  exchange.stage = call.stage->name;
  exchange.stage_variables = call.stage->variables;
  return true;
}

void HttpGateway::serve(const Scope& scope, const RequestTarget& target,
                        const aws::HttpRequest& request, aws::HttpSite::Answer answer) {
  const auto call = std::make_shared<Call>();
  GatewayExchange& exchange = call->exchange;
  exchange.http = &request;
  exchange.answer = std::move(answer);
  exchange.received = ports_.loop.now();
  exchange.request_id = random_alphanumeric(15) + "=";
  exchange.api_id = target.api_id;
  exchange.scope = scope;
  exchange.domain_name = target.domain_name;
  exchange.query = aws::parse_query(request.query);
  auto api = find(scope, target.api_id);
  if (!api) return refuse(call, 500, "Internal Server Error");
  if (!*api || (*api)->is_disabled) return refuse(call, 404, "Not Found");
  call->api = *std::move(api);
  if (request.stream != nullptr || request.body.size() > kPayloadBytesMax) {
    return refuse(call, 413, "Request Entity Too Large");
  }
  if (!choose_stage(*call, target) || !call->stage->table) return refuse(call, 404, "Not Found");
  if (call->api->cors && is_preflight(request)) {
    return finish(call, preflight_response(*call->api->cors, request));
  }
  HttpRouteTable::Match match = call->stage->table->match(request.method, exchange.resource_path);
  if (match.route == nullptr) return refuse(call, 404, "Not Found");
  call->route = match.route;
  exchange.route_key = match.route->key;
  exchange.resource = match.route->resource;
  for (auto& [name, value] : match.parameters) {
    exchange.path_parameters.emplace_back(std::move(name), aws::uri_decode(value));
  }
  if (is_throttled(*call)) return refuse(call, 429, "Too Many Requests");
  authorize(call);
}

bool HttpGateway::is_throttled(const Call& call) {
  const auto own = call.stage->route_throttles.find(call.route->key);
  const Throttle* throttle = own != call.stage->route_throttles.end() ? &own->second
                             : call.stage->throttle                   ? &*call.stage->throttle
                                                                      : nullptr;
  if (throttle == nullptr) return false;
  const std::string name = call.api->id + "/" + call.stage->name + "/" + call.route->key;
  return !throttles_.take(name, throttle->rate, throttle->burst, call.exchange.received);
}

void HttpGateway::refuse(const CallPointer& call, int status, std::string_view message) {
  call->exchange.error_message = message;
  finish(call, message_response(status, message));
}

void HttpGateway::finish(const CallPointer& call, aws::HttpResponse response) {
  if (call->is_answered) return;
  call->is_answered = true;
  if (call->timer != 0) ports_.loop.cancel(call->timer);
  GatewayExchange& exchange = call->exchange;
  if (call->api && call->api->cors && !is_preflight(*exchange.http)) {
    apply_cors(*call->api->cors, *exchange.http, response);
  }
  response.headers.set("Apigw-Requestid", exchange.request_id);
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
