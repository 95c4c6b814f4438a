// SPDX-License-Identifier: Apache-2.0
#include "services/apigateway/identifiers.h"

#include <sys/random.h>

#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "base/random.h"

namespace pawl::apigateway {
namespace {

base::Random seeded() {
  uint64_t seed = 0;
  const ssize_t filled = getrandom(&seed, sizeof seed, 0);
  PAWL_ASSERT(filled == sizeof seed);
  return base::Random(seed);
}

std::string random_of(std::string_view alphabet, size_t characters) {
  std::string text;
  while (text.size() < characters) {
    base::Random random = seeded();
    // Ten characters of 62 are the most that 64 bits can choose.
    for (uint64_t bits = random.next(), i = 0; i < 10 && text.size() < characters; ++i) {
      text += alphabet[bits % alphabet.size()];
      bits /= alphabet.size();
    }
  }
  return text;
}

}  // namespace

std::string random_lower_case(size_t characters) {
  return random_of("abcdefghijklmnopqrstuvwxyz0123456789", characters);
}

std::string random_alphanumeric(size_t characters) {
  return random_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", characters);
}

std::string new_uuid() {
  base::Random random = seeded();
  return base::make_uuid(random);
}

double random_percent() { return seeded().next_double() * 100.0; }

}  // namespace pawl::apigateway
