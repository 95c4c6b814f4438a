// SPDX-License-Identifier: Apache-2.0
// QueueModel: what a queue does, said as simply as can be: one list of messages, looked through
// from the front each time. No index, no store, nothing that could be fast.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace pawl::sqs {

struct ModelMessage {
  std::string body;
  std::string group;
  uint64_t sequence = 0;
  int64_t sent_ms = 0;
  int64_t visible_ms = 0;
  uint32_t receives = 0;
  std::string handle;  ///< of the last receive
};

struct QueueModel {
  bool is_fifo = false;
  int64_t delay_ms = 0;
  int64_t retention_ms = 3'600'000;
  int64_t visibility_ms = 30'000;
  uint32_t receives_max = 0;           ///< maxReceiveCount; 0: no dead letters
  QueueModel* dead_letters = nullptr;  ///< to where
  std::vector<ModelMessage> messages;
  std::map<std::string, int64_t> deduplication;  ///< when each id was sent
  uint64_t next_sequence = 1;

  /// False if it is a duplicate.
  bool send(ModelMessage message, std::optional<int64_t> own_delay_ms,
            const std::string& deduplication_id, int64_t now) {
    if (is_fifo) {
      const auto found = deduplication.find(deduplication_id);
      if (found != deduplication.end() && found->second + 300'000 > now) return false;
      deduplication[deduplication_id] = now;
    }
    message.sent_ms = now;
    message.visible_ms = now + own_delay_ms.value_or(delay_ms);
    message.sequence = next_sequence++;
    messages.push_back(std::move(message));
    return true;
  }

  int64_t receivable_at(const ModelMessage& message) const {
    return is_fifo && message.receives == 0 ? message.sent_ms + delay_ms : message.visible_ms;
  }

  void expire(int64_t now) {
    std::erase_if(messages,
                  [&](const ModelMessage& each) { return each.sent_ms + retention_ms <= now; });
  }

  /// Sequences of the next messages to receive.
  std::vector<uint64_t> receivable(int64_t now, size_t max) const {
    std::vector<std::tuple<int64_t, bool, uint64_t>> order;
    if (is_fifo) {
      std::map<std::string, uint64_t> first;  // of each group
      std::set<std::string> blocked;
      for (const ModelMessage& each : messages) first.try_emplace(each.group, each.sequence);
      for (const ModelMessage& each : messages) {
        if (blocked.contains(each.group)) continue;
        if (receivable_at(each) > now) {
          blocked.insert(each.group);
        } else {
          order.emplace_back(static_cast<int64_t>(first[each.group]), false, each.sequence);
        }
      }
    } else {
      for (const ModelMessage& each : messages) {
        if (each.visible_ms <= now) {
          order.emplace_back(each.visible_ms, each.receives == 0, each.sequence);
        }
      }
    }
    std::sort(order.begin(), order.end());
    std::vector<uint64_t> found;
    for (const auto& [time, is_new, sequence] : order) {
      if (found.size() < max) found.push_back(sequence);
    }
    return found;
  }

  ModelMessage* find(uint64_t sequence) {
    const auto found =
        std::find_if(messages.begin(), messages.end(),
                     [&](const ModelMessage& each) { return each.sequence == sequence; });
    return found == messages.end() ? nullptr : &*found;
  }
  void erase(uint64_t sequence) {
    std::erase_if(messages, [&](const ModelMessage& each) { return each.sequence == sequence; });
  }

  /// Sequences of what is received; the caller adds the handles.
  std::vector<uint64_t> receive(int64_t now, size_t max, std::optional<int64_t> own_visibility_ms) {
    std::vector<uint64_t> taken;
    for (bool again = true; again;) {
      again = false;
      for (const uint64_t sequence : receivable(now, max)) {
        if (taken.size() == max) break;
        if (std::find(taken.begin(), taken.end(), sequence) != taken.end()) continue;
        ModelMessage& message = *find(sequence);
        if (receives_max != 0 && message.receives >= receives_max) {
          ModelMessage moved = message;
          moved.receives = 0;
          moved.visible_ms = now;
          moved.sequence = dead_letters->next_sequence++;
          if (is_fifo) moved.sent_ms = now;
          dead_letters->messages.push_back(moved);
          erase(sequence);
          again = true;
          continue;
        }
        ++message.receives;
        message.visible_ms = now + own_visibility_ms.value_or(visibility_ms);
        taken.push_back(sequence);
      }
    }
    return taken;
  }

  size_t in_flight(int64_t now) const {
    return static_cast<size_t>(std::count_if(
        messages.begin(), messages.end(),
        [&](const ModelMessage& each) { return each.receives != 0 && each.visible_ms > now; }));
  }
};

}  // namespace pawl::sqs
