// SPDX-License-Identifier: Apache-2.0
// How operations find their action.
#include "json/members.h"
#include "services/apigateway/rest/rest_service.h"

#include <array>
#include <utility>

namespace pawl::apigateway {
namespace {

constexpr std::array<RestResourceType, 12> kTypes = {{
    {"Authorizer", "GetAuthorizers", RecordKind::RestAuthorizer, "restApiId", "authorizerId", "id",
     6, "", "Invalid Authorizer identifier specified", ""},
    {"Model", "GetModels", RecordKind::RestModel, "restApiId", "modelName", "name", 0, "name",
     "Invalid model name specified: ", "Model name already exists for this REST API"},
    {"RequestValidator", "GetRequestValidators", RecordKind::RestRequestValidator, "restApiId",
     "requestValidatorId", "id", 6, "", "Invalid Request Validator identifier specified", ""},
    {"GatewayResponse", "GetGatewayResponses", RecordKind::RestGatewayResponse, "restApiId",
     "responseType", "responseType", 0, "responseType", "Invalid Gateway response specified", ""},
    {"DocumentationPart", "GetDocumentationParts", RecordKind::RestDocumentationPart, "restApiId",
     "documentationPartId", "id", 6, "", "Invalid Documentation part identifier specified", ""},
    {"DocumentationVersion", "GetDocumentationVersions", RecordKind::RestDocumentationVersion,
     "restApiId", "documentationVersion", "version", 0, "documentationVersion",
     "Invalid Documentation version identifier specified", "Documentation version already exists"},
    {"ApiKey", "GetApiKeys", RecordKind::RestApiKey, "", "apiKey", "id", 10, "",
     "Invalid API Key identifier specified", ""},
    {"UsagePlan", "GetUsagePlans", RecordKind::RestUsagePlan, "", "usagePlanId", "id", 6, "",
     "Invalid Usage Plan ID specified", ""},
    {"UsagePlanKey", "GetUsagePlanKeys", RecordKind::RestUsagePlanKey, "usagePlanId", "keyId", "id",
     0, "keyId", "Invalid API Key identifier specified", ""},
    {"DomainName", "GetDomainNames", RecordKind::RestDomainName, "", "domainName", "domainName", 0,
     "domainName", "Invalid domain name identifier specified",
     "The domain name you provided already exists."},
    {"BasePathMapping", "GetBasePathMappings", RecordKind::RestBasePathMapping, "domainName",
     "basePath", "basePath", 0, "basePath", "Invalid base path mapping identifier specified",
     "Base path already exists for this domain name"},
    {"VpcLink", "GetVpcLinks", RecordKind::RestVpcLink, "", "vpcLinkId", "id", 6, "",
     "Invalid Vpc Link identifier specified", ""},
}};

}  // namespace

const RestResourceType& rest_type(RecordKind kind) {
  for (const RestResourceType& type : kTypes) {
    if (type.kind == kind) return type;
  }
  return kTypes[0];
}

Scope rest_scope_of(const aws::Request& request) { return {request.account_id(), request.region}; }

aws::ApiError rest_not_found(std::string message) {
  return {"NotFoundException", std::move(message), 404};
}

void RestApiService::bind_one(aws::ActionTable& table, std::string operation,
                              const RestResourceType& type, Action action, bool writes) {
  table.on_async(operation,
                 [this, &type, action, writes](const aws::Request& request, aws::Reply reply) {
                   aws::ActionResult result = (this->*action)(request, type);
                   if (result) result->after_sync = writes;
                   reply(std::move(result));
                 });
}

void RestApiService::bind_type(aws::ActionTable& table, const RestResourceType& type) {
  using S = RestApiService;
  const std::string noun(type.noun);
  const RecordKind kind = type.kind;
  bind_one(table, "Delete" + noun, type, &S::remove, /*writes=*/true);
  if (kind != RecordKind::RestApiKey) {
    bind_one(table, std::string(type.list_name), type, &S::list, /*writes=*/false);
    if (kind != RecordKind::RestGatewayResponse) {
      bind_one(table, "Get" + noun, type, &S::get, /*writes=*/false);
    }
  }
  if (kind != RecordKind::RestGatewayResponse && kind != RecordKind::RestUsagePlanKey) {
    bind_one(table, "Create" + noun, type, &S::create, /*writes=*/true);
  }
  if (kind != RecordKind::RestUsagePlanKey && kind != RecordKind::RestUsagePlan) {
    bind_one(table, "Update" + noun, type, &S::update, /*writes=*/true);
  }
}

void RestApiService::bind_methods(aws::ActionTable& table) {
  using S = RestApiService;
  table.on_write("PutMethod", &S::put_method);
  table.on("GetMethod", &S::get_method);
  table.on_write("UpdateMethod", &S::update_method);
  table.on_write("DeleteMethod", &S::delete_method);
  table.on_write("PutMethodResponse", &S::put_method_response);
  table.on("GetMethodResponse", &S::get_method_response);
  table.on_write("UpdateMethodResponse", &S::update_method_response);
  table.on_write("DeleteMethodResponse", &S::delete_method_response);
  table.on_write("PutIntegration", &S::put_integration);
  table.on("GetIntegration", &S::get_integration);
  table.on_write("UpdateIntegration", &S::update_integration);
  table.on_write("DeleteIntegration", &S::delete_integration);
  table.on_write("PutIntegrationResponse", &S::put_integration_response);
  table.on("GetIntegrationResponse", &S::get_integration_response);
  table.on_write("UpdateIntegrationResponse", &S::update_integration_response);
  table.on_write("DeleteIntegrationResponse", &S::delete_integration_response);
  table.on_async("TestInvokeMethod", &S::test_invoke_method);
}

void RestApiService::bind_others(aws::ActionTable& table) {
  using S = RestApiService;
  table.on_write("PutGatewayResponse", &S::put_gateway_response);
  table.on("GetGatewayResponse", &S::get_gateway_response);
  table.on("GetModelTemplate", &S::get_model_template);
  table.on("GetAccount", &S::get_account);
  table.on_write("UpdateAccount", &S::update_account);
  table.on("GetApiKey", &S::get_api_key);
  table.on("GetApiKeys", &S::get_api_keys);
  table.on_write("CreateUsagePlanKey", &S::create_usage_plan_key);
  table.on_write("UpdateUsagePlan", &S::update_usage_plan);
  table.on("GetUsage", &S::get_usage);
  table.on("GetTags", &S::get_tags);
  table.on_write("TagResource", &S::tag_resource);
  table.on_write("UntagResource", &S::untag_resource);
  table.on_write("ImportRestApi", &S::import_rest_api);
  table.on_write("PutRestApi", &S::put_rest_api);
  table.on("GetExport", &S::get_export);
}

void RestApiService::bind(aws::ActionTable& table) {
  using S = RestApiService;
  for (const RestResourceType& type : kTypes) bind_type(table, type);
  table.on_write("CreateRestApi", &S::create_rest_api);
  table.on("GetRestApi", &S::get_rest_api);
  table.on("GetRestApis", &S::get_rest_apis);
  table.on_write("UpdateRestApi", &S::update_rest_api);
  table.on_write("DeleteRestApi", &S::delete_rest_api);
  table.on_write("CreateResource", &S::create_resource);
  table.on("GetResource", &S::get_resource);
  table.on("GetResources", &S::get_resources);
  table.on_write("UpdateResource", &S::update_resource);
  table.on_write("DeleteResource", &S::delete_resource);
  table.on_write("CreateDeployment", &S::create_deployment);
  table.on("GetDeployment", &S::get_deployment);
  table.on("GetDeployments", &S::get_deployments);
  table.on_write("UpdateDeployment", &S::update_deployment);
  table.on_write("DeleteDeployment", &S::delete_deployment);
  table.on_write("CreateStage", &S::create_stage);
  table.on("GetStage", &S::get_stage);
  table.on("GetStages", &S::get_stages);
  table.on_write("UpdateStage", &S::update_stage);
  table.on_write("DeleteStage", &S::delete_stage);
  table.on("FlushStageCache", &S::flush_cache);
  table.on("FlushStageAuthorizersCache", &S::flush_cache);
  bind_methods(table);
  bind_others(table);
}

}  // namespace pawl::apigateway
