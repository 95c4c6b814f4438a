// SPDX-License-Identifier: Apache-2.0
#include "items/java_map_order.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string_view>

namespace pawl::items {
namespace {

/// String.hashCode over UTF-16 units; `text` is valid UTF-8.
uint32_t hash_code(std::string_view text) {
  uint32_t hash = 0;
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    uint32_t code_point = length == 1 ? lead : lead & (0xffU >> (length + 1));
    for (size_t k = 1; k < length && i + k < text.size(); ++k)
      code_point = code_point << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
    if (code_point >= 0x10000) {
      hash = hash * 31 + (0xd800 + ((code_point - 0x10000) >> 10));
      hash = hash * 31 + (0xdc00 + ((code_point - 0x10000) & 0x3ff));
    } else {
      hash = hash * 31 + code_point;
    }
    i += length;
  }
  return hash;
}

}  // namespace

std::vector<size_t> java_map_order(const std::vector<std::string>& keys) {
  // HashMap: 16 buckets, doubled whenever more than three quarters are filled.
  size_t buckets = 16;
  while (keys.size() * 4 > buckets * 3) buckets *= 2;
  std::vector<size_t> bucket_of(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    const uint32_t hash = hash_code(keys[i]);
    bucket_of[i] = (hash ^ (hash >> 16)) & (buckets - 1);
  }
  std::vector<size_t> order(keys.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return bucket_of[a] < bucket_of[b]; });
  return order;
}

}  // namespace pawl::items
