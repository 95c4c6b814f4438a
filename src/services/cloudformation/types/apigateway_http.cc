// SPDX-License-Identifier: Apache-2.0
// AWS::ApiGatewayV2::Api, Stage, Route, Integration, Deployment, Authorizer, Model, DomainName,
// ApiMapping, VpcLink.
#include <algorithm>

#include "json/members.h"
#include "services/cloudformation/types/apigateway.h"

#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {

using aws::ApiResult;
using json::Value;

namespace {

constexpr std::string_view kService = "apigatewayv2";

constexpr std::string_view kApi = "AWS::ApiGatewayV2::Api";
constexpr std::string_view kStage = "AWS::ApiGatewayV2::Stage";

using Outcome = ApiResult<Progress>;

/// Texts that an update empties because the template no longer has them.
Value with_emptied(Value input, const ResourceRequest& request,
                   std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (json::has_member(request.previous, name) && !json::has_member(request.properties, name))
      input = input.with_member(name, Value(""));
  }
  return input;
}

/// Maps that an update merges: what the template no longer has is emptied.
Value with_emptied_members(Value input, const ResourceRequest& request, std::string_view name) {
  const Value before = property(request.previous, name);
  if (!before.is_object()) return input;
  Value map = property(input, name);
  if (!map.is_object()) map = Value::object();
  for (const json::Member& each : before.members()) {
    if (map.find(each.name()) == nullptr) map = map.with_member(each.name(), Value(""));
  }
  return map.size() == 0 ? input : input.with_member(name, map);
}

Value stage_input(StackCalls& calls, std::string_view operation, const Value& properties) {
  Value input = calls.shape(kService, operation, properties);
  const Value log = property(input, "AccessLogSettings");
  if (!log.is_object()) return input;
  return input.with_member(
      "AccessLogSettings",
      log.with_member("DestinationArn",
                      Value(log_group_arn(json::text_member(log, "DestinationArn")))));
}

// AWS::ApiGatewayV2::Api

Progress api_done(const ResourceRequest& request, const Value& api) {
  const std::string id = json::text_member(api, "ApiId");
  return Progress::done(
      id, Value::object({{"ApiId", Value(id)},
                         {"ApiEndpoint", Value(json::text_member(api, "ApiEndpoint"))},
                         {"ExecuteApiArn", Value(arn_of(request, "execute-api", id))}}));
}

Value import_input(const ResourceRequest& request, const OpenApiText& body) {
  Value input =
      Value::object({{"Body", Value(body.text)},
                     {"FailOnWarnings", Value(is_true(request.properties, "FailOnWarnings"))}});
  const std::string path = scalar_text(request.properties, "BasePath");
  return path.empty() ? input : input.with_member("Basepath", Value(path));
}

/// What UpdateApi takes besides quick create's members.
Value api_settings(StackCalls& calls, const Value& properties) {
  return without(calls.shape(kService, "UpdateApi", without(properties, {"Tags"})),
                 {"Target", "RouteKey", "CredentialsArn"});
}

Outcome create_api(StackCalls& calls, const ResourceRequest& request) {
  if (may_be_made(request)) {
    const Value listed = PAWL_TRY(calls.call(kService, "GetApis", Value::object()));
    const Value own = own_item(request, listed, "Items", "Tags");
    if (!own.is_null()) return made(json::text_member(own, "ApiId"));
  }
  if (goes_on(request) && !has_openapi(request)) {
    return api_done(request,
                    PAWL_TRY(calls.call(kService, "GetApi",
                                        Value::object({{"ApiId", Value(request.physical_id)}}))));
  }
  if (!has_openapi(request)) {
    return api_done(request, PAWL_TRY(calls.call(
                                 kService, "CreateApi",
                                 calls.shape(kService, "CreateApi", with_tags(kApi, request)))));
  }
  if (!goes_on(request)) {
    const std::optional<OpenApiText> body = PAWL_TRY(openapi_of(calls, request));
    const Value input = import_input(request, body.value_or(OpenApiText{}));
    return made(json::text_member(PAWL_TRY(calls.call(kService, "ImportApi", input)), "ApiId"));
  }
  const std::string& id = request.physical_id;
  const Value settings = api_settings(calls, request.properties);
  if (settings.size() > 0) {
    PAWL_TRY_VOID(calls.call(kService, "UpdateApi", settings.with_member("ApiId", Value(id))));
  }
  PAWL_TRY_VOID(set_tags(calls, kApi, request, kHttpTags, rest_arn(request, "/apis/" + id)));
  return api_done(request,
                  PAWL_TRY(calls.call(kService, "GetApi", Value::object({{"ApiId", Value(id)}}))));
}

