// SPDX-License-Identifier: Apache-2.0
// Deployments: what an API was at a moment, for stages to show.
#include <algorithm>
#include <utility>

#include "json/members.h"
#include "services/apigateway/identifiers.h"
#include "services/apigateway/rest/rest_service.h"

namespace pawl::apigateway {

using aws::ActionResult;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr const char* kNoDeployment = "Invalid Deployment identifier specified";

/// An API without a method, or a method without an integration, is not deployed.
ApiResult<void> check_deployable(const Value& snapshot) {
  bool has_method = false;
  const Value resources = array_member(snapshot, "resources");
  for (const Value& resource : resources.items()) {
    const Value methods = object_member(resource, "resourceMethods");
    for (const json::Member& each : methods.members()) {
      has_method = true;
      if (!has_member(each.value, "methodIntegration")) {
        return rest_bad_request("No integration defined for method");
      }
    }
  }
  if (!has_method) return rest_bad_request("The REST API doesn't contain any methods");
  return {};
}

/// {"/path": {"GET": {"authorizationType", "apiKeyRequired"}}}
Value api_summary(const Value& snapshot) {
  ObjectBuilder paths;
  const Value resources = array_member(snapshot, "resources");
  for (const Value& resource : resources.items()) {
    ObjectBuilder methods;
    const Value all = object_member(resource, "resourceMethods");
    for (const json::Member& each : all.members()) {
      ObjectBuilder method;
      method.set("authorizationType", Value(text_member(each.value, "authorizationType")))
          .set("apiKeyRequired", Value(flag_member(each.value, "apiKeyRequired")));
      methods.set(each.key, std::move(method).build());
    }
    if (all.size() > 0) paths.set(text_member(resource, "path"), std::move(methods).build());
  }
  return std::move(paths).build();
}

}  // namespace

ApiResult<Value> snapshot_rest_api(const RecordStore& records, const Scope& scope,
                                   const std::string& api_id) {
  ObjectBuilder out;
  const auto api = PAWL_TRY(records.find(scope, RecordKind::RestApi, "", api_id));
  out.set("api", api.value_or(Value::object()));
  const std::pair<const char*, RecordKind> lists[] = {
      {"resources", RecordKind::RestResource},
      {"authorizers", RecordKind::RestAuthorizer},
      {"models", RecordKind::RestModel},
      {"validators", RecordKind::RestRequestValidator},
      {"gatewayResponses", RecordKind::RestGatewayResponse}};
  for (const auto& [name, kind] : lists) {
    out.set(name, Value::array(PAWL_TRY(records.all(scope, kind, api_id))));
  }
  return std::move(out).build();
}

ApiResult<void> RestApiService::need_deployment(const Scope& scope, const std::string& api_id,
                                                const std::string& id) const {
  if (PAWL_TRY(records_.find(scope, RecordKind::RestDeployment, api_id, id))) return {};
  return rest_bad_request("Deployment id does not exist");
}

/// The stage that a new deployment is for: made, moved, or given a canary.
ApiResult<void> RestApiService::put_stage_of(store::Batch& batch, const aws::Request& request,
                                             const std::string& deployment_id) {
  const Scope scope = rest_scope_of(request);
  const Value& input = request.input;
  const std::string api_id = text_member(input, "restApiId");
  const std::string name = text_member(input, "stageName");
  const bool is_canary = has_member(input, "canarySettings");
  if (name.empty()) {
    if (!is_canary) return {};
    return rest_bad_request(
        "Invalid deployment content specified.Non null and non empty stageName "
        "must be provided for canary deployment. Provided value is null");
  }
  std::optional<Value> stage = PAWL_TRY(records_.find(scope, RecordKind::RestStage, api_id, name));
  if (is_canary) {
    if (!stage) {
      return rest_bad_request("Invalid deployment content specified.Stage " + name +
                              " must already be created before making a canary release "
                              "deployment");
    }
    const Value given = object_member(input, "canarySettings");
    ObjectBuilder canary;
    canary.set("deploymentId", Value(deployment_id))
        .set("percentTraffic", Value(find_number(given, "percentTraffic").value_or(0)))
        .set("useStageCache", Value(flag_member(given, "useStageCache")));
    if (has_member(given, "stageVariableOverrides")) {
      canary.set("stageVariableOverrides", *given.find("stageVariableOverrides"));
    }
    stage = stage->with_member("canarySettings", std::move(canary).build());
  } else {
    if (!stage) stage = new_stage_record(name, now_s());
    stage = stage->with_member("deploymentId", Value(deployment_id));
    const std::pair<const char*, const char*> copied[] = {
        {"stageDescription", "description"},
        {"cacheClusterEnabled", "cacheClusterEnabled"},
        {"cacheClusterSize", "cacheClusterSize"},
        {"variables", "variables"},
        {"tracingEnabled", "tracingEnabled"}};
    for (const auto& [from, to] : copied) {
      if (has_member(input, from)) stage = stage->with_member(to, *input.find(from));
    }
  }
  records_.put(batch, scope, RecordKind::RestStage, api_id, name,
               stage->with_member("lastUpdatedDate", Value(now_s())));
  return {};
}

