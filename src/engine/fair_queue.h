// SPDX-License-Identifier: Apache-2.0
// FairQueue: turns that wait, one queue a party, each party in turn: a state machine with a
// hundred thousand starts does not keep another one's first start waiting.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <utility>

#include "base/assert.h"

namespace pawl::engine {

/// First in, first out within a party; between parties round robin. All O(1). One thread.
template <typename Item>
class FairQueue {
 public:
  void push(uint64_t party, Item item) {
    std::deque<Item>& waiting = waiting_[party];
    if (waiting.empty()) turns_.push_back(party);
    waiting.push_back(std::move(item));
    ++size_;
  }

  /// The next item; the queue must not be empty.
  Item pop() {
    PAWL_ASSERT(size_ > 0);
    const uint64_t party = turns_.front();
    turns_.pop_front();
    const auto found = waiting_.find(party);
    Item item = std::move(found->second.front());
    found->second.pop_front();
    --size_;
    if (found->second.empty()) {
      waiting_.erase(found);
    } else {
      turns_.push_back(party);
    }
    return item;
  }

  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }

 private:
  std::unordered_map<uint64_t, std::deque<Item>> waiting_;
  std::deque<uint64_t> turns_;  ///< parties with something waiting
  size_t size_ = 0;
};

}  // namespace pawl::engine
