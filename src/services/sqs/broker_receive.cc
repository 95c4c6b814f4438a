// SPDX-License-Identifier: Apache-2.0
// Receiving: which messages, dead letters on the way, and waiting for what is not there yet.
#include <algorithm>
#include <set>
#include <utility>

#include "base/wire.h"
#include "services/sqs/broker.h"
#include "services/sqs/errors.h"
#include "services/sqs/received_message.h"

namespace pawl::sqs {
namespace {

using aws::ApiError;
using aws::ApiResult;

/// Developer Guide, "Quotas": messages in flight per queue.
constexpr size_t kInFlightMax = 120'000;

/// ReceiveRequestAttemptId's record: what was received.
std::string encode_attempt(const std::vector<MessageState>& states) {
  std::string record;
  base::ByteWriter out(record);
  out.varint(states.size());
  for (const MessageState& state : states) {
    out.varint(state.position.sequence);
    out.varint(state.receipt);
  }
  return record;
}

}  // namespace

Broker::Deliveries::~Deliveries() {
  for (Delivery& delivery : *this) complete(delivery);
}

void Broker::complete(Delivery& delivery) {
  if (delivery.error) {
    delivery.reply(std::move(*delivery.error));
    return;
  }
  if (!delivery.store) {
    delivery.reply(aws::Output());
    return;
  }
  std::vector<Position> positions;
  positions.reserve(delivery.states.size());
  for (const MessageState& state : delivery.states) positions.push_back(state.position);
  auto messages = delivery.store->read(positions);
  if (!messages) {
    delivery.reply(internal(messages.error()));
    return;
  }
  std::vector<json::Value> received;
  for (size_t i = 0; i < positions.size(); ++i) {
    // A purge may have come between.
    if (!(*messages)[i]) continue;
    const ReceivedMessage message{delivery.queue, delivery.is_fifo, delivery.states[i],
                                  *(*messages)[i]};
    received.push_back(
        write_received_message(message, delivery.call.system_names, delivery.call.attribute_names));
  }
  aws::Output output;
  if (!received.empty()) {
    output.value = json::Value::object({{"Messages", json::Value::array(std::move(received))}});
  }
  output.after_sync = true;
  delivery.reply(std::move(output));
}

Broker::Delivery Broker::delivery_of(Queue& queue, ReceiveCall call, aws::Reply reply,
                                     ApiResult<std::vector<MessageState>> taken) {
  Delivery delivery{std::move(reply),    std::move(call), std::nullopt,
                    queue.record.number, queue.is_fifo(), {},
                    std::nullopt};
  if (!taken) {
    delivery.error = std::move(taken).error();
  } else if (!taken->empty()) {
    delivery.store = queue.store;
    delivery.states = std::move(*taken);
  }
  return delivery;
}

void Broker::receive(const QueueName& name, ReceiveCall call, aws::Reply reply) {
  Deliveries deliveries;
  const std::lock_guard lock(mutex_);
  auto found = loaded(name);
  if (!found) {
    deliveries.push_back({std::move(reply), {}, {}, 0, false, {}, std::move(found).error()});
    return;
  }
  Queue& queue = **found;
  std::vector<Queue*> touched;
  auto taken = take(queue, call, touched);
  const int64_t wait = call.wait_ms < 0 ? queue.settings.wait_ms : call.wait_ms;
  if (!taken || !taken->empty() || wait == 0) {
    deliveries.push_back(delivery_of(queue, std::move(call), std::move(reply), std::move(taken)));
  } else {
    const int64_t deadline = now_ms() + wait;
    queue.waiters.push_back({std::move(call), deadline, std::move(reply)});
    schedule(queue, deadline);
  }
  for (Queue* other : touched) wake(*other, deliveries);
}

/// Takes what can be received now. `touched`: queues that have got dead letters by it.
ApiResult<std::vector<MessageState>> Broker::take(Queue& queue, const ReceiveCall& call,
                                                  std::vector<Queue*>& touched) {
  const int64_t now = now_ms();
  std::vector<MessageState> taken;
  if (queue.is_fifo() && !call.attempt_id.empty()) {
    taken = PAWL_TRY(take_again(queue, call));
    if (!taken.empty()) return taken;
  }
  const size_t in_flight = queue.index().in_flight(now);
  if (in_flight >= kInFlightMax) {
    if (queue.is_fifo()) return taken;
    return ApiError("OverLimit",
                    "Too many messages are in flight: a queue can have at most 120000.", 403);
  }
  const int64_t visibility =
      call.visibility_ms < 0 ? queue.settings.visibility_ms : call.visibility_ms;
  store::Batch batch;
  std::set<uint64_t> sequences;
  for (bool again = true; again;) {
    again = false;
    auto candidates = queue.index().receivable(now, call.messages_max);
    if (!candidates) return internal(candidates.error());
    for (MessageState& state : *candidates) {
      if (taken.size() == call.messages_max) break;
      if (sequences.contains(state.position.sequence)) continue;
      if (PAWL_TRY(settle(queue, state, batch, touched))) {
        again = true;
        continue;
      }
      ++state.receive_count;
      state.received_ms = now;
      if (state.first_received_ms == 0) state.first_received_ms = now;
      state.visible_ms = now + visibility;
      state.receipt = random_.next();
      queue.update(batch, state, now);
      sequences.insert(state.position.sequence);
      taken.push_back(state);
    }
  }
  if (batch.empty()) return taken;
  if (queue.is_fifo() && !call.attempt_id.empty() && !taken.empty()) {
    queue.store.put_recent(batch, RecentKind::ReceiveAttempt, now, call.attempt_id,
                           encode_attempt(taken));
  }
  queue.seal(batch, now);
  PAWL_TRY_VOID(commit(batch));
  return taken;
}

/// API ReceiveMessage "ReceiveRequestAttemptId": a repeated call within five minutes gets the same
/// messages and handles, unless something has happened to them.
ApiResult<std::vector<MessageState>> Broker::take_again(Queue& queue, const ReceiveCall& call) {
  const int64_t now = now_ms();
  auto record = queue.store.find_recent(RecentKind::ReceiveAttempt, now, call.attempt_id);
  if (!record) return internal(record.error());
  std::vector<MessageState> states;
  if (!*record) return states;
  base::ByteReader in(**record);
  for (size_t left = in.count(); left > 0; --left) {
    const MessageState* state = queue.index().find(in.varint());
    const uint64_t receipt = in.varint();
    if (state == nullptr || state->receipt != receipt || state->visible_ms <= now) {
      return std::vector<MessageState>();
    }
    states.push_back(*state);
  }
  if (!in.ok()) return internal(base::malformed_record("receive attempt"));
  store::Batch batch;
  for (MessageState& state : states) {
    state.visible_ms =
        now + (call.visibility_ms < 0 ? queue.settings.visibility_ms : call.visibility_ms);
    queue.update(batch, state, now);
  }
  queue.seal(batch, now);
  PAWL_TRY_VOID(commit(batch));
  return states;
}

/// True if the message is not to be received: it was too old, or is a dead letter now.
ApiResult<bool> Broker::settle(Queue& queue, const MessageState& state, store::Batch& batch,
                               std::vector<Queue*>& touched) {
  const int64_t now = now_ms();
  if (state.sent_ms + queue.settings.retention_ms <= now) {
    queue.remove(batch, state, now);
    return true;
  }
  const auto& redrive = queue.settings.redrive;
  if (!redrive || state.receive_count < redrive->receive_count_max) return false;
  Queue* target = dead_letter_queue(queue);
  if (target == nullptr) return false;
  PAWL_TRY_VOID(move_dead_letter(queue, state, *target, batch));
  if (std::find(touched.begin(), touched.end(), target) == touched.end()) {
    touched.push_back(target);
  }
  return true;
}

Queue* Broker::dead_letter_queue(const Queue& queue) {
  const std::optional<QueueName> name = parse_queue_arn(queue.settings.redrive->dead_letter_arn);
  Queue* target = name ? find(*name) : nullptr;
  if (target == &queue || target == nullptr || !target->load(now_ms())) return nullptr;
  return target;
}

/// Developer Guide, "Using dead-letter queues": a standard queue's message keeps the time at which
/// it was sent; the count of receives is that of all queues (API ReceiveMessage).
ApiResult<void> Broker::move_dead_letter(Queue& from, const MessageState& state, Queue& to,
                                         store::Batch& batch) {
  const int64_t now = now_ms();
  auto messages = from.store.read({state.position});
  if (!messages) return internal(messages.error());
  from.remove(batch, state, now);
  if (!(*messages)[0]) return {};
  Message& message = *(*messages)[0];
  message.dead_letter_source = from.arn();
  message.received_elsewhere += state.receive_count;
  if (message.first_received_ms == 0) message.first_received_ms = state.first_received_ms;
  if (to.is_fifo()) message.sent_ms = now;
  to.add(batch, message, now, now);
  to.seal(batch, now);
  return {};
}

/// Waiters are served in their order until there is nothing for one; `all`: then the rest are
/// looked at too, whose time may be over.
void Broker::wake(Queue& queue, Deliveries& deliveries, bool all) {
  const int64_t now = now_ms();
  std::vector<Queue*> touched;
  bool exhausted = false;
  for (auto waiter = queue.waiters.begin(); waiter != queue.waiters.end() && (all || !exhausted);) {
    // A message that nobody reads would be invisible for nothing.
    const bool is_gone = waiter->call.is_wanted && !waiter->call.is_wanted();
    ApiResult<std::vector<MessageState>> taken;
    if (!is_gone && !exhausted) taken = take(queue, waiter->call, touched);
    const bool nothing = taken && taken->empty();
    exhausted = exhausted || (nothing && !is_gone);
    if (nothing && !is_gone && waiter->deadline_ms > now) {
      ++waiter;
      continue;
    }
    deliveries.push_back(
        delivery_of(queue, std::move(waiter->call), std::move(waiter->reply), std::move(taken)));
    waiter = queue.waiters.erase(waiter);
  }
  int64_t deadline = INT64_MAX;
  if (queue.timer == 0) {
    for (const Waiter& waiter : queue.waiters) deadline = std::min(deadline, waiter.deadline_ms);
  }
  schedule(queue, deadline);
  for (Queue* other : touched) {
    if (other != &queue) wake(*other, deliveries);
  }
}

/// Sees to it that the timer runs at `at_ms` or before, and when a message becomes visible.
void Broker::schedule(Queue& queue, int64_t at_ms) {
  if (queue.waiters.empty()) return;
  if (const auto next = queue.index().next_receivable_ms(now_ms())) {
    at_ms = std::min(at_ms, *next);
  }
  if (at_ms == INT64_MAX || (queue.timer != 0 && queue.timer_ms <= at_ms)) return;
  if (queue.timer != 0) loop_.cancel(queue.timer);
  queue.timer_ms = at_ms;
  queue.timer =
      loop_.run_at({at_ms}, [weak = weak_from_this(), number = queue.record.number, at_ms] {
        if (const auto broker = weak.lock()) broker->on_timer(number, at_ms);
      });
}

void Broker::on_timer(uint64_t number, int64_t at_ms) {
  Deliveries deliveries;
  const std::lock_guard lock(mutex_);
  const auto found = by_number_.find(number);
  if (found == by_number_.end()) return;
  Queue& queue = *found->second;
  // Cancelled too late: another timer is set. Not told by the time, which may have been set back.
  if (queue.timer == 0 || queue.timer_ms != at_ms) return;
  queue.timer = 0;
  wake(queue, deliveries, true);
}

}  // namespace pawl::sqs