ActionResult RestApiService::create_deployment(const aws::Request& request) {
  const Scope scope = rest_scope_of(request);
  const std::string api_id = text_member(request.input, "restApiId");
  const std::lock_guard lock(mutex_);
  PAWL_TRY_VOID(need_api(scope, api_id));
  const Value snapshot = PAWL_TRY(snapshot_rest_api(records_, scope, api_id));
  PAWL_TRY_VOID(check_deployable(snapshot));
  const std::string id = random_lower_case(6);
  ObjectBuilder made;
  made.set("id", Value(id));
  if (has_member(request.input, "description")) {
    made.set("description", *request.input.find("description"));
  }
  made.set("createdDate", Value(now_s()));
  const Value record = std::move(made).build();
  store::Batch batch;
  records_.put(batch, scope, RecordKind::RestDeployment, api_id, id, record);
  records_.put(batch, scope, RecordKind::RestSnapshot, api_id, id, snapshot);
  PAWL_TRY_VOID(put_stage_of(batch, request, id));
  PAWL_TRY_VOID(commit(request, batch, record));
  gateway_.forget(api_id);
  return record;
}

ActionResult RestApiService::get_deployment(const aws::Request& request) {
  const Scope scope = rest_scope_of(request);
  const std::string api_id = text_member(request.input, "restApiId");
  const std::string id = text_member(request.input, "deploymentId");
  PAWL_TRY_VOID(need_api(scope, api_id));
  std::optional<Value> record =
      PAWL_TRY(records_.find(scope, RecordKind::RestDeployment, api_id, id));
  if (!record) return rest_not_found(kNoDeployment);
  const std::vector<std::string> embed = texts_member(request.input, "embed");
  if (std::find(embed.begin(), embed.end(), "apisummary") != embed.end()) {
    const auto snapshot = PAWL_TRY(records_.find(scope, RecordKind::RestSnapshot, api_id, id));
    if (snapshot) record = record->with_member("apiSummary", api_summary(*snapshot));
  }
  return *record;
}

ActionResult RestApiService::get_deployments(const aws::Request& request) {
  const std::string api_id = text_member(request.input, "restApiId");
  PAWL_TRY_VOID(need_api(rest_scope_of(request), api_id));
  return rest_list(PAWL_TRY(rest_page(records_, request, RecordKind::RestDeployment, api_id)));
}

ActionResult RestApiService::update_deployment(const aws::Request& request) {
  const Scope scope = rest_scope_of(request);
  const std::string api_id = text_member(request.input, "restApiId");
  const std::string id = text_member(request.input, "deploymentId");
  const std::lock_guard lock(mutex_);
  PAWL_TRY_VOID(need_api(scope, api_id));
  std::optional<Value> record =
      PAWL_TRY(records_.find(scope, RecordKind::RestDeployment, api_id, id));
  if (!record) return rest_not_found(kNoDeployment);
  for (const PatchOperation& operation : read_patches(request.input)) {
    if (operation.path != "/description") {
      return rest_bad_request("Invalid patch path  '" + operation.path + "' specified for op '" +
                              operation.op + "'. Must be one of: [/description]");
    }
    record = PAWL_TRY(apply_patch(*record, operation, *request.operation->output));
  }
  store::Batch batch;
  records_.put(batch, scope, RecordKind::RestDeployment, api_id, id, *record);
  PAWL_TRY_VOID(commit(request, batch, *record));
  return *record;
}

ActionResult RestApiService::delete_deployment(const aws::Request& request) {
  const Scope scope = rest_scope_of(request);
  const std::string api_id = text_member(request.input, "restApiId");
  const std::string id = text_member(request.input, "deploymentId");
  const std::lock_guard lock(mutex_);
  PAWL_TRY_VOID(need_api(scope, api_id));
  if (!PAWL_TRY(records_.find(scope, RecordKind::RestDeployment, api_id, id))) {
    return rest_not_found(kNoDeployment);
  }
  for (const Value& stage : PAWL_TRY(records_.all(scope, RecordKind::RestStage, api_id))) {
    if (text_member(stage, "deploymentId") == id ||
        text_member(object_member(stage, "canarySettings"), "deploymentId") == id) {
      return rest_bad_request("Active stages pointing to this deployment must be moved or deleted");
    }
  }
  store::Batch batch;
  records_.erase(batch, scope, RecordKind::RestDeployment, api_id, id);
  records_.erase(batch, scope, RecordKind::RestSnapshot, api_id, id);
  PAWL_TRY_VOID(commit(request, batch, Value::object()));
  return Value::object();
}

}  // namespace pawl::apigateway
