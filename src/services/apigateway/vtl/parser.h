// SPDX-License-Identifier: Apache-2.0
// Parser: the text of a mapping template to its syntax tree (Velocity User Guide 1.7: references,
// #set, #if, #foreach, #break, #stop, comments). Macros, #parse, #include and #evaluate are
// refused, as API Gateway has none.
#pragma once

#include <string_view>
#include <vector>

#include "base/error.h"
#include "services/apigateway/vtl/syntax.h"

namespace pawl::apigateway::vtl {

/// Errors: InvalidSyntax saying what and where; LimitExceeded beyond a depth of 100.
base::Result<std::vector<Node>> parse(std::string_view text);

}  // namespace pawl::apigateway::vtl
