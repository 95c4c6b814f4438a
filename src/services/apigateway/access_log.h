// SPDX-License-Identifier: Apache-2.0
// AccessLog: a line for each request to CloudWatch Logs, in the format that a stage gives
// (Developer Guide "Configuring logging": "$context.requestId …").
#pragma once

#include <string>
#include <string_view>

#include "aws/service/caller.h"
#include "base/time.h"
#include "services/apigateway/gateway_exchange.h"

namespace pawl::apigateway {

/// `format` with the exchange's variables; "-" for what is not there.
std::string access_log_line(std::string_view format, const GatewayExchange& exchange);

/// Thread-safe. Lines that the logs service refuses are lost, as a log's lines are.
class AccessLog {
 public:
  explicit AccessLog(aws::Caller& caller);

  /// `destination`: the ARN of a log group. The group is not made.
  void write(const std::string& destination, const GatewayExchange& exchange, std::string line,
             base::Timestamp now);

 private:
  aws::Caller& caller_;
  const std::string stream_;  ///< of this process
};

}  // namespace pawl::apigateway
