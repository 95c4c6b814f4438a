// SPDX-License-Identifier: Apache-2.0
// Processing: from the tree as written to the tree that is evaluated, as jsonata.js' processAST:
// location paths become lists of steps, "%" finds the step it means, tail calls are marked.
#pragma once

#include <tl/expected.hpp>

#include "query/jsonata/ast.h"
#include "query/jsonata/error.h"

namespace pawl::query::jsonata {

/// Errors: S0201, S0206, S0207, S0209, S0210, S0213, S0215 … S0217.
tl::expected<NodePtr, EvaluationError> process(NodePtr root);

}  // namespace pawl::query::jsonata
