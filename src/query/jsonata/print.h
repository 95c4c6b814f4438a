// SPDX-License-Identifier: Apache-2.0
// Printing: a processed tree as text that compiles to a tree with the same results.
#pragma once

#include <string>

#include "query/jsonata/ast.h"

namespace pawl::query::jsonata {

std::string print_tree(const Node& root);

}  // namespace pawl::query::jsonata
