// SPDX-License-Identifier: Apache-2.0
// HttpApiService: the API of API Gateway v2 (API reference apigatewayv2 2018-11-29) as far as HTTP
// APIs go: how they are made and changed. WebSocket APIs are refused. Requests to the APIs
// themselves are HttpGateway's.
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
#include "services/apigateway/http/http_gateway.h"
#include "services/apigateway/record_store.h"

namespace pawl::apigateway {

/// One kind of thing that is made, read, listed, changed and deleted.
struct HttpResourceType {
  std::string_view noun;       ///< "Route": CreateRoute, GetRoute, UpdateRoute, DeleteRoute
  std::string_view list_name;  ///< "GetRoutes"
  RecordKind kind;
  std::string_view parent_member;  ///< of inputs: "ApiId", "DomainName"; "": it stands alone
  std::string_view id_member;      ///< "RouteId"
  size_t id_characters = 0;        ///< 0: whoever makes it names it
  std::string_view label = {};     ///< in messages: "Route"
};

/// Actions may run on any thread at once; those that change something take a mutex.
class HttpApiService final : public aws::Service {
 public:
  /// `owner` has records and gateway; the ports outlive the service.
  HttpApiService(const RecordStore& records, HttpGateway& gateway, GatewayPorts ports,
                 std::shared_ptr<void> owner)
      : owner_(std::move(owner)), records_(records), gateway_(gateway), ports_(std::move(ports)) {}

  void bind(aws::ActionTable& table) override;

 private:
  using Action = aws::ActionResult (HttpApiService::*)(const aws::Request&,
                                                       const HttpResourceType&);
  void bind_type(aws::ActionTable& table, const HttpResourceType& type);
  void bind_one(aws::ActionTable& table, std::string operation, const HttpResourceType& type,
                Action action, bool writes);

  // resources.cc: all types alike, but for prepare() and what belongs to them.
  aws::ActionResult create(const aws::Request& request, const HttpResourceType& type);
  aws::ActionResult get(const aws::Request& request, const HttpResourceType& type);
  aws::ActionResult list(const aws::Request& request, const HttpResourceType& type);
  aws::ActionResult update(const aws::Request& request, const HttpResourceType& type);
  aws::ActionResult remove(const aws::Request& request, const HttpResourceType& type);

  /// A record before it is stored: defaults and the rules of its type. `before` is what stands
  /// there; null if it is being made.
  aws::ApiResult<json::Value> prepare(const aws::Request& request, const HttpResourceType& type,
                                      json::Value record, const json::Value* before);
  aws::ApiResult<json::Value> prepare_api(json::Value record, const json::Value* before);
  aws::ApiResult<json::Value> prepare_route(const Scope& scope, const std::string& api_id,
                                            json::Value record, const json::Value* before);
  aws::ApiResult<json::Value> prepare_integration(json::Value record);
  aws::ApiResult<json::Value> prepare_authorizer(json::Value record);
  aws::ApiResult<json::Value> prepare_stage(const Scope& scope, const std::string& api_id,
                                            json::Value record, const json::Value* before);
  /// What else a change brings: deployments, quick create, what falls with it.
  aws::ApiResult<void> follow_up(const aws::Request& request, const HttpResourceType& type,
                                 const json::Value& record, store::Batch& batch);
  aws::ApiResult<void> before_removal(const Scope& scope, const HttpResourceType& type,
                                      const std::string& parent, const std::string& id,
                                      store::Batch& batch);
  aws::ApiResult<void> quick_create(const aws::Request& request, const std::string& api_id,
                                    store::Batch& batch);
  /// UpdateApi's part of it; false: the request has none.
  aws::ApiResult<bool> quick_update(const aws::Request& request, const std::string& api_id,
                                    store::Batch& batch);

  // deployments.cc
  /// New deployments of the stages that deploy by themselves; after the batch is committed.
  aws::ApiResult<void> redeploy(const Scope& scope, const std::string& api_id);
  aws::ApiResult<json::Value> deploy(store::Batch& batch, const Scope& scope,
                                     const std::string& api_id, json::Value deployment);
  aws::ActionResult create_deployment(const aws::Request& request);
  aws::ActionResult delete_deployment(const aws::Request& request);
  aws::ActionResult delete_access_log_settings(const aws::Request& request);
  aws::ActionResult delete_route_settings(const aws::Request& request);
  aws::ActionResult delete_route_request_parameter(const aws::Request& request);
  aws::ActionResult delete_cors_configuration(const aws::Request& request);
  aws::ActionResult reset_authorizers_cache(const aws::Request& request);
  aws::ActionResult refuse_web_socket_only(const aws::Request& request);
  aws::ActionResult list_nothing(const aws::Request& request);
  aws::ActionResult get_model_template(const aws::Request& request);

  // tags.cc
  aws::ActionResult get_tags(const aws::Request& request);
  aws::ActionResult tag_resource(const aws::Request& request);
  aws::ActionResult untag_resource(const aws::Request& request);

  // import.cc
  aws::ActionResult import_api(const aws::Request& request);
  aws::ActionResult reimport_api(const aws::Request& request);
  aws::ActionResult export_api(const aws::Request& request);
  aws::ApiResult<json::Value> store_import(const aws::Request& request, const json::Value& openapi,
                                           const json::Value* before);

  /// The record, or NotFoundException.
  aws::ApiResult<json::Value> need(const Scope& scope, const HttpResourceType& type,
                                   const std::string& parent, const std::string& id) const;
  aws::ApiResult<json::Value> need_api(const Scope& scope, const std::string& api_id) const;
  /// As answers have it.
  json::Value shown(const aws::Request& request, const HttpResourceType& type,
                    json::Value record) const;
  int64_t now_s() const { return ports_.loop.now().ms / 1'000; }
  /// Changes a record that stands there, commits, and tells the gateway.
  using Change = std::function<aws::ApiResult<json::Value>(json::Value record)>;
  aws::ActionResult change(const aws::Request& request, const HttpResourceType& type,
                           const Change& how);

  const std::shared_ptr<void> owner_;
  const RecordStore& records_;
  HttpGateway& gateway_;
  const GatewayPorts ports_;
  std::mutex mutex_;
};

Scope scope_of(const aws::Request& request);
aws::ApiError http_bad_request(std::string message);
const HttpResourceType& http_type(RecordKind kind);

}  // namespace pawl::apigateway
