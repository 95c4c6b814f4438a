// SPDX-License-Identifier: Apache-2.0
// ProjectionExpression (Developer Guide "Using projection expressions").
#pragma once

#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "services/dynamodb/expression/document_path.h"
#include "services/dynamodb/expression/placeholders.h"

namespace pawl::dynamodb {

/// Paths that do not overlap. Errors: ValidationException in DynamoDB's words.
aws::ApiResult<std::vector<DocumentPath>> compile_projection(std::string_view text,
                                                             Placeholders& placeholders);

/// "Two document paths overlap with each other; ...", or "" if none of the paths meets another.
std::string path_collision(const std::vector<DocumentPath>& paths);

}  // namespace pawl::dynamodb
