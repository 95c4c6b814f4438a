// SPDX-License-Identifier: Apache-2.0
// StateFailure: why a state could not do its work, on its way to Retriers and Catchers.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "asl/execution_error.h"
#include "base/error.h"
#include "json/value.h"

namespace pawl::interpreter {

/// A workflow error. A `fatal` one ends the execution at once: States.Runtime is neither retried
/// nor caught.
struct StateFailure {
  asl::ExecutionError error;
  bool fatal = false;
};

/// A value or the workflow error that took its place.
template <typename T>
using Outcome = tl::expected<T, StateFailure>;

/// States.Runtime with `cause`.
StateFailure runtime_failure(std::string cause);

/// A failure with a name that Catchers may match.
StateFailure named_failure(std::string_view error, std::string cause);

/// True if `error_equals` of a Retrier or Catcher matches (ASL "Errors", Appendix A; what
/// States.ALL and States.TaskFailed leave out is the Developer Guide's "Error names").
bool matches(const std::vector<std::string>& error_equals, const asl::ExecutionError& error);

/// ASL "Error Output", what a Catcher sees. Both members are there even if the error has neither;
/// the Cause of a time-out is empty (recorded).
json::Value error_output(const asl::ExecutionError& error);

}  // namespace pawl::interpreter
