// SPDX-License-Identifier: Apache-2.0
// What the actions share: ECS's errors, names in ARNs, pages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "aws/service/request.h"
#include "json/value.h"

namespace pawl::ecs {

aws::ApiError client_error(std::string message);
aws::ApiError invalid_parameter(std::string message);

/// The last part of "arn:…:KIND/…/NAME", or the text itself.
std::string short_name(std::string_view kind, std::string_view text);
/// Letters, digits, "-" and "_", at most 255.
bool is_name(std::string_view text);

struct Page {
  std::string after = {};
  size_t items_max = 100;
};
/// Errors: InvalidParameterException.
aws::ApiResult<Page> read_page(const aws::Request& request);
json::Value next_token(const std::string& place);

}  // namespace pawl::ecs
