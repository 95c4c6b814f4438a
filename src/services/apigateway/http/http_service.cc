// SPDX-License-Identifier: Apache-2.0
// How operations find their action.
#include "services/apigateway/http/http_service.h"

#include <array>
#include <utility>

namespace pawl::apigateway {
namespace {

constexpr std::array<HttpResourceType, 10> kTypes = {{
    {"Api", "GetApis", RecordKind::HttpApi, "", "ApiId", 10, "API"},
    {"Route", "GetRoutes", RecordKind::HttpRoute, "ApiId", "RouteId", 7, "Route"},
    {"Integration", "GetIntegrations", RecordKind::HttpIntegration, "ApiId", "IntegrationId", 7,
     "Integration"},
    {"Stage", "GetStages", RecordKind::HttpStage, "ApiId", "StageName", 0, "Stage"},
    {"Deployment", "GetDeployments", RecordKind::HttpDeployment, "ApiId", "DeploymentId", 6,
     "Deployment"},
    {"Authorizer", "GetAuthorizers", RecordKind::HttpAuthorizer, "ApiId", "AuthorizerId", 6,
     "Authorizer"},
    {"Model", "GetModels", RecordKind::HttpModel, "ApiId", "ModelId", 6, "Model"},
    {"DomainName", "GetDomainNames", RecordKind::HttpDomainName, "", "DomainName", 0,
     "domain name"},
    {"ApiMapping", "GetApiMappings", RecordKind::HttpApiMapping, "DomainName", "ApiMappingId", 6,
     "API mapping"},
    {"VpcLink", "GetVpcLinks", RecordKind::HttpVpcLink, "", "VpcLinkId", 6, "VPC link"},
}};

}  // namespace

const HttpResourceType& http_type(RecordKind kind) {
  for (const HttpResourceType& type : kTypes) {
    if (type.kind == kind) return type;
  }
  return kTypes[0];
}

Scope scope_of(const aws::Request& request) { return {request.account_id(), request.region}; }

aws::ApiError http_bad_request(std::string message) {
  return {"BadRequestException", std::move(message), 400};
}

void HttpApiService::bind_one(aws::ActionTable& table, std::string operation,
                              const HttpResourceType& type, Action action, bool writes) {
  table.on_async(operation,
                 [this, &type, action, writes](const aws::Request& request, aws::Reply reply) {
                   aws::ActionResult result = (this->*action)(request, type);
                   if (result) result->after_sync = writes;
                   reply(std::move(result));
                 });
}

void HttpApiService::bind_type(aws::ActionTable& table, const HttpResourceType& type) {
  using S = HttpApiService;
  const std::string noun(type.noun);
  bind_one(table, "Get" + noun, type, &S::get, /*writes=*/false);
  bind_one(table, std::string(type.list_name), type, &S::list, /*writes=*/false);
  bind_one(table, "Update" + noun, type, &S::update, /*writes=*/true);
  if (type.kind == RecordKind::HttpDeployment) return;
  bind_one(table, "Create" + noun, type, &S::create, /*writes=*/true);
  bind_one(table, "Delete" + noun, type, &S::remove, /*writes=*/true);
}

void HttpApiService::bind(aws::ActionTable& table) {
  using S = HttpApiService;
  for (const HttpResourceType& type : kTypes) bind_type(table, type);
  table.on_write("CreateDeployment", &S::create_deployment);
  table.on_write("DeleteDeployment", &S::delete_deployment);
  table.on_write("DeleteAccessLogSettings", &S::delete_access_log_settings);
  table.on_write("DeleteRouteSettings", &S::delete_route_settings);
  table.on_write("DeleteRouteRequestParameter", &S::delete_route_request_parameter);
  table.on_write("DeleteCorsConfiguration", &S::delete_cors_configuration);
  table.on("ResetAuthorizersCache", &S::reset_authorizers_cache);
  table.on("GetModelTemplate", &S::get_model_template);
  table.on("CreateIntegrationResponse", &S::refuse_web_socket_only);
  table.on("CreateRouteResponse", &S::refuse_web_socket_only);
  table.on("GetIntegrationResponses", &S::list_nothing);
  table.on("GetRouteResponses", &S::list_nothing);
  table.on("GetTags", &S::get_tags);
  table.on_write("TagResource", &S::tag_resource);
  table.on_write("UntagResource", &S::untag_resource);
  table.on_write("ImportApi", &S::import_api);
  table.on_write("ReimportApi", &S::reimport_api);
  table.on("ExportApi", &S::export_api);
}

}  // namespace pawl::apigateway
