// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

#include <string_view>

namespace pawl::base {
namespace {

/// Writes the last `digits` hexadecimal digits of `bits`. By hand: a request needs two or three
/// UUIDs, and printf was one fourteenth of what StartSyncExecution computes.
char* put_hex(uint64_t bits, int digits, char* out) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) *out++ = kDigits[bits >> shift & 15];
  return out;
}

}  // namespace

std::string make_uuid(Random& random) {
  uint64_t high = random.next();
  uint64_t low = random.next();
  high = (high & 0xffffffffffff0fffULL) | 0x0000000000004000ULL;  // RFC 9562 4.2: version 4
  low = (low & 0x3fffffffffffffffULL) | 0x8000000000000000ULL;    // RFC 9562 4.1: variant 10
  std::string uuid(36, '-');
  char* out = put_hex(high >> 32, 8, uuid.data()) + 1;
  out = put_hex(high >> 16, 4, out) + 1;
  out = put_hex(high, 4, out) + 1;
  out = put_hex(low >> 48, 4, out) + 1;
  put_hex(low, 12, out);
  return uuid;
}

}  // namespace pawl::base
