// SPDX-License-Identifier: Apache-2.0
// Fails on purpose: a fuzzing run that does not find this finds nothing.
#include <cstddef>
#include <cstdint>

#include "base/assert.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  PAWL_ASSERT(size < 2 || data[0] != 'p' || data[1] != 'w');
  return 0;
}
