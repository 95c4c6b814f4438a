// SPDX-License-Identifier: Apache-2.0
#include "services/sns/delivery_queue.h"

#include <optional>
#include <utility>

#include "store/key.h"

namespace pawl::sns {

using base::Result;

/// One delivery, read for an attempt.
struct DeliveryQueue::Attempt {
  Id id;
  Message message;
  Delivery delivery;
  Topic topic;
  Subscription subscription;  ///< as it is now
};

namespace {

constexpr int64_t kDeadLetterRetryMs = 20'000;

std::string message_key(uint64_t message) { return store::KeyBuilder().u64(message).take(); }

std::string delivery_key(uint64_t message, uint32_t receiver) {
  return store::KeyBuilder().u64(message).u32(receiver).take();
}

RetryPolicy retry_policy(const Topic& topic, const Subscription& subscription) {
  if (!subscription.protocol.starts_with("http"))
    return default_retry_policy(subscription.protocol);
  const Result<DeliveryPolicy> of_topic =
      topic_delivery_policy(attribute(topic.attributes, "DeliveryPolicy"));
  const Result<DeliveryPolicy> policy =
      subscription_delivery_policy(attribute(subscription.attributes, "DeliveryPolicy"),
                                   of_topic ? *of_topic : DeliveryPolicy{});
  return policy ? policy->retry : RetryPolicy{};
}

}  // namespace

Result<std::unique_ptr<DeliveryQueue>> DeliveryQueue::open(Ports ports, const TopicStore& topics,
                                                           Courier& courier) {
  std::unique_ptr<DeliveryQueue> queue(new DeliveryQueue(std::move(ports), topics, courier));
  store::Store& store = queue->ports_.store;
  queue->messages_ = PAWL_TRY(store.keyspace("sns/messages", store::Shape::Queue));
  queue->deliveries_ = PAWL_TRY(store.keyspace("sns/deliveries", store::Shape::Queue));
  const auto cursor = store.cursor(queue->messages_, store::Range::all());
  if (PAWL_TRY(cursor->last()))
    queue->next_number_ = store::KeyReader(cursor->key()).u64().value_or(0) + 1;
  PAWL_TRY_VOID(queue->recover());
  return queue;
}

uint64_t DeliveryQueue::add(store::Batch& batch, const Message& message,
                            const std::vector<Subscription>& receivers) {
  uint64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    number = next_number_++;
  }
  if (receivers.empty()) return number;
  batch.put(messages_, message_key(number), write_message(message));
  for (uint32_t i = 0; i < receivers.size(); ++i)
    batch.put(deliveries_, delivery_key(number, i),
              write_delivery({.subscription = receivers[i], .next_at = message.published_at}));
  return number;
}

bool DeliveryQueue::stand_in_line(Id id, const Message& message, const Subscription& receiver) {
  if (!message.topic.is_fifo()) return true;
  const std::string name = receiver.arn() + "\n" + message.group_id;
  line_of_.emplace(id, name);
  std::deque<Id>& line = lines_[name];
  line.push_back(id);
  return line.size() == 1;
}

void DeliveryQueue::start(uint64_t number, const Message& message,
                          const std::vector<Subscription>& receivers) {
  if (receivers.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    pending_[number] = static_cast<uint32_t>(receivers.size());
    for (uint32_t i = 0; i < receivers.size(); ++i) {
      if (stand_in_line({number, i}, message, receivers[i])) ready_.push_back({number, i});
    }
  }
  start_ready();
}

Result<void> DeliveryQueue::recover() {
  const auto cursor = ports_.store.cursor(deliveries_, store::Range::all());
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    store::KeyReader key(cursor->key());
    Id id;
    id.message = key.u64().value_or(0);
    id.receiver = key.u32().value_or(0);
    const Delivery delivery = PAWL_TRY(read_delivery(cursor->value()));
    bool is_first = true;
    if (delivery.subscription.topic.is_fifo()) {
      const auto bytes = PAWL_TRY(ports_.store.get(messages_, message_key(id.message)));
      const Message message = bytes ? PAWL_TRY(read_message(*bytes)) : Message{};
      const std::lock_guard lock(mutex_);
      is_first = stand_in_line(id, message, delivery.subscription);
    }
    {
      const std::lock_guard lock(mutex_);
      ++pending_[id.message];
    }
    if (is_first) left_.emplace_back(delivery.next_at, id);
  }
  return {};
}

void DeliveryQueue::run() {
  for (const auto& [next_at, id] : std::exchange(left_, {})) run_at(next_at, id);
}

size_t DeliveryQueue::size() const {
  const std::lock_guard lock(mutex_);
  size_t sum = 0;
  for (const auto& [number, receivers] : pending_) sum += receivers;
  return sum;
}

std::function<void()> DeliveryQueue::guarded(std::function<void()> task) {
  return [alive = std::weak_ptr<int>(alive_), task = std::move(task)] {
    if (const auto held = alive.lock()) task();
  };
}

void DeliveryQueue::run_at(base::Timestamp time, Id id) {
  ports_.loop.run_at(time, guarded([this, id] { make_ready(id); }));
}

void DeliveryQueue::make_ready(Id id) {
  {
    const std::lock_guard lock(mutex_);
    ready_.push_back(id);
  }
  start_ready();
}

