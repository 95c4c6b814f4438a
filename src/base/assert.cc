// SPDX-License-Identifier: Apache-2.0
#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace pawl::base {

void assertion_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "pawl: broken invariant: %s (%s:%d)\n", expression, file, line);
  std::abort();
}

}  // namespace pawl::base
