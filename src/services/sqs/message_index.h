// SPDX-License-Identifier: Apache-2.0
// MessageIndex: which messages of a queue can be received now, in which order, and when that will
// change. Standard and FIFO queues differ here and nowhere else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "services/sqs/message.h"
#include "services/sqs/message_store.h"

namespace pawl::sqs {

/// Holds the states of messages that were received, and of those that were not a window at the
/// front of the queue: never all. Reads the store, never writes it: whoever changes a message puts
/// the change into both. Times are milliseconds since 1970 and may step back. One thread at a time.
/// Errors: those of MessageStore.
class MessageIndex {
 public:
  virtual ~MessageIndex() = default;

  /// Reads the states. Once, before all else.
  virtual base::Result<void> load(Position head, int64_t now_ms) = 0;

  /// A message was sent.
  virtual void add(Position position, const MessageSummary& summary, int64_t now_ms) = 0;
  /// A message was received, or its visibility timeout changed.
  virtual void update(const MessageState& state, int64_t now_ms) = 0;
  virtual void remove(Position position, int64_t now_ms) = 0;
  virtual void clear() = 0;

  /// The next messages to receive, `max` at most, in order. Changes nothing: without update() or
  /// remove() the same come again.
  virtual base::Result<std::vector<MessageState>> receivable(int64_t now_ms, size_t max) = 0;
  /// When the next message becomes receivable that is not yet; nullopt: none will by itself.
  virtual std::optional<int64_t> next_receivable_ms(int64_t now_ms) = 0;

  /// Null unless the message was received and is there.
  virtual const MessageState* find(uint64_t sequence) const = 0;
  /// Received, not deleted, not visible again.
  virtual size_t in_flight(int64_t now_ms) = 0;
  /// Sent, and not yet receivable for the first time.
  virtual size_t delayed(int64_t now_ms) = 0;
  /// Messages sent at `sent_ms_max` or earlier, `max` at most; if `thorough`, also those that were
  /// received: takes time that grows with their number.
  virtual base::Result<std::vector<MessageState>> sent_until(int64_t sent_ms_max, size_t max,
                                                             bool thorough) = 0;
  /// No message that was never received stands before it.
  virtual Position head() const = 0;
  /// FIFO queues only: the queue's DelaySeconds, which there is that of messages in it too.
  virtual void set_delay(int64_t delay_ms, int64_t now_ms) = 0;
};

inline constexpr Position kBehindAll{std::numeric_limits<int64_t>::max(),
                                     std::numeric_limits<uint64_t>::max()};

std::unique_ptr<MessageIndex> make_standard_index(const MessageStore& store);
std::unique_ptr<MessageIndex> make_fifo_index(const MessageStore& store);

}  // namespace pawl::sqs
