// SPDX-License-Identifier: Apache-2.0
// Deployments and the smaller operations on stages, routes and APIs.
#include <utility>

#include "json/members.h"
#include "services/apigateway/http/compiled_api.h"
#include "services/apigateway/http/http_service.h"
#include "services/apigateway/identifiers.h"

namespace pawl::apigateway {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

/// Puts the deployment, which gets an id, and what it freezes, into the batch.
ApiResult<Value> HttpApiService::deploy(store::Batch& batch, const Scope& scope,
                                        const std::string& api_id, Value deployment) {
  const std::string id = random_lower_case(6);
  deployment = deployment.with_member("DeploymentId", Value(id))
                   .with_member("CreatedDate", Value(now_s()))
                   .with_member("DeploymentStatus", Value("DEPLOYED"));
  records_.put(batch, scope, RecordKind::HttpDeployment, api_id, id, deployment);
  records_.put(batch, scope, RecordKind::HttpSnapshot, api_id, id,
               PAWL_TRY(snapshot_http_api(records_, scope, api_id)));
  return deployment;
}

ApiResult<void> HttpApiService::redeploy(const Scope& scope, const std::string& api_id) {
  store::Batch batch;
  for (Value stage : PAWL_TRY(records_.all(scope, RecordKind::HttpStage, api_id))) {
    if (!flag_member(stage, "AutoDeploy")) continue;
    ObjectBuilder made;
    made.set("AutoDeployed", Value(true))
        .set("Description",
             Value("Automatic deployment triggered by changes to the Api configuration"));
    const Value deployment = PAWL_TRY(deploy(batch, scope, api_id, std::move(made).build()));
    const std::string id = text_member(deployment, "DeploymentId");
    const std::string before = text_member(stage, "DeploymentId");
    if (!before.empty()) {
      const auto old = PAWL_TRY(records_.find(scope, RecordKind::HttpDeployment, api_id, before));
      if (old && flag_member(*old, "AutoDeployed")) {
        records_.erase(batch, scope, RecordKind::HttpDeployment, api_id, before);
        records_.erase(batch, scope, RecordKind::HttpSnapshot, api_id, before);
      }
    }
    const std::string message = "Successfully deployed stage with deployment ID '" + id + "'";
    stage = stage.with_member("DeploymentId", Value(id))
                .with_member("LastDeploymentStatusMessage", Value(message))
                .with_member("LastUpdatedDate", Value(now_s()));
    records_.put(batch, scope, RecordKind::HttpStage, api_id, text_member(stage, "StageName"),
                 stage);
  }
  PAWL_TRY_VOID(records_.commit(batch));
  gateway_.forget(api_id);
  return {};
}

ActionResult HttpApiService::create_deployment(const aws::Request& request) {
  const Scope scope = scope_of(request);
  const std::string api_id = text_member(request.input, "ApiId");
  const std::lock_guard lock(mutex_);
  PAWL_TRY_VOID(need_api(scope, api_id));
  if (PAWL_TRY(records_.list(scope, RecordKind::HttpRoute, api_id, "", 1)).items.empty()) {
    return http_bad_request("At least one route is required before deploying the Api.");
  }
  std::optional<Value> stage;
  const std::string stage_name = text_member(request.input, "StageName");
  if (!stage_name.empty()) {
    stage = PAWL_TRY(need(scope, http_type(RecordKind::HttpStage), api_id, stage_name));
    if (flag_member(*stage, "AutoDeploy")) {
      return http_bad_request("Deployment on stage with auto deploy enabled is not allowed");
    }
  }
  ObjectBuilder given;
  given.set("AutoDeployed", Value(false));
  if (has_member(request.input, "Description")) {
    given.set("Description", Value(text_member(request.input, "Description")));
  }
  store::Batch batch;
  const Value deployment = PAWL_TRY(deploy(batch, scope, api_id, std::move(given).build()));
  if (stage) {
    records_.put(batch, scope, RecordKind::HttpStage, api_id, stage_name,
                 stage->with_member("DeploymentId", *deployment.find("DeploymentId"))
                     .with_member("LastUpdatedDate", Value(now_s())));
  }
  request.keep_answer(deployment);
  PAWL_TRY_VOID(records_.commit(batch));
  gateway_.forget(api_id);
  return deployment;
}

ActionResult HttpApiService::delete_deployment(const aws::Request& request) {
  const Scope scope = scope_of(request);
  const std::string api_id = text_member(request.input, "ApiId");
  const std::string id = text_member(request.input, "DeploymentId");
  const std::lock_guard lock(mutex_);
  PAWL_TRY_VOID(need_api(scope, api_id));
  PAWL_TRY_VOID(need(scope, http_type(RecordKind::HttpDeployment), api_id, id));
  for (const Value& stage : PAWL_TRY(records_.all(scope, RecordKind::HttpStage, api_id))) {
    if (text_member(stage, "DeploymentId") == id) {
      return http_bad_request("Active stages pointing to this deployment must be moved or deleted");
    }
  }
  store::Batch batch;
  records_.erase(batch, scope, RecordKind::HttpDeployment, api_id, id);
  records_.erase(batch, scope, RecordKind::HttpSnapshot, api_id, id);
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(records_.commit(batch));
  return Value::object();
}

ActionResult HttpApiService::delete_access_log_settings(const aws::Request& request) {
  return change(request, http_type(RecordKind::HttpStage), [](const Value& stage) {
    return ApiResult<Value>(stage.without_member("AccessLogSettings"));
  });
}

ActionResult HttpApiService::delete_route_settings(const aws::Request& request) {
  const std::string key = text_member(request.input, "RouteKey");
  return change(request, http_type(RecordKind::HttpStage), [&](const Value& stage) {
    const Value settings = object_member(stage, "RouteSettings");
    if (settings.find(key) == nullptr) {
      return ApiResult<Value>(
          ApiError("NotFoundException", "Unable to find RouteSettings for this route", 404));
    }
    return ApiResult<Value>(stage.with_member("RouteSettings", settings.without_member(key)));
  });
}

ActionResult HttpApiService::delete_route_request_parameter(const aws::Request& request) {
  const std::string key = text_member(request.input, "RequestParameterKey");
  return change(request, http_type(RecordKind::HttpRoute), [&](const Value& route) {
    return ApiResult<Value>(route.with_member(
        "RequestParameters", object_member(route, "RequestParameters").without_member(key)));
  });
}

ActionResult HttpApiService::delete_cors_configuration(const aws::Request& request) {
  return change(request, http_type(RecordKind::HttpApi), [](const Value& api) {
    return ApiResult<Value>(api.without_member("CorsConfiguration"));
  });
}

ActionResult HttpApiService::reset_authorizers_cache(const aws::Request& request) {
  PAWL_TRY_VOID(need(scope_of(request), http_type(RecordKind::HttpStage),
                     text_member(request.input, "ApiId"), text_member(request.input, "StageName")));
  gateway_.forget_decisions();
  return Value::object();
}

ActionResult HttpApiService::refuse_web_socket_only(const aws::Request& request) {
  PAWL_TRY_VOID(need_api(scope_of(request), text_member(request.input, "ApiId")));
  const bool is_route = request.operation->name == "CreateRouteResponse";
  return http_bad_request(std::string(is_route ? "Route" : "Integration") +
                          " responses are supported for WEBSOCKET protocol APIs only");
}

ActionResult HttpApiService::list_nothing(const aws::Request& request) {
  PAWL_TRY_VOID(need_api(scope_of(request), text_member(request.input, "ApiId")));
  ObjectBuilder out;
  out.set("Items", Value::array());
  return std::move(out).build();
}

ActionResult HttpApiService::get_model_template(const aws::Request& request) {
  PAWL_TRY_VOID(need(scope_of(request), http_type(RecordKind::HttpModel),
                     text_member(request.input, "ApiId"), text_member(request.input, "ModelId")));
  ObjectBuilder out;
  out.set("Value", Value("#set($inputRoot = $input.path('$'))\n{ }"));
  return std::move(out).build();
}

}  // namespace pawl::apigateway
