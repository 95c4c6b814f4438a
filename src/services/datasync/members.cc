// SPDX-License-Identifier: Apache-2.0
#include "services/datasync/members.h"

namespace pawl::datasync {

aws::ApiError invalid_request(std::string message) {
  return {"InvalidRequestException", std::move(message)};
}

aws::ApiError as_api_error(const base::Error& error) {
  return aws::internal_failure(error.message);
}

}  // namespace pawl::datasync
