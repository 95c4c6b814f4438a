// SPDX-License-Identifier: Apache-2.0
#include "app/execution_notes.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "json/members.h"

namespace pawl::app {
namespace {

using json::Value;

/// All visits of one state.
struct Counts {
  int64_t visits = 0;
  int64_t retries = 0;
  std::optional<int64_t> items = {};  ///< of Maps
  int64_t done = 0;
  int64_t failed = 0;
  std::string map_run = {};  ///< how it ended
  bool has_map_run = false;  ///< that counts the items itself
};

/// What begins an attempt of a Task.
bool is_attempt(std::string_view type) { return type.ends_with("Scheduled"); }

std::string times(const char* what, int64_t count) {
  return std::string(what) + (count == 1 ? " once" : " " + std::to_string(count) + " times");
}

class Counter {
 public:
  void apply(const Value& event) {
    const std::string type = json::text_member(event, "type");
    std::string state;
    if (type.ends_with("StateEntered")) {
      state = json::text_member(json::object_member(event, "stateEnteredEventDetails"), "name");
      ++counts_[state].visits;
      visits_.push_back({visit_of(json::integer_member(event, "previousEventId")), state, 0});
      owners_.emplace(json::integer_member(event, "id"), visits_.size() - 1);
      return;
    }
    size_t visit = visit_of(json::integer_member(event, "previousEventId"));
    if (visit != kNone) visit = count(event, type, visit);
    owners_.emplace(json::integer_member(event, "id"), visit);
  }

  void apply_map_run(const Value& run) {
    Counts& counts = counts_[json::text_member(run, "stateName")];
    const Value items = json::object_member(run, "itemCounts");
    if (!std::exchange(counts.has_map_run, true)) counts.items = 0;
    counts.items = *counts.items + json::integer_member(items, "total");
    counts.done += json::integer_member(items, "succeeded");
    counts.failed +=
        json::integer_member(items, "failed") + json::integer_member(items, "timedOut");
  }

  ExecutionNotes notes() const {
    ExecutionNotes out;
    for (const auto& [state, counts] : counts_) {
      std::string note;
      const auto add = [&note](const std::string& part) {
        if (!note.empty()) note += ", ";
        note += part;
      };
      if (counts.items) {
        add(std::to_string(counts.done) + " of " + std::to_string(*counts.items) + " items");
        if (counts.failed > 0) add(std::to_string(counts.failed) + " failed");
      }
      if (!counts.map_run.empty()) add("Map Run " + counts.map_run);
      if (counts.retries > 0) add(times("retried", counts.retries));
      if (counts.visits > 1) out.visits.emplace(state, counts.visits);
      if (!note.empty()) out.texts.emplace(state, std::move(note));
    }
    return out;
  }

 private:
  struct Visit {
    size_t around;
    std::string state;
    int64_t attempts;
  };
  static constexpr size_t kNone = SIZE_MAX;

  size_t visit_of(int64_t event) const {
    const auto found = owners_.find(event);
    return found == owners_.end() ? kNone : found->second;
  }

  /// Whose the next event is: that of the state around, once one was left.
  size_t count(const Value& event, const std::string& type, size_t visit) {
    if (type.ends_with("StateExited")) {
      const std::string left =
          json::text_member(json::object_member(event, "stateExitedEventDetails"), "name");
      while (visit != kNone && visits_[visit].state != left) visit = visits_[visit].around;
      return visit == kNone ? kNone : visits_[visit].around;
    }
    // What ends an iteration comes after its last state was left, or failed: it is the Map's.
    if (type == "MapIterationSucceeded" || type == "MapIterationFailed") {
      const std::string map =
          json::text_member(json::object_member(event, type == "MapIterationSucceeded"
                                                           ? "mapIterationSucceededEventDetails"
                                                           : "mapIterationFailedEventDetails"),
                            "name");
      while (visit != kNone && visits_[visit].state != map) visit = visits_[visit].around;
      ++(type == "MapIterationSucceeded" ? counts_[map].done : counts_[map].failed);
      return visit;
    }
    Counts& counts = counts_[visits_[visit].state];
    if (type == "MapStateStarted") {
      const Value details = json::object_member(event, "mapStateStartedEventDetails");
      counts.items = counts.items.value_or(0) + json::integer_member(details, "length");
    } else if (type.starts_with("MapRun") && type != "MapRunStarted") {
      counts.map_run = type == "MapRunSucceeded" ? "succeeded"
                       : type == "MapRunFailed"  ? "failed"
                       : type == "MapRunAborted" ? "aborted"
                                                 : "redriven";
    } else if (is_attempt(type) && visits_[visit].attempts++ > 0) {
      ++counts.retries;
    }
    return visit;
  }

  std::unordered_map<std::string, Counts> counts_;
  std::unordered_map<int64_t, size_t> owners_;  ///< the visit that an event is of
  std::vector<Visit> visits_;
};

}  // namespace

ExecutionNotes execution_notes(std::span<const Value> events, std::span<const Value> map_runs) {
  Counter counter;
  for (const Value& event : events) counter.apply(event);
  for (const Value& run : map_runs) counter.apply_map_run(run);
  return counter.notes();
}

}  // namespace pawl::app
