// SPDX-License-Identifier: Apache-2.0
// java.lang.String.hashCode and java.util.HashMap's spreading of it, up to the bucket.
#include "aws/model/java_hash_order.h"

#include <cstdint>

namespace pawl::aws {
namespace {

uint32_t bucket_of(const std::string& name, size_t buckets) {
  uint32_t hash = 0;
  for (const char c : name) hash = hash * 31 + static_cast<unsigned char>(c);
  hash ^= hash >> 16;
  return hash & static_cast<uint32_t>(buckets - 1);
}

}  // namespace

std::vector<std::string> java_hash_order(const std::vector<std::string>& names) {
  size_t buckets = 16;
  while (names.size() * 4 > buckets * 3) buckets *= 2;
  std::vector<std::vector<std::string>> table(buckets);
  for (const std::string& name : names) table[bucket_of(name, buckets)].push_back(name);
  std::vector<std::string> ordered;
  ordered.reserve(names.size());
  for (const auto& bucket : table) ordered.insert(ordered.end(), bucket.begin(), bucket.end());
  return ordered;
}

}  // namespace pawl::aws
