// SPDX-License-Identifier: Apache-2.0
#include "json/members.h"
#include "services/apigateway/http/compiled_api.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace pawl::apigateway {
namespace {

using aws::ApiError;
using aws::ApiResult;
using json::Value;

constexpr std::string_view kMethods[] = {"GET",   "POST",    "PUT",  "DELETE",
                                         "PATCH", "OPTIONS", "HEAD", "ANY"};

std::vector<Value> items_of(const Value& object, std::string_view member) {
  const Value list = array_member(object, member);
  return {list.items().begin(), list.items().end()};
}

TextMap texts_of(const Value& object) {
  TextMap texts;
  if (!object.is_object()) return texts;
  for (const json::Member& each : object.members()) {
    if (each.value.is_string()) {
      texts.emplace(std::string(each.name()), each.value.as_string());
    }
  }
  return texts;
}

/// What was checked when it was made; what does not parse any more maps nothing.
void read_mappings(const Value& integration, HttpIntegration& made) {
  const Value parameters = object_member(integration, "RequestParameters");
  for (const json::Member& each : parameters.members()) {
    if (!each.value.is_string()) continue;
    if (made.first_class != nullptr) {
      if (auto value = MappingExpression::parse(each.value.as_string())) {
        made.parameters.emplace_back(std::string(each.name()), *std::move(value));
      }
    } else if (auto mapping = ParameterMapping::parse(each.name(), each.value.as_string(),
                                                      /*of_response=*/false)) {
      made.request.push_back(*std::move(mapping));
    }
  }
  const Value responses = object_member(integration, "ResponseParameters");
  for (const json::Member& status : responses.members()) {
    if (!status.value.is_object()) continue;
    std::vector<ParameterMapping>& list = made.responses[static_cast<int>(
        std::strtol(std::string(status.name()).c_str(), nullptr, 10))];
    for (const json::Member& each : status.value.members()) {
      if (!each.value.is_string()) continue;
      auto mapping =
          ParameterMapping::parse(each.name(), each.value.as_string(), /*of_response=*/true);
      if (mapping) list.push_back(*std::move(mapping));
    }
  }
}

HttpIntegration compile_integration(const Value& record) {
  HttpIntegration made;
  made.id = text_member(record, "IntegrationId");
  const std::string subtype = text_member(record, "IntegrationSubtype");
  if (!subtype.empty()) made.first_class = find_first_class(subtype);
  made.is_lambda = subtype.empty() && text_member(record, "IntegrationType") == "AWS_PROXY";
  made.uri = text_member(record, "IntegrationUri");
  made.method = text_member(record, "IntegrationMethod");
  made.is_format_2 = text_member(record, "PayloadFormatVersion") == "2.0";
  made.timeout_ms = integer_member(record, "TimeoutInMillis", 30'000);
  read_mappings(record, made);
  return made;
}

HttpAuthorizer compile_authorizer(const Value& record) {
  HttpAuthorizer made;
  made.id = text_member(record, "AuthorizerId");
  made.is_jwt = text_member(record, "AuthorizerType") == "JWT";
  const Value jwt = object_member(record, "JwtConfiguration");
  made.issuer = text_member(jwt, "Issuer");
  made.audience = texts_member(jwt, "Audience");
  made.uri = text_member(record, "AuthorizerUri");
  made.is_format_2 = text_member(record, "AuthorizerPayloadFormatVersion") == "2.0";
  made.has_simple_responses = flag_member(record, "EnableSimpleResponses");
  made.ttl_s = integer_member(record, "AuthorizerResultTtlInSeconds");
  for (const std::string& source : texts_member(record, "IdentitySource")) {
    if (auto expression = MappingExpression::parse(source)) {
      made.identity_sources.push_back(*std::move(expression));
    }
  }
  return made;
}

template <typename T>
std::optional<size_t> index_of(const std::vector<T>& list, const std::string& id) {
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i].id == id) return i;
  }
  return std::nullopt;
}

