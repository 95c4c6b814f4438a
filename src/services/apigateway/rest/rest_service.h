// SPDX-License-Identifier: Apache-2.0
// RestApiService: the API of API Gateway v1 (API reference apigateway 2015-07-09): how REST APIs
// and what surrounds them are made and changed. Requests to the APIs themselves are RestGateway's.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "aws/service/action_table.h"
#include "aws/service/request.h"
#include "services/apigateway/gateway_ports.h"
#include "services/apigateway/record_store.h"
#include "services/apigateway/rest/patch.h"
#include "services/apigateway/rest/rest_gateway.h"

namespace pawl::apigateway {

/// One kind of thing that is made, read, listed, changed and deleted like all others.
struct RestResourceType {
  std::string_view noun;       ///< "Authorizer": CreateAuthorizer, GetAuthorizer, …
  std::string_view list_name;  ///< "GetAuthorizers"
  RecordKind kind;
  std::string_view parent_member;  ///< of inputs: "restApiId"; "": it stands alone
  std::string_view id_input;       ///< of inputs: "authorizerId"
  std::string_view id_member;      ///< of records: "id"
  size_t id_characters = 0;        ///< 0: whoever makes it names it, by `name_input`
  std::string_view name_input = {};
  std::string_view not_found = {};  ///< the message
  std::string_view conflict = {};
};

/// Actions may run on any thread at once; those that change something take a mutex.
class RestApiService final : public aws::Service {
 public:
  /// `owner` has records and gateway; the ports outlive the service.
  RestApiService(const RecordStore& records, RestGateway& gateway, GatewayPorts ports,
                 std::shared_ptr<void> owner)
      : owner_(std::move(owner)), records_(records), gateway_(gateway), ports_(std::move(ports)) {}

  void bind(aws::ActionTable& table) override;

 private:
  using Action = aws::ActionResult (RestApiService::*)(const aws::Request&,
                                                       const RestResourceType&);
  void bind_type(aws::ActionTable& table, const RestResourceType& type);
  void bind_one(aws::ActionTable& table, std::string operation, const RestResourceType& type,
                Action action, bool writes);
  void bind_methods(aws::ActionTable& table);
  void bind_others(aws::ActionTable& table);

  // rest_records.cc: all types alike.
  aws::ActionResult create(const aws::Request& request, const RestResourceType& type);
  aws::ActionResult get(const aws::Request& request, const RestResourceType& type);
  aws::ActionResult list(const aws::Request& request, const RestResourceType& type);
  aws::ActionResult update(const aws::Request& request, const RestResourceType& type);
  aws::ActionResult remove(const aws::Request& request, const RestResourceType& type);
  aws::ApiResult<json::Value> prepare(const aws::Request& request, const RestResourceType& type,
                                      json::Value record);
  aws::ActionResult put_gateway_response(const aws::Request& request);
  aws::ActionResult get_gateway_response(const aws::Request& request);
  aws::ActionResult get_model_template(const aws::Request& request);
  aws::ActionResult get_account(const aws::Request& request);
  aws::ActionResult update_account(const aws::Request& request);

  // rest_apis.cc
  aws::ActionResult create_rest_api(const aws::Request& request);
  aws::ActionResult get_rest_api(const aws::Request& request);
  aws::ActionResult get_rest_apis(const aws::Request& request);
  aws::ActionResult update_rest_api(const aws::Request& request);
  aws::ActionResult delete_rest_api(const aws::Request& request);
  aws::ActionResult create_resource(const aws::Request& request);
  aws::ActionResult get_resource(const aws::Request& request);
  aws::ActionResult get_resources(const aws::Request& request);
  aws::ActionResult update_resource(const aws::Request& request);
  aws::ActionResult delete_resource(const aws::Request& request);
  json::Value default_api(const json::Value& given) const;
  void put_default_models(store::Batch& batch, const Scope& scope, const std::string& api) const;
  void erase_contents(store::Batch& batch, const Scope& scope, const std::string& api_id) const;

  // rest_methods.cc
  aws::ActionResult put_method(const aws::Request& request);
  aws::ActionResult get_method(const aws::Request& request);
  aws::ActionResult update_method(const aws::Request& request);
  aws::ActionResult delete_method(const aws::Request& request);
  aws::ActionResult put_method_response(const aws::Request& request);
  aws::ActionResult get_method_response(const aws::Request& request);
  aws::ActionResult update_method_response(const aws::Request& request);
  aws::ActionResult delete_method_response(const aws::Request& request);
  aws::ActionResult put_integration(const aws::Request& request);
  aws::ActionResult get_integration(const aws::Request& request);
  aws::ActionResult update_integration(const aws::Request& request);
  aws::ActionResult delete_integration(const aws::Request& request);
  aws::ActionResult put_integration_response(const aws::Request& request);
  aws::ActionResult get_integration_response(const aws::Request& request);
  aws::ActionResult update_integration_response(const aws::Request& request);
  aws::ActionResult delete_integration_response(const aws::Request& request);
  /// The resource and the method of an input.
  struct MethodPlace {
    Scope scope;
    std::string api_id;
    std::string verb;
    json::Value resource;
    json::Value method;
  };
  aws::ApiResult<MethodPlace> find_method(const aws::Request& request) const;
  aws::ApiResult<void> store_method(const aws::Request& request, const MethodPlace& place,
                                    const json::Value& method, const json::Value& answer);
  /// Changes a part of a method by patches: "methodIntegration" and the like.
  aws::ActionResult patch_part(const aws::Request& request, const std::vector<std::string>& way,
                               const char* not_found);

