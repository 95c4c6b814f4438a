// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/identifiers.h"

#include <sys/random.h>

#include <cstdint>

#include "base/assert.h"
#include "base/random.h"

namespace pawl::lambda {

std::string new_uuid() {
  uint64_t seed = 0;
  const ssize_t filled = getrandom(&seed, sizeof seed, 0);
  PAWL_ASSERT(filled == sizeof seed);
  base::Random random(seed);
  return base::make_uuid(random);
}

}  // namespace pawl::lambda
