// SPDX-License-Identifier: Apache-2.0
#include "services/ec2/members.h"

namespace pawl::ec2 {

aws::ApiError as_api_error(const base::Error& error) {
  return aws::internal_failure(error.message);
}

}  // namespace pawl::ec2