void DeliveryQueue::start_ready() {
  while (true) {
    Id id;
    {
      const std::lock_guard lock(mutex_);
      if (ready_.empty() || active_ >= kActiveMax) return;
      id = ready_.front();
      ready_.pop_front();
      ++active_;
    }
    ports_.loop.work(guarded([this, id] { begin(id); }));
  }
}

void DeliveryQueue::release_place() {
  {
    const std::lock_guard lock(mutex_);
    --active_;
  }
  start_ready();
}

Result<std::optional<DeliveryQueue::Attempt>> DeliveryQueue::load(Id id) const {
  const auto delivery =
      PAWL_TRY(ports_.store.get(deliveries_, delivery_key(id.message, id.receiver)));
  const auto message = PAWL_TRY(ports_.store.get(messages_, message_key(id.message)));
  if (!delivery || !message) return std::nullopt;
  Attempt attempt;
  attempt.id = id;
  attempt.message = PAWL_TRY(read_message(*message));
  attempt.delivery = PAWL_TRY(read_delivery(*delivery));
  attempt.subscription = attempt.delivery.subscription;
  std::optional<Topic> topic = PAWL_TRY(topics_.find_topic(attempt.message.topic));
  if (!topic) return std::nullopt;
  attempt.topic = *std::move(topic);
  if (attempt.message.type != Message::Type::UnsubscribeConfirmation) {
    const Subscription& then = attempt.subscription;
    std::optional<Subscription> now = PAWL_TRY(topics_.find_subscription(then.topic, then.id));
    if (!now) return std::nullopt;
    attempt.subscription = *std::move(now);
  }
  return attempt;
}

void DeliveryQueue::begin(Id id) {
  Result<std::optional<Attempt>> loaded = load(id);
  if (!loaded || !*loaded) {
    // A damaged record is as good as none: it can never be delivered.
    finish(id);
    return release_place();
  }
  const auto attempt = std::make_shared<Attempt>(**std::move(loaded));
  const auto carry = guarded([this, attempt] {
    courier_.carry(attempt->message, attempt->topic, attempt->subscription,
                   [this, attempt, alive = std::weak_ptr<int>(alive_)](Outcome outcome) {
                     if (const auto held = alive.lock()) settle(attempt, outcome);
                   });
  });
  // The embedded services write to the same store, in order; the world outside does not.
  const bool leaves_process = attempt->subscription.protocol.starts_with("http");
  if (!leaves_process || attempt->delivery.attempts > 0) return carry();
  ports_.after_sync(guarded([this, carry] { ports_.loop.work(carry); }));
}

void DeliveryQueue::settle(const std::shared_ptr<Attempt>& attempt, Outcome outcome) {
  if (outcome == Outcome::Delivered) {
    finish(attempt->id);
  } else {
    const std::optional<int64_t> delay_ms =
        retry_policy(attempt->topic, attempt->subscription)
            .delay_ms(static_cast<int64_t>(attempt->delivery.attempts) + 1);
    if (outcome == Outcome::Refused || !delay_ms) return bury(attempt);
    retry_later(*attempt, *delay_ms);
  }
  release_place();
}

/// It will not be delivered: to the dead letters, if there is a queue for them.
void DeliveryQueue::bury(const std::shared_ptr<Attempt>& attempt) {
  const std::string queue = dead_letter_target(attempt->subscription);
  if (queue.empty() || attempt->message.type != Message::Type::Notification) {
    finish(attempt->id);
    return release_place();
  }
  courier_.carry_to_dead_letters(
      queue, attempt->message, attempt->topic, attempt->subscription,
      [this, attempt, alive = std::weak_ptr<int>(alive_)](Outcome outcome) {
        const auto held = alive.lock();
        if (!held) return;
        if (outcome == Outcome::Failed) {
          retry_later(*attempt, kDeadLetterRetryMs);
        } else {
          finish(attempt->id);
        }
        release_place();
      });
}

void DeliveryQueue::retry_later(const Attempt& attempt, int64_t delay_ms) {
  Delivery delivery = attempt.delivery;
  ++delivery.attempts;
  delivery.next_at = {ports_.loop.now().ms + delay_ms};
  store::Batch batch;
  batch.put(deliveries_, delivery_key(attempt.id.message, attempt.id.receiver),
            write_delivery(delivery));
  // A store that has failed ends the process elsewhere; the record as it was serves as well.
  (void)ports_.store.commit(batch, store::Sync::No);
  run_at(delivery.next_at, attempt.id);
}

void DeliveryQueue::finish(Id id) {
  store::Batch batch;
  batch.erase(deliveries_, delivery_key(id.message, id.receiver));
  {
    const std::lock_guard lock(mutex_);
    const auto pending = pending_.find(id.message);
    if (pending != pending_.end() && --pending->second == 0) {
      pending_.erase(pending);
      batch.erase(messages_, message_key(id.message));
    }
    if (const auto named = line_of_.extract(id)) {
      const auto line = lines_.find(named.mapped());
      line->second.pop_front();
      if (line->second.empty()) {
        lines_.erase(line);
      } else {
        ready_.push_front(line->second.front());
      }
    }
  }
  // If this is lost, the message is delivered once more: at least once is what is promised.
  (void)ports_.store.commit(batch, store::Sync::No);
}

}  // namespace pawl::sns
