// SPDX-License-Identifier: Apache-2.0
// HttpGateway::Call: what a request to an HTTP API carries with it. Internal to HttpGateway's
// files.
#pragma once

#include <memory>

#include "services/apigateway/http/http_gateway.h"

namespace pawl::apigateway {

struct HttpGateway::Call {
  GatewayExchange exchange;
  std::shared_ptr<const CompiledHttpApi> api;
  const HttpStage* stage = nullptr;
  const HttpRoute* route = nullptr;
  bool is_answered = false;
  aws::ServiceLoop::TimerId timer = 0;  ///< of the integration's time-out
  base::Timestamp integration_began;
};

}  // namespace pawl::apigateway
