// SPDX-License-Identifier: Apache-2.0
#include "app/local_functions.h"

#include <utility>

#include "base/bytes.h"

namespace pawl::app {
namespace {

integration::ServiceError refusal(const base::Error& error,
                                  const integration::LambdaInvocation& invocation) {
  if (error.kind == base::ErrorKind::NotFound) {
    // API Invoke, ResourceNotFoundException.
    std::string arn = "arn:aws:lambda:" + invocation.region + ":" + invocation.account +
                      ":function:" + invocation.function_name;
    if (!invocation.qualifier.empty()) arn += ":" + invocation.qualifier;
    return {.code = "ResourceNotFoundException",
            .message = "Function not found: " + arn,
            .http_status = 404};
  }
  if (error.kind == base::ErrorKind::LimitExceeded) {
    return {.code = "TooManyRequestsException", .message = "Rate Exceeded.", .http_status = 429};
  }
  return {.code = "ServiceException", .message = error.message, .http_status = 500};
}

}  // namespace

LocalFunctions::LocalFunctions(lambda::LambdaRuntime::Options options)
    : runtime_(std::make_unique<lambda::LambdaRuntime>(std::move(options))) {}

void LocalFunctions::invoke(integration::LambdaInvocation invocation, Done done) {
  const std::string name = invocation.function_name;
  const bool tail = invocation.tail_log;
  const bool asynchronous = invocation.asynchronous;
  auto answer = [done, tail, asynchronous](const lambda::InvokeResult& result) {
    if (asynchronous) return;  // accepted long ago
    integration::LambdaResult out;
    out.payload = result.payload;
    out.function_error = result.function_error;
    if (tail) out.log_result = base::base64_encode(result.log_tail);
    done(std::move(out));
  };
  const base::Result<void> accepted =
      runtime_->invoke(name, {.event = std::move(invocation.payload)}, std::move(answer));
  if (!accepted) {
    integration::LambdaResult refused;
    refused.refusal = refusal(accepted.error(), invocation);
    done(std::move(refused));
  } else if (asynchronous) {
    done({});
  }
}

}  // namespace pawl::app
