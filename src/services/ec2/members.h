// SPDX-License-Identifier: Apache-2.0
// What the store says, as an error of this API.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "base/error.h"
#include "json/members.h"
#include "json/value.h"

namespace pawl::ec2 {

aws::ApiError as_api_error(const base::Error& error);

}  // namespace pawl::ec2
