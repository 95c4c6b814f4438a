// SPDX-License-Identifier: Apache-2.0
#include "services/sqs/queue.h"

#include <utility>

namespace pawl::sqs {

base::Result<void> Queue::load(int64_t now_ms) {
  if (index_ != nullptr) return {};
  counters_ = PAWL_TRY(store.read_counters());
  auto made = is_fifo() ? make_fifo_index(store) : make_standard_index(store);
  made->set_delay(settings.delay_ms, now_ms);
  PAWL_TRY_VOID(made->load(counters_.head, now_ms));
  index_ = std::move(made);
  return {};
}

void Queue::apply_attributes(int64_t now_ms) {
  settings = settings_of(record.attributes);
  if (index_ != nullptr) index_->set_delay(settings.delay_ms, now_ms);
}

Position Queue::add(store::Batch& batch, const Message& message, int64_t available_ms,
                    int64_t now_ms) {
  const Position position{is_fifo() ? 0 : available_ms, counters_.next_sequence++};
  ++counters_.messages;
  store.put_message(batch, position, encode_message(message));
  index_->add(position, {message.sent_ms, message.group_id}, now_ms);
  return position;
}

void Queue::update(store::Batch& batch, const MessageState& state, int64_t now_ms) {
  store.put_state(batch, state);
  index_->update(state, now_ms);
}

void Queue::remove(store::Batch& batch, const MessageState& state, int64_t now_ms) {
  store.erase(batch, state.position, state.was_received());
  index_->remove(state.position, now_ms);
  --counters_.messages;
}

void Queue::remove_all(store::Batch& batch) {
  store.erase_messages(batch);
  index_->clear();
  counters_.messages = 0;
}

void Queue::seal(store::Batch& batch, int64_t now_ms) {
  counters_.head = index_->head();
  store.put_counters(batch, counters_);
  const int64_t period = MessageStore::period_of(now_ms);
  if (is_fifo() && period != swept_period_) {
    store.forget_old(batch, now_ms);
    swept_period_ = period;
  }
}

}  // namespace pawl::sqs
