// SPDX-License-Identifier: Apache-2.0
// InputEvent: what the world tells an execution. Carries the time and the seed, so that step()
// needs neither clock nor randomness.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "asl/execution_error.h"
#include "base/time.h"
#include "interpreter/execution_state.h"
#include "json/payload.h"

namespace pawl::interpreter {

struct ExecutionStarted {};

/// The task's worker began; gives the …Started event. Tasks of kinds whose start nobody reports may
/// leave it out (then the result writes it). `worker_name`: activities.
struct TaskStarted {
  TaskId task;
  std::string worker_name;
};

/// .sync and .waitForTaskToken: the request was accepted; gives TaskSubmitted, once for a task.
struct TaskSubmitted {
  TaskId task;
  json::Payload output;
  std::string continuation = {};  ///< opaque; kept as Frame::continuation, the last one counts
};

struct TaskSucceeded {
  TaskId task;
  json::Payload output;
};

/// `phase` tells which event it gives: TaskFailed / LambdaFunctionFailed / ActivityFailed, or the
/// failure to schedule, start or submit.
struct TaskFailed {
  enum class Phase : uint8_t { Run, Schedule, Start, Submit } phase = Phase::Run;
  TaskId task;
  asl::ExecutionError error;
};

/// API SendTaskHeartbeat; restarts the heartbeat timer.
struct TaskHeartbeat {
  TaskId task;
};

struct TimerFired {
  TimerId timer;
};

/// A Distributed Map's run has begun: gives MapRunStarted.
struct MapRunStarted {
  TaskId task;
  std::string map_run_arn;
};

/// A Distributed Map's run has ended: `error` absent means `output` is the Map's result before
/// ResultSelector. `failed_before_start`: the items could not be read; no MapRunFailed event is
/// written, only MapStateFailed … as recorded.
struct MapRunEnded {
  TaskId task;
  json::Payload output;
  std::optional<asl::ExecutionError> error;
};

/// API StopExecution.
struct StopRequested {
  asl::ExecutionError error;
};

/// API RedriveExecution: an execution that did not succeed goes on from where it failed. Ignored
/// unless judge_redrive() (interpreter/redrive.h) finds it redrivable; the engine asks first.
struct RedriveRequested {};

/// The engine gives a step that yielded (Command Resume) its next turn.
struct Resumed {};

struct InputEvent {
  base::Timestamp now;
  uint64_t seed = 0;  ///< of every random number drawn in this step
  std::variant<ExecutionStarted, TaskStarted, TaskSubmitted, TaskSucceeded, TaskFailed,
               TaskHeartbeat, TimerFired, MapRunStarted, MapRunEnded, StopRequested,
               RedriveRequested, Resumed>
      event;
};

}  // namespace pawl::interpreter
