// SPDX-License-Identifier: Apache-2.0
// Command: what an execution wants done. The engine obeys after the step is stored; the answer
// comes back as an InputEvent.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "asl/execution_error.h"
#include "asl/program.h"
#include "base/time.h"
#include "interpreter/execution_state.h"
#include "json/payload.h"
#include "json/value.h"

namespace pawl::interpreter {

/// Call the Resource of Task state `state` with `parameters` (LambdaFunction, Activity: the input
/// itself). Answer: TaskStarted, TaskSubmitted, TaskSucceeded, TaskFailed. The same id may be
/// dispatched again after a crash.
struct ScheduleTask {
  TaskId task;
  asl::StateIndex state;
  json::Payload parameters;
  std::string task_token;  ///< what $$.Task.Token was, for WaitForTaskToken and Activity
  std::optional<std::string> credentials_role_arn;
  std::optional<int64_t> timeout_seconds;
};

/// Nobody waits for this task any more (time-out, stop, a sibling branch failed).
struct CancelTask {
  TaskId task;
};

/// Answer: TimerFired not before `due`.
struct StartTimer {
  TimerId timer;
  base::Timestamp due;
};

struct CancelTimer {
  TimerId timer;
};

/// Run Distributed Map `state`: read the items if it has an ItemReader (else `items`), run its
/// processor scope as child executions. Answer: MapRunStarted, then MapRunEnded.
struct StartMapRun {
  TaskId task;
  asl::StateIndex state;
  json::Value items;        ///< array; null with an ItemReader
  json::Value state_input;  ///< effective input, for ItemSelector, BatchInput and reader Parameters
  std::vector<std::pair<std::string, json::Value>> variables;  ///< in scope, for the same templates
  uint32_t max_concurrency = 0;                                ///< 0: the engine's own limit
  int64_t tolerated_failure_count = 0;
  double tolerated_failure_percentage = 0;
  std::optional<json::Value> reader_parameters;
  std::optional<int64_t> reader_max_items;
};

/// Run the unsuccessful children of a Map Run again, from where they failed; with the items that it
/// had (or reads again, if it never read them). Answer: MapRunEnded for the new task.
struct RedriveMapRun {
  TaskId task;
  asl::StateIndex state;
  std::string map_run_arn;
};

/// The execution has ended; its state says how.
struct CompleteExecution {};

/// Give me another turn: a step made Limits::transitions_per_step_max transitions. Answer: Resumed.
struct Resume {};

using Command = std::variant<ScheduleTask, CancelTask, StartTimer, CancelTimer, StartMapRun,
                             RedriveMapRun, CompleteExecution, Resume>;

}  // namespace pawl::interpreter
