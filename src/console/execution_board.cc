// SPDX-License-Identifier: Apache-2.0
#include "console/execution_board.h"

#include <algorithm>
#include <utility>

namespace pawl::console {

using engine::ExecutionId;
using engine::StatusCounts;
using interpreter::ExecutionStatus;

namespace {

/// "REGION:ACCOUNT" of a scope.
std::string place_of(std::string_view scope) {
  return std::string(scope.substr(0, scope.find(':', scope.find(':') + 1)));
}

bool is_failure(ExecutionStatus status) {
  return status == ExecutionStatus::Failed || status == ExecutionStatus::TimedOut;
}

}  // namespace

void ExecutionBoard::on_news(std::function<void()> moved, std::function<void()> changed) {
  ring_moved_ = std::move(moved);
  ring_changed_ = std::move(changed);
}

void ExecutionBoard::count(const engine::StatusCountsByScope& counts, bool is_complete) {
  bool rings = false;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [scope, of] : counts) {
      StatusCounts& machine = counts_[scope];
      StatusCounts& place = places_[place_of(scope)];
      for (size_t i = 0; i < of.size(); ++i) {
        machine[i] += of[i];
        place[i] += of[i];
      }
    }
    is_complete_ = is_complete;
    rings = change_watchers_ > 0 && !has_rung_changed_.exchange(true);
  }
  if (rings) ring_changed_();
}

void ExecutionBoard::note_count(const StatusChange& change, const Place& place) {
  for (StatusCounts* counts : {place.machine, place.region}) {
    if (change.from) --(*counts)[static_cast<size_t>(*change.from)];
    if (change.to) ++(*counts)[static_cast<size_t>(*change.to)];
  }
}

void ExecutionBoard::changed(std::span<const StatusChange> changes) {
  bool rings = false;
  {
    const std::lock_guard lock(mutex_);
    Place place;
    for (const StatusChange& change : changes) {
      const engine::ExecutionRecord& record = *change.record;
      if (place.scope == nullptr || *place.scope != record.scope) {
        place = {&record.scope, &counts_[record.scope], &places_[place_of(record.scope)], nullptr};
      }
      note_count(change, place);
      if (change.to && *change.to != ExecutionStatus::Running) {
        if (place.recent == nullptr) place.recent = &recent_of(record.scope, false);
        note_end({record.name, *change.to, record.started_at, record.stopped_at, change.error},
                 *place.recent);
      }
      ++last_change_;
      if (change_watchers_ == 0) continue;
      changes_.push_back({last_change_, record, !change.to});
      if (changes_.size() > limits_.changes_max) changes_.pop_front();
    }
    rings = change_watchers_ > 0 && !has_rung_changed_.exchange(true);
  }
  if (rings) ring_changed_();
}

void ExecutionBoard::moved(std::span<const ExecutionId> executions) {
  bool rings = false;
  {
    const std::lock_guard lock(mutex_);
    for (const ExecutionId id : executions) {
      const bool is_news =
          watched_.contains(id) && std::find(moved_.begin(), moved_.end(), id) == moved_.end();
      if (!is_news) continue;
      rings = rings || moved_.empty();
      moved_.push_back(id);
    }
  }
  if (rings) ring_moved_();
}

void ExecutionBoard::express_ended(const interpreter::ExecutionState& state) {
  const interpreter::ExecutionInfo& info = *state.info;
  const std::string scope =
      engine::scope_of_machine(info.region, info.account, info.state_machine_name);
  const std::lock_guard lock(mutex_);
  note_end({info.execution_name, state.status, state.started_at, state.stopped_at, &state.error},
           recent_of(scope, true));
}

void ExecutionBoard::Recent::turn_to(int64_t now_window) {
  if (now_window <= window) return;
  windows[1] = now_window == window + 1 ? std::move(windows[0]) : Window();
  windows[0] = Window();
  window = now_window;
}

ExecutionBoard::Recent& ExecutionBoard::recent_of(const std::string& scope, bool is_express) {
  const auto found = recent_of_.find(scope);
  if (found != recent_of_.end()) {
    recent_.splice(recent_.begin(), recent_, found->second);
    return recent_.front();
  }
  if (recent_.size() >= limits_.machines_max) {
    recent_of_.erase(recent_.back().scope);
    recent_.pop_back();
  }
  recent_.push_front({.scope = scope, .is_express = is_express});
  recent_of_.emplace(scope, recent_.begin());
  return recent_.front();
}

