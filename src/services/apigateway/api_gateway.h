// SPDX-License-Identifier: Apache-2.0
// ApiGateway: Amazon API Gateway as one thing: what its two APIs (v2: HTTP APIs, v1: REST APIs)
// share, and the site under which all APIs are reached.
#pragma once

#include <memory>

#include "aws/service/action_table.h"
#include "aws/service/http_site.h"
#include "base/error.h"
#include "services/apigateway/gateway_ports.h"
#include "services/apigateway/record_store.h"
#include "store/store.h"

namespace pawl::apigateway {

/// Lives as long as the services that it makes, and these longer than the answers its site owes.
class ApiGateway : public std::enable_shared_from_this<ApiGateway> {
 public:
  static base::Result<std::shared_ptr<ApiGateway>> open(store::Store& store, GatewayPorts ports);
  ~ApiGateway();

  /// "apigatewayv2".
  std::unique_ptr<aws::Service> make_http_service();
  /// "apigateway".
  std::unique_ptr<aws::Service> make_rest_service();
  aws::HttpSite& site();
  /// Whether a request that a service sends to its Host is for an API that is here, whatever name
  /// servers say of it. Thread-safe.
  bool claims(const aws::HttpRequest& request) const;

 private:
  class Parts;
  explicit ApiGateway(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace pawl::apigateway
