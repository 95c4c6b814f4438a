// SPDX-License-Identifier: Apache-2.0
// Members of inputs, outputs and records, and the one error of this API.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "base/error.h"
#include "json/value.h"

namespace pawl::datasync {

/// "" and 0 if it is absent.
std::string text_member(const json::Value& object, std::string_view name);
int64_t integer_member(const json::Value& object, std::string_view name);
void copy_members(const json::Value& from, std::initializer_list<std::string_view> names,
                  json::ObjectBuilder& out);

aws::ApiError invalid_request(std::string message);
aws::ApiError as_api_error(const base::Error& error);

}  // namespace pawl::datasync
