// SPDX-License-Identifier: Apache-2.0
// Grouping separators of number and integer pictures (XPath F&O 4.6.1 and 4.7.4).
#pragma once

#include <cstddef>
#include <vector>

namespace pawl::query::jsonata {

/// The interval at which separators repeat, if `positions` (digits to the right of each) are
/// exactly its multiples 1, 2, … n; 0 otherwise.
size_t regular_interval(const std::vector<size_t>& positions);

}  // namespace pawl::query::jsonata
