// SPDX-License-Identifier: Apache-2.0
// Queue: one queue in memory: its record, the index of its messages, who waits for them. Each
// change goes into the index and into a batch that the caller commits.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "aws/service/request.h"
#include "aws/service/service_loop.h"
#include "base/error.h"
#include "services/sqs/message_index.h"
#include "services/sqs/message_store.h"
#include "services/sqs/queue_record.h"

namespace pawl::sqs {

/// API ReceiveMessage, decoded and checked.
struct ReceiveCall {
  size_t messages_max = 1;
  int64_t visibility_ms = -1;                ///< -1: the queue's
  int64_t wait_ms = -1;                      ///< -1: the queue's
  std::vector<std::string> system_names;     ///< which system attributes to tell
  std::vector<std::string> attribute_names;  ///< which message attributes
  std::string attempt_id;                    ///< ReceiveRequestAttemptId; "": none
  std::function<bool()> is_wanted;           ///< false: whoever asked has gone
};

/// A receive that found nothing and may wait.
struct Waiter {
  ReceiveCall call;
  int64_t deadline_ms = 0;
  aws::Reply reply;
};

/// Not thread-safe: the Broker's mutex guards it. load() before any use of messages.
class Queue {
 public:
  Queue(QueueRecord its_record, const MessageStore& its_store)
      : record(std::move(its_record)), store(its_store), settings(settings_of(record.attributes)) {}

  /// Errors: those of MessageStore. Does nothing the second time.
  base::Result<void> load(int64_t now_ms);
  /// After a change of record.attributes.
  void apply_attributes(int64_t now_ms);

  bool is_fifo() const { return record.name.is_fifo(); }
  std::string arn() const { return queue_arn(record.name); }
  MessageIndex& index() { return *index_; }
  const QueueCounters& counters() const { return counters_; }

  /// Standard queues: receivable from `available_ms`.
  Position add(store::Batch& batch, const Message& message, int64_t available_ms, int64_t now_ms);
  void update(store::Batch& batch, const MessageState& state, int64_t now_ms);
  void remove(store::Batch& batch, const MessageState& state, int64_t now_ms);
  void remove_all(store::Batch& batch);
  /// Puts what the above have changed besides; once, before the batch is committed.
  void seal(store::Batch& batch, int64_t now_ms);

  QueueRecord record;
  MessageStore store;
  QueueSettings settings;
  std::list<Waiter> waiters;
  aws::ServiceLoop::TimerId timer = 0;  ///< runs at timer_ms to look at the waiters; 0: none
  int64_t timer_ms = 0;

 private:
  std::unique_ptr<MessageIndex> index_;  ///< null: not loaded
  QueueCounters counters_;
  int64_t swept_period_ = 0;  ///< of recent records
};

}  // namespace pawl::sqs
