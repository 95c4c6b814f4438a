// SPDX-License-Identifier: Apache-2.0
// The index of a FIFO queue: within a group a message can be received when every one before it can
// or is deleted (recorded: also those before one in flight, once their own timeout has passed).
// Like AWS it looks at the first 120,000 messages only (Developer Guide, "FIFO queue quotas").
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/assert.h"
#include "services/sqs/message_index.h"

namespace pawl::sqs {
namespace {

constexpr size_t kWindowMax = 120'000;
constexpr size_t kWindowLow = 60'000;  ///< more is read when so few are left
constexpr size_t kScan = 4096;

class FifoIndex final : public MessageIndex {
 public:
  explicit FifoIndex(const MessageStore& store) : store_(store) {}

  base::Result<void> load(Position head, int64_t now_ms) override {
    loaded_to_ = head.sequence;
    const std::vector<MessageState> states = PAWL_TRY(store_.read_states());
    for (const MessageState& state : states) {
      loaded_to_ = std::min(loaded_to_, state.position.sequence);
      states_to_come_.emplace(state.position.sequence, state);
    }
    return fill_window(now_ms);
  }

  void add(Position position, const MessageSummary& summary, int64_t now_ms) override {
    if (position.sequence < loaded_to_ && entries_.size() < kWindowMax) {
      insert(position, summary, now_ms);
    } else {
      loaded_to_ = std::min(loaded_to_, position.sequence);
    }
  }

  void update(const MessageState& state, int64_t now_ms) override {
    const auto found = entries_.find(state.position.sequence);
    PAWL_ASSERT(found != entries_.end());
    Entry& entry = found->second;
    in_flight_.erase({entry.state.visible_ms, found->first});
    entry.state = state;
    if (state.visible_ms > now_ms) in_flight_.emplace(state.visible_ms, found->first);
    refresh(*entry.group, now_ms);
  }

  void remove(Position position, int64_t now_ms) override {
    const auto found = entries_.find(position.sequence);
    if (found == entries_.end()) return;
    Group& group = *found->second.group;
    in_flight_.erase({found->second.state.visible_ms, found->first});
    group.sequences.erase(position.sequence);
    entries_.erase(found);
    refresh(group, now_ms);
    if (group.sequences.empty()) groups_.erase(std::string(group.name));
  }

  void clear() override {
    entries_.clear();
    groups_.clear();
    ready_.clear();
    waiting_.clear();
    in_flight_.clear();
    states_to_come_.clear();
    loaded_to_ = kEnd;
  }

  /// As many of one group as there are before the next group begins (Developer Guide, "FIFO
  /// delivery logic").
  base::Result<std::vector<MessageState>> receivable(int64_t now_ms, size_t max) override {
    PAWL_TRY_VOID(fill_window(now_ms));
    advance(now_ms);
    std::vector<MessageState> found;
    for (const auto& [sequence, group] : ready_) {
      for (const uint64_t each : group->sequences) {
        const Entry& entry = entries_.at(each);
        if (found.size() >= max || receivable_at(entry) > now_ms) break;
        found.push_back(entry.state);
      }
      if (found.size() >= max) break;
    }
    return found;
  }

  std::optional<int64_t> next_receivable_ms(int64_t now_ms) override {
    advance(now_ms);
    if (waiting_.empty()) return std::nullopt;
    return waiting_.begin()->first.first;
  }

  const MessageState* find(uint64_t sequence) const override {
    const auto found = entries_.find(sequence);
    if (found == entries_.end() || !found->second.state.was_received()) return nullptr;
    return &found->second.state;
  }

  size_t in_flight(int64_t now_ms) override {
    advance(now_ms);
    return in_flight_.size();
  }

  size_t delayed(int64_t now_ms) override {
    size_t count = 0;
    for (auto each = entries_.rbegin(); each != entries_.rend(); ++each) {
      if (each->second.state.sent_ms + delay_ms_ <= now_ms) break;
      if (!each->second.state.was_received()) ++count;
    }
    return count;
  }

  base::Result<std::vector<MessageState>> sent_until(int64_t sent_ms_max, size_t max,
                                                     bool) override {
    std::vector<MessageState> found;
    for (const auto& [sequence, entry] : entries_) {
      if (found.size() >= max || entry.state.sent_ms > sent_ms_max) break;
      found.push_back(entry.state);
    }
    return found;
  }

