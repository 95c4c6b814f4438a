// SPDX-License-Identifier: Apache-2.0
// LineStage: what a line of an execution does at one moment, in a word and in a few.
#pragma once

#include "asl/program.h"
#include "interpreter/execution_state.h"
#include "interpreter/visit.h"

namespace pawl::interpreter {

struct LineStage {
  /// For programs: starting, running, task, wait, retry, children, mapRun, result, failed, left,
  /// caught, halted, stopped (its execution has ended).
  const char* code;
  const char* text;  ///< for people: "waits for a task"
};

LineStage stage_of(const asl::Program& program, const ExecutionState& state, const Frame& frame,
                   const Visit& visit);

}  // namespace pawl::interpreter
