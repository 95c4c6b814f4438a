// SPDX-License-Identifier: Apache-2.0
// Who may pass: Lambda authorizers, IAM, keys of usage plans; and what a request must have.
#include <algorithm>
#include <utility>

#include "json/parse.h"
#include "json/write.h"
#include "services/apigateway/proxy_event.h"
#include "services/apigateway/rest/gateway_call.h"
#include "services/apigateway/rest/json_schema.h"
#include "services/apigateway/rest/rest_gateway.h"

namespace pawl::apigateway {
namespace {

using json::ObjectBuilder;
using json::Value;

std::string method_arn(const GatewayExchange& exchange) {
  return "arn:aws:execute-api:" + exchange.scope.region + ":" + exchange.scope.account + ":" +
         exchange.api_id + "/" + exchange.stage + "/" + exchange.http->method +
         exchange.resource_path;
}

std::string token_event(const std::string& token, const std::string& arn) {
  ObjectBuilder event;
  event.set("type", Value("TOKEN"))
      .set("methodArn", Value(arn))
      .set("authorizationToken", Value(token));
  return json::write(std::move(event).build());
}

/// The number of a day, a week or a month.
int64_t period_of(const std::string& name, base::Timestamp now) {
  const int64_t day = now.ms / 86'400'000;
  if (name == "WEEK") return (day + 3) / 7;  // weeks begin on Mondays; 1970 began on a Thursday
  if (name != "MONTH") return day;
  // Civil from days (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
  const int64_t shifted = day + 719'468;
  const int64_t era = shifted / 146'097;
  const int64_t of_era = shifted - era * 146'097;
  const int64_t year = (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
  const int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const int64_t month = (5 * of_year + 2) / 153;  // March is 0
  return (era * 400 + year) * 12 + month;
}

}  // namespace

void RestGateway::authorize(const CallPointer& call) {
  const RestMethod& method = *call->method;
  if (method.authorization == "AWS_IAM") {
    if (!may_pass_iam(ports_, *call->exchange.http)) {
      return refuse(call, "MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token");
    }
    return check_key(call);
  }
  if (method.authorization == "COGNITO_USER_POOLS") {
    // There are no user pools here whose tokens could be valid.
    return refuse(call, "UNAUTHORIZED", "Unauthorized");
  }
  if (method.authorization != "CUSTOM") return check_key(call);
  if (!method.authorizer) {
    return refuse(call, "AUTHORIZER_CONFIGURATION_ERROR", "Internal server error");
  }
  authorize_by_function(call, call->deployment->authorizers[*method.authorizer]);
}

void RestGateway::authorize_by_function(const CallPointer& call, const RestAuthorizer& authorizer) {
  GatewayExchange& exchange = call->exchange;
  IdentityOfAuthorizer who{method_arn(exchange)};
  std::string key = exchange.api_id + "/" + exchange.stage + "/" + authorizer.id;
  const bool is_token = authorizer.type == "TOKEN";
  for (const MappingExpression& source : authorizer.identity_sources) {
    std::optional<std::string> value = source.evaluate(exchange);
    const bool is_valid =
        value && !value->empty() &&
        (!is_token || !authorizer.validation || authorizer.validation->matches_whole(*value));
    if (!is_valid) return refuse(call, "UNAUTHORIZED", "Unauthorized");
    key += '\n' + *value;
    who.identity_source.push_back(*std::move(value));
  }
  if (is_token && who.identity_source.empty()) {
    return refuse(call, "UNAUTHORIZED", "Unauthorized");
  }
  const bool is_kept = authorizer.ttl_s > 0 && !who.identity_source.empty();
  if (is_kept) {
    if (const auto known = decisions_.find(key, exchange.received)) {
      return take_decision(call, *known);
    }
  }
  const std::string event = is_token ? token_event(who.identity_source[0], who.resource_arn)
                                     : rest_authorizer_event(exchange, who);
  const int64_t ttl_s = authorizer.ttl_s;
  invoke_function(
      ports_.caller, exchange.scope, function_of_uri(authorizer.uri, exchange.stage_variables),
      event, /*as_event=*/false, [this, call, key, is_kept, ttl_s](const FunctionResult& result) {
        if (result.outcome != FunctionResult::Outcome::Answered) {
          // A function says "Unauthorized" by raising it.
          if (result.payload.find("\"errorMessage\": \"Unauthorized\"") != std::string::npos ||
              result.payload.find("\"errorMessage\":\"Unauthorized\"") != std::string::npos) {
            return refuse(call, "UNAUTHORIZED", "Unauthorized");
          }
          call->exchange.integration_error = result.error;
          return refuse(call, "AUTHORIZER_FAILURE", "Internal server error");
        }
        if (is_kept) {
          decisions_.keep(key, result.payload, {ports_.loop.now().ms + ttl_s * 1'000});
        }
        take_decision(call, result.payload);
      });
}

void RestGateway::take_decision(const CallPointer& call, const std::string& result) {
  GatewayExchange& exchange = call->exchange;
  std::optional<AuthorizerDecision> decision = read_policy_decision(result, method_arn(exchange));
  if (!decision) {
    return refuse(call, "AUTHORIZER_CONFIGURATION_ERROR", "Internal server error");
  }
  if (!decision->is_allowed) {
    return refuse(call, "ACCESS_DENIED", "User is not authorized to access this resource");
  }
  call->usage_key = decision->usage_key;
  const base::Result<Value> context = json::parse(decision->context_json);
  ObjectBuilder shown;
  if (context && context->is_object()) {
    // In events they are all texts.
    for (const json::Member& each : context->members()) {
      shown.set(each.key, each.value.is_string() ? each.value : Value(json::write(each.value)));
    }
  }
  shown.set("principalId", Value(decision->variables["principalId"]));
  exchange.authorizer_json = json::write(std::move(shown).build());
  exchange.authorizer = std::move(decision->variables);
  check_key(call);
}

bool RestGateway::takes_quota(const RestKey& key, base::Timestamp now) {
  const std::lock_guard lock(mutex_);
  Usage& usage = usage_[{key.plan_id, key.id}];
  const int64_t period = period_of(key.quota_period, now);
  if (usage.period != period) usage = {period, 0, key.quota};
  usage.limit = key.quota;
  if (key.quota > 0 && usage.used >= key.quota) return false;
  ++usage.used;
  return true;
}

Value RestGateway::usage_of(const std::string& plan_id) {
  const std::lock_guard lock(mutex_);
  ObjectBuilder out;
  for (const auto& [key, usage] : usage_) {
    if (key.first != plan_id) continue;
    const Value day =
        Value::array({Value(usage.used), Value(std::max<int64_t>(usage.limit - usage.used, 0))});
    out.set(key.second, Value::array({day}));
  }
  return std::move(out).build();
}

void RestGateway::check_key(const CallPointer& call) {
  if (!call->method->needs_key) return validate(call);
  GatewayExchange& exchange = call->exchange;
  exchange.api_key = call->deployment->has_key_of_authorizer
                         ? call->usage_key
                         : std::string(exchange.http->headers.get("x-api-key"));
  const auto key = call->stage->keys.find(exchange.api_key);
  if (key == call->stage->keys.end() || !key->second.is_enabled) {
    return refuse(call, "INVALID_API_KEY", "Forbidden");
  }
  exchange.api_key_id = key->second.id;
  if (key->second.throttle &&
      !throttles_.take(key->second.plan_id + "/" + key->second.id, key->second.throttle->rate,
                       key->second.throttle->burst, exchange.received)) {
    return refuse(call, "THROTTLED", "Too Many Requests");
  }
  if (!takes_quota(key->second, exchange.received)) {
    return refuse(call, "QUOTA_EXCEEDED", "Limit Exceeded");
  }
  validate(call);
}

void RestGateway::validate(const CallPointer& call) {
  const RestMethod& method = *call->method;
  const GatewayExchange& exchange = call->exchange;
  if (method.validates_parameters) {
    std::string missing;
    for (const auto& [place, name] : method.required) {
      const bool is_there =
          place == "header" ? joined_header(*exchange.http, name).value_or("") != ""
          : place == "path" ? exchange.path_parameter(name) != nullptr
                            : joined_query(exchange.query, name).value_or("") != "";
      if (!is_there) missing += (missing.empty() ? "" : ", ") + name;
    }
    if (!missing.empty()) {
      return refuse(call, "BAD_REQUEST_PARAMETERS",
                    "Missing required request parameters: [" + missing + "]");
    }
  }
  if (method.validates_body && !method.models.empty()) {
    std::string type(exchange.http->headers.get("Content-Type"));
    type = type.empty() ? "application/json" : type.substr(0, type.find(';'));
    auto model = method.models.find(type);
    if (model == method.models.end()) model = method.models.find("$default");
    if (model != method.models.end()) {
      const auto& schemas = call->deployment->models;
      const ModelLookup look_up = [&](const std::string& name) -> std::optional<std::string> {
        const auto found = schemas.find(name);
        return found == schemas.end() ? std::nullopt : std::optional(found->second);
      };
      const base::Result<Value> body = json::parse(exchange.http->body);
      const std::optional<std::string> schema = look_up(model->second);
      if (!body || !schema || !matches_schema(*schema, *body, look_up)) {
        return refuse(call, "BAD_REQUEST_BODY", "Invalid request body");
      }
    }
  }
  integrate(call);
}

}  // namespace pawl::apigateway
