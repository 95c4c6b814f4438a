// SPDX-License-Identifier: Apache-2.0
// The index of a standard queue: messages come in the order in which they became visible. What was
// received once is held in memory (at most some 150,000: 120,000 may be in flight), of the rest the
// next few thousand.
#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "services/sqs/message_index.h"

namespace pawl::sqs {
namespace {

constexpr size_t kWindowMax = 4096;
constexpr size_t kScan = 512;
constexpr size_t kBatch = 10;  ///< what one receive takes at most
/// From so many on, what has come back goes before what was never received: a bound on memory.
constexpr size_t kReceivedMax = 150'000;
constexpr int64_t kDelayMsMax = 900'000;
constexpr int64_t kDelayBucketMs = 100;

class StandardIndex final : public MessageIndex {
 public:
  explicit StandardIndex(const MessageStore& store) : store_(store) {}

  base::Result<void> load(Position head, int64_t now_ms) override {
    loaded_to_ = head;
    const std::vector<MessageState> states = PAWL_TRY(store_.read_states());
    for (const MessageState& state : states) {
      place(received_.emplace(state.position.sequence, state).first->second, now_ms);
    }
    return count_delayed(now_ms);
  }

  void add(Position position, const MessageSummary& summary, int64_t now_ms) override {
    if (position.order_ms > now_ms) ++delays_[bucket_of(position.order_ms)];
    if (position >= loaded_to_) return;
    window_.emplace(position, summary.sent_ms);
    if (window_.size() <= kWindowMax) return;
    auto first_dropped = window_.begin();
    std::advance(first_dropped, kWindowMax / 2);
    loaded_to_ = first_dropped->first;
    window_.erase(first_dropped, window_.end());
  }

  void update(const MessageState& state, int64_t now_ms) override {
    const auto found = received_.find(state.position.sequence);
    if (found == received_.end()) {
      window_.erase(state.position);
      place(received_.emplace(state.position.sequence, state).first->second, now_ms);
    } else {
      unplace(found->second);
      found->second = state;
      place(found->second, now_ms);
    }
  }

  void remove(Position position, int64_t now_ms) override {
    const auto found = received_.find(position.sequence);
    if (found != received_.end()) {
      unplace(found->second);
      received_.erase(found);
      return;
    }
    window_.erase(position);
    const auto bucket = delays_.find(bucket_of(position.order_ms));
    if (position.order_ms > now_ms && bucket != delays_.end() && --bucket->second == 0) {
      delays_.erase(bucket);
    }
  }

  void clear() override {
    window_.clear();
    received_.clear();
    in_flight_.clear();
    returned_.clear();
    delays_.clear();
    loaded_to_ = kBehindAll;
  }

  base::Result<std::vector<MessageState>> receivable(int64_t now_ms, size_t max) override {
    advance(now_ms);
    PAWL_TRY_VOID(fill_window());
    std::vector<MessageState> found;
    auto returned = returned_.begin();
    auto fresh = window_.begin();
    const bool returned_first = received_.size() > kReceivedMax;
    while (found.size() < max) {
      const bool has_fresh = fresh != window_.end() && fresh->first.order_ms <= now_ms;
      const bool has_returned = returned != returned_.end();
      if (!has_fresh && !has_returned) break;
      if (has_returned &&
          (!has_fresh || returned_first || returned->first <= fresh->first.order_ms)) {
        found.push_back(received_.at(returned->second));
        ++returned;
      } else {
        found.push_back(unreceived(*fresh));
        ++fresh;
      }
    }
    return found;
  }

  std::optional<int64_t> next_receivable_ms(int64_t now_ms) override {
    advance(now_ms);
    std::optional<int64_t> next;
    if (!in_flight_.empty()) next = in_flight_.begin()->first;
    const auto fresh = window_.lower_bound({now_ms + 1, 0});
    if (fresh != window_.end()) next = std::min(next.value_or(INT64_MAX), fresh->first.order_ms);
    return next;
  }

  const MessageState* find(uint64_t sequence) const override {
    const auto found = received_.find(sequence);
    return found == received_.end() ? nullptr : &found->second;
  }

