// SPDX-License-Identifier: Apache-2.0
// Gateway: from an HTTP request to the embedded service it is for, and back. Not sockets (net), not
// the parts it is put together from (server.h).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "aws/model/service_model.h"
#include "aws/service/request_router.h"
#include "aws/service/service_endpoint.h"
#include "base/error.h"
#include "base/time.h"
#include "net/http_server.h"
#include "server/embedded_services.h"

namespace pawl::server {

/// The answer to a request that could not even be read: the framework's common errors ("Common
/// Errors" of every AWS API reference) as JSON. `status` is net::HttpServer's.
net::HttpResponse refuse_unread_request(int status);

/// Add every service first; after that handle() is thread-safe. Must outlive the answers.
class Gateway {
 public:
  Gateway();
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  /// Binds a service to its model, which must outlive the gateway.
  /// Errors: InvalidSyntax if the service names operations that the model does not have.
  base::Result<void> add(std::unique_ptr<aws::Service> service, const aws::ServiceModel& model);

  /// Answers every request exactly once: with the service's answer, or as AWS's framework does when
  /// the request names no operation. Actions run on the calling thread.
  void handle(net::HttpRequest& request, net::HttpReply reply) const;

 private:
  struct Served;
  struct Exchange;

  const Served* find(const aws::ServiceModel* model) const;
  void route(const std::shared_ptr<Exchange>& exchange) const;
  std::string health() const;

  std::unique_ptr<const aws::ServiceModel> nobody_;
  aws::RequestRouter router_;
  std::vector<std::unique_ptr<Served>> services_;
};

}  // namespace pawl::server