Outcome update_api(StackCalls& calls, const ResourceRequest& request) {
  const Value id = Value(request.physical_id);
  if (any_differs(request, {"Body", "BodyS3Location"})) {
    if (const std::optional<OpenApiText> body = PAWL_TRY(openapi_of(calls, request))) {
      PAWL_TRY_VOID(calls.call(kService, "ReimportApi",
                               import_input(request, *body).with_member("ApiId", id)));
    }
  }
  if (json::has_member(request.previous, "CorsConfiguration") &&
      !json::has_member(request.properties, "CorsConfiguration")) {
    PAWL_TRY_VOID(calls.call(kService, "DeleteCorsConfiguration", Value::object({{"ApiId", id}})));
  }
  Value input =
      with_emptied(api_settings(calls, request.properties), request, {"Description", "Version"});
  for (const std::string_view quick : {"Target", "RouteKey", "CredentialsArn"}) {
    if (any_differs(request, {quick}) && json::has_member(request.properties, quick))
      input = input.with_member(quick, property(request.properties, quick));
  }
  const Value api = PAWL_TRY(calls.call(kService, "UpdateApi", input.with_member("ApiId", id)));
  PAWL_TRY_VOID(change_tags(calls, kApi, request, kHttpTags,
                            rest_arn(request, "/apis/" + request.physical_id)));
  return api_done(request, api);
}