  size_t in_flight(int64_t now_ms) override {
    advance(now_ms);
    return in_flight_.size();
  }

  size_t delayed(int64_t now_ms) override {
    delays_.erase(delays_.begin(), delays_.upper_bound(bucket_of(now_ms)));
    size_t count = 0;
    for (const auto& [bucket, messages] : delays_) count += messages;
    return count;
  }

  base::Result<std::vector<MessageState>> sent_until(int64_t sent_ms_max, size_t max,
                                                     bool thorough) override {
    PAWL_TRY_VOID(fill_window());
    std::vector<MessageState> found;
    for (auto each = window_.begin(); each != window_.end() && found.size() < max &&
                                      each->first.order_ms <= sent_ms_max + kDelayMsMax;
         ++each) {
      if (each->second <= sent_ms_max) found.push_back(unreceived(*each));
    }
    if (!thorough) return found;
    for (const auto& [sequence, state] : received_) {
      if (found.size() >= max) break;
      if (state.sent_ms <= sent_ms_max) found.push_back(state);
    }
    return found;
  }

  Position head() const override {
    return window_.empty() ? loaded_to_ : std::min(window_.begin()->first, loaded_to_);
  }

  void set_delay(int64_t, int64_t) override {}

 private:
  using Window = std::map<Position, int64_t>;  ///< when each was sent

  static MessageState unreceived(const Window::value_type& entry) {
    MessageState state;
    state.position = entry.first;
    state.sent_ms = entry.second;
    return state;
  }

  static int64_t bucket_of(int64_t ms) { return (ms + kDelayBucketMs - 1) / kDelayBucketMs; }

  base::Result<void> count_delayed(int64_t now_ms) {
    Position from{now_ms + 1, 0};
    while (true) {
      const std::vector<ScannedMessage> found = PAWL_TRY(store_.scan(from, kScan));
      for (const ScannedMessage& message : found) {
        if (!received_.contains(message.position.sequence)) {
          ++delays_[bucket_of(message.position.order_ms)];
        }
      }
      if (found.size() < kScan) return {};
      from = behind(found.back().position);
    }
  }

  static Position behind(Position position) { return {position.order_ms, position.sequence + 1}; }

  base::Result<void> fill_window() {
    while (window_.size() < kBatch && loaded_to_ != kBehindAll) {
      const std::vector<ScannedMessage> found = PAWL_TRY(store_.scan(loaded_to_, kScan));
      for (const ScannedMessage& message : found) {
        // Some were received already: they stand behind if the clock was set back.
        if (received_.contains(message.position.sequence)) continue;
        window_.emplace(message.position, message.summary.sent_ms);
      }
      loaded_to_ = found.size() < kScan ? kBehindAll : behind(found.back().position);
    }
    return {};
  }

  void place(const MessageState& state, int64_t now_ms) {
    (state.visible_ms > now_ms ? in_flight_ : returned_)
        .emplace(state.visible_ms, state.position.sequence);
  }
  void unplace(const MessageState& state) {
    const std::pair key(state.visible_ms, state.position.sequence);
    if (in_flight_.erase(key) == 0) returned_.erase(key);
  }
  void advance(int64_t now_ms) {
    while (!in_flight_.empty() && in_flight_.begin()->first <= now_ms) {
      returned_.insert(in_flight_.extract(in_flight_.begin()));
    }
  }

  const MessageStore store_;
  /// Never received, the first ones: all that stand before loaded_to_.
  Window window_;
  Position loaded_to_ = kBehindAll;
  std::unordered_map<uint64_t, MessageState> received_;  ///< by sequence
  std::set<std::pair<int64_t, uint64_t>> in_flight_;     ///< visible_ms, sequence
  std::set<std::pair<int64_t, uint64_t>> returned_;      ///< the same, of those visible again
  std::map<int64_t, size_t> delays_;  ///< delayed messages by when that ends, rounded up
};

}  // namespace

std::unique_ptr<MessageIndex> make_standard_index(const MessageStore& store) {
  return std::make_unique<StandardIndex>(store);
}

}  // namespace pawl::sqs
