// SPDX-License-Identifier: Apache-2.0
// RestGateway::Call: what a request to a REST API carries with it. Internal to RestGateway's files.
#pragma once

#include <memory>

#include "services/apigateway/rest/rest_gateway.h"

namespace pawl::apigateway {

struct RestGateway::Call {
  GatewayExchange exchange;
  std::shared_ptr<const CompiledRestApi> api;  ///< null in a test
  const RestStage* stage = nullptr;            ///< null in a test
  std::shared_ptr<const RestDeployment> deployment;
  const RestResource* resource = nullptr;
  const RestMethod* method = nullptr;
  std::string usage_key;  ///< of an authorizer
  bool is_answered = false;
  aws::ServiceLoop::TimerId timer = 0;  ///< of the integration's time-out
  base::Timestamp integration_began;

  const RestIntegration& integration() const { return *method->integration; }
};

}  // namespace pawl::apigateway
