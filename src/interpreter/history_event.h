// SPDX-License-Identifier: Apache-2.0
// HistoryEvent: one event of an execution's history (API GetExecutionHistory), kept compact: states
// by index, payloads shared. Rendering as API JSON is history_json.h's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "asl/execution_error.h"
#include "asl/program.h"
#include "base/time.h"
#include "json/payload.h"
#include "json/value.h"

namespace pawl::interpreter {

/// API HistoryEventType, in the API's words and order.
enum class HistoryEventType : uint8_t {
  ActivityFailed,
  ActivityScheduled,
  ActivityScheduleFailed,
  ActivityStarted,
  ActivitySucceeded,
  ActivityTimedOut,
  ChoiceStateEntered,
  ChoiceStateExited,
  ExecutionAborted,
  ExecutionFailed,
  ExecutionStarted,
  ExecutionSucceeded,
  ExecutionTimedOut,
  FailStateEntered,
  LambdaFunctionFailed,
  LambdaFunctionScheduled,
  LambdaFunctionScheduleFailed,
  LambdaFunctionStarted,
  LambdaFunctionStartFailed,
  LambdaFunctionSucceeded,
  LambdaFunctionTimedOut,
  MapIterationAborted,
  MapIterationFailed,
  MapIterationStarted,
  MapIterationSucceeded,
  MapStateAborted,
  MapStateEntered,
  MapStateExited,
  MapStateFailed,
  MapStateStarted,
  MapStateSucceeded,
  ParallelStateAborted,
  ParallelStateEntered,
  ParallelStateExited,
  ParallelStateFailed,
  ParallelStateStarted,
  ParallelStateSucceeded,
  PassStateEntered,
  PassStateExited,
  SucceedStateEntered,
  SucceedStateExited,
  TaskFailed,
  TaskScheduled,
  TaskStarted,
  TaskStartFailed,
  TaskStateAborted,
  TaskStateEntered,
  TaskStateExited,
  TaskSubmitFailed,
  TaskSubmitted,
  TaskSucceeded,
  TaskTimedOut,
  WaitStateAborted,
  WaitStateEntered,
  WaitStateExited,
  MapRunAborted,
  MapRunFailed,
  MapRunStarted,
  MapRunSucceeded,
  ExecutionRedriven,
  MapRunRedriven,
  EvaluationFailed,
};

/// "ExecutionStarted", …
std::string_view history_event_type_name(HistoryEventType type);

struct ExecutionStartedDetails {
  json::Payload input;
};

using AssignedVariables = std::vector<std::pair<std::string, json::Value>>;

/// stateEnteredEventDetails.
struct StateEnteredDetails {
  asl::StateIndex state;
  json::Payload input;
};

/// stateExitedEventDetails; `assigned` is null where nothing was assigned.
struct StateExitedDetails {
  asl::StateIndex state;
  json::Payload output;
  std::shared_ptr<const AssignedVariables> assigned;
};

/// ExecutionSucceeded, LambdaFunctionSucceeded, ActivitySucceeded.
struct OutputDetails {
  json::Payload output;
};

/// Execution{Failed,Aborted,TimedOut}, LambdaFunction{Failed,TimedOut,…},
/// Activity{Failed,TimedOut}, MapRunFailed.
struct ErrorDetails {
  std::shared_ptr<const asl::ExecutionError> error;  ///< never null
};

/// LambdaFunctionScheduled, ActivityScheduled.
struct ScheduledDetails {
  std::string resource;
  json::Payload input;
  std::optional<int64_t> timeout_in_seconds;
  std::optional<int64_t> heartbeat_in_seconds;      ///< ActivityScheduled only
  std::optional<std::string> credentials_role_arn;  ///< LambdaFunctionScheduled only
};

/// TaskScheduled.
struct TaskScheduledDetails {
  asl::StateIndex state;  ///< resource and resourceType come from its TaskResource
  std::string region;
  json::Value parameters;
  std::optional<int64_t> timeout_in_seconds;
  std::optional<int64_t> heartbeat_in_seconds;
  std::optional<std::string> credentials_role_arn;
};

/// TaskStarted, TaskSubmitted, TaskSucceeded (with output), TaskFailed, TaskTimedOut, … (with
/// error).
struct TaskDetails {
  asl::StateIndex state;
  std::optional<json::Payload> output;
  asl::ExecutionError error;
};

struct ActivityStartedDetails {
  std::string worker_name;
};

struct MapStateStartedDetails {
  int64_t length;
};

/// MapIteration{Started,Succeeded,Failed,Aborted}.
struct MapIterationDetails {
  asl::StateIndex state;
  int64_t index;
};

struct MapRunStartedDetails {
  std::string map_run_arn;
};

struct ExecutionRedrivenDetails {
  int64_t redrive_count;
};

struct MapRunRedrivenDetails {
  std::string map_run_arn;
  int64_t redrive_count;
};

struct EvaluationFailedDetails {
  asl::StateIndex state;
  std::string error;
  std::string cause;
  std::string location;
};

/// The rare and large kinds are boxed, so that an event stays small.
using HistoryEventDetails = std::variant<
    std::monostate, ExecutionStartedDetails, StateEnteredDetails, StateExitedDetails, OutputDetails,
    ErrorDetails, MapStateStartedDetails, MapIterationDetails, ExecutionRedrivenDetails,
    std::shared_ptr<const ScheduledDetails>, std::shared_ptr<const TaskScheduledDetails>,
    std::shared_ptr<const TaskDetails>, std::shared_ptr<const ActivityStartedDetails>,
    std::shared_ptr<const MapRunStartedDetails>, std::shared_ptr<const MapRunRedrivenDetails>,
    std::shared_ptr<const EvaluationFailedDetails>>;

struct HistoryEvent {
  int64_t id = 0;
  int64_t previous_event_id = 0;
  base::Timestamp timestamp;
  HistoryEventType type = HistoryEventType::ExecutionStarted;
  HistoryEventDetails details;
};

/// What a list or a timeline shows of an event: everything but its texts.
struct EventOutline {
  int64_t id = 0;
  int64_t previous_event_id = 0;
  base::Timestamp timestamp;
  HistoryEventType type = HistoryEventType::ExecutionStarted;
  std::optional<asl::StateIndex> state = {};
  /// The index of a Map's iteration, the number of its items, the count of redrives.
  std::optional<int64_t> number = {};
};

}  // namespace pawl::interpreter