  Position head() const override {
    return {0, entries_.empty() ? loaded_to_ : std::min(entries_.begin()->first, loaded_to_)};
  }

  void set_delay(int64_t delay_ms, int64_t now_ms) override {
    if (delay_ms_ == delay_ms) return;
    delay_ms_ = delay_ms;
    for (auto& [name, group] : groups_) refresh(group, now_ms);
  }

 private:
  static constexpr uint64_t kEnd = UINT64_MAX;

  struct Group {
    std::string_view name;  ///< its key in groups_
    std::set<uint64_t> sequences;
    // Where it stands in ready_ or waiting_, if in either.
    std::optional<uint64_t> ready_as;
    std::optional<std::pair<int64_t, uint64_t>> waiting_as;
  };
  struct Entry {
    MessageState state;
    Group* group;
  };

  int64_t receivable_at(const Entry& entry) const {
    return entry.state.was_received() ? entry.state.visible_ms : entry.state.sent_ms + delay_ms_;
  }

  void insert(Position position, const MessageSummary& summary, int64_t now_ms) {
    const auto named = groups_.try_emplace(summary.group_id).first;
    named->second.name = named->first;
    Entry entry{{}, &named->second};
    entry.state.position = position;
    entry.state.sent_ms = summary.sent_ms;
    if (const auto state = states_to_come_.find(position.sequence);
        state != states_to_come_.end()) {
      entry.state = state->second;
      states_to_come_.erase(state);
      if (entry.state.visible_ms > now_ms) {
        in_flight_.emplace(entry.state.visible_ms, position.sequence);
      }
    }
    entries_.insert_or_assign(position.sequence, entry);
    named->second.sequences.insert(position.sequence);
    if (*named->second.sequences.begin() == position.sequence) refresh(named->second, now_ms);
  }

  base::Result<void> fill_window(int64_t now_ms) {
    if (entries_.size() > kWindowLow) return {};
    while (loaded_to_ != kEnd && entries_.size() < kWindowMax) {
      const std::vector<ScannedMessage> found = PAWL_TRY(store_.scan({0, loaded_to_}, kScan));
      for (const ScannedMessage& message : found) {
        insert(message.position, message.summary, now_ms);
      }
      loaded_to_ = found.size() < kScan ? kEnd : found.back().position.sequence + 1;
    }
    return {};
  }

  /// Puts the group where its first message belongs.
  void refresh(Group& group, int64_t now_ms) {
    if (group.ready_as) ready_.erase(*group.ready_as);
    if (group.waiting_as) waiting_.erase(*group.waiting_as);
    group.ready_as.reset();
    group.waiting_as.reset();
    if (group.sequences.empty()) return;
    const uint64_t first = *group.sequences.begin();
    const int64_t at = receivable_at(entries_.at(first));
    if (at <= now_ms) {
      ready_.emplace(first, &group);
      group.ready_as = first;
    } else {
      group.waiting_as = std::pair(at, first);
      waiting_.emplace(*group.waiting_as, &group);
    }
  }

  void advance(int64_t now_ms) {
    in_flight_.erase(in_flight_.begin(), in_flight_.upper_bound({now_ms, kEnd}));
    while (!waiting_.empty() && waiting_.begin()->first.first <= now_ms) {
      refresh(*waiting_.begin()->second, now_ms);
    }
  }

  const MessageStore store_;
  int64_t delay_ms_ = 0;
  std::map<uint64_t, Entry> entries_;  ///< by sequence: all before loaded_to_
  uint64_t loaded_to_ = kEnd;
  std::unordered_map<uint64_t, MessageState> states_to_come_;  ///< of messages behind loaded_to_
  std::unordered_map<std::string, Group> groups_;
  std::map<uint64_t, Group*> ready_;                        ///< by their first message
  std::map<std::pair<int64_t, uint64_t>, Group*> waiting_;  ///< by when that can be received
  std::set<std::pair<int64_t, uint64_t>> in_flight_;        ///< visible_ms, sequence
};

}  // namespace

std::unique_ptr<MessageIndex> make_fifo_index(const MessageStore& store) {
  return std::make_unique<FifoIndex>(store);
}

}  // namespace pawl::sqs
