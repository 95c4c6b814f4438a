// SPDX-License-Identifier: Apache-2.0
// Who may pass: JSON Web Tokens, Lambda functions, IAM (Developer Guide "Controlling and managing
// access to HTTP APIs").
#include <utility>

#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/apigateway/http/gateway_call.h"
#include "services/apigateway/http/http_gateway.h"
#include "services/apigateway/proxy_event.h"

namespace pawl::apigateway {
namespace {

using json::ObjectBuilder;
using json::Value;

std::string jwt_context(const ClaimsVerdict& verdict, bool wants_scopes, bool is_format_2) {
  ObjectBuilder claims;
  for (const auto& [name, value] : verdict.variables) claims.set(name, Value(value));
  ObjectBuilder jwt;
  jwt.set("claims", std::move(claims).build())
      .set("scopes", wants_scopes ? json::texts_value(verdict.scopes) : Value());
  if (!is_format_2) return json::write(std::move(jwt).build());
  ObjectBuilder out;
  out.set("jwt", std::move(jwt).build());
  return json::write(std::move(out).build());
}

std::string route_arn(const GatewayExchange& exchange) {
  std::string path = exchange.resource_path;
  return "arn:aws:execute-api:" + exchange.scope.region + ":" + exchange.scope.account + ":" +
         exchange.api_id + "/" + exchange.stage + "/" + exchange.http->method + path;
}

}  // namespace

void HttpGateway::authorize(const CallPointer& call) {
  const HttpRoute& route = *call->route;
  if (route.authorization_type.empty() || route.authorization_type == "NONE") {
    return integrate(call);
  }
  if (route.authorization_type == "AWS_IAM") {
    if (!may_pass_iam(ports_, *call->exchange.http)) return refuse(call, 403, "Forbidden");
    return integrate(call);
  }
  if (!route.authorizer) return refuse(call, 500, "Internal Server Error");
  const HttpAuthorizer& authorizer = call->stage->table->authorizers[*route.authorizer];
  if (authorizer.is_jwt) return authorize_by_token(call, authorizer);
  authorize_by_function(call, authorizer);
}

void HttpGateway::authorize_by_token(const CallPointer& call, const HttpAuthorizer& authorizer) {
  std::optional<std::string> text;
  for (const MappingExpression& source : authorizer.identity_sources) {
    text = source.evaluate(call->exchange);
    if (text && !text->empty()) break;
  }
  const auto token =
      text
          ? parse_token(*text)
          : base::Result<JsonWebToken>(base::Error(base::ErrorKind::NotFound, "there is no token"));
  if (!token) return refuse(call, 401, "Unauthorized");
  key_sets_.find(
      authorizer.issuer, token->key_id,
      [this, call, &authorizer, token = *token](const std::shared_ptr<const KeySet>& keys) {
        if (!keys || !keys->verifies(token)) return refuse(call, 401, "Unauthorized");
        check_token(call, authorizer, token);
      });
}

void HttpGateway::check_token(const CallPointer& call, const HttpAuthorizer& authorizer,
                              const JsonWebToken& token) {
  const ClaimsVerdict verdict = check_claims(token, {authorizer.issuer, authorizer.audience},
                                             call->route->scopes, ports_.loop.now());
  if (!verdict.failure.empty()) {
    call->exchange.error_message = verdict.failure;
    aws::HttpResponse response = message_response(401, "Unauthorized");
    response.headers.set(
        "www-authenticate",
        "Bearer scope=\"\" error=\"invalid_token\" error_description=\"" + verdict.failure + "\"");
    return finish(call, std::move(response));
  }
  if (verdict.lacks_scope) return refuse(call, 403, "Forbidden");
  const HttpRoute& route = *call->route;
  const bool is_format_2 =
      route.integration && call->stage->table->integrations[*route.integration].is_format_2;
  GatewayExchange& exchange = call->exchange;
  for (const auto& [name, value] : verdict.variables) {
    exchange.authorizer["claims." + name] = value;
    exchange.authorizer["jwt.claims." + name] = value;
  }
  exchange.authorizer_json = jwt_context(verdict, !route.scopes.empty(), is_format_2);
  integrate(call);
}

void HttpGateway::authorize_by_function(const CallPointer& call, const HttpAuthorizer& authorizer) {
  GatewayExchange& exchange = call->exchange;
  IdentityOfAuthorizer who{route_arn(exchange)};
  std::string key = exchange.api_id + "/" + exchange.stage + "/" + authorizer.id;
  for (const MappingExpression& source : authorizer.identity_sources) {
    std::optional<std::string> value = source.evaluate(exchange);
    if (!value || value->empty()) return refuse(call, 401, "Unauthorized");
    key += '\n' + *value;
    who.identity_source.push_back(*std::move(value));
  }
  const bool is_kept = authorizer.ttl_s > 0 && !who.identity_source.empty();
  if (is_kept) {
    // A policy is for all routes of the API; what it says of this one is read anew.
    if (const auto known = decisions_.find(key, exchange.received)) {
      return take_decision(call, authorizer, *known);
    }
  }
  const std::string function = function_of_uri(authorizer.uri, exchange.stage_variables);
  const std::string event = authorizer.is_format_2 ? authorizer_event_2(exchange, who)
                                                   : authorizer_event_1(exchange, who);
  invoke_function(ports_.caller, exchange.scope, function, event, /*as_event=*/false,
                  [this, call, &authorizer, key, is_kept](const FunctionResult& result) {
                    if (result.outcome != FunctionResult::Outcome::Answered) {
                      call->exchange.integration_error = result.error;
                      return refuse(call, 500, "Internal Server Error");
                    }
                    if (is_kept) {
                      decisions_.keep(key, result.payload,
                                      {ports_.loop.now().ms + authorizer.ttl_s * 1'000});
                    }
                    take_decision(call, authorizer, result.payload);
                  });
}

void HttpGateway::take_decision(const CallPointer& call, const HttpAuthorizer& authorizer,
                                const std::string& result) {
  GatewayExchange& exchange = call->exchange;
  std::optional<AuthorizerDecision> decision =
      authorizer.has_simple_responses ? read_simple_decision(result)
                                      : read_policy_decision(result, route_arn(exchange));
  if (!decision) return refuse(call, 500, "Internal Server Error");
  if (!decision->is_allowed) return refuse(call, 403, "Forbidden");
  const HttpRoute& route = *call->route;
  const bool is_format_2 =
      route.integration && call->stage->table->integrations[*route.integration].is_format_2;
  if (is_format_2) {
    exchange.authorizer_json = "{\"lambda\":" + decision->context_json + "}";
  } else {
    base::Result<Value> context = json::parse(decision->context_json);
    const auto principal = decision->variables.find("principalId");
    if (context && principal != decision->variables.end()) {
      *context = context->with_member("principalId", Value(principal->second));
    }
    exchange.authorizer_json = context ? json::write(*context) : "{}";
  }
  exchange.authorizer = std::move(decision->variables);
  integrate(call);
}

}  // namespace pawl::apigateway
