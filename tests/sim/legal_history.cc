// SPDX-License-Identifier: Apache-2.0
#include "legal_history.h"

namespace pawl::sim {
namespace {

using interpreter::ExecutionStatus;
using interpreter::HistoryEvent;
using interpreter::HistoryEventType;

ExecutionStatus status_after(HistoryEventType type) {
  switch (type) {
    case HistoryEventType::ExecutionSucceeded: return ExecutionStatus::Succeeded;
    case HistoryEventType::ExecutionFailed: return ExecutionStatus::Failed;
    case HistoryEventType::ExecutionAborted: return ExecutionStatus::Aborted;
    case HistoryEventType::ExecutionTimedOut: return ExecutionStatus::TimedOut;
    default: return ExecutionStatus::Running;
  }
}

}  // namespace

std::string history_mistake(const std::vector<HistoryEvent>& events, ExecutionStatus status) {
  if (events.empty() || events.front().type != HistoryEventType::ExecutionStarted)
    return "does not begin with ExecutionStarted";
  int64_t latest = events.front().timestamp.ms;
  for (size_t i = 0; i < events.size(); ++i) {
    const HistoryEvent& event = events[i];
    const std::string at = "event " + std::to_string(i + 1) + ": ";
    if (event.id != static_cast<int64_t>(i) + 1) return at + "has id " + std::to_string(event.id);
    if (event.previous_event_id < 0 || event.previous_event_id >= event.id)
      return at + "follows event " + std::to_string(event.previous_event_id);
    if (event.timestamp.ms < latest) return at + "is before the event before it";
    latest = event.timestamp.ms;
    const ExecutionStatus after = status_after(event.type);
    const bool is_last = i + 1 == events.size();
    if (after != ExecutionStatus::Running && !is_last &&
        (after == ExecutionStatus::Succeeded ||
         events[i + 1].type != HistoryEventType::ExecutionRedriven))
      return at + "ends, and events follow";
    if (is_last && after != status)
      return at + "is the last, but the execution is " +
             std::string(interpreter::execution_status_name(status));
  }
  return {};
}

std::string history_outline(const std::vector<HistoryEvent>& events) {
  std::string out;
  for (const HistoryEvent& event : events) {
    out += std::to_string(event.id) + "<" + std::to_string(event.previous_event_id) + " " +
           std::string(interpreter::history_event_type_name(event.type)) + "@" +
           std::to_string(event.timestamp.ms) + "\n";
  }
  return out;
}

}  // namespace pawl::sim
