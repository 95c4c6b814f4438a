// SPDX-License-Identifier: Apache-2.0
// The JSONata grammar: top down operator precedence, as jsonata.js' parser. What it yields still
// has to be processed (process.h) and resolved (resolve.h).
#pragma once

#include <string_view>

#include <tl/expected.hpp>

#include "query/jsonata/ast.h"
#include "query/jsonata/error.h"
#include "query/jsonata/format/dialect.h"

namespace pawl::query::jsonata {

/// The tree of one expression, as written. Errors: S01xx … S04xx with position and token; U1001 for
/// brackets and operators within each other beyond kNestingMax, and for trees higher than
/// kHeightMax ("a & b & c …" is one level higher with each operator).
tl::expected<NodePtr, EvaluationError> parse(std::string_view source, Dialect dialect);

/// The parser recurses for each level of nesting; what walks over a tree, for each level of it.
constexpr size_t kNestingMax = 200;
constexpr size_t kHeightMax = 500;

}  // namespace pawl::query::jsonata
