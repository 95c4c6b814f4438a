// SPDX-License-Identifier: Apache-2.0
#include "engine/timer_queue.h"

#include <algorithm>

namespace pawl::engine {
namespace {

/// Below this many entries a rebuild is not worth its while.
constexpr size_t kRebuildEntriesMin = 64;

}  // namespace

void TimerQueue::start(ExecutionId execution, interpreter::TimerId timer, base::Timestamp due) {
  const uint64_t sequence = next_sequence_++;
  const auto [place, inserted] = timers_[execution].insert_or_assign(timer, sequence);
  if (inserted) ++live_;
  heap_.push_back({{execution, timer, due}, sequence});
  std::push_heap(heap_.begin(), heap_.end(), Later{});
}

void TimerQueue::cancel(ExecutionId execution, interpreter::TimerId timer) {
  const auto found = timers_.find(execution);
  if (found == timers_.end() || found->second.erase(timer) == 0) return;
  if (found->second.empty()) timers_.erase(found);
  --live_;
  rebuild_if_stale();
}

void TimerQueue::cancel_all(ExecutionId execution) {
  const auto found = timers_.find(execution);
  if (found == timers_.end()) return;
  live_ -= found->second.size();
  timers_.erase(found);
  rebuild_if_stale();
}

std::optional<base::Timestamp> TimerQueue::next_due() {
  drop_cancelled_front();
  if (heap_.empty()) return std::nullopt;
  return heap_.front().alarm.due;
}

std::optional<Alarm> TimerQueue::pop_due(base::Timestamp now) {
  drop_cancelled_front();
  if (heap_.empty() || heap_.front().alarm.due > now) return std::nullopt;
  std::pop_heap(heap_.begin(), heap_.end(), Later{});
  const Alarm alarm = heap_.back().alarm;
  heap_.pop_back();
  forget(alarm);
  return alarm;
}

bool TimerQueue::is_live(const Entry& entry) const {
  const auto timers = timers_.find(entry.alarm.execution);
  if (timers == timers_.end()) return false;
  const auto timer = timers->second.find(entry.alarm.timer);
  return timer != timers->second.end() && timer->second == entry.sequence;
}

void TimerQueue::drop_cancelled_front() {
  while (!heap_.empty() && !is_live(heap_.front())) {
    std::pop_heap(heap_.begin(), heap_.end(), Later{});
    heap_.pop_back();
  }
}

void TimerQueue::forget(const Alarm& alarm) {
  const auto found = timers_.find(alarm.execution);
  found->second.erase(alarm.timer);
  if (found->second.empty()) timers_.erase(found);
  --live_;
}

void TimerQueue::rebuild_if_stale() {
  if (heap_.size() < kRebuildEntriesMin || heap_.size() < 2 * live_) return;
  std::erase_if(heap_, [this](const Entry& entry) { return !is_live(entry); });
  std::make_heap(heap_.begin(), heap_.end(), Later{});
}

}  // namespace pawl::engine
