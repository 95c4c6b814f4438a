// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

#include <array>
#include <cstdio>

namespace pawl::base {

std::string make_uuid(Random& random) {
  uint64_t high = random.next();
  uint64_t low = random.next();
  high = (high & 0xffffffffffff0fffULL) | 0x0000000000004000ULL;  // RFC 9562 4.2: version 4
  low = (low & 0x3fffffffffffffffULL) | 0x8000000000000000ULL;    // RFC 9562 4.1: variant 10
  std::array<char, 37> out{};
  std::snprintf(out.data(), out.size(), "%08llx-%04llx-%04llx-%04llx-%012llx",
                static_cast<unsigned long long>(high >> 32),
                static_cast<unsigned long long>(high >> 16 & 0xffff),
                static_cast<unsigned long long>(high & 0xffff),
                static_cast<unsigned long long>(low >> 48),
                static_cast<unsigned long long>(low & 0xffffffffffffULL));
  return {out.data(), 36};
}

}  // namespace pawl::base
