// SPDX-License-Identifier: Apache-2.0
// Members of inputs, outputs and records, and the one error of this API.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "base/error.h"
#include "json/members.h"
#include "json/value.h"

namespace pawl::datasync {

aws::ApiError invalid_request(std::string message);
aws::ApiError as_api_error(const base::Error& error);

}  // namespace pawl::datasync
