// SPDX-License-Identifier: Apache-2.0
#include "integration/service_error.h"

namespace pawl::integration {
namespace {

/// The SDKs name the class that stands for a code: "StateMachineDoesNotExist" becomes …Exception.
std::string exception_name(std::string_view prefix, std::string_view code) {
  std::string name = std::string(prefix) + "." + std::string(code);
  if (!code.ends_with("Exception")) name += "Exception";
  return name;
}

}  // namespace

asl::ExecutionError optimized_error(std::string_view prefix, std::string_view service,
                                    const ServiceError& error, std::string_view request_id) {
  std::string cause = error.message + " (Service: " + std::string(service) +
                      "; Status Code: " + std::to_string(error.http_status) +
                      "; Error Code: " + error.code + "; Request ID: " + std::string(request_id) +
                      "; Proxy: null)";
  return {.error = exception_name(prefix, error.code), .cause = std::move(cause)};
}

asl::ExecutionError sdk_error(std::string_view prefix, const ServiceError& error,
                              std::string_view request_id) {
  std::string cause = error.message + " (Service: " + std::string(prefix) +
                      ", Status Code: " + std::to_string(error.http_status) +
                      ", Request ID: " + std::string(request_id) + ") (SDK Attempt Count: 1)";
  return {.error = exception_name(prefix, error.code), .cause = std::move(cause)};
}

ServiceError missing_parameter(std::string_view member) {
  return {.code = "ValidationException",
          .message = "1 validation error detected: Value null at '" + std::string(member) +
                     "' failed to satisfy constraint: Member must not be null",
          .http_status = 400};
}

}  // namespace pawl::integration
