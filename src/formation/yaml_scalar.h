// SPDX-License-Identifier: Apache-2.0
// Plain scalars of YAML 1.1 (https://yaml.org/type/) as CloudFormation types them: booleans, whole
// and decimal numbers; dates and base 60 are text.
#pragma once

#include <string_view>

#include "json/value.h"

namespace pawl::formation {

/// The value of a scalar that was written without quotes and without a tag.
json::Value plain_scalar(std::string_view text);

}  // namespace pawl::formation
