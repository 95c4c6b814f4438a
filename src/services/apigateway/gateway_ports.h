// SPDX-License-Identifier: Apache-2.0
// What the data planes of both kinds of API are given.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "aws/http_message.h"
#include "aws/service/caller.h"
#include "aws/service/service_loop.h"
#include "services/apigateway/record_store.h"
#include "services/apigateway/request_target.h"

namespace pawl::apigateway {

/// All of it outlives those who use it.
struct GatewayPorts {
  aws::ServiceLoop& loop;
  aws::Caller& caller;
  aws::HttpTransport& transport;
  /// Where this server answers: "http://127.0.0.1:4566".
  std::function<std::string()> endpoint_url;
  /// Whether whoever signed a request may call; empty: a signature is enough.
  std::function<bool(const aws::HttpRequest&, std::string_view signing_name)> is_signed = {};
};

/// Developer Guide "Quotas": "Payload size: 10 MB".
constexpr size_t kPayloadBytesMax = size_t{10} * 1024 * 1024;

/// AWS_IAM: whether the request is signed by somebody who may call.
inline bool may_pass_iam(const GatewayPorts& ports, const aws::HttpRequest& request) {
  const bool has_signature =
      request.headers.get("Authorization").starts_with("AWS4-HMAC-SHA256 ") ||
      request.query.find("X-Amz-Signature=") != std::string::npos;
  return has_signature && (!ports.is_signed || ports.is_signed(request, "execute-api"));
}

}  // namespace pawl::apigateway