  // rest_deployments.cc
  aws::ActionResult create_deployment(const aws::Request& request);
  aws::ActionResult get_deployment(const aws::Request& request);
  aws::ActionResult get_deployments(const aws::Request& request);
  aws::ActionResult update_deployment(const aws::Request& request);
  aws::ActionResult delete_deployment(const aws::Request& request);
  aws::ApiResult<void> put_stage_of(store::Batch& batch, const aws::Request& request,
                                    const std::string& deployment_id);

  // rest_stages.cc
  aws::ActionResult create_stage(const aws::Request& request);
  aws::ActionResult get_stage(const aws::Request& request);
  aws::ActionResult get_stages(const aws::Request& request);
  aws::ActionResult update_stage(const aws::Request& request);
  aws::ActionResult delete_stage(const aws::Request& request);
  aws::ActionResult flush_cache(const aws::Request& request);
  aws::ApiResult<json::Value> patch_stage(const Scope& scope, const std::string& api_id,
                                          json::Value stage, const PatchOperation& operation,
                                          const aws::Shape& shape) const;
  aws::ApiResult<json::Value> patch_canary(const Scope& scope, const std::string& api_id,
                                           json::Value stage, PatchOperation operation,
                                           const aws::Shape& shape) const;
  aws::ApiResult<void> need_deployment(const Scope& scope, const std::string& api_id,
                                       const std::string& id) const;

  // rest_keys.cc
  aws::ActionResult create_usage_plan_key(const aws::Request& request);
  aws::ActionResult get_api_keys(const aws::Request& request);
  aws::ActionResult get_api_key(const aws::Request& request);
  aws::ActionResult update_usage_plan(const aws::Request& request);
  aws::ActionResult get_usage(const aws::Request& request);

  // rest_tags.cc
  aws::ActionResult get_tags(const aws::Request& request);
  aws::ActionResult tag_resource(const aws::Request& request);
  aws::ActionResult untag_resource(const aws::Request& request);
  aws::ActionResult change_tags(const aws::Request& request);

  // rest_import.cc
  aws::ActionResult import_rest_api(const aws::Request& request);
  aws::ActionResult put_rest_api(const aws::Request& request);
  aws::ActionResult get_export(const aws::Request& request);
  aws::ApiResult<json::Value> store_import(const aws::Request& request, const json::Value& openapi,
                                           const json::Value* before);

  void test_invoke_method(aws::Request request, aws::Reply reply);

  aws::ApiResult<json::Value> need(const Scope& scope, const RestResourceType& type,
                                   const std::string& parent, const std::string& id) const;
  aws::ApiResult<json::Value> need_api(const Scope& scope, const std::string& api_id) const;
  aws::ApiResult<json::Value> need_resource(const Scope& scope, const std::string& api_id,
                                            const std::string& id) const;
  aws::ApiResult<json::Value> need_stage(const Scope& scope, const std::string& api_id,
                                         const std::string& name) const;
  int64_t now_s() const { return ports_.loop.now().ms / 1'000; }
  /// Commits, with the answer kept for whoever calls again.
  aws::ApiResult<void> commit(const aws::Request& request, const store::Batch& batch,
                              const json::Value& answer) const {
    request.keep_answer(answer);
    return records_.commit(batch);
  }

  const std::shared_ptr<void> owner_;
  const RecordStore& records_;
  RestGateway& gateway_;
  const GatewayPorts ports_;
  std::mutex mutex_;
};

Scope rest_scope_of(const aws::Request& request);
aws::ApiError rest_not_found(std::string message);
const RestResourceType& rest_type(RecordKind kind);
/// A page of `items` as AWS lists them: {"items", "position"}.
aws::ApiResult<RecordStore::Page> rest_page(const RecordStore& records, const aws::Request& request,
                                            RecordKind kind, const std::string& parent);
json::Value rest_list(RecordStore::Page page);
/// What a deployment freezes of an API: {"api", "resources", "authorizers", "models",
/// "validators", "gatewayResponses"}.
aws::ApiResult<json::Value> snapshot_rest_api(const RecordStore& records, const Scope& scope,
                                              const std::string& api_id);

}  // namespace pawl::apigateway
