// SPDX-License-Identifier: Apache-2.0
#include "services/events/rule_schedules.h"

#include <utility>
#include <vector>

#include "store/key.h"

namespace pawl::events {
namespace {

std::string key_of(const RuleSchedules::Due& due) {
  return store::KeyBuilder().i64(due.time.ms).raw(due.rule.key().view()).take();
}

RuleSchedules::Due due_of(std::string_view bytes) {
  store::KeyReader key(bytes);
  RuleSchedules::Due due;
  due.time.ms = key.i64().value_or(0);
  RuleName& rule = due.rule;
  for (std::string* text :
       {&rule.bus.scope.account, &rule.bus.scope.region, &rule.bus.name, &rule.name})
    *text = key.text().value_or("");
  return due;
}

}  // namespace

base::Result<std::unique_ptr<RuleSchedules>> RuleSchedules::open(store::Store& store,
                                                                 aws::ServiceLoop& loop,
                                                                 Fire fire) {
  std::unique_ptr<RuleSchedules> opened(new RuleSchedules(store, loop, std::move(fire)));
  opened->keyspace_ = PAWL_TRY(store.keyspace("events/schedule", store::Shape::Queue));
  return opened;
}

void RuleSchedules::put(store::Batch& batch, const Due& due) const {
  batch.put(keyspace_, key_of(due), "");
}

void RuleSchedules::erase(store::Batch& batch, const Due& due) const {
  batch.erase(keyspace_, key_of(due));
}

std::function<void()> RuleSchedules::guarded(std::function<void()> task) {
  return [alive = std::weak_ptr<int>(alive_), task = std::move(task)] {
    if (const auto held = alive.lock()) task();
  };
}

void RuleSchedules::run() {
  {
    const std::lock_guard lock(mutex_);
    runs_ = true;
  }
  look_again();
}

void RuleSchedules::look_again() {
  const std::lock_guard lock(mutex_);
  if (!runs_) return;
  const auto cursor = store_.cursor(keyspace_, store::Range::all());
  const auto found = cursor->first();
  // A store that cannot be read ends the process elsewhere.
  if (!found || !*found) return;
  const base::Timestamp first = due_of(cursor->key()).time;
  if (waits_for_ && *waits_for_ <= first) return;
  if (timer_ != 0) loop_.cancel(timer_);
  waits_for_ = first;
  timer_ = loop_.run_at(first, guarded([this] { turn(); }));
}

void RuleSchedules::turn() {
  std::vector<Due> due;
  {
    const std::lock_guard lock(mutex_);
    waits_for_.reset();
    timer_ = 0;
    const base::Timestamp now = loop_.now();
    const auto cursor = store_.cursor(keyspace_, store::Range::all());
    for (auto more = cursor->first(); more && *more && due.size() < kFiredAtOnce;
         more = cursor->next()) {
      Due each = due_of(cursor->key());
      if (each.time > now) break;
      due.push_back(std::move(each));
    }
  }
  if (!due.empty()) fire_(due);
  look_again();
}

}  // namespace pawl::events
