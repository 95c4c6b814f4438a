// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/operations/failure_text.h"

#include <algorithm>
#include <array>
#include <utility>

#include "json/members.h"

namespace pawl::cloudformation {
namespace {

/// CloudFormation CLI's "Handler error codes", by what services call such errors.
std::string_view handler_code(const aws::ApiError& error) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 18> kCodes = {{
      {"AlreadyExist", "AlreadyExists"},
      {"NotUpdatable", "NotUpdatable"},
      {"NotStabilized", "NotStabilized"},
      {"AlreadyOwned", "AlreadyExists"},
      {"ResourceConflict", "AlreadyExists"},
      {"Exists", "AlreadyExists"},
      {"NotFound", "NotFound"},
      {"DoesNotExist", "NotFound"},
      {"NoSuch", "NotFound"},
      {"NonExistent", "NotFound"},
      {"AccessDenied", "AccessDenied"},
      {"Throttl", "Throttling"},
      {"LimitExceeded", "ServiceLimitExceeded"},
      {"Validation", "InvalidRequest"},
      {"Invalid", "InvalidRequest"},
      {"Malformed", "InvalidRequest"},
      {"Conflict", "ResourceConflict"},
      {"Internal", "ServiceInternalError"},
  }};
  const auto* found = std::find_if(kCodes.begin(), kCodes.end(), [&error](const auto& code) {
    return error.code.find(code.first) != std::string::npos;
  });
  return found != kCodes.end() ? found->second : "GeneralServiceException";
}

/// "SQS" of "AWS::SQS::Queue".
std::string_view service_of(std::string_view type) {
  const size_t begin = type.find("::");
  if (begin == std::string_view::npos) return type;
  type.remove_prefix(begin + 2);
  return type.substr(0, type.find("::"));
}

}  // namespace

std::string event_reason(const aws::ApiError& error, std::string_view type,
                         std::string_view token) {
  const std::string message = error.message.value_or(error.code);
  if (error.code == kPlainFailure) return message;
  std::string text = "Resource handler returned message: \"" + message;
  // What a handler says itself has no status: no service has answered.
  if (error.status != 0) {
    text += " (Service: " + std::string(service_of(type)) +
            ", Status Code: " + std::to_string(error.status);
    const std::string request_id = json::text_member(error.members, "RequestId");
    if (!request_id.empty()) text += ", Request ID: " + request_id;
    text += ")";
  }
  return text + "\" (RequestToken: " + std::string(token) +
         ", HandlerErrorCode: " + std::string(handler_code(error)) + ")";
}

}  // namespace pawl::cloudformation
