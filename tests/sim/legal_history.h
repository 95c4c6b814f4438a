// SPDX-License-Identifier: Apache-2.0
// What every history must look like, whatever the execution did.
#pragma once

#include <string>
#include <vector>

#include "interpreter/execution_state.h"
#include "interpreter/history_event.h"

namespace pawl::sim {

/// "" if the history is legal: ids count from 1, each event's previous one stands before it, it
/// begins with ExecutionStarted, time does not go back, it has an end exactly if `status` is one,
/// and that is the last event, or ExecutionRedriven follows.
std::string history_mistake(const std::vector<interpreter::HistoryEvent>& events,
                            interpreter::ExecutionStatus status);

/// The events without payloads, as text, to compare two readings of one history.
std::string history_outline(const std::vector<interpreter::HistoryEvent>& events);

}  // namespace pawl::sim
