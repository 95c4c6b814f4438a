// SPDX-License-Identifier: Apache-2.0
#include "engine/timer_index.h"

#include <algorithm>
#include <functional>
#include <tuple>

namespace pawl::engine {
namespace {

/// The order of a heap whose front is the earliest.
bool is_later(const Alarm& a, const Alarm& b) {
  return std::tie(a.due.ms, a.execution, a.timer.frame, a.timer.sequence) >
         std::tie(b.due.ms, b.execution, b.timer.frame, b.timer.sequence);
}

}  // namespace

size_t TimerIndex::KeyHash::operator()(const Key& key) const noexcept {
  const uint64_t timer = static_cast<uint64_t>(key.timer.frame) << 32 | key.timer.sequence;
  return std::hash<uint64_t>{}((key.execution ^ timer * 0x9e3779b97f4a7c15ULL) *
                               0xbf58476d1ce4e5b9ULL);
}

void TimerIndex::add(const Alarm& alarm) {
  heap_.push_back(alarm);
  std::push_heap(heap_.begin(), heap_.end(), is_later);
}

void TimerIndex::cancel(const Alarm& alarm) {
  cancelled_.insert(key_of(alarm));
  if (cancelled_.size() < 1'024 || cancelled_.size() * 2 < heap_.size()) return;
  std::erase_if(heap_, [this](const Alarm& each) { return cancelled_.contains(key_of(each)); });
  cancelled_.clear();
  std::make_heap(heap_.begin(), heap_.end(), is_later);
}

std::optional<base::Timestamp> TimerIndex::next_due() {
  drop_cancelled_front();
  if (heap_.empty()) return std::nullopt;
  return heap_.front().due;
}

std::optional<Alarm> TimerIndex::pop_due(base::Timestamp now) {
  drop_cancelled_front();
  if (heap_.empty() || heap_.front().due > now) return std::nullopt;
  const Alarm alarm = heap_.front();
  pop_front();
  return alarm;
}

void TimerIndex::drop_cancelled_front() {
  while (!heap_.empty() && !cancelled_.empty() && cancelled_.erase(key_of(heap_.front())) > 0)
    pop_front();
}

void TimerIndex::pop_front() {
  std::pop_heap(heap_.begin(), heap_.end(), is_later);
  heap_.pop_back();
}

}  // namespace pawl::engine
