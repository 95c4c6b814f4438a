// SPDX-License-Identifier: Apache-2.0
// What stands beside a REST API's resources and stages: AWS::ApiGateway::Model, RequestValidator,
// Authorizer, GatewayResponse, DocumentationPart, DocumentationVersion, ApiKey, UsagePlan,
// UsagePlanKey, Account, DomainName, BasePathMapping, VpcLink.
#include <algorithm>

#include "json/members.h"
#include "services/cloudformation/types/apigateway.h"
#include "services/cloudformation/types/rest_patch.h"

#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {

using aws::ApiResult;
using json::Value;

namespace {

constexpr std::string_view kService = "apigateway";
constexpr size_t kNameMax = 128;

constexpr std::string_view kUsagePlan = "AWS::ApiGateway::UsagePlan";

using Outcome = ApiResult<Progress>;

/// Types whose resources are made, patched and deleted by operations of one form.
struct Part {
  std::string_view type;
  std::string_view noun;                  ///< CreateNOUN, UpdateNOUN, DeleteNOUN
  std::string_view id;                    ///< of the answer
  std::string_view id_input;              ///< of updates and deletions
  std::string_view attribute;             ///< that is the id; "": none
  std::string_view parent = "RestApiId";  ///< property; "": none
  std::string_view parent_input = "restApiId";
  std::string_view name = "";        ///< property that is generated if it is missing
  std::string_view arn_folder = "";  ///< of what has tags: "/apikeys/"
};

constexpr Part kModel = {
    "AWS::ApiGateway::Model", "Model", "name", "modelName", "", "RestApiId", "restApiId", "Name"};
constexpr Part kValidator = {"AWS::ApiGateway::RequestValidator", "RequestValidator", "id",
                             "requestValidatorId", "RequestValidatorId"};
constexpr Part kAuthorizer = {"AWS::ApiGateway::Authorizer", "Authorizer", "id", "authorizerId",
                              "AuthorizerId"};
constexpr Part kDocumentationPart = {"AWS::ApiGateway::DocumentationPart", "DocumentationPart",
                                     "id", "documentationPartId", "DocumentationPartId"};
constexpr Part kDocumentationVersion = {"AWS::ApiGateway::DocumentationVersion",
                                        "DocumentationVersion", "version", "documentationVersion",
                                        ""};
constexpr Part kApiKey = {
    "AWS::ApiGateway::ApiKey", "ApiKey", "id", "apiKey", "APIKeyId", "", "", "Name", "/apikeys/"};
constexpr Part kDomainName = {"AWS::ApiGateway::DomainName",
                              "DomainName",
                              "domainName",
                              "domainName",
                              "",
                              "",
                              "",
                              "",
                              "/domainnames/"};
constexpr Part kVpcLink = {"AWS::ApiGateway::VpcLink",
                           "VpcLink",
                           "id",
                           "vpcLinkId",
                           "VpcLinkId",
                           "",
                           "",
                           "",
                           "/vpclinks/"};

std::string operation(std::string_view verb, const Part& part) {
  return std::string(verb) + std::string(part.noun);
}

Value place_of(const ResourceRequest& request, const Part& part) {
  Value place = Value::object({{part.id_input, Value(request.physical_id)}});
  if (!part.parent.empty()) {
    place =
        place.with_member(part.parent_input, Value(scalar_text(request.properties, part.parent)));
  }
  return place;
}

/// In the shape of the operation that creates, documents as text, without tags.
Value settings_of(StackCalls& calls, const Part& part, const Value& properties) {
  return without(calls.shape(kService, operation("Create", part),
                             with_documents(properties, {"Schema", "Properties"})),
                 {"tags", part.parent_input});
}

Progress done(const Part& part, const std::string& id) {
  return Progress::done(
      id, part.attribute.empty() ? Value::object() : Value::object({{part.attribute, Value(id)}}));
}

ApiResult<Value> create_record(StackCalls& calls, const ResourceRequest& request,
                               const Part& part) {
  Value input = settings_of(calls, part, request.properties);
  if (!part.parent.empty()) {
    input =
        input.with_member(part.parent_input, Value(scalar_text(request.properties, part.parent)));
  }
  if (!part.name.empty() && json::text_member(input, "name").empty()) {
    std::string name = request.generated_name(kNameMax);
    // Names of models are letters and digits.
    if (part.noun == "Model") std::erase(name, '-');
    input = input.with_member("name", Value(name));
  }
  const Tags tags = part.arn_folder.empty() ? Tags() : desired_tags(part.type, request);
  if (!tags.empty()) input = input.with_member("tags", tag_map(tags));
  return calls.call(kService, operation("Create", part), input);
}

Outcome create_part(StackCalls& calls, const ResourceRequest& request, const Part& part) {
  if (may_be_made(request) && part.noun == kApiKey.noun) {
    const std::string own = PAWL_TRY(rest_made_before(calls, request, "GetApiKeys"));
    if (!own.empty()) return done(part, own);
  }
  const Value made = PAWL_TRY(create_record(calls, request, part));
  return done(part, json::text_member(made, part.id));
}

ApiResult<void> patch_part(StackCalls& calls, const ResourceRequest& request, const Part& part) {
  PatchList patches;
  patches.add_changes("", settings_of(calls, part, request.previous),
                      settings_of(calls, part, request.properties));
  if (!patches.empty()) {
    PAWL_TRY_VOID(calls.call(
        kService, operation("Update", part),
        place_of(request, part).with_member("patchOperations", std::move(patches).build())));
  }
  if (part.arn_folder.empty()) return {};
  return change_tags(calls, part.type, request, kRestTags,
                     rest_arn(request, std::string(part.arn_folder) + request.physical_id));
}

Outcome update_part(StackCalls& calls, const ResourceRequest& request, const Part& part) {
  PAWL_TRY_VOID(patch_part(calls, request, part));
  return done(part, request.physical_id);
}

Outcome remove_part(StackCalls& calls, const ResourceRequest& request, const Part& part) {
  PAWL_TRY_VOID(
      call_unless_absent(calls, kService, operation("Delete", part), place_of(request, part)));
  return Progress::done(request.physical_id);
}

/// The three functions of a type.
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

// AWS::ApiGateway::GatewayResponse

Value gateway_response_place(const ResourceRequest& request) {
  return Value::object({{"restApiId", Value(scalar_text(request.properties, "RestApiId"))},
                        {"responseType", Value(scalar_text(request.properties, "ResponseType"))}});
}

Outcome put_gateway_response(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(calls.call(kService, "PutGatewayResponse",
                           calls.shape(kService, "PutGatewayResponse", request.properties)));
  const std::string id = request.physical_id.empty()
                             ? scalar_text(request.properties, "RestApiId") + "/" +
                                   scalar_text(request.properties, "ResponseType")
                             : request.physical_id;
  return Progress::done(id, Value::object({{"Id", Value(id)}}));
}

Outcome remove_gateway_response(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_unless_absent(calls, kService, "DeleteGatewayResponse",
                                   gateway_response_place(request)));
  return Progress::done(request.physical_id);
}

