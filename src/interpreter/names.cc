// SPDX-License-Identifier: Apache-2.0
// The API's words for the interpreter's enumerators (API HistoryEventType, ExecutionStatus): one
// table per enum.
#include <array>

#include "base/assert.h"
#include "interpreter/execution_state.h"
#include "interpreter/history_event.h"

namespace pawl::interpreter {
namespace {

struct EventTypeName {
  HistoryEventType type;
  std::string_view name;
};

#define PAWL_EVENT_TYPE(word) \
  EventTypeName { HistoryEventType::word, #word }
constexpr std::array kEventTypeNames = {
    PAWL_EVENT_TYPE(ActivityFailed),
    PAWL_EVENT_TYPE(ActivityScheduled),
    PAWL_EVENT_TYPE(ActivityScheduleFailed),
    PAWL_EVENT_TYPE(ActivityStarted),
    PAWL_EVENT_TYPE(ActivitySucceeded),
    PAWL_EVENT_TYPE(ActivityTimedOut),
    PAWL_EVENT_TYPE(ChoiceStateEntered),
    PAWL_EVENT_TYPE(ChoiceStateExited),
    PAWL_EVENT_TYPE(ExecutionAborted),
    PAWL_EVENT_TYPE(ExecutionFailed),
    PAWL_EVENT_TYPE(ExecutionStarted),
    PAWL_EVENT_TYPE(ExecutionSucceeded),
    PAWL_EVENT_TYPE(ExecutionTimedOut),
    PAWL_EVENT_TYPE(FailStateEntered),
    PAWL_EVENT_TYPE(LambdaFunctionFailed),
    PAWL_EVENT_TYPE(LambdaFunctionScheduled),
    PAWL_EVENT_TYPE(LambdaFunctionScheduleFailed),
    PAWL_EVENT_TYPE(LambdaFunctionStarted),
    PAWL_EVENT_TYPE(LambdaFunctionStartFailed),
    PAWL_EVENT_TYPE(LambdaFunctionSucceeded),
    PAWL_EVENT_TYPE(LambdaFunctionTimedOut),
    PAWL_EVENT_TYPE(MapIterationAborted),
    PAWL_EVENT_TYPE(MapIterationFailed),
    PAWL_EVENT_TYPE(MapIterationStarted),
    PAWL_EVENT_TYPE(MapIterationSucceeded),
    PAWL_EVENT_TYPE(MapStateAborted),
    PAWL_EVENT_TYPE(MapStateEntered),
    PAWL_EVENT_TYPE(MapStateExited),
    PAWL_EVENT_TYPE(MapStateFailed),
    PAWL_EVENT_TYPE(MapStateStarted),
    PAWL_EVENT_TYPE(MapStateSucceeded),
    PAWL_EVENT_TYPE(ParallelStateAborted),
    PAWL_EVENT_TYPE(ParallelStateEntered),
    PAWL_EVENT_TYPE(ParallelStateExited),
    PAWL_EVENT_TYPE(ParallelStateFailed),
    PAWL_EVENT_TYPE(ParallelStateStarted),
    PAWL_EVENT_TYPE(ParallelStateSucceeded),
    PAWL_EVENT_TYPE(PassStateEntered),
    PAWL_EVENT_TYPE(PassStateExited),
    PAWL_EVENT_TYPE(SucceedStateEntered),
    PAWL_EVENT_TYPE(SucceedStateExited),
    PAWL_EVENT_TYPE(TaskFailed),
    PAWL_EVENT_TYPE(TaskScheduled),
    PAWL_EVENT_TYPE(TaskStarted),
    PAWL_EVENT_TYPE(TaskStartFailed),
    PAWL_EVENT_TYPE(TaskStateAborted),
    PAWL_EVENT_TYPE(TaskStateEntered),
    PAWL_EVENT_TYPE(TaskStateExited),
    PAWL_EVENT_TYPE(TaskSubmitFailed),
    PAWL_EVENT_TYPE(TaskSubmitted),
    PAWL_EVENT_TYPE(TaskSucceeded),
    PAWL_EVENT_TYPE(TaskTimedOut),
    PAWL_EVENT_TYPE(WaitStateAborted),
    PAWL_EVENT_TYPE(WaitStateEntered),
    PAWL_EVENT_TYPE(WaitStateExited),
    PAWL_EVENT_TYPE(MapRunAborted),
    PAWL_EVENT_TYPE(MapRunFailed),
    PAWL_EVENT_TYPE(MapRunStarted),
    PAWL_EVENT_TYPE(MapRunSucceeded),
    PAWL_EVENT_TYPE(ExecutionRedriven),
    PAWL_EVENT_TYPE(MapRunRedriven),
    PAWL_EVENT_TYPE(EvaluationFailed),
};
#undef PAWL_EVENT_TYPE

/// The table is indexed by enumerator: every row must stand at its own place, and none may be
/// missing.
constexpr bool in_enum_order() {
  for (size_t i = 0; i < kEventTypeNames.size(); ++i) {
    if (static_cast<size_t>(kEventTypeNames[i].type) != i) return false;
  }
  return kEventTypeNames.size() == static_cast<size_t>(HistoryEventType::EvaluationFailed) + 1;
}
static_assert(in_enum_order());

}  // namespace

std::string_view history_event_type_name(HistoryEventType type) {
  return kEventTypeNames[static_cast<size_t>(type)].name;
}

std::string_view execution_status_name(ExecutionStatus status) {
  switch (status) {
    case ExecutionStatus::Running: return "RUNNING";
    case ExecutionStatus::Succeeded: return "SUCCEEDED";
    case ExecutionStatus::Failed: return "FAILED";
    case ExecutionStatus::TimedOut: return "TIMED_OUT";
    case ExecutionStatus::Aborted: return "ABORTED";
  }
  PAWL_ASSERT(false);
  return {};
}

}  // namespace pawl::interpreter
