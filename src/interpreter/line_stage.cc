// SPDX-License-Identifier: Apache-2.0
#include "interpreter/line_stage.h"

namespace pawl::interpreter {

LineStage stage_of(const asl::Program& program, const ExecutionState& state, const Frame& frame,
                   const Visit& visit) {
  if (visit.left && visit.failed) return {"caught", "has left the state by a Catcher"};
  if (visit.left) return {"left", "has left the state"};
  if (frame.halted) return {"halted", "halted: its Parallel or Map has failed"};
  if (frame.entered_event_id == 0) return {"starting", "is about to enter the state"};
  if (state.status != ExecutionStatus::Running) {
    return visit.failed ? LineStage{"failed", "has failed in the state"}
                        : LineStage{"stopped", "stood here when the execution ended"};
  }
  if (frame.phase == Phase::RetryTimer) return {"retry", "waits to try again"};
  if (visit.failed) return {"failed", "has failed in the state"};
  if (visit.succeeded) return {"result", "has a result"};
  switch (frame.phase) {
    case Phase::Enter: return {"starting", "is about to enter the state"};
    case Phase::Task: return {"task", "waits for a task"};
    case Phase::WaitTimer: return {"wait", "waits for a time"};
    case Phase::Children: return {"children", "runs its branches or iterations"};
    case Phase::MapRun: return {"mapRun", "waits for a Map Run"};
    case Phase::Execute:
    case Phase::RetryTimer: break;
  }
  return program.states[frame.state].type == asl::StateType::Wait
             ? LineStage{"wait", "waits for a time"}
             : LineStage{"running", "runs the state"};
}

}  // namespace pawl::interpreter
