// SPDX-License-Identifier: Apache-2.0
// BoundedCache: immutable things by key that many threads look up and few put in. Bounded in number
// and weight; what was not looked up lately goes first ("second chance").
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string_view>
#include <unordered_map>

namespace pawl::states {

struct CacheBounds {
  size_t entries_max = 1'024;
  uint64_t weight_max = UINT64_MAX;  ///< in the unit of the weights given to put()
};

/// Thread-safe. `find` takes a shared lock only. `Hash` and `Equal` may be transparent.
template <typename Key, typename Value, typename Hash = std::hash<Key>,
          typename Equal = std::equal_to<>>
class BoundedCache {
 public:
  explicit BoundedCache(CacheBounds bounds) : bounds_(bounds) {}

  /// Null if it is not here.
  template <typename Lookup>
  std::shared_ptr<const Value> find(const Lookup& key) const {
    const std::shared_lock lock(mutex_);
    const auto found = entries_.find(key);
    if (found == entries_.end()) return nullptr;
    found->second->is_used.store(true, std::memory_order_relaxed);
    return found->second->value;
  }

  /// To be taken before the value is read from where it really lives: a put() with it does nothing
  /// if clear() or forget() came in between, as the value may be old then.
  uint64_t generation() const {
    const std::shared_lock lock(mutex_);
    return generation_;
  }

  /// A value heavier than all that is allowed is not kept.
  void put(const Key& key, std::shared_ptr<const Value> value, uint64_t generation,
           uint64_t weight = 1) {
    const std::lock_guard lock(mutex_);
    if (generation != generation_ || weight > bounds_.weight_max || entries_.contains(key)) return;
    while (!order_.empty() &&
           (entries_.size() >= bounds_.entries_max || weight_ + weight > bounds_.weight_max)) {
      evict_one();
    }
    entries_.emplace(key, std::make_unique<Entry>(std::move(value), weight));
    order_.push_back(key);
    weight_ += weight;
  }

  void forget(const Key& key) {
    const std::lock_guard lock(mutex_);
    ++generation_;
    const auto found = entries_.find(key);
    if (found == entries_.end()) return;
    weight_ -= found->second->weight;
    entries_.erase(found);
    std::erase(order_, key);
  }

  void clear() {
    const std::lock_guard lock(mutex_);
    ++generation_;
    entries_.clear();
    order_.clear();
    weight_ = 0;
  }

  size_t size() const {
    const std::shared_lock lock(mutex_);
    return entries_.size();
  }

 private:
  struct Entry {
    Entry(std::shared_ptr<const Value> held, uint64_t held_weight)
        : value(std::move(held)), weight(held_weight) {}
    std::shared_ptr<const Value> value;
    uint64_t weight;
    std::atomic<bool> is_used{false};
  };

  /// The oldest that was not looked up since its last turn; every pass takes their chances away, so
  /// this ends.
  void evict_one() {
    for (;;) {
      Key key = std::move(order_.front());
      order_.pop_front();
      const auto found = entries_.find(key);
      if (found->second->is_used.exchange(false, std::memory_order_relaxed)) {
        order_.push_back(std::move(key));
        continue;
      }
      weight_ -= found->second->weight;
      entries_.erase(found);
      return;
    }
  }

  const CacheBounds bounds_;
  mutable std::shared_mutex mutex_;
  std::unordered_map<Key, std::unique_ptr<Entry>, Hash, Equal> entries_;
  std::deque<Key> order_;  ///< the keys of entries_, each once
  uint64_t weight_ = 0;
  uint64_t generation_ = 0;
};

/// For caches with std::string keys that are looked up by std::string_view.
struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

}  // namespace pawl::states
