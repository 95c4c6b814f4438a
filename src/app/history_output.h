// SPDX-License-Identifier: Apache-2.0
// The history of an execution as `pawl run --history` prints it.
#pragma once

#include <span>
#include <string>

#include "asl/program.h"
#include "interpreter/execution_state.h"
#include "interpreter/history_event.h"

namespace pawl::app {

/// {"events": […]} as API GetExecutionHistory answers, in one go however many there are; one event
/// a line, so that it can be read and compared.
std::string history_as_json(std::span<const interpreter::HistoryEvent> events,
                            const asl::Program& program, const interpreter::ExecutionInfo& info);

/// A table for people: id, previous id, time since the start, type, state or error.
std::string history_as_table(std::span<const interpreter::HistoryEvent> events,
                             const asl::Program& program);

}  // namespace pawl::app
