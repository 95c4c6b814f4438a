// SPDX-License-Identifier: Apache-2.0
// The errors that every service has.
#include "aws/api_error.h"

namespace pawl::aws {
namespace {

constexpr std::string_view kCoralService = "com.amazon.coral.service";

ApiError coral(ApiError error, std::string_view type_namespace = kCoralService) {
  error.type_namespace = type_namespace;
  return error;
}

}  // namespace

ApiError validation_exception(std::string message) {
  return coral(ApiError("ValidationException", std::move(message), 400),
               "com.amazon.coral.validate");
}

ApiError serialization_exception(std::optional<std::string> message) {
  ApiError error("SerializationException", std::nullopt);
  error.message = std::move(message);
  error.status = 400;
  return coral(std::move(error));
}

ApiError unknown_operation() {
  ApiError error("UnknownOperationException", std::nullopt);
  error.status = 400;
  return coral(std::move(error));
}

ApiError access_denied(std::string message) {
  return coral(ApiError("AccessDeniedException", std::move(message), 400));
}

ApiError throttling(std::string message) {
  return coral(ApiError("ThrottlingException", std::move(message), 400),
               "com.amazon.coral.availability");
}

ApiError internal_failure(std::string message) {
  return coral(ApiError("InternalFailure", std::move(message), 500, Fault::Receiver));
}

ApiError service_unavailable(std::string message) {
  return coral(ApiError("ServiceUnavailable", std::move(message), 503, Fault::Receiver));
}

ApiError not_implemented(std::string_view service, std::string_view operation) {
  return ApiError("NotImplemented",
                  std::string(service) + ":" + std::string(operation) +
                      " is part of the AWS API, but not of this server.",
                  501, Fault::Receiver);
}

std::string_view bare_error_code(std::string_view code) {
  const size_t colon = code.find(':');
  code = code.substr(0, colon);
  const size_t hash = code.rfind('#');
  if (hash != std::string_view::npos) code.remove_prefix(hash + 1);
  return code;
}

}  // namespace pawl::aws