Outcome remove_api(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_unless_absent(calls, kService, "DeleteApi",
                                   Value::object({{"ApiId", Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

// AWS::ApiGatewayV2::Stage

Value stage_place(const ResourceRequest& request) {
  return Value::object({{"ApiId", Value(scalar_text(request.properties, "ApiId"))},
                        {"StageName", Value(scalar_text(request.properties, "StageName"))}});
}

Outcome create_stage(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_to_create(calls, request, kService, "CreateStage",
                               stage_input(calls, "CreateStage", with_tags(kStage, request))));
  return Progress::done(scalar_text(request.properties, "StageName"));
}

Outcome update_stage(StackCalls& calls, const ResourceRequest& request) {
  const Value place = stage_place(request);
  if (json::has_member(request.previous, "AccessLogSettings") &&
      !json::has_member(request.properties, "AccessLogSettings")) {
    PAWL_TRY_VOID(call_unless_absent(calls, kService, "DeleteAccessLogSettings", place));
  }
  const Value routes = property(request.previous, "RouteSettings");
  if (routes.is_object()) {
    const Value kept = property(request.properties, "RouteSettings");
    for (const json::Member& each : routes.members()) {
      if (kept.find(each.name()) != nullptr) continue;
      PAWL_TRY_VOID(call_unless_absent(calls, kService, "DeleteRouteSettings",
                                       place.with_member("RouteKey", each.key)));
    }
  }
  Value input = stage_input(calls, "UpdateStage", without(request.properties, {"Tags"}));
  input = with_emptied(std::move(input), request, {"Description"});
  input = with_emptied_members(std::move(input), request, "StageVariables");
  PAWL_TRY_VOID(calls.call(kService, "UpdateStage", merged(std::move(input), place)));
  PAWL_TRY_VOID(change_tags(calls, kStage, request, kHttpTags,
                            rest_arn(request, "/apis/" + scalar_text(request.properties, "ApiId") +
                                                  "/stages/" + request.physical_id)));
  return Progress::done(request.physical_id);
}

Outcome remove_stage(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_unless_absent(calls, kService, "DeleteStage", stage_place(request)));
  return Progress::done(request.physical_id);
}

// Types whose resources are made, changed and deleted by operations of one form.

struct Part {
  std::string_view type;
  std::string_view noun;  ///< CreateNOUN, UpdateNOUN, DeleteNOUN
  std::string_view id;    ///< "RouteId": member and attribute
  std::string_view parent = "ApiId";
  std::string_view arn_folder = "";  ///< of what has tags: "/vpclinks/"
};

constexpr Part kRoute = {"AWS::ApiGatewayV2::Route", "Route", "RouteId"};
constexpr Part kIntegration = {"AWS::ApiGatewayV2::Integration", "Integration", "IntegrationId"};
constexpr Part kDeployment = {"AWS::ApiGatewayV2::Deployment", "Deployment", "DeploymentId"};
constexpr Part kAuthorizer = {"AWS::ApiGatewayV2::Authorizer", "Authorizer", "AuthorizerId"};
constexpr Part kModel = {"AWS::ApiGatewayV2::Model", "Model", "ModelId"};
constexpr Part kApiMapping = {"AWS::ApiGatewayV2::ApiMapping", "ApiMapping", "ApiMappingId",
                              "DomainName"};
constexpr Part kVpcLink = {"AWS::ApiGatewayV2::VpcLink", "VpcLink", "VpcLinkId", "", "/vpclinks/"};
constexpr Part kDomainName = {"AWS::ApiGatewayV2::DomainName", "DomainName", "DomainName", "",
                              "/domainnames/"};

std::string operation(std::string_view verb, const Part& part) {
  return std::string(verb) + std::string(part.noun);
}

/// ResponseParameters of a template are lists of Source and Destination, the operation's a map.
Value response_parameters(const Value& given) {
  Value out = Value::object();
  for (const json::Member& status : given.members()) {
    const std::span<const Value> list = json::items_member(status.value, "ResponseParameters");
    if (list.empty() && !json::has_member(status.value, "ResponseParameters")) {
      out = out.with_member(status.name(), status.value);
      continue;
    }
    Value mappings = Value::object();
    for (const Value& each : list) {
      mappings = mappings.with_member(scalar_text(each, "Destination"),
                                      Value(scalar_text(each, "Source")));
    }
    out = out.with_member(status.name(), mappings);
  }
  return out;
}

Value part_input(StackCalls& calls, std::string_view verb, const Part& part, Value properties) {
  properties = with_documents(std::move(properties), {"Schema"});
  if (const Value given = property(properties, "ResponseParameters"); given.is_object())
    properties = properties.with_member("ResponseParameters", response_parameters(given));
  return calls.shape(kService, operation(verb, part), properties);
}

Progress part_done(const Part& part, const std::string& id) {
  return Progress::done(id, Value::object({{part.id, Value(id)}}));
}

/// The route that an earlier call made: an API has one of a key.
ApiResult<std::string> route_made_before(StackCalls& calls, const ResourceRequest& request) {
  const Value api = Value(scalar_text(request.properties, "ApiId"));
  const Value listed = PAWL_TRY(calls.call(kService, "GetRoutes", Value::object({{"ApiId", api}})));
  for (const Value& each : json::items_member(listed, "Items")) {
    if (json::text_member(each, "RouteKey") == scalar_text(request.properties, "RouteKey"))
      return json::text_member(each, "RouteId");
  }
  return std::string();
}

Outcome create_part(StackCalls& calls, const ResourceRequest& request, const Part& part) {
  const Value properties = part.arn_folder.empty() ? without(request.properties, {"Tags"})
                                                   : with_tags(part.type, request);
  const Value answer = PAWL_TRY(call_to_create(calls, request, kService, operation("Create", part),
                                               part_input(calls, "Create", part, properties)));
  if (answer.is_null() && part.noun == kRoute.noun)
    return part_done(part, PAWL_TRY(route_made_before(calls, request)));
  return part_done(part, json::text_member(answer, part.id));
}

Value part_place(const ResourceRequest& request, const Part& part) {
  Value place = Value::object({{part.id, Value(request.physical_id)}});
  if (part.parent.empty()) return place;
  return place.with_member(part.parent, Value(scalar_text(request.properties, part.parent)));
}

ApiResult<Value> change_part(StackCalls& calls, const ResourceRequest& request, const Part& part) {
  Value input = part_input(calls, "Update", part, without(request.properties, {"Tags"}));
  input = with_emptied(std::move(input), request,
                       {"Description", "OperationName", "CredentialsArn", "IntegrationUri",
                        "AuthorizerCredentialsArn", "IdentityValidationExpression", "Target"});
  if (part.noun == "Route") {
    if (!json::has_member(request.properties, "AuthorizationType"))
      input = input.with_member("AuthorizationType", Value("NONE"));
    if (!json::has_member(request.properties, "AuthorizationScopes") &&
        json::has_member(request.previous, "AuthorizationScopes"))
      input = input.with_member("AuthorizationScopes", Value::array());
  }
  if (part.noun == "Integration")
    input = with_emptied_members(std::move(input), request, "RequestParameters");
  const Value changed = PAWL_TRY(calls.call(kService, operation("Update", part),
                                            merged(std::move(input), part_place(request, part))));
  if (!part.arn_folder.empty()) {
    PAWL_TRY_VOID(
        change_tags(calls, part.type, request, kHttpTags,
                    rest_arn(request, std::string(part.arn_folder) + request.physical_id)));
  }
  return changed;
}

Outcome update_part(StackCalls& calls, const ResourceRequest& request, const Part& part) {
  PAWL_TRY_VOID(change_part(calls, request, part));
  return part_done(part, request.physical_id);
}

Outcome remove_part(StackCalls& calls, const ResourceRequest& request, const Part& part) {
  PAWL_TRY_VOID(
      call_unless_absent(calls, kService, operation("Delete", part), part_place(request, part)));
  return Progress::done(request.physical_id);
}

template <const Part& kPart>
constexpr ResourceType part_type() {
  return {kPart.type,
          [](StackCalls& calls, const ResourceRequest& request) {
            return create_part(calls, request, kPart);
          },
          [](StackCalls& calls, const ResourceRequest& request) {
            return update_part(calls, request, kPart);
          },
          [](StackCalls& calls, const ResourceRequest& request) {
            return remove_part(calls, request, kPart);
          }};
}

// AWS::ApiGatewayV2::DomainName

constexpr std::string_view kRegionalZone = "Z1UJRXOUMOOFQ8";

Value domain_attributes(const ResourceRequest& request, const Value& domain) {
  const std::string name = scalar_text(request.properties, "DomainName");
  std::string target =
      name + ".execute-api." + request.environment.region + "." + request.environment.url_suffix;
  std::string zone(kRegionalZone);
  const auto configurations = json::items_member(domain, "DomainNameConfigurations");
  if (!configurations.empty()) {
    const Value& first = configurations.front();
    if (const auto given = json::find_text(first, "ApiGatewayDomainName")) target = *given;
    if (const auto given = json::find_text(first, "HostedZoneId")) zone = *given;
  }
  return Value::object({{"DomainNameArn", Value(rest_arn(request, "/domainnames/" + name))},
                        {"RegionalDomainName", Value(target)},
                        {"RegionalHostedZoneId", Value(zone)}});
}

Outcome create_domain(StackCalls& calls, const ResourceRequest& request) {
  const Value made = PAWL_TRY(call_to_create(
      calls, request, kService, "CreateDomainName",
      part_input(calls, "Create", kDomainName, with_tags(kDomainName.type, request))));
  return Progress::done(scalar_text(request.properties, "DomainName"),
                        domain_attributes(request, made));
}

Outcome update_domain(StackCalls& calls, const ResourceRequest& request) {
  const Value changed = PAWL_TRY(change_part(calls, request, kDomainName));
  return Progress::done(request.physical_id, domain_attributes(request, changed));
}

Outcome remove_domain(StackCalls& calls, const ResourceRequest& request) {
  return remove_part(calls, request, kDomainName);
}

}  // namespace

std::span<const ResourceType> apigateway_http_types() {
  static constexpr ResourceType kTypes[] = {
      {"AWS::ApiGatewayV2::Api", create_api, update_api, remove_api},
      {"AWS::ApiGatewayV2::Stage", create_stage, update_stage, remove_stage},
      {"AWS::ApiGatewayV2::DomainName", create_domain, update_domain, remove_domain},
      part_type<kRoute>(),
      part_type<kIntegration>(),
      part_type<kDeployment>(),
      part_type<kAuthorizer>(),
      part_type<kModel>(),
      part_type<kApiMapping>(),
      part_type<kVpcLink>(),
  };
  return kTypes;
}

}  // namespace pawl::cloudformation
