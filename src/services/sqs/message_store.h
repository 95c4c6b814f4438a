// SPDX-License-Identifier: Apache-2.0
// MessageStore: the keys of one queue's messages and of what is known about them in the store. No
// cache, no lock, no clock: what can be received when is an index's matter (message_index.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "services/sqs/message.h"
#include "store/store.h"

namespace pawl::sqs {

/// What is kept of a queue beside its messages, and written with each change of them.
struct QueueCounters {
  uint64_t next_sequence = 1;
  uint64_t messages = 0;  ///< not deleted, received or not
  /// No message that was never received stands before it: where scans begin, past what is erased.
  Position head = {};
};

struct ScannedMessage {
  Position position;
  MessageSummary summary;
};

/// Records of the past minutes whose keys hold the time, so that they go by ranges.
enum class RecentKind : uint8_t { Deduplication = 3, ReceiveAttempt = 4 };

/// Thread-safe. Errors of all that reads: Io, and InvalidSyntax for damaged records.
class MessageStore {
 public:
  /// `queue` is the queue's number, which no other queue ever gets. `store` must outlive it.
  MessageStore(store::Store& store, store::Keyspace keyspace, uint64_t queue)
      : store_(&store), keyspace_(keyspace), queue_(queue) {}

  base::Result<QueueCounters> read_counters() const;
  void put_counters(store::Batch& batch, const QueueCounters& counters) const;

  void put_message(store::Batch& batch, Position position, std::string_view record) const;
  void put_state(store::Batch& batch, const MessageState& state) const;
  /// The message, and its state if it `was_received`.
  void erase(store::Batch& batch, Position position, bool was_received) const;
  /// Every message and state; the counters stay.
  void erase_messages(store::Batch& batch) const;
  /// Everything of the queue.
  void erase_all(store::Batch& batch) const;

  /// In the order asked for; nullopt for what has gone.
  base::Result<std::vector<std::optional<Message>>> read(
      const std::vector<Position>& positions) const;
  /// Of every message that was received.
  base::Result<std::vector<MessageState>> read_states() const;
  /// The first `max` messages at or behind `from`.
  base::Result<std::vector<ScannedMessage>> scan(Position from, size_t max) const;

  // Recent records are found for five minutes at least and go within ten.
  void put_recent(store::Batch& batch, RecentKind kind, int64_t now_ms, std::string_view id,
                  std::string_view record) const;
  base::Result<std::optional<std::string>> find_recent(RecentKind kind, int64_t now_ms,
                                                       std::string_view id) const;
  /// Erases what is too old. Cheap: call it when the number of five minutes has changed.
  void forget_old(store::Batch& batch, int64_t now_ms) const;
  static int64_t period_of(int64_t now_ms);

 private:
  std::string recent_key(RecentKind kind, int64_t period, std::string_view id) const;

  store::Store* store_;
  store::Keyspace keyspace_;
  uint64_t queue_;
};

}  // namespace pawl::sqs
