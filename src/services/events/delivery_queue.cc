// SPDX-License-Identifier: Apache-2.0
#include "services/events/delivery_queue.h"

#include <optional>

#include "services/events/target_input.h"
#include "store/key.h"

namespace pawl::events {

using base::Result;

/// One delivery, read for an attempt.
struct DeliveryQueue::Attempt {
  Id id;
  AcceptedEvent event;
  OwedDelivery owed;
  std::shared_ptr<const BusRules> rules;  ///< owns the two below
  const CompiledRule* rule = nullptr;
  const CompiledTarget* target = nullptr;
  aws::Target call = {};
  std::shared_ptr<aws::Delivery> delivery = nullptr;
};

namespace {

std::string event_key(uint64_t event) { return store::KeyBuilder().u64(event).u32(0).take(); }

std::string delivery_key(uint64_t event, uint32_t target) {
  return store::KeyBuilder().u64(event).u32(target).take();
}

}  // namespace

Result<std::unique_ptr<DeliveryQueue>> DeliveryQueue::open(Ports ports) {
  std::unique_ptr<DeliveryQueue> queue(new DeliveryQueue(std::move(ports)));
  store::Store& store = queue->ports_.store;
  queue->keyspace_ = PAWL_TRY(store.keyspace("events/queue", store::Shape::Queue));
  const auto cursor = store.cursor(queue->keyspace_, store::Range::all());
  if (PAWL_TRY(cursor->last())) {
    queue->first_number_ = store::KeyReader(cursor->key()).u64().value_or(0) + 1;
    queue->next_number_ = queue->first_number_;
  }
  return queue;
}

DeliveryQueue::~DeliveryQueue() {
  for (const std::shared_ptr<aws::Delivery>& delivery : under_way_) delivery->stop();
}

void DeliveryQueue::recover(std::string from) {
  struct Left {
    Id id;
    OwedDelivery owed;
  };
  std::vector<Left> left;
  std::string next;
  const auto cursor = ports_.store.cursor(
      keyspace_, {std::move(from), store::KeyBuilder().u64(first_number_).take()});
  // A store that cannot be read ends the process elsewhere.
  for (auto more = cursor->first(); more && *more; more = cursor->next()) {
    store::KeyReader key(cursor->key());
    const Id id{key.u64().value_or(0), key.u32().value_or(0)};
    // A chunk has whole events: the last of its deliveries takes the event with it.
    if (id.target == 0 && left.size() >= kRecoveredAtOnce) {
      next = cursor->key();
      break;
    }
    if (id.target == 0) continue;
    if (auto owed = read_delivery(cursor->value())) left.push_back({id, *std::move(owed)});
  }
  {
    const std::lock_guard lock(mutex_);
    for (const Left& each : left) ++pending_[each.id.event];
    owed_ += left.size();
  }
  for (const Left& each : left) {
    ports_.loop.run_at(each.owed.next_at,
                       guarded([this, id = each.id, rule = each.owed.to.rule.key().take()] {
                         make_ready(id, rule);
                       }));
  }
  if (!next.empty()) ports_.loop.work(guarded([this, next] { recover(next); }));
}

uint64_t DeliveryQueue::add(store::Batch& batch, const AcceptedEvent& event,
                            const std::vector<TargetReference>& to) {
  uint64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    number = next_number_++;
  }
  if (to.empty()) return number;
  batch.put(keyspace_, event_key(number), write_event(event));
  for (uint32_t i = 0; i < to.size(); ++i)
    batch.put(keyspace_, delivery_key(number, i + 1),
              write_delivery({.to = to[i], .next_at = event.accepted}));
  return number;
}

void DeliveryQueue::start(uint64_t number, const std::vector<TargetReference>& to) {
  if (to.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    pending_[number] = static_cast<uint32_t>(to.size());
    owed_ += to.size();
  }
  std::vector<std::string> rules;
  for (const TargetReference& each : to) rules.push_back(each.rule.key().take());
  ports_.after_sync(guarded([this, number, rules = std::move(rules)] {
    for (uint32_t i = 0; i < rules.size(); ++i) make_ready({number, i + 1}, rules[i]);
  }));
}

void DeliveryQueue::run() {
  if (first_number_ == 1) return;
  ports_.loop.work(guarded([this] { recover(""); }));
}

size_t DeliveryQueue::size() const {
  const std::lock_guard lock(mutex_);
  return owed_;
}

std::function<void()> DeliveryQueue::guarded(std::function<void()> task) {
  return [alive = std::weak_ptr<int>(alive_), task = std::move(task)] {
    if (const auto held = alive.lock()) task();
  };
}

void DeliveryQueue::make_ready(Id id, const std::string& rule) {
  {
    const std::lock_guard lock(mutex_);
    std::deque<Id>& ready = ready_[rule];
    if (ready.empty()) turns_.push_back(rule);
    ready.push_back(id);
    if (std::exchange(is_turning_, true)) return;
  }
  ports_.loop.post(guarded([this] { turn(); }));
}

void DeliveryQueue::turn() {
  std::vector<Id> begun;
  bool goes_on = false;
  {
    const std::lock_guard lock(mutex_);
    while (!turns_.empty() && active_ < kActiveMax && begun.size() < kBegunAtOnce) {
      std::string rule = std::move(turns_.front());
      turns_.pop_front();
      const auto ready = ready_.find(rule);
      begun.push_back(ready->second.front());
      ready->second.pop_front();
      ++active_;
      if (ready->second.empty()) {
        ready_.erase(ready);
      } else {
        turns_.push_back(std::move(rule));
      }
    }
    goes_on = !turns_.empty() && active_ < kActiveMax;
    is_turning_ = goes_on;
  }
  for (const Id id : begun) ports_.loop.work(guarded([this, id] { begin(id); }));
  if (goes_on) ports_.loop.post(guarded([this] { turn(); }));
}