std::optional<Throttle> read_throttle(const Value& settings) {
  if (!has_member(settings, "ThrottlingRateLimit") &&
      !has_member(settings, "ThrottlingBurstLimit")) {
    return std::nullopt;
  }
  const double rate = find_number(settings, "ThrottlingRateLimit").value_or(10'000);
  return Throttle{rate,
                  find_number(settings, "ThrottlingBurstLimit").value_or(std::max(rate, 1.0))};
}

HttpCors read_cors(const Value& record) {
  HttpCors cors;
  cors.allows_credentials = flag_member(record, "AllowCredentials");
  cors.headers = texts_member(record, "AllowHeaders");
  cors.methods = texts_member(record, "AllowMethods");
  cors.origins = texts_member(record, "AllowOrigins");
  cors.exposed = texts_member(record, "ExposeHeaders");
  if (has_member(record, "MaxAge")) cors.max_age_s = integer_member(record, "MaxAge");
  return cors;
}

HttpStage read_stage(const Value& record) {
  HttpStage stage;
  stage.name = text_member(record, "StageName");
  stage.variables = texts_of(object_member(record, "StageVariables"));
  stage.throttle = read_throttle(object_member(record, "DefaultRouteSettings"));
  const Value routes = object_member(record, "RouteSettings");
  for (const json::Member& each : routes.members()) {
    if (const auto throttle = read_throttle(each.value)) {
      stage.route_throttles.emplace(std::string(each.name()), *throttle);
    }
  }
  const Value log = object_member(record, "AccessLogSettings");
  stage.log_destination = text_member(log, "DestinationArn");
  stage.log_format = text_member(log, "Format");
  return stage;
}

}  // namespace

ApiResult<ParameterMapping> ParameterMapping::parse(std::string_view key, std::string_view value,
                                                    bool of_response) {
  const auto refuse = [&] {
    return ApiError("BadRequestException",
                    "Invalid mapping expression specified: Validation "
                    "Result: warnings : [], errors : [Invalid mapping "
                    "expression parameter specified: " +
                        std::string(key) + "]");
  };
  ParameterMapping mapping;
  const size_t colon = key.find(':');
  if (colon == std::string_view::npos) return refuse();
  const std::string_view action = key.substr(0, colon);
  const std::string_view target = key.substr(colon + 1);
  if (action == "append") {
    mapping.action = Action::Append;
  } else if (action == "remove") {
    mapping.action = Action::Remove;
  } else if (action != "overwrite") {
    return refuse();
  }
  const size_t dot = std::min(target.find('.'), target.size());
  const std::string_view place = target.substr(0, dot);
  if (dot < target.size()) mapping.name = target.substr(dot + 1);
  if (place == "header" && !mapping.name.empty()) {
    mapping.place = Place::Header;
  } else if (place == "querystring" && !mapping.name.empty() && !of_response) {
    mapping.place = Place::Query;
  } else if (place == "path" && mapping.name.empty() && !of_response &&
             mapping.action == Action::Overwrite) {
    mapping.place = Place::Path;
  } else if (place == "statuscode" && mapping.name.empty() && of_response &&
             mapping.action == Action::Overwrite) {
    mapping.place = Place::StatusCode;
  } else {
    return refuse();
  }
  auto expression = MappingExpression::parse(value);
  if (!expression) return ApiError("BadRequestException", expression.error().message);
  mapping.value = *std::move(expression);
  return mapping;
}

std::optional<RouteKey> parse_route_key(std::string_view text) {
  if (text == "$default") return RouteKey{"", "$default", std::nullopt};
  const size_t space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  RouteKey key;
  key.method = text.substr(0, space);
  if (std::find(std::begin(kMethods), std::end(kMethods), key.method) == std::end(kMethods)) {
    return std::nullopt;
  }
  key.path = text.substr(space + 1);
  key.pattern = RoutePattern::parse(key.path);
  if (!key.pattern) return std::nullopt;
  return key;
}

