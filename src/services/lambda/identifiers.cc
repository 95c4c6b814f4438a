// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/identifiers.h"

#include <sys/random.h>

#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "base/random.h"

namespace pawl::lambda {
namespace {

base::Random seeded() {
  uint64_t seed = 0;
  const ssize_t filled = getrandom(&seed, sizeof seed, 0);
  PAWL_ASSERT(filled == sizeof seed);
  return base::Random(seed);
}

}  // namespace

std::string new_uuid() {
  base::Random random = seeded();
  return base::make_uuid(random);
}

std::string random_lower_case(size_t characters) {
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::string text;
  while (text.size() < characters) {
    base::Random random = seeded();
    // Twelve characters of 36 are the most that 64 bits can choose.
    for (uint64_t bits = random.next(), i = 0; i < 12 && text.size() < characters; ++i) {
      text += kAlphabet[bits % kAlphabet.size()];
      bits /= kAlphabet.size();
    }
  }
  return text;
}

}  // namespace pawl::lambda
