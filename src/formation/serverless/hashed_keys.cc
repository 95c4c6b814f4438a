// SPDX-License-Identifier: Apache-2.0
// CPython 2.7, Objects/dictobject.c (lookdict, dictresize, PyDict_Merge) and stringobject.c
// (string_hash), as the translator's py27hash_fix.py has them.
#include "formation/serverless/hashed_keys.h"

#include "formation/serverless/code_points.h"

namespace pawl::formation::serverless {
namespace {

constexpr size_t kLargeDictionary = 50'000;

uint64_t hash_of(std::string_view key) {
  const std::vector<char32_t> points = code_points(key);
  if (points.empty()) return 0;
  uint64_t hash = static_cast<uint64_t>(points[0]) << 7;
  for (const char32_t point : points) hash = (1'000'003 * hash) ^ point;
  return hash ^ points.size();
}

}  // namespace

uint64_t HashedKeys::slot_of(std::string_view key) const {
  const uint64_t hash = hash_of(key);
  uint64_t slot = hash & mask_;
  auto found = slots_.find(slot);
  if (found == slots_.end() || found->second == key) return slot;
  std::optional<uint64_t> free_slot;
  if (!found->second) free_slot = slot;
  uint64_t walker = slot;
  for (uint64_t perturb = hash;; perturb >>= 5) {
    walker = (walker << 2) + walker + perturb + 1;
    slot = walker & mask_;
    found = slots_.find(slot);
    if (found == slots_.end()) return free_slot.value_or(slot);
    if (found->second == key) return slot;
    if (!free_slot && !found->second) free_slot = slot;
  }
}

void HashedKeys::resize(size_t wanted) {
  size_t slots = 8;
  while (slots <= wanted) slots <<= 1;
  const std::map<uint64_t, std::optional<std::string>> old = std::move(slots_);
  slots_.clear();
  mask_ = slots - 1;
  size_ = filled_ = 0;
  for (const auto& [slot, key] : old)
    if (key) add(*key);
}

void HashedKeys::add(std::string_view key) {
  const size_t size_before = size_;
  const uint64_t slot = slot_of(key);
  const auto found = slots_.find(slot);
  if (found == slots_.end()) {
    ++size_;
    ++filled_;
    slots_[slot] = std::string(key);
  } else if (!found->second) {
    ++size_;
    found->second = std::string(key);
  }
  if (size_ > size_before && filled_ * 3 >= (mask_ + 1) * 2)
    resize(size_ * (size_ > kLargeDictionary ? 2 : 4));
}

void HashedKeys::remove(std::string_view key) {
  const auto found = slots_.find(slot_of(key));
  if (found == slots_.end() || found->second != key) return;
  found->second.reset();
  --size_;
}

void HashedKeys::merge(const std::vector<std::string>& keys) {
  if (keys.empty()) return;
  if ((filled_ + keys.size()) * 3 >= (mask_ + 1) * 2) resize((size_ + keys.size()) * 2);
  for (const std::string& key : keys) add(key);
}

std::vector<std::string> HashedKeys::keys() const {
  std::vector<std::string> all;
  for (const auto& [slot, key] : slots_)
    if (key) all.push_back(*key);
  return all;
}

}  // namespace pawl::formation::serverless