// AWS::ApiGateway::UsagePlan

/// Without its stages, which are added and taken away one by one.
Value plan_settings(StackCalls& calls, const Value& properties) {
  return without(
      calls.shape(kService, "CreateUsagePlan", renamed(properties, {{"UsagePlanName", "name"}})),
      {"tags", "apiStages"});
}

std::string plan_stage(const Value& stage) {
  return scalar_text(stage, "ApiId") + ":" + scalar_text(stage, "Stage");
}

void add_stage_changes(PatchList& patches, const Value& before, const Value& after) {
  const auto find = [](const Value& owner, const std::string& name) {
    for (const Value& each : json::items_member(owner, "ApiStages")) {
      if (plan_stage(each) == name) return each;
    }
    return Value();
  };
  for (const Value& old : json::items_member(before, "ApiStages")) {
    const std::string name = plan_stage(old);
    if (!(find(after, name) == old)) patches.add("remove", "/apiStages", name);
  }
  for (const Value& next : json::items_member(after, "ApiStages")) {
    const std::string name = plan_stage(next);
    if (find(before, name) == next) continue;
    patches.add("add", "/apiStages", name);
    const Value throttle = property(next, "Throttle");
    if (!throttle.is_object()) continue;
    for (const json::Member& method : throttle.members()) {
      const std::string path =
          PatchList::child(PatchList::child("/apiStages", name) + "/throttle", method.name());
      for (const auto& [from, to] :
           {std::pair("RateLimit", "/rateLimit"), std::pair("BurstLimit", "/burstLimit")}) {
        const std::string value = scalar_text(method.value, from);
        if (!value.empty()) patches.replace(path + to, value);
      }
    }
  }
}

ApiResult<void> patch_plan(StackCalls& calls, const std::string& id, PatchList patches) {
  if (patches.empty()) return {};
  PAWL_TRY_VOID(calls.call(kService, "UpdateUsagePlan",
                           Value::object({{"usagePlanId", Value(id)},
                                          {"patchOperations", std::move(patches).build()}})));
  return {};
}

