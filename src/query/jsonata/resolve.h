// SPDX-License-Identifier: Apache-2.0
// Resolving: gives every variable of a processed tree its places in frames, so that an evaluation
// looks nothing up by name. A block or lambda has a frame only if it binds something.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "query/jsonata/ast.h"
#include "query/jsonata/format/dialect.h"

namespace pawl::query::jsonata {

/// What the evaluation of the resolved tree needs to know.
struct Layout {
  uint32_t root_slots = 0;             ///< variables bound outside of all blocks
  uint32_t tuple_slots = 0;            ///< "@", and each name bound by "@", "#", "%"; 0: none
  std::vector<std::string> externals;  ///< names that may be given from outside
};

/// Which built-in functions there are: those of the language, or those of Step Functions too.
enum class FunctionSet : uint8_t { Reference, States };

Layout resolve(Node& root, FunctionSet functions);

}  // namespace pawl::query::jsonata
