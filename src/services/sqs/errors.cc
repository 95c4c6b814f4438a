// SPDX-License-Identifier: Apache-2.0
#include "services/sqs/errors.h"

#include "json/value.h"

namespace pawl::sqs {

aws::ApiError missing_parameter(std::string_view name) {
  return {"MissingRequiredParameterException",
          "The request must contain the parameter " + std::string(name) + "."};
}

aws::ApiError invalid_parameter(std::string message) {
  return {"InvalidParameterValueException", std::move(message)};
}

aws::ApiError invalid_parameter(std::string_view value, std::string_view parameter,
                                std::string_view reason) {
  return invalid_parameter("Value " + std::string(value) + " for parameter " +
                           std::string(parameter) + " is invalid. Reason: " + std::string(reason));
}

aws::ApiError unknown_attribute(std::string_view name) {
  return {"InvalidAttributeName", "Unknown Attribute " + std::string(name) + "."};
}

aws::ApiError invalid_attribute_value(std::string_view name, std::string_view reason) {
  std::string message = "Invalid value for the parameter " + std::string(name) + ".";
  if (!reason.empty()) message += " Reason: " + std::string(reason);
  return {"InvalidAttributeValue", std::move(message)};
}

aws::ApiError no_such_queue() {
  return {"QueueDoesNotExist", "The specified queue does not exist."};
}

aws::ApiError invalid_receipt_handle(std::string_view handle) {
  return {"ReceiptHandleIsInvalid", "The input receipt handle \"" + std::string(handle) +
                                        "\" is not a valid receipt handle."};
}

aws::ApiError no_such_resource(std::string_view parameter) {
  return {"ResourceNotFoundException", "The resource that you specified for the " +
                                           std::string(parameter) + " parameter doesn't exist."};
}

aws::ApiError internal(const base::Error& error) { return aws::internal_failure(error.message); }

bool is_query(const aws::Request& request) {
  return request.http != nullptr && !request.http->headers.has("X-Amz-Target");
}

void dress_for_query(const aws::OperationModel& operation, aws::ApiError& error) {
  // NOTE: recorded: Query says so of a queue that is not there.
  if (error.code == "QueueDoesNotExist") {
    error.message = "The specified queue does not exist for this wsdl version.";
  }
  // NOTE: recorded: an empty <Detail/> in each Query error, but in none of DeleteMessageBatch.
  if (operation.name != "DeleteMessageBatch") {
    error.members = json::Value::object({{"Detail", json::Value("")}});
  }
}

}  // namespace pawl::sqs
