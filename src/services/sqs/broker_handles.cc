// SPDX-License-Identifier: Apache-2.0
// What is done with receipt handles: deleting, and changing how long a message stays invisible.
#include "services/sqs/broker.h"
#include "services/sqs/errors.h"
#include "services/sqs/receipt_handle.h"

namespace pawl::sqs {
namespace {

using aws::ApiResult;

constexpr int64_t kVisibilitySecondsMax = 43'200;

aws::ApiError expired(const std::string& handle) {
  return invalid_parameter(handle, "ReceiptHandle", "The receipt handle has expired.");
}

}  // namespace

/// The message of a handle that still means it; `receive_count` 0 if there is no such message any
/// more, or if it was received again since (API DeleteMessage: that is no error).
/// NOTE: recorded: a FIFO queue takes no handle whose visibility timeout has passed.
/// NOTE: recorded: DeleteMessage takes an older handle (`or_older`) while nobody holds the message.
ApiResult<MessageState> Broker::state_of(Queue& queue, const std::string& handle, bool or_older) {
  const std::optional<ReceiptHandle> parsed = parse_receipt_handle(handle);
  if (!parsed || parsed->queue != queue.record.number) return invalid_receipt_handle(handle);
  const MessageState* state = queue.index().find(parsed->position.sequence);
  if (state == nullptr) return MessageState();
  if (queue.is_fifo() && (state->receipt != parsed->receipt || state->visible_ms <= now_ms())) {
    return expired(handle);
  }
  const bool is_held = state->visible_ms > now_ms();
  return state->receipt == parsed->receipt || (or_older && !is_held) ? *state : MessageState();
}

ApiResult<EntryResults<void>> Broker::remove(const QueueName& name,
                                             const std::vector<HandleEntry>& entries) {
  Deliveries deliveries;
  const std::lock_guard lock(mutex_);
  Queue* queue = PAWL_TRY(loaded(name));
  const int64_t now = now_ms();
  store::Batch batch;
  EntryResults<void> results;
  for (const HandleEntry& entry : entries) {
    auto state = state_of(*queue, entry.handle, true);
    if (state && state->was_received()) queue->remove(batch, *state, now);
    results.push_back(state ? ApiResult<void>() : ApiResult<void>(std::move(state).error()));
  }
  if (batch.empty()) return results;
  queue->seal(batch, now);
  PAWL_TRY_VOID(commit(batch));
  wake(*queue, deliveries);  // the next of a FIFO group
  return results;
}

ApiResult<void> Broker::change_one(Queue& queue, const HandleEntry& entry, store::Batch& batch) {
  const std::string seconds = std::to_string(entry.visibility_seconds);
  if (entry.visibility_seconds < 0 || entry.visibility_seconds > kVisibilitySecondsMax) {
    return invalid_parameter(seconds, "VisibilityTimeout",
                             "VisibilityTimeout must be an integer between 0 and 43200.");
  }
  MessageState state = PAWL_TRY(state_of(queue, entry.handle, false));
  if (!state.was_received()) {
    return invalid_parameter(entry.handle, "ReceiptHandle",
                             "Message does not exist or is not available for visibility timeout "
                             "change.");
  }
  const int64_t now = now_ms();
  // API ChangeMessageVisibility: twelve hours from when the message was received.
  if ((now - state.received_ms) / 1000 + entry.visibility_seconds > kVisibilitySecondsMax) {
    return invalid_parameter(seconds, "VisibilityTimeout",
                             "Total VisibilityTimeout for the message is beyond the limit [43200 "
                             "seconds].");
  }
  state.visible_ms = now + entry.visibility_seconds * 1000;
  queue.update(batch, state, now);
  return {};
}

ApiResult<EntryResults<void>> Broker::change_visibility(const QueueName& name,
                                                        const std::vector<HandleEntry>& entries) {
  Deliveries deliveries;
  const std::lock_guard lock(mutex_);
  Queue* queue = PAWL_TRY(loaded(name));
  store::Batch batch;
  EntryResults<void> results;
  for (const HandleEntry& entry : entries) results.push_back(change_one(*queue, entry, batch));
  if (batch.empty()) return results;
  queue->seal(batch, now_ms());
  PAWL_TRY_VOID(commit(batch));
  wake(*queue, deliveries);
  return results;
}

}  // namespace pawl::sqs
