// SPDX-License-Identifier: Apache-2.0
// ServiceEndpoint: an HTTP request for a known operation to its HTTP answer: decode, validate, act,
// encode. No sockets (server), no routing (service/request_router.h), no authentication (signing/).
#pragma once

#include <functional>

#include "aws/protocol/protocol_codec.h"
#include "aws/service/action_table.h"

namespace pawl::aws {

class ServiceEndpoint {
 public:
  explicit ServiceEndpoint(const ActionTable& actions) : actions_(actions) {}

  enum class Release {
    Now,
    AfterSync,  ///< not before everything committed so far is on disk
  };

  /// Decodes `http` into `request.input` and answers through `receiver`, exactly once. `request`
  /// brings operation, principal, region and ids; `http` must live until then.
  void handle(Protocol protocol, const HttpRequest& http, Request request, std::string host_id,
              std::function<void(HttpResponse, Release)> receiver) const;

 private:
  const ActionTable& actions_;
};

}  // namespace pawl::aws