void DeliveryQueue::release_place(const std::shared_ptr<aws::Delivery>& delivery) {
  {
    const std::lock_guard lock(mutex_);
    --active_;
    under_way_.erase(delivery);
    if (turns_.empty() || std::exchange(is_turning_, true)) return;
  }
  ports_.loop.post(guarded([this] { turn(); }));
}

/// Null if nobody wants it any more.
Result<std::shared_ptr<DeliveryQueue::Attempt>> DeliveryQueue::load(Id id) const {
  const auto owed = PAWL_TRY(ports_.store.get(keyspace_, delivery_key(id.event, id.target)));
  const auto event = PAWL_TRY(ports_.store.get(keyspace_, event_key(id.event)));
  if (!owed || !event) return std::shared_ptr<Attempt>();
  auto attempt = std::make_shared<Attempt>();
  attempt->id = id;
  attempt->owed = PAWL_TRY(read_delivery(*owed));
  attempt->event = PAWL_TRY(read_event(*event));
  auto rules = ports_.book.rules_of(attempt->owed.to.rule.bus);
  if (!rules) return base::Error{base::ErrorKind::Io, rules.error().message.value_or("")};
  attempt->rules = *std::move(rules);
  attempt->rule = attempt->rules->find(attempt->owed.to.rule.name);
  if (attempt->rule == nullptr) return std::shared_ptr<Attempt>();
  for (const CompiledTarget& target : attempt->rule->targets)
    if (target.id == attempt->owed.to.target_id) attempt->target = &target;
  if (attempt->target == nullptr) return std::shared_ptr<Attempt>();
  attempt->call = target_of(*attempt->target, *attempt->rule, attempt->event, id.event);
  return attempt;
}

/// On a worker: it reads, parses and writes JSON.
void DeliveryQueue::begin(Id id) {
  Result<std::shared_ptr<Attempt>> loaded = load(id);
  if (!loaded || *loaded == nullptr) {
    // A damaged record is as good as none: it can never be delivered.
    finish(id);
    return release_place();
  }
  const std::shared_ptr<Attempt> attempt = *std::move(loaded);
  if (aws::target_kind(attempt->target->arn) == aws::TargetKind::EventBus) {
    const auto bus = BusName::of_arn(attempt->target->arn);
    if (bus && ports_.forward(*bus, attempt->event)) {
      finish(id);
      return release_place();
    }
  }
  ports_.loop.post(guarded([this, attempt] { deliver(attempt); }));
}

void DeliveryQueue::deliver(const std::shared_ptr<Attempt>& attempt) {
  const Scope& scope = attempt->rule->name.bus.scope;
  const auto alive = std::weak_ptr<int>(alive_);
  aws::Delivery::Order order{.target = attempt->call,
                             .principal = aws::service_principal(scope.account, kServiceName)};
  order.region = scope.region;
  order.retry = attempt->target->retry;
  order.dead_letter = {.queue_arn = attempt->target->dead_letter_arn,
                       .body = attempt->event.text,
                       .attributes = {{"RULE_ARN", attempt->rule->arn}}};
  order.accepted = attempt->event.accepted;
  order.attempts = attempt->owed.attempts;
  order.seed = attempt->id.event * 31 + attempt->id.target;
  order.will_retry = [this, alive, weak = std::weak_ptr<Attempt>(attempt)](int64_t attempts,
                                                                           base::Timestamp next) {
    const auto held = alive.lock();
    const std::shared_ptr<Attempt> mine = weak.lock();
    if (!held || !mine) return;
    // It waits in the store, not in memory.
    mine->delivery->stop();
    retry_later(*mine, attempts, next);
    release_place(std::exchange(mine->delivery, nullptr));
  };
  attempt->delivery = aws::Delivery::start(ports_.delivery, std::move(order),
                                           [this, alive, attempt](aws::Delivery::Result result) {
                                             if (const auto held = alive.lock())
                                               settle(*attempt, result);
                                             attempt->delivery = nullptr;
                                           });
}

void DeliveryQueue::settle(const Attempt& attempt, const aws::Delivery::Result& result) {
  if (result.outcome == aws::Delivery::Outcome::Dropped && result.error && ports_.lost)
    ports_.lost(attempt.target->arn, *result.error);
  finish(attempt.id);
  release_place(attempt.delivery);
}

void DeliveryQueue::retry_later(const Attempt& attempt, int64_t attempts, base::Timestamp next) {
  OwedDelivery owed = attempt.owed;
  owed.attempts = attempts;
  owed.next_at = next;
  store::Batch batch;
  batch.put(keyspace_, delivery_key(attempt.id.event, attempt.id.target), write_delivery(owed));
  // A store that has failed ends the process elsewhere; the record as it was serves as well.
  (void)ports_.store.commit(batch, store::Sync::No);
  ports_.loop.run_at(next, guarded([this, id = attempt.id, rule = owed.to.rule.key().take()] {
                       make_ready(id, rule);
                     }));
}

void DeliveryQueue::finish(Id id) {
  store::Batch batch;
  batch.erase(keyspace_, delivery_key(id.event, id.target));
  {
    const std::lock_guard lock(mutex_);
    const auto pending = pending_.find(id.event);
    if (pending != pending_.end()) {
      --owed_;
      if (--pending->second == 0) {
        pending_.erase(pending);
        batch.erase(keyspace_, event_key(id.event));
      }
    }
  }
  // If this is lost, the event is delivered once more: at least once is what is promised.
  (void)ports_.store.commit(batch, store::Sync::No);
}

}  // namespace pawl::events
