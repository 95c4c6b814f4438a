// SPDX-License-Identifier: Apache-2.0
// HttpGateway: the data plane of HTTP APIs: a request to its route, past its authorizer, to its
// integration and back. Not how APIs are made (http_service.h).
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "services/apigateway/access_log.h"
#include "services/apigateway/authorizer_decision.h"
#include "services/apigateway/decision_cache.h"
#include "services/apigateway/gateway_ports.h"
#include "services/apigateway/http/compiled_api.h"
#include "services/apigateway/key_sets.h"
#include "services/apigateway/outgoing_calls.h"
#include "services/apigateway/token_bucket.h"

namespace pawl::apigateway {

/// Thread-safe. Must outlive the answers it owes.
class HttpGateway {
 public:
  HttpGateway(const RecordStore& records, GatewayPorts ports)
      : records_(records),
        ports_(std::move(ports)),
        key_sets_(ports_.transport, ports_.loop),
        log_(ports_.caller) {}

  void serve(const Scope& scope, const RequestTarget& target, const aws::HttpRequest& request,
             aws::HttpSite::Answer answer);
  /// Something of the API has changed.
  void forget(const std::string& api_id);
  void forget_decisions() { decisions_.clear(); }

 private:
  struct Call;
  using CallPointer = std::shared_ptr<Call>;

  aws::ApiResult<std::shared_ptr<const CompiledHttpApi>> find(const Scope& scope,
                                                              const std::string& api_id);
  static bool choose_stage(Call& call, const RequestTarget& target);
  bool is_throttled(const Call& call);

  void authorize(const CallPointer& call);
  void authorize_by_token(const CallPointer& call, const HttpAuthorizer& authorizer);
  void check_token(const CallPointer& call, const HttpAuthorizer& authorizer,
                   const JsonWebToken& token);
  void authorize_by_function(const CallPointer& call, const HttpAuthorizer& authorizer);
  void take_decision(const CallPointer& call, const HttpAuthorizer& authorizer,
                     const std::string& result);

  void integrate(const CallPointer& call);
  void integrate_function(const CallPointer& call, const HttpIntegration& integration);
  void integrate_action(const CallPointer& call, const HttpIntegration& integration);
  void integrate_url(const CallPointer& call, const HttpIntegration& integration);
  void integrated(const CallPointer& call, aws::HttpResponse response);
  void integration_failed(const CallPointer& call, int status, std::string_view message,
                          std::string why);

  void refuse(const CallPointer& call, int status, std::string_view message);
  void finish(const CallPointer& call, aws::HttpResponse response);

  const RecordStore& records_;
  const GatewayPorts ports_;
  KeySets key_sets_;
  AccessLog log_;
  TokenBuckets throttles_;
  DecisionCache decisions_;
  std::mutex mutex_;
  uint64_t changes_ = 0;  ///< guarded by mutex_, as is the next
  std::map<std::string, std::shared_ptr<const CompiledHttpApi>> compiled_;
};

/// The answer to a preflight request; 204, with headers if the page may call.
aws::HttpResponse preflight_response(const HttpCors& cors, const aws::HttpRequest& request);
/// Replaces what the integration said of origins.
void apply_cors(const HttpCors& cors, const aws::HttpRequest& request, aws::HttpResponse& response);

}  // namespace pawl::apigateway
