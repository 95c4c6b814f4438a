// SPDX-License-Identifier: Apache-2.0
// The order of the keys of a dictionary of Python 2.7 on 64 bits: the slots of its hash table, with
// its probing, growth and left-over slots of removed keys. The AWS SAM translator keeps that order,
// because the ids of API deployments are hashes over a printed dictionary.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pawl::formation::serverless {

class HashedKeys {
 public:
  void add(std::string_view key);
  void remove(std::string_view key);
  /// As dict.update: makes room for all first.
  void merge(const std::vector<std::string>& keys);
  std::vector<std::string> keys() const;

 private:
  uint64_t slot_of(std::string_view key) const;
  void resize(size_t wanted);

  std::map<uint64_t, std::optional<std::string>> slots_;  ///< nullopt: a key was removed here
  size_t size_ = 0;
  size_t filled_ = 0;
  uint64_t mask_ = 7;
};

}  // namespace pawl::formation::serverless
