// SPDX-License-Identifier: Apache-2.0
// What the console shows of one moment of an execution: every line with its state, data, variables
// and expressions.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "console/shown_value.h"
#include "engine/execution_moment.h"
#include "json/value.h"

namespace pawl::console {

struct MomentView {
  std::string line = {};  ///< expressions of this line only; "": of the first kLinesEvaluatedMax
  bool whole = false;     ///< no value is left out for its size
  std::function<bool()> go_on;  ///< asked before each evaluation; false: the rest is not evaluated
};

inline constexpr size_t kLinesShownMax = 200;
inline constexpr size_t kLinesEvaluatedMax = 20;

/// {"executionArn", "status": at that event, "stateMachineArn", "lastEvent", "event": as in
/// GetExecutionHistory, "lines": [{"line", "parent", "index", "state", "type", "pointer",
/// "language", "stage", "phase", "enteredEvent", "lastEvent", "input", "arguments"?, "result"?,
/// "output"?, "error"?, "variables": {NAME: …}, "assigned": [NAME], "outerVariables": [{"name",
/// "line", …}], "context", "retries", "waits", "expressions": null | [{"pointer", "kind", "text",
/// "language", value | "error": {"error", "cause"} | "pending", "random"?, "recorded"?,
/// "note"?}]}], "linesLeftOff"?}. `…` are ShownValues. `definition` is the text that the execution
/// runs. The answer shares values with `moment`, which it must not outlive. O(lines shown).
json::Value moment_as_json(engine::ExecutionMoment& moment, const std::string& definition,
                           const MomentView& view);

}  // namespace pawl::console
