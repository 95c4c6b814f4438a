// SPDX-License-Identifier: Apache-2.0
#include "services/sns/identifiers.h"

#include <sys/random.h>
#include <sys/types.h>

#include <cstdint>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/random.h"

namespace pawl::sns {
namespace {

std::string entropy(size_t bytes) {
  std::string out(bytes, '\0');
  const ssize_t filled = getrandom(out.data(), bytes, 0);  // whole up to 256 bytes
  PAWL_ASSERT(filled == static_cast<ssize_t>(bytes));
  return out;
}

}  // namespace

std::string new_uuid() {
  uint64_t seed = 0;
  const ssize_t filled = getrandom(&seed, sizeof seed, 0);
  PAWL_ASSERT(filled == sizeof seed);
  base::Random random(seed);
  return base::make_uuid(random);
}

std::string new_token(size_t digits) { return base::hex_encode(entropy(digits / 2)); }

}  // namespace pawl::sns
