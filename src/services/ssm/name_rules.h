// SPDX-License-Identifier: Apache-2.0
// What parameters may be called (API PutParameter, "Name"), in the service's words.
#pragma once

#include <string>
#include <string_view>

#include "aws/api_error.h"

namespace pawl::ssm {

/// Of a parameter that is to be made.
aws::ApiResult<void> check_new_name(std::string_view name);
/// The path of GetParametersByPath.
aws::ApiResult<void> check_path(std::string_view path);
bool is_valid_label(std::string_view label);

/// A name as it is asked for: "name:3", "name:label", an ARN.
struct Reference {
  std::string name;
  std::string selector;  ///< "3" or "label"; ""
};
Reference read_reference(std::string_view text);

}  // namespace pawl::ssm