void ExecutionBoard::note_end(const Ended& ended, Recent& recent) {
  recent.turn_to(ended.stopped_at.ms / kWindowMs);
  recent.windows[0].durations.add(ended.stopped_at.ms - ended.started_at.ms);
  if (!is_failure(ended.status)) return;
  ++recent.windows[0].failures;
  recent.last_failed = ended.name;
  recent.last_failed_at = ended.stopped_at;
  recent.last_error = ended.status == ExecutionStatus::TimedOut ? "States.Timeout" : "";
  if (ended.error != nullptr && ended.error->error) recent.last_error = *ended.error->error;
}

void ExecutionBoard::watch(ExecutionId id) {
  const std::lock_guard lock(mutex_);
  ++watched_[id];
  update_watched();
}

void ExecutionBoard::unwatch(ExecutionId id) {
  const std::lock_guard lock(mutex_);
  const auto found = watched_.find(id);
  if (found == watched_.end()) return;
  if (--found->second > 0) return;
  watched_.erase(found);
  update_watched();
}

void ExecutionBoard::update_watched() {
  uint64_t bits = 0;
  for (const auto& [id, times] : watched_) bits |= uint64_t{1} << bit_of(id);
  set_watched(bits);
}

std::vector<ExecutionId> ExecutionBoard::take_moved() {
  const std::lock_guard lock(mutex_);
  return std::exchange(moved_, {});
}

void ExecutionBoard::watch_changes() {
  const std::lock_guard lock(mutex_);
  ++change_watchers_;
}

void ExecutionBoard::unwatch_changes() {
  const std::lock_guard lock(mutex_);
  if (--change_watchers_ == 0) changes_.clear();
}

StatusCounts ExecutionBoard::counts(const std::string& scope) const {
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(scope);
  return found == counts_.end() ? StatusCounts{} : found->second;
}

StatusCounts ExecutionBoard::counts_of_place(const std::string& place) const {
  const std::lock_guard lock(mutex_);
  const auto found = places_.find(place);
  return found == places_.end() ? StatusCounts{} : found->second;
}

bool ExecutionBoard::is_complete() const {
  const std::lock_guard lock(mutex_);
  return is_complete_;
}

uint64_t ExecutionBoard::last_change() const {
  const std::lock_guard lock(mutex_);
  return last_change_;
}

ExecutionBoard::Changes ExecutionBoard::changes(uint64_t after, const std::string& scope,
                                                const std::string& place, size_t max) const {
  const std::lock_guard lock(mutex_);
  Changes answer;
  answer.last = last_change_;
  const uint64_t oldest = last_change_ - changes_.size();  // the one before it
  // Nobody can have seen more than there is.
  answer.is_incomplete = after < oldest || after > last_change_;
  for (auto change = changes_.rbegin(); change != changes_.rend(); ++change) {
    if (change->number <= after) break;
    const std::string& of = change->record.scope;
    const bool is_wanted =
        scope.empty()
            ? of.starts_with(place) && std::string_view(of).substr(place.size()).starts_with(':')
            : of == scope;
    if (!is_wanted) continue;
    if (answer.list.size() == max) {
      answer.is_incomplete = true;
      break;
    }
    answer.list.push_back(*change);
  }
  std::reverse(answer.list.begin(), answer.list.end());
  return answer;
}

std::vector<ExecutionBoard::Machine> ExecutionBoard::machines(base::Timestamp now) const {
  const int64_t window = now.ms / kWindowMs;
  const std::lock_guard lock(mutex_);
  std::vector<Machine> machines;
  for (const Recent& recent : recent_) {
    Machine machine{.scope = recent.scope, .is_express = recent.is_express};
    for (size_t i = 0; i < recent.windows.size(); ++i) {
      if (recent.window - static_cast<int64_t>(i) < window - 1) continue;
      machine.durations.add(recent.windows[i].durations);
      machine.failures += recent.windows[i].failures;
    }
    if (machine.durations.count() == 0) continue;
    machine.last_error = recent.last_error;
    machine.last_failed = recent.last_failed;
    machine.last_failed_at = recent.last_failed_at;
    machines.push_back(std::move(machine));
  }
  return machines;
}

}  // namespace pawl::console
