// SPDX-License-Identifier: Apache-2.0
// Visit: what the history says of a line's stay in its state, besides what a Frame keeps: what came
// back, what went wrong, how it was left. For those who look at an execution's past.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "asl/execution_error.h"
#include "base/time.h"
#include "interpreter/execution_state.h"
#include "interpreter/history_event.h"
#include "json/payload.h"
#include "json/value.h"

namespace pawl::interpreter {

/// One thread, as its payloads.
struct Visit {
  int64_t previous_event_id = 0;              ///< of …StateEntered
  base::Timestamp evaluated_at = {};          ///< of the step that evaluates: what `$now()` said
  std::optional<json::Value> arguments = {};  ///< of the task as it was scheduled
  bool succeeded = false;                     ///< there is a result; it may not be in the history
  std::optional<json::Payload> result = {};   ///< of the task, the branches or the iterations
  bool failed = false;                        ///< and not tried again yet
  std::optional<asl::ExecutionError> error = {};  ///< what failed, if the history says so
  bool left = false;          ///< the state was exited; the next not yet entered
  json::Payload output = {};  ///< when left
  /// When left: not yet among the frame's variables, which its expressions have not seen.
  std::shared_ptr<const AssignedVariables> assigned = {};
  std::optional<uint32_t> item = {};  ///< of a Map: the iteration that began last
};

/// The frame's variables with what it has assigned on leaving its state.
std::vector<std::pair<std::string, json::Value>> variables_after(const Frame& frame,
                                                                 const Visit& visit);

}  // namespace pawl::interpreter
