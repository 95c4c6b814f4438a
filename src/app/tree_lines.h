// SPDX-License-Identifier: Apache-2.0
// An ExecutionTree as lines of text for a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "app/execution_tree.h"
#include "app/terminal.h"
#include "base/time.h"

namespace pawl::app {

struct TreeStyle {
  Palette palette;
  size_t columns = 80;
  size_t spinner = 0;   ///< turns with every picture
  base::Timestamp now;  ///< for what still runs
};

/// One line for each state: mark, name, type, time, retries, visits; a bar for Maps; branches and
/// running or failed iterations below, indented. No line is wider than `columns`.
std::vector<std::string> tree_lines(const ExecutionTree& tree, const TreeStyle& style);

}  // namespace pawl::app
