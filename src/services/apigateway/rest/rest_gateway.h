// SPDX-License-Identifier: Apache-2.0
// RestGateway: the data plane of REST APIs: a request to its method, past authorizer, key and
// validator, to its integration and back through templates. Not how APIs are made
// (rest_service.h).
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "services/apigateway/access_log.h"
#include "services/apigateway/authorizer_decision.h"
#include "services/apigateway/decision_cache.h"
#include "services/apigateway/gateway_ports.h"
#include "services/apigateway/outgoing_calls.h"
#include "services/apigateway/rest/compiled_rest_api.h"
#include "services/apigateway/rest/template_input.h"
#include "services/apigateway/token_bucket.h"

namespace pawl::apigateway {

/// Thread-safe. Must outlive the answers it owes.
class RestGateway {
 public:
  RestGateway(const RecordStore& records, GatewayPorts ports)
      : records_(records), ports_(std::move(ports)), log_(ports_.caller) {}

  void serve(const Scope& scope, const RequestTarget& target, const aws::HttpRequest& request,
             aws::HttpSite::Answer answer);
  /// A method as it stands, not as it was deployed, without authorizer and key (TestInvokeMethod).
  /// `request` lives until the answer.
  struct TestCall {
    Scope scope;
    std::string api_id;
    std::string resource_id;
    std::string path;  ///< encoded, without the query
    TextMap stage_variables;
  };
  void test(const TestCall& test, const json::Value& snapshot, const aws::HttpRequest& request,
            aws::HttpSite::Answer answer);

  /// Something of the API has changed.
  void forget(const std::string& api_id);
  /// Something that may be of many: keys, plans.
  void forget_all();
  void forget_decisions() { decisions_.clear(); }
  /// {"KEY_ID": [[used, left]]} of a plan's period.
  json::Value usage_of(const std::string& plan_id);

 private:
  struct Call;
  using CallPointer = std::shared_ptr<Call>;

  aws::ApiResult<std::shared_ptr<const CompiledRestApi>> find(const Scope& scope,
                                                              const std::string& api_id);
  CallPointer begin(const Scope& scope, const std::string& api_id, const aws::HttpRequest& request,
                    aws::HttpSite::Answer answer) const;
  bool choose_method(const CallPointer& call);
  bool is_throttled(const Call& call);

  void authorize(const CallPointer& call);
  void authorize_by_function(const CallPointer& call, const RestAuthorizer& authorizer);
  void take_decision(const CallPointer& call, const std::string& result);
  void check_key(const CallPointer& call);
  bool takes_quota(const RestKey& key, base::Timestamp now);
  void validate(const CallPointer& call);

  void integrate(const CallPointer& call);
  void integrate_function(const CallPointer& call, const aws::HttpRequest& sent);
  void integrate_proxy(const CallPointer& call);
  void integrate_action(const CallPointer& call, aws::HttpRequest sent);
  void integrate_url(const CallPointer& call, aws::HttpRequest sent);
  /// The request to the integration, mapped; nullopt: it has been answered.
  std::optional<aws::HttpRequest> mapped_request(const CallPointer& call);
  /// `selected`: what selection patterns are for: a status, or a function's error.
  void integrated(const CallPointer& call, aws::HttpResponse response, const std::string& selected);
  void passed_on(const CallPointer& call, aws::HttpResponse response);
  void timed_out(const CallPointer& call);
  void integration_failed(const CallPointer& call, int status, const char* type,
                          std::string_view message, std::string why);

  /// A gateway response: `type` is "MISSING_AUTHENTICATION_TOKEN" and the like.
  void refuse(const CallPointer& call, const char* type, std::string_view message, int status = 0);
  void finish(const CallPointer& call, aws::HttpResponse response);

  const RecordStore& records_;
  const GatewayPorts ports_;
  AccessLog log_;
  TokenBuckets throttles_;
  DecisionCache decisions_;
  std::mutex mutex_;
  uint64_t changes_ = 0;  ///< guarded by mutex_, as are the next two
  std::map<std::string, std::shared_ptr<const CompiledRestApi>> compiled_;
  struct Usage {
    int64_t period = 0;
    int64_t used = 0;
    int64_t limit = 0;
  };
  std::map<std::pair<std::string, std::string>, Usage> usage_;  ///< by plan and key
};

/// Of a type of gateway response, if its status cannot be told otherwise; 0: DEFAULT_4XX and 5XX.
int default_gateway_status(std::string_view type);

/// A stage that nobody has set up yet (rest_stages.cc).
json::Value new_stage_record(const std::string& name, int64_t now_s);

}  // namespace pawl::apigateway
