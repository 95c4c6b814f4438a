// SPDX-License-Identifier: Apache-2.0
#include "json/members.h"
#include "services/apigateway/rest/compiled_rest_api.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace pawl::apigateway {
namespace {

using aws::ApiResult;
using json::Value;

TextMap texts_of(const Value& object) {
  TextMap texts;
  for (const json::Member& each : object.members()) {
    if (each.value.is_string()) texts.emplace(std::string(each.name()), each.value.as_string());
  }
  return texts;
}

std::vector<RestMapping> read_mappings(const Value& parameters, std::string_view prefix) {
  std::vector<RestMapping> mappings;
  for (const json::Member& each : parameters.members()) {
    std::string_view name = each.name();
    if (!name.starts_with(prefix) || !each.value.is_string()) continue;
    name.remove_prefix(prefix.size());
    const size_t dot = name.find('.');
    auto value = MappingExpression::parse_rest(each.value.as_string());
    if (dot == std::string_view::npos || !value) continue;
    mappings.push_back(
        {std::string(name.substr(0, dot)), std::string(name.substr(dot + 1)), *std::move(value)});
  }
  return mappings;
}

std::vector<BodyTemplate> read_templates(const Value& templates) {
  std::vector<BodyTemplate> list;
  for (const json::Member& each : templates.members()) {
    const std::string_view text = each.value.is_string() ? each.value.as_string() : "";
    list.push_back({std::string(each.name()), vtl::Template::parse(text)});
  }
  return list;
}

RestIntegrationResponse read_response(const Value& record) {
  RestIntegrationResponse made;
  made.status =
      static_cast<int>(std::strtol(text_member(record, "statusCode").c_str(), nullptr, 10));
  const std::string pattern = text_member(record, "selectionPattern");
  made.is_default = pattern.empty();
  if (!made.is_default) {
    auto regex = text::Regex::compile(pattern, {.dot_all = true});
    if (regex) made.pattern = *std::move(regex);
  }
  made.parameters = read_mappings(object_member(record, "responseParameters"), "method.response.");
  made.templates = read_templates(object_member(record, "responseTemplates"));
  made.content_handling = text_member(record, "contentHandling");
  return made;
}

RestIntegration read_integration(const Value& record) {
  using Type = RestIntegration::Type;
  constexpr std::pair<std::string_view, Type> kTypes[] = {{"MOCK", Type::Mock},
                                                          {"AWS", Type::Aws},
                                                          {"AWS_PROXY", Type::AwsProxy},
                                                          {"HTTP", Type::Http},
                                                          {"HTTP_PROXY", Type::HttpProxy}};
  RestIntegration made;
  const std::string type = text_member(record, "type");
  for (const auto& [name, value] : kTypes) {
    if (name == type) made.type = value;
  }
  made.uri = text_member(record, "uri");
  if (made.type == Type::Aws || made.type == Type::AwsProxy) {
    made.action = parse_integration_uri(made.uri);
  }
  made.method = text_member(record, "httpMethod");
  made.passthrough = text_member(record, "passthroughBehavior");
  made.content_handling = text_member(record, "contentHandling");
  made.timeout_ms = integer_member(record, "timeoutInMillis", 29'000);
  made.parameters =
      read_mappings(object_member(record, "requestParameters"), "integration.request.");
  made.templates = read_templates(object_member(record, "requestTemplates"));
  const Value responses = object_member(record, "integrationResponses");
  for (const json::Member& each : responses.members()) {
    made.responses.push_back(read_response(each.value));
  }
  return made;
}

RestAuthorizer read_authorizer(const Value& record) {
  RestAuthorizer made;
  made.id = text_member(record, "id");
  made.type = text_member(record, "type");
  made.uri = text_member(record, "authorizerUri");
  made.ttl_s = integer_member(record, "authorizerResultTtlInSeconds", 300);
  std::string sources = text_member(record, "identitySource");
  std::string_view rest = sources;
  while (!rest.empty()) {
    const size_t comma = std::min(rest.find(','), rest.size());
    std::string_view source = rest.substr(0, comma);
    while (source.starts_with(' ')) source.remove_prefix(1);
    while (source.ends_with(' ')) source.remove_suffix(1);
    if (auto expression = MappingExpression::parse_rest(source)) {
      made.identity_sources.push_back(*std::move(expression));
    }
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  if (const std::string pattern = text_member(record, "identityValidationExpression");
      !pattern.empty()) {
    if (auto regex = text::Regex::compile(pattern)) made.validation = *std::move(regex);
  }
  return made;
}

void read_validation(const Value& record, const Value& validators, RestMethod& made) {
  const std::string wanted = text_member(record, "requestValidatorId");
  for (const Value& validator : validators.items()) {
    if (wanted.empty() || text_member(validator, "id") != wanted) continue;
    made.validates_body = flag_member(validator, "validateRequestBody");
    made.validates_parameters = flag_member(validator, "validateRequestParameters");
  }
  constexpr std::string_view kPrefix = "method.request.";
  const Value parameters = object_member(record, "requestParameters");
  for (const json::Member& each : parameters.members()) {
    std::string_view name = each.name();
    if (!name.starts_with(kPrefix) || !each.value.is_boolean() || !each.value.as_boolean()) {
      continue;
    }
    name.remove_prefix(kPrefix.size());
    const size_t dot = std::min(name.find('.'), name.size());
    made.required.emplace_back(name.substr(0, dot), name.substr(std::min(dot + 1, name.size())));
  }
  for (const auto& [type, model] : texts_of(object_member(record, "requestModels"))) {
    made.models.emplace(type, model);
  }
}

RestMethod read_method(const Value& record, const Value& validators,
                       const std::vector<RestAuthorizer>& authorizers) {
  RestMethod made;
  made.authorization = text_member(record, "authorizationType");
  const std::string authorizer = text_member(record, "authorizerId");
  for (size_t i = 0; i < authorizers.size(); ++i) {
    if (authorizers[i].id == authorizer) made.authorizer = i;
  }
  made.needs_key = flag_member(record, "apiKeyRequired");
  read_validation(record, validators, made);
  if (has_member(record, "methodIntegration")) {
    made.integration = read_integration(object_member(record, "methodIntegration"));
  }
  return made;
}

RestGatewayResponse read_gateway_response(const Value& record) {
  RestGatewayResponse made;
  made.status =
      static_cast<int>(std::strtol(text_member(record, "statusCode").c_str(), nullptr, 10));
  made.parameters = texts_of(object_member(record, "responseParameters"));
  made.templates = texts_of(object_member(record, "responseTemplates"));
  return made;
}

/// Settings by method limit what their default is not.
void read_throttles(const Value& stage, RestStage& made) {
  const Value settings = object_member(stage, "methodSettings");
  for (const json::Member& each : settings.members()) {
    if (!has_member(each.value, "throttlingRateLimit") &&
        !has_member(each.value, "throttlingBurstLimit")) {
      continue;
    }
    made.throttles.emplace(
        std::string(each.name()),
        RestThrottle{find_number(each.value, "throttlingRateLimit").value_or(10'000),
                     find_number(each.value, "throttlingBurstLimit").value_or(5'000)});
  }
}

/// The keys of all usage plans that name the stage.
ApiResult<void> read_keys(const RecordStore& records, const Scope& scope, const std::string& api_id,
                          RestStage& stage) {
  for (const Value& plan : PAWL_TRY(records.all(scope, RecordKind::RestUsagePlan, ""))) {
    const Value stages = array_member(plan, "apiStages");
    const bool is_for_stage =
        std::any_of(stages.items().begin(), stages.items().end(), [&](const Value& each) {
          return text_member(each, "apiId") == api_id && text_member(each, "stage") == stage.name;
        });
    if (!is_for_stage) continue;
    RestKey key;
    key.plan_id = text_member(plan, "id");
    if (has_member(plan, "throttle")) {
      const Value throttle = object_member(plan, "throttle");
      key.throttle = RestThrottle{find_number(throttle, "rateLimit").value_or(10'000),
                                  find_number(throttle, "burstLimit").value_or(5'000)};
    }
    const Value quota = object_member(plan, "quota");
    key.quota = integer_member(quota, "limit");
    key.quota_period = text_member(quota, "period");
    for (const Value& each :
         PAWL_TRY(records.all(scope, RecordKind::RestUsagePlanKey, key.plan_id))) {
      const auto whole =
          PAWL_TRY(records.find(scope, RecordKind::RestApiKey, "", text_member(each, "id")));
      if (!whole) continue;
      key.id = text_member(*whole, "id");
      key.is_enabled = flag_member(*whole, "enabled");
      stage.keys.emplace(text_member(*whole, "value"), key);
    }
  }
  return {};
}

}  // namespace

RestDeployment::Match RestDeployment::match(std::string_view verb, std::string_view path) const {
  // A slash at the end makes no difference.
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const std::vector<std::string_view> segments = path_segments(path);
  Match best;
  std::string best_rank;
  for (const RestResource& resource : resources) {
    std::optional<RoutePattern::Parameters> parameters = resource.pattern.match(segments);
    if (!parameters) continue;
    auto method = resource.methods.find(verb);
    if (method == resource.methods.end()) method = resource.methods.find("ANY");
    if (method == resource.methods.end()) continue;
    const std::string rank = resource.pattern.rank();
    if (best.resource != nullptr && rank <= best_rank) continue;
    best = {&resource, &method->second, *std::move(parameters)};
    best_rank = rank;
  }
  return best;
}

std::shared_ptr<const RestDeployment> compile_rest_deployment(const Value& snapshot) {
  auto made = std::make_shared<RestDeployment>();
  const Value authorizers = array_member(snapshot, "authorizers");
  for (const Value& each : authorizers.items()) made->authorizers.push_back(read_authorizer(each));
  const Value models = array_member(snapshot, "models");
  for (const Value& each : models.items()) {
    made->models.emplace(text_member(each, "name"), text_member(each, "schema"));
  }
  const Value responses = array_member(snapshot, "gatewayResponses");
  for (const Value& each : responses.items()) {
    made->gateway_responses.emplace(text_member(each, "responseType"), read_gateway_response(each));
  }
  const Value api = object_member(snapshot, "api");
  made->binary_types = texts_member(api, "binaryMediaTypes");
  made->has_key_of_authorizer = text_member(api, "apiKeySource") == "AUTHORIZER";
  const Value validators = array_member(snapshot, "validators");
  const Value resources = array_member(snapshot, "resources");
  for (const Value& each : resources.items()) {
    std::optional<RoutePattern> pattern = RoutePattern::parse(text_member(each, "path"));
    if (!pattern) continue;
    RestResource resource{
        text_member(each, "id"), text_member(each, "path"), *std::move(pattern), {}};
    const Value methods = object_member(each, "resourceMethods");
    for (const json::Member& method : methods.members()) {
      resource.methods.emplace(std::string(method.name()),
                               read_method(method.value, validators, made->authorizers));
    }
    made->resources.push_back(std::move(resource));
  }
  return made;
}

ApiResult<std::shared_ptr<const CompiledRestApi>> compile_rest_api(const RecordStore& records,
                                                                   const Scope& scope,
                                                                   const std::string& api_id) {
  const auto record = PAWL_TRY(records.find(scope, RecordKind::RestApi, "", api_id));
  if (!record) return std::shared_ptr<const CompiledRestApi>();
  auto api = std::make_shared<CompiledRestApi>();
  api->id = api_id;
  api->scope = scope;
  api->is_disabled = flag_member(*record, "disableExecuteApiEndpoint");
  std::map<std::string, std::shared_ptr<const RestDeployment>> deployments;
  const auto deployment =
      [&](const std::string& id) -> ApiResult<std::shared_ptr<const RestDeployment>> {
    auto& known = deployments[id];
    if (known) return known;
    const auto frozen = PAWL_TRY(records.find(scope, RecordKind::RestSnapshot, api_id, id));
    if (frozen) known = compile_rest_deployment(*frozen);
    return known;
  };
  for (const Value& each : PAWL_TRY(records.all(scope, RecordKind::RestStage, api_id))) {
    RestStage stage;
    stage.name = text_member(each, "stageName");
    stage.variables = texts_of(object_member(each, "variables"));
    stage.deployment = PAWL_TRY(deployment(text_member(each, "deploymentId")));
    if (has_member(each, "canarySettings")) {
      const Value canary = object_member(each, "canarySettings");
      stage.canary = PAWL_TRY(deployment(text_member(canary, "deploymentId")));
      stage.canary_percent = find_number(canary, "percentTraffic").value_or(0);
      stage.canary_variables = texts_of(object_member(canary, "stageVariableOverrides"));
    }
    read_throttles(each, stage);
    const Value log = object_member(each, "accessLogSettings");
    stage.log_destination = text_member(log, "destinationArn");
    stage.log_format = text_member(log, "format");
    PAWL_TRY_VOID(read_keys(records, scope, api_id, stage));
    api->stages.emplace(stage.name, std::move(stage));
  }
  return std::shared_ptr<const CompiledRestApi>(std::move(api));
}

}  // namespace pawl::apigateway
