// SPDX-License-Identifier: Apache-2.0
// How far an execution has come with each state, read from its history as GetExecutionHistory
// answers it, for the picture of its state machine. Not the tree of `pawl run`, which sees the
// interpreter's own events.
#pragma once

#include <string>
#include <unordered_map>

#include "base/error.h"
#include "graph/svg.h"
#include "json/value.h"

namespace pawl::app {

/// By state name. Of a state that was entered several times (a loop, the iterations of a Map) the
/// worst is told: Failed, then Aborted, Caught, Running, Succeeded. `history` is {"events": [...]}
/// or the array itself, oldest first or newest first. Errors: InvalidSyntax, if it is neither.
base::Result<std::unordered_map<std::string, graph::StateStatus>> execution_statuses(
    const json::Value& history);

}  // namespace pawl::app
