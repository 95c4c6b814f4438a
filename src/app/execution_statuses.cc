// SPDX-License-Identifier: Apache-2.0
#include "app/execution_statuses.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "json/members.h"

namespace pawl::app {
namespace {

using graph::StateStatus;
using json::Value;

constexpr size_t kNone = SIZE_MAX;

/// One visit of a state.
struct Visit {
  std::string name;
  size_t around = kNone;  ///< the visit of the Map or Parallel it is in
  bool has_failed = false;
  StateStatus status = StateStatus::Running;
};

bool is_failure(std::string_view type) {
  return type.ends_with("Failed") || type.ends_with("TimedOut");
}

/// 0 is told only if nothing else is.
int weight(StateStatus status) {
  switch (status) {
    case StateStatus::NotEntered: return 0;
    case StateStatus::Succeeded: return 1;
    case StateStatus::Running: return 2;
    case StateStatus::Caught: return 3;
    case StateStatus::Aborted: return 4;
    case StateStatus::Failed: return 5;
  }
  return 0;
}

/// Follows previousEventId: an event is of the visit that the event before it is of.
class Reader {
 public:
  void apply(const Value& event) {
    const int64_t id = json::integer_member(event, "id");
    const std::string type = json::text_member(event, "type");
    const int64_t previous = json::integer_member(event, "previousEventId");
    size_t visit = visit_of(previous);
    if (type.ends_with("StateEntered")) {
      visits_.push_back({.name = name_in(event, "stateEnteredEventDetails"), .around = visit});
      visits_.back().has_failed = type == "FailStateEntered";
      visit = visits_.size() - 1;
    } else if (type.ends_with("StateExited")) {
      visit = leave(visit, name_in(event, "stateExitedEventDetails"), failed_before(previous));
    } else if (type.starts_with("Execution")) {
      has_ended_ = has_ended_ || (type != "ExecutionStarted" && type != "ExecutionRedriven");
      was_stopped_ = type == "ExecutionAborted";
      if (type == "ExecutionRedriven") has_ended_ = false;
    } else if (is_failure(type) && visit != kNone) {
      visits_[visit].has_failed = true;
    } else if (visit != kNone && type.ends_with("Started")) {
      visits_[visit].has_failed = false;  // tried again
    }
    owners_.emplace(id, visit);
    if (is_failure(type)) failures_.push_back(id);
  }

  std::unordered_map<std::string, StateStatus> statuses() {
    // What is in a Map or Parallel comes later than it: a failure goes from inside to outside.
    for (size_t i = visits_.size(); i-- > 0;) {
      Visit& visit = visits_[i];
      if (visit.status != StateStatus::Running || !has_ended_) continue;
      const bool has_failed = visit.has_failed && !was_stopped_;
      visit.status = has_failed ? StateStatus::Failed : StateStatus::Aborted;
      if (has_failed && visit.around != kNone) visits_[visit.around].has_failed = true;
    }
    std::unordered_map<std::string, StateStatus> out;
    for (const Visit& visit : visits_) {
      StateStatus& told = out[visit.name];
      if (weight(visit.status) > weight(told)) told = visit.status;
    }
    return out;
  }

 private:
  static std::string name_in(const Value& event, const char* details) {
    return json::text_member(json::object_member(event, details), "name");
  }
  size_t visit_of(int64_t event) const {
    const auto found = owners_.find(event);
    return found == owners_.end() ? kNone : found->second;
  }
  bool failed_before(int64_t event) const {
    return std::find(failures_.rbegin(), failures_.rend(), event) != failures_.rend();
  }

  /// Ends the visit of the state `name` that holds `visit`; the visit around it.
  size_t leave(size_t visit, const std::string& name, bool is_caught) {
    while (visit != kNone && visits_[visit].name != name) {
      // An iteration that ends because another one failed has no exit of its own.
      if (visits_[visit].status == StateStatus::Running) {
        visits_[visit].status =
            visits_[visit].has_failed ? StateStatus::Failed : StateStatus::Aborted;
      }
      visit = visits_[visit].around;
    }
    if (visit == kNone) return kNone;
    visits_[visit].status = is_caught ? StateStatus::Caught : StateStatus::Succeeded;
    return visits_[visit].around;
  }

  std::vector<Visit> visits_;
  std::unordered_map<int64_t, size_t> owners_;  ///< by event id
  std::vector<int64_t> failures_;
  bool has_ended_ = false;
  bool was_stopped_ = false;
};

}  // namespace

base::Result<std::unordered_map<std::string, StateStatus>> execution_statuses(
    const Value& history) {
  const Value* events = history.is_object() ? history.find("events") : &history;
  if (events == nullptr || !events->is_array()) {
    return base::Error(base::ErrorKind::InvalidSyntax,
                       "this is no history: {\"events\": [...]} as GetExecutionHistory answers");
  }
  std::vector<const Value*> ordered;
  for (const Value& event : events->items()) ordered.push_back(&event);
  std::stable_sort(ordered.begin(), ordered.end(), [](const Value* a, const Value* b) {
    return json::integer_member(*a, "id") < json::integer_member(*b, "id");
  });
  Reader reader;
  for (const Value* event : ordered) reader.apply(*event);
  return reader.statuses();
}

}  // namespace pawl::app
