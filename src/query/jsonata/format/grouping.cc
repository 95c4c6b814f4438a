// SPDX-License-Identifier: Apache-2.0
#include "query/jsonata/format/grouping.h"

#include <algorithm>
#include <numeric>

namespace pawl::query::jsonata {

size_t regular_interval(const std::vector<size_t>& positions) {
  size_t interval = 0;
  for (const size_t position : positions) interval = std::gcd(interval, position);
  std::vector<size_t> sorted = positions;
  std::sort(sorted.begin(), sorted.end());
  for (size_t i = 0; i < sorted.size(); ++i)
    if (sorted[i] != (i + 1) * interval) return 0;
  return interval;
}

}  // namespace pawl::query::jsonata
