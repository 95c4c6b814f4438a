// SPDX-License-Identifier: Apache-2.0
#include "integration/service_error.h"

#include <algorithm>
#include <iterator>

#include "base/bytes.h"
#include "integration/sdk_names.h"
#include "json/members.h"

namespace pawl::integration {
namespace {

/// The SDKs name the class that stands for a code: "StateMachineDoesNotExist" becomes …Exception.
std::string exception_name(std::string_view prefix, std::string_view code) {
  std::string name = std::string(prefix) + "." + std::string(code);
  if (!code.ends_with("Exception")) name += "Exception";
  return name;
}

constexpr std::string_view kClientError = "SdkClientException";

/// The code that the SDK for Java 1 shows: services that once spoke the Query protocol still tell
/// it.
std::string java1_code(const aws::Shape* shape, const std::string& code) {
  const bool has_other = shape != nullptr && shape->error && !shape->error->query_error.empty();
  return has_other ? shape->error->query_error : code;
}

/// "Common Errors" of the Query APIs, for which no SDK has a class, though our overlays declare
/// them.
bool is_common_error(const aws::Shape& shape) {
  constexpr std::string_view kCommon[] = {
      "AccessDenied",          "InternalFailure",     "InvalidParameterCombination",
      "InvalidParameterValue", "MissingParameter",    "OptInRequired",
      "ServiceUnavailable",    "ThrottlingException", "ValidationError",
  };
  const std::string code = java1_code(&shape, shape.name);
  return std::find(std::begin(kCommon), std::end(kCommon), code) != std::end(kCommon);
}

/// The class of an error; null if there is none.
const aws::Shape* error_class(const aws::ServiceModel& service, std::string_view code) {
  const aws::Shape* shape = service.find_error(code);
  return shape != nullptr && !is_common_error(*shape) ? shape : nullptr;
}

/// "AmazonDynamoDBv2" throws AmazonDynamoDBException.
std::string java1_exception(std::string_view java_name) {
  if (java_name.ends_with("v2")) java_name.remove_suffix(2);
  return std::string(java_name) + "Exception";
}

/// S3 gives every answer a second id; its form is base64.
std::string extended_request_id(const aws::ApiError& error, std::string_view request_id) {
  const std::string id = text_member(error.members, "HostId");
  return id.empty() ? base::base64_encode(base::digest(base::DigestAlgorithm::Sha384, request_id))
                    : id;
}

}  // namespace

asl::ExecutionError optimized_error(std::string_view prefix, std::string_view service,
                                    const ServiceError& error, std::string_view request_id) {
  std::string cause = error.message + " (Service: " + std::string(service) +
                      "; Status Code: " + std::to_string(error.http_status) +
                      "; Error Code: " + error.code + "; Request ID: " + std::string(request_id) +
                      "; Proxy: null)";
  // What every service may answer has no class of its own in that SDK.
  const bool is_common = error.code == "AccessDeniedException";
  return {.error = is_common ? std::string(prefix) + "." + java1_exception(service)
                             : exception_name(prefix, error.code),
          .cause = std::move(cause)};
}

asl::ExecutionError sdk_error(std::string_view prefix, const ServiceError& error,
                              std::string_view request_id) {
  std::string cause = error.message + " (Service: " + std::string(prefix) +
                      ", Status Code: " + std::to_string(error.http_status) +
                      ", Request ID: " + std::string(request_id) + ") (SDK Attempt Count: 1)";
  return {.error = exception_name(prefix, error.code), .cause = std::move(cause)};
}

asl::ExecutionError sdk_api_error(const aws::ServiceModel& service, const aws::ApiError& error,
                                  std::string_view request_id) {
  const std::string prefix = sdk_service_class(service.metadata().service_id);
  const std::string message = error.message.value_or("null");
  if (error.code == kClientError)
    return {.error = prefix + "." + std::string(kClientError), .cause = message};
  const aws::Shape* shape = error_class(service, error.code);
  const std::string name =
      shape != nullptr ? sdk_exception_name(shape->name) : prefix + "Exception";
  const std::string given = text_member(error.members, "RequestId");
  std::string cause = message + " (Service: " + prefix +
                      ", Status Code: " + std::to_string(error.status) + ", Request ID: ";
  cause += given.empty() ? std::string(request_id) : given;
  if (service.metadata().bare_xml_errors)
    cause += ", Extended Request ID: " + extended_request_id(error, request_id);
  cause += ")";
  // NOTE: recorded for sfn alone; the recordings of dynamodb and s3 lack it.
  if (prefix == "Sfn") cause += " (SDK Attempt Count: 1)";
  return {.error = prefix + "." + name, .cause = std::move(cause)};
}

asl::ExecutionError optimized_api_error(const OptimizedService& service,
                                        const aws::ServiceModel& model, const aws::ApiError& error,
                                        std::string_view request_id) {
  if (service.java_name.empty()) return sdk_api_error(model, error, request_id);
  const std::string prefix = std::string(service.error_prefix) + ".";
  if (error.code == kClientError)
    return {.error = prefix + std::string(kClientError), .cause = error.message.value_or("null")};
  const std::string given = text_member(error.members, "RequestId");
  const std::string code = java1_code(model.find_error(error.code), error.code);
  const ServiceError told{code, error.message.value_or("null"), error.status};
  asl::ExecutionError result =
      optimized_error(service.error_prefix, service.java_name, told,
                      given.empty() ? request_id : std::string_view(given));
  const aws::Shape* shape = error_class(model, error.code);
  result.error = shape != nullptr ? exception_name(service.error_prefix, shape->name)
                                  : prefix + java1_exception(service.java_name);
  return result;
}

std::string request_id_of(const aws::ServiceModel& service, std::string_view uuid) {
  if (!service.metadata().bare_xml_errors) return std::string(uuid);
  std::string id;
  for (const char c : uuid) {
    if (c != '-' && id.size() < 16)
      id += c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return id;
}

ServiceError missing_parameter(std::string_view member) {
  return {.code = "ValidationException",
          .message = "1 validation error detected: Value null at '" + std::string(member) +
                     "' failed to satisfy constraint: Member must not be null",
          .http_status = 400};
}

}  // namespace pawl::integration
