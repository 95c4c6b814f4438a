// SPDX-License-Identifier: Apache-2.0
// Analysis: what a processed tree refers to, for the checks that are made before anything runs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "query/jsonata/ast.h"

namespace pawl::query::jsonata {

/// Variables that are neither bound in the expression, nor built in, nor "$" or "$$".
std::vector<std::string> free_variables_of(const Node& root);

/// Field names, "$" and "$$" where the context is the expression's own input.
std::vector<std::string> top_level_references_of(const Node& root);

/// The first step after `$name`, for each use; "" if there is none.
std::vector<std::string> fields_of_variable(const Node& root, std::string_view name);

}  // namespace pawl::query::jsonata
