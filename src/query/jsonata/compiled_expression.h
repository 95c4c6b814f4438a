// SPDX-License-Identifier: Apache-2.0
// CompiledExpression: what Expression holds; for the evaluator only.
#pragma once

#include <string>

#include "query/jsonata/ast.h"
#include "query/jsonata/format/dialect.h"
#include "query/jsonata/resolve.h"

namespace pawl::query::jsonata {

struct CompiledExpression {
  std::string source;
  Dialect dialect = Dialect::V2_0_6;
  FunctionSet functions = FunctionSet::States;
  NodePtr root;
  Layout layout;
  std::vector<std::string> free_variables;
};

}  // namespace pawl::query::jsonata
