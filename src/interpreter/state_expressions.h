// SPDX-License-Identifier: Apache-2.0
// The expressions of a state and their values at one moment of an execution: the paths, intrinsic
// calls and rules of JSONPath states, the "{% … %}" of JSONata states, evaluated with the functions
// that step() evaluates them with. Changes nothing.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "asl/execution_error.h"
#include "asl/program.h"
#include "interpreter/execution_state.h"
#include "interpreter/visit.h"
#include "json/payload.h"
#include "json/value.h"

namespace pawl::interpreter {

struct StateExpression {
  enum class Kind : uint8_t {
    Path,       ///< a JSONPath; its value is what it selects, or what it leaves of its input
    Intrinsic,  ///< States.…
    Jsonata,
    Rule,     ///< a Choice rule or a part of one: true or false
    Retrier,  ///< {"attempts", "maxAttempts", "matches": whether it handles the error, if any}
    Catcher,  ///< {"matches", "next"}
  };
  std::string pointer;  ///< JSON pointer below the state: "/Parameters/a.$"
  Kind kind = Kind::Path;
  std::string text;  ///< as written, JSONata without its braces; "" where the definition shows it
  // One of these three:
  std::optional<json::Value> value;
  std::optional<asl::ExecutionError> error;
  std::string pending;  ///< why there is no value yet, or never was: for people
  /// It draws random numbers: the value is not the one that the execution saw, unless
  /// `is_recorded`: taken from the history.
  bool is_random = false;
  bool is_recorded = false;
  std::string note;  ///< "chosen", "item 3", …; mostly ""
};

std::string_view expression_kind_name(StateExpression::Kind kind);

/// What is looked at. All borrowed. `frame` is one of `state`, which is used as working space and
/// is as before when a function returns; its `info` is set.
struct StateMoment {
  const asl::Program& program;
  ExecutionState& state;
  const Frame& frame;
  const Visit& visit;
};

/// In the order in which a state uses them. `go_on` is asked before each evaluation; once it
/// answers false the rest is pending. Values share the program's literals: they must not outlive
/// it.
std::vector<StateExpression> evaluate_state(const StateMoment& moment,
                                            const std::function<bool()>& go_on);

/// What the branches of a Parallel, or the ItemSelector of a Map, get for input. None if that
/// fails.
std::optional<json::Payload> input_of_children(const StateMoment& moment);
/// The array that an inline Map iterates over. None if that fails.
std::optional<json::Value> items_of_map(const StateMoment& moment);
/// The Error and Cause of a Fail state. Neither if that fails.
asl::ExecutionError error_of_fail_state(const StateMoment& moment);

}  // namespace pawl::interpreter
