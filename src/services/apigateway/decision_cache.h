// SPDX-License-Identifier: Apache-2.0
// DecisionCache: what Lambda authorizers have said, for as long as they let it be kept.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/time.h"

namespace pawl::apigateway {

/// The functions' results as text, by authorizer and identity. Thread-safe.
class DecisionCache {
 public:
  std::optional<std::string> find(const std::string& key, base::Timestamp now) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(key);
    if (found == entries_.end() || found->second.until <= now) return std::nullopt;
    return found->second.result;
  }
  void keep(const std::string& key, std::string result, base::Timestamp until) {
    const std::lock_guard lock(mutex_);
    if (entries_.size() >= kEntriesMax) entries_.clear();
    entries_[key] = {std::move(result), until};
  }
  void clear() {
    const std::lock_guard lock(mutex_);
    entries_.clear();
  }

 private:
  static constexpr size_t kEntriesMax = 1'000;
  struct Entry {
    std::string result;
    base::Timestamp until;
  };
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace pawl::apigateway
