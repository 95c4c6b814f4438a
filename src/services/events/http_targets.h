// SPDX-License-Identifier: Apache-2.0
// HttpTargets: targets that are called over HTTP: API destinations ("API destinations" in the
// EventBridge User Guide) and stages of API Gateway.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "aws/event/target_call.h"
#include "aws/service/caller.h"
#include "aws/service/service_loop.h"
#include "services/events/connections.h"
#include "services/events/record_store.h"

namespace pawl::events {

/// On the loop's thread. In memory: a time for each API destination that was used.
class HttpTargets {
 public:
  struct Ports {
    aws::ServiceLoop& loop;
    aws::HttpTransport* transport = nullptr;
    std::function<std::string()> endpoint_url = {};
  };

  /// Both must outlive it.
  HttpTargets(Ports ports, const RecordStore& destinations, Connections& connections)
      : ports_(std::move(ports)), destinations_(destinations), connections_(connections) {}

  /// target.parameters are HttpParameters. The answer is an object with "StatusCode" and "body";
  /// what the endpoint refuses is an error with its status.
  void call(const aws::Target& target, std::string_view region, aws::Caller::Receiver receiver);

 private:
  struct Outgoing;
  void call_destination(const aws::Target& target, aws::Caller::Receiver receiver);
  void call_api(const aws::Target& target, std::string_view region, aws::Caller::Receiver receiver);
  void send(const std::shared_ptr<Outgoing>& outgoing, bool is_fresh);
  /// When the next request to the destination may go.
  base::Timestamp slot(const std::string& arn, int64_t per_second);

  Ports ports_;
  const RecordStore& destinations_;
  Connections& connections_;
  std::map<std::string, int64_t, std::less<>> next_us_;  ///< by ARN, in microseconds
  const std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

/// The path's and query's form of an endpoint with "*" filled in, and parameters added.
struct HttpTargetUrl {
  std::string site;  ///< scheme, host and port
  std::string path;
  std::string query;
};
HttpTargetUrl http_target_url(std::string_view endpoint, const json::Value& parameters);

}  // namespace pawl::events
