// SPDX-License-Identifier: Apache-2.0
#include "services/states/api_errors.h"

namespace pawl::states {

namespace {

std::string quoted(std::string_view words, std::string_view subject) {
  return std::string(words) + ": '" + std::string(subject) + "'";
}

}  // namespace

using aws::ApiError;

ApiError invalid_arn(std::string_view reason) {
  return {"InvalidArn", quoted("Invalid Arn", reason)};
}

ApiError invalid_role_arn(std::string_view arn) {
  return {"InvalidArn", quoted("Invalid Role Arn", arn)};
}

ApiError invalid_name(std::string_view name) {
  return {"InvalidName", quoted("Invalid Name", name)};
}

ApiError invalid_token() { return {"InvalidToken", "Invalid Token: 'Invalid token'"}; }

ApiError invalid_definition(const std::vector<asl::Diagnostic>& diagnostics) {
  return {"InvalidDefinition", asl::invalid_definition_message(diagnostics)};
}

ApiError invalid_logging_configuration(std::string_view reason) {
  return {"InvalidLoggingConfiguration", "Invalid Logging Configuration: " + std::string(reason)};
}

ApiError invalid_encryption_configuration(std::string_view reason) {
  return {"InvalidEncryptionConfiguration",
          "Invalid Encryption Configuration: " + std::string(reason)};
}

ApiError state_machine_does_not_exist(std::string_view arn) {
  return {"StateMachineDoesNotExist", quoted("State Machine Does Not Exist", arn)};
}

ApiError state_machine_already_exists(std::string_view arn) {
  return {"StateMachineAlreadyExists", quoted("State Machine Already Exists", arn)};
}

ApiError state_machine_deleting(std::string_view arn) {
  return {"StateMachineDeleting", quoted("State Machine Deleting", arn)};
}

ApiError state_machine_limit_exceeded(size_t limit) {
  return {"StateMachineLimitExceeded",
          quoted("State Machine Limit Exceeded", std::to_string(limit))};
}

ApiError activity_does_not_exist(std::string_view arn) {
  return {"ActivityDoesNotExist", quoted("Activity Does Not Exist", arn)};
}

ApiError activity_already_exists(std::string_view arn) {
  return {"ActivityAlreadyExists", quoted("Activity Already Exists", arn)};
}

ApiError activity_limit_exceeded(size_t limit) {
  return {"ActivityLimitExceeded", quoted("Activity Limit Exceeded", std::to_string(limit))};
}

ApiError referenced_resource_not_found() {
  return {"ResourceNotFound", "Request references a resource that does not exist."};
}

ApiError resource_not_found(std::string_view arn) {
  ApiError error("ResourceNotFound", quoted("Resource not found", arn));
  error.members = error.members.with_member("resourceName", json::Value(arn));
  return error;
}

ApiError too_many_tags(std::string_view arn) {
  ApiError error("TooManyTags", quoted("Too many tags", arn));
  error.members = error.members.with_member("resourceName", json::Value(arn));
  return error;
}

ApiError conflict(std::string message) { return {"ConflictException", std::move(message)}; }

ApiError service_quota_exceeded(std::string message) {
  return {"ServiceQuotaExceededException", std::move(message)};
}

ApiError validation_with_reason(std::string message, std::string_view reason) {
  ApiError error = aws::validation_exception(std::move(message));
  error.members = error.members.with_member("reason", json::Value(reason));
  return error;
}

ApiError labeled_arn_not_supported(std::string_view arn) {
  return validation_with_reason(quoted("API does not support labeled ARNs", arn),
                                "API_DOES_NOT_SUPPORT_LABELED_ARNS");
}

ApiError store_failed(const base::Error& error) { return aws::internal_failure(error.message); }

}  // namespace pawl::states