std::shared_ptr<const HttpRouteTable> compile_routes(const std::vector<Value>& routes,
                                                     const std::vector<Value>& integrations,
                                                     const std::vector<Value>& authorizers) {
  auto table = std::make_shared<HttpRouteTable>();
  for (const Value& record : integrations) {
    table->integrations.push_back(compile_integration(record));
  }
  for (const Value& record : authorizers) {
    table->authorizers.push_back(compile_authorizer(record));
  }
  for (const Value& record : routes) {
    std::optional<RouteKey> key = parse_route_key(text_member(record, "RouteKey"));
    if (!key) continue;
    HttpRoute route;
    route.key = text_member(record, "RouteKey");
    route.method = std::move(key->method);
    route.resource = std::move(key->path);
    route.pattern = std::move(key->pattern);
    route.authorization_type = text_member(record, "AuthorizationType");
    route.scopes = texts_member(record, "AuthorizationScopes");
    route.authorizer = index_of(table->authorizers, text_member(record, "AuthorizerId"));
    const std::string target = text_member(record, "Target");
    route.integration = index_of(table->integrations,
                                 target.substr(std::min(target.rfind('/') + 1, target.size())));
    table->routes.push_back(std::move(route));
  }
  return table;
}

HttpRouteTable::Match HttpRouteTable::match(std::string_view method, std::string_view path) const {
  const std::vector<std::string_view> segments = path_segments(path);
  Match best;
  std::string best_rank;
  for (const HttpRoute& route : routes) {
    if (!route.pattern) {
      if (best.route == nullptr) best = {&route, {}};
      continue;
    }
    if (route.method != method && route.method != "ANY") continue;
    std::optional<RoutePattern::Parameters> parameters = route.pattern->match(segments);
    if (!parameters) continue;
    const std::string rank = route.pattern->rank() + (route.method == "ANY" ? '0' : '1');
    if (best_rank.empty() || rank > best_rank) {
      best = {&route, *std::move(parameters)};
      best_rank = rank;
    }
  }
  return best;
}

ApiResult<Value> snapshot_http_api(const RecordStore& records, const Scope& scope,
                                   const std::string& api_id) {
  json::ObjectBuilder out;
  const auto list = [&](RecordKind kind) -> ApiResult<Value> {
    return Value::array(PAWL_TRY(records.all(scope, kind, api_id)));
  };
  out.set("routes", PAWL_TRY(list(RecordKind::HttpRoute)))
      .set("integrations", PAWL_TRY(list(RecordKind::HttpIntegration)))
      .set("authorizers", PAWL_TRY(list(RecordKind::HttpAuthorizer)));
  return std::move(out).build();
}

ApiResult<std::shared_ptr<const CompiledHttpApi>> compile_http_api(const RecordStore& records,
                                                                   const Scope& scope,
                                                                   const std::string& api_id) {
  const auto record = PAWL_TRY(records.find(scope, RecordKind::HttpApi, "", api_id));
  if (!record) return std::shared_ptr<const CompiledHttpApi>();
  auto api = std::make_shared<CompiledHttpApi>();
  api->id = api_id;
  api->scope = scope;
  api->is_disabled = flag_member(*record, "DisableExecuteApiEndpoint");
  if (has_member(*record, "CorsConfiguration")) {
    api->cors = read_cors(object_member(*record, "CorsConfiguration"));
  }
  const auto compile = [](const Value& snapshot) {
    return compile_routes(items_of(snapshot, "routes"), items_of(snapshot, "integrations"),
                          items_of(snapshot, "authorizers"));
  };
  std::shared_ptr<const HttpRouteTable> live;
  for (const Value& stage_record : PAWL_TRY(records.all(scope, RecordKind::HttpStage, api_id))) {
    HttpStage stage = read_stage(stage_record);
    const std::string deployment = text_member(stage_record, "DeploymentId");
    if (flag_member(stage_record, "AutoDeploy")) {
      if (!live) live = compile(PAWL_TRY(snapshot_http_api(records, scope, api_id)));
      stage.table = live;
    } else if (!deployment.empty()) {
      const auto frozen =
          PAWL_TRY(records.find(scope, RecordKind::HttpSnapshot, api_id, deployment));
      if (frozen) stage.table = compile(*frozen);
    }
    api->stages.emplace(stage.name, std::move(stage));
  }
  return std::shared_ptr<const CompiledHttpApi>(std::move(api));
}

}  // namespace pawl::apigateway