Outcome create_usage_plan(StackCalls& calls, const ResourceRequest& request) {
  if (may_be_made(request)) {
    const std::string own = PAWL_TRY(rest_made_before(calls, request, "GetUsagePlans"));
    if (!own.empty()) return made(own);
  }
  if (!goes_on(request)) {
    Value input = plan_settings(calls, request.properties);
    if (json::text_member(input, "name").empty())
      input = input.with_member("name", Value(request.generated_name(kNameMax)));
    if (const Tags tags = desired_tags(kUsagePlan, request); !tags.empty())
      input = input.with_member("tags", tag_map(tags));
    return made(json::text_member(PAWL_TRY(calls.call(kService, "CreateUsagePlan", input)), "id"));
  }
  const std::string& id = request.physical_id;
  PatchList patches;
  add_stage_changes(patches, Value::object(), request.properties);
  PAWL_TRY_VOID(patch_plan(calls, id, std::move(patches)));
  return Progress::done(id, Value::object({{"Id", Value(id)}}));
}

Outcome update_usage_plan(StackCalls& calls, const ResourceRequest& request) {
  const std::string& id = request.physical_id;
  PatchList patches;
  const Value after = plan_settings(calls, request.properties);
  Value before = plan_settings(calls, request.previous);
  if (after.find("name") == nullptr) before = without(before, {"name"});
  patches.add_changes("", before, after);
  add_stage_changes(patches, request.previous, request.properties);
  PAWL_TRY_VOID(patch_plan(calls, id, std::move(patches)));
  PAWL_TRY_VOID(
      change_tags(calls, kUsagePlan, request, kRestTags, rest_arn(request, "/usageplans/" + id)));
  return Progress::done(id, Value::object({{"Id", Value(id)}}));
}

/// A plan with stages is not deleted: they leave it first.
Outcome remove_usage_plan(StackCalls& calls, const ResourceRequest& request) {
  const std::string& id = request.physical_id;
  const Value place = Value::object({{"usagePlanId", Value(id)}});
  const Value plan = PAWL_TRY(call_unless_absent(calls, kService, "GetUsagePlan", place));
  if (plan.is_null()) return Progress::done(id);
  PatchList patches;
  for (const Value& stage : json::items_member(plan, "apiStages")) {
    patches.add("remove", "/apiStages",
                json::text_member(stage, "apiId") + ":" + json::text_member(stage, "stage"));
  }
  PAWL_TRY_VOID(patch_plan(calls, id, std::move(patches)));
  PAWL_TRY_VOID(call_unless_absent(calls, kService, "DeleteUsagePlan", place));
  return Progress::done(id);
}

// AWS::ApiGateway::UsagePlanKey

Value plan_key_place(const ResourceRequest& request) {
  return Value::object({{"usagePlanId", Value(scalar_text(request.properties, "UsagePlanId"))},
                        {"keyId", Value(scalar_text(request.properties, "KeyId"))}});
}

Outcome create_usage_plan_key(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_to_create(calls, request, kService, "CreateUsagePlanKey",
                               plan_key_place(request).with_member(
                                   "keyType", Value(scalar_text(request.properties, "KeyType")))));
  const std::string id = scalar_text(request.properties, "KeyId") + ":" +
                         scalar_text(request.properties, "UsagePlanId");
  return Progress::done(id, Value::object({{"Id", Value(id)}}));
}

Outcome remove_usage_plan_key(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_unless_absent(calls, kService, "DeleteUsagePlanKey", plan_key_place(request)));
  return Progress::done(request.physical_id);
}

// AWS::ApiGateway::Account: there is one of an account and region, which no stack deletes.

Outcome put_account(StackCalls& calls, const ResourceRequest& request) {
  PatchList patches;
  patches.replace("/cloudwatchRoleArn", scalar_text(request.properties, "CloudWatchRoleArn"));
  PAWL_TRY_VOID(calls.call(kService, "UpdateAccount",
                           Value::object({{"patchOperations", std::move(patches).build()}})));
  const std::string id =
      request.physical_id.empty() ? request.generated_name(kNameMax) : request.physical_id;
  return Progress::done(id, Value::object({{"Id", Value(id)}}));
}

Outcome leave_account(StackCalls& /*calls*/, const ResourceRequest& request) {
  return Progress::done(request.physical_id);
}

// AWS::ApiGateway::DomainName

