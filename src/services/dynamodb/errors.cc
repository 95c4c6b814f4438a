// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/errors.h"

namespace pawl::dynamodb {

aws::ApiError invalid(std::string message) { return aws::validation_exception(std::move(message)); }

aws::ApiError invalid_parameter(std::string_view message) {
  return invalid("One or more parameter values were invalid: " + std::string(message));
}

aws::ApiError resource_not_found() {
  return {"ResourceNotFoundException", "Requested resource not found"};
}

aws::ApiError table_not_found(std::string_view name) {
  return {"ResourceNotFoundException",
          "Requested resource not found: Table: " + std::string(name) + " not found"};
}

aws::ApiError key_does_not_match() {
  return invalid("The provided key element does not match the schema");
}

aws::ApiError storage_failure(const base::Error& error) {
  return {"InternalServerError", error.message, 500, aws::Fault::Receiver};
}

}  // namespace pawl::dynamodb