/// Hosted zones of CloudFront and of API Gateway in us-east-1, as AWS's documentation has them.
constexpr std::string_view kEdgeZone = "Z2FDTNDATAQYW2";
constexpr std::string_view kRegionalZone = "Z1UJRXOUMOOFQ8";

Value domain_attributes(const ResourceRequest& request, const Value& domain) {
  const auto or_else = [&domain](std::string_view member, std::string text) {
    const std::string given = json::text_member(domain, member);
    return Value(given.empty() ? std::move(text) : given);
  };
  const std::string name = scalar_text(request.properties, "DomainName");
  const bool is_regional = json::has_member(request.properties, "RegionalCertificateArn");
  const std::string target =
      name + ".execute-api." + request.environment.region + "." + request.environment.url_suffix;
  Value out = Value::object({{"DomainNameArn", Value(rest_arn(request, "/domainnames/" + name))}});
  if (is_regional) {
    return out.with_member("RegionalDomainName", or_else("regionalDomainName", target))
        .with_member("RegionalHostedZoneId",
                     or_else("regionalHostedZoneId", std::string(kRegionalZone)));
  }
  return out.with_member("DistributionDomainName", or_else("distributionDomainName", target))
      .with_member("DistributionHostedZoneId",
                   or_else("distributionHostedZoneId", std::string(kEdgeZone)));
}

Outcome create_domain(StackCalls& calls, const ResourceRequest& request) {
  const Value made = PAWL_TRY(create_record(calls, request, kDomainName));
  return Progress::done(json::text_member(made, "domainName"), domain_attributes(request, made));
}

Outcome update_domain(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(patch_part(calls, request, kDomainName));
  return Progress::done(request.physical_id, domain_attributes(request, Value::object()));
}

Outcome remove_domain(StackCalls& calls, const ResourceRequest& request) {
  return remove_part(calls, request, kDomainName);
}

// AWS::ApiGateway::BasePathMapping

/// What the API calls the empty path.
std::string base_path(const Value& properties) {
  const std::string path = scalar_text(properties, "BasePath");
  return path.empty() ? "(none)" : path;
}

Value mapping_place(const ResourceRequest& request) {
  return Value::object({{"domainName", Value(scalar_text(request.properties, "DomainName"))},
                        {"basePath", Value(base_path(request.properties))}});
}

Outcome create_mapping(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(
      call_to_create(calls, request, kService, "CreateBasePathMapping",
                     merged(calls.shape(kService, "CreateBasePathMapping", request.properties),
                            mapping_place(request))));
  return Progress::done(scalar_text(request.properties, "DomainName") + "|" +
                        base_path(request.properties));
}

Outcome update_mapping(StackCalls& calls, const ResourceRequest& request) {
  PatchList patches;
  for (const auto& [name, path] :
       {std::pair("RestApiId", "/restapiId"), std::pair("Stage", "/stage")}) {
    if (any_differs(request, {name})) patches.replace(path, scalar_text(request.properties, name));
  }
  if (!patches.empty()) {
    PAWL_TRY_VOID(calls.call(
        kService, "UpdateBasePathMapping",
        mapping_place(request).with_member("patchOperations", std::move(patches).build())));
  }
  return Progress::done(request.physical_id);
}

Outcome remove_mapping(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(
      call_unless_absent(calls, kService, "DeleteBasePathMapping", mapping_place(request)));
  return Progress::done(request.physical_id);
}

}  // namespace

std::span<const ResourceType> apigateway_part_types() {
  static constexpr ResourceType kTypes[] = {
      part_type<kModel>(),
      part_type<kValidator>(),
      part_type<kAuthorizer>(),
      part_type<kDocumentationPart>(),
      part_type<kDocumentationVersion>(),
      part_type<kApiKey>(),
      part_type<kVpcLink>(),
      {"AWS::ApiGateway::GatewayResponse", put_gateway_response, put_gateway_response,
       remove_gateway_response},
      {"AWS::ApiGateway::UsagePlan", create_usage_plan, update_usage_plan, remove_usage_plan},
      {"AWS::ApiGateway::UsagePlanKey", create_usage_plan_key, nullptr, remove_usage_plan_key},
      {"AWS::ApiGateway::Account", put_account, put_account, leave_account},
      {"AWS::ApiGateway::DomainName", create_domain, update_domain, remove_domain},
      {"AWS::ApiGateway::BasePathMapping", create_mapping, update_mapping, remove_mapping},
  };
  return kTypes;
}

}  // namespace pawl::cloudformation
