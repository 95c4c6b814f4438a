// SPDX-License-Identifier: Apache-2.0
#include "interpreter/state_failure.h"

#include <algorithm>

namespace pawl::interpreter {
namespace {

using namespace asl::error_name;

bool is_timeout(std::string_view error) { return error == kTimeout || error == kHeartbeatTimeout; }

bool name_matches(std::string_view name, std::string_view error) {
  if (name == error) return true;
  // NOTE: the guide says that States.ALL leaves States.DataLimitExceeded alone; recorded is that it
  // catches it.
  if (name == kAll) return error != kRuntime;
  // "States.TaskFailed": any error except States.Timeout.
  if (name == kTaskFailed) return !is_timeout(error) && error != kRuntime;
  // A missed heartbeat is a time-out with a name of its own.
  if (name == kTimeout) return error == kHeartbeatTimeout;
  return false;
}

json::Value text_or_null(const std::optional<std::string>& text) {
  return text ? json::Value(*text) : json::Value();
}

}  // namespace

StateFailure runtime_failure(std::string cause) {
  return {.error = {.error = std::string(kRuntime), .cause = std::move(cause)}, .fatal = true};
}

StateFailure named_failure(std::string_view error, std::string cause) {
  return {.error = {.error = std::string(error), .cause = std::move(cause)},
          .fatal = error == kRuntime};
}

bool matches(const std::vector<std::string>& error_equals, const asl::ExecutionError& error) {
  // An error without a name (a Fail state without Error) is matched by the wildcards only.
  const std::string_view name = error.error ? std::string_view(*error.error) : std::string_view();
  return std::any_of(error_equals.begin(), error_equals.end(),
                     [&](const std::string& expected) { return name_matches(expected, name); });
}

json::Value error_output(const asl::ExecutionError& error) {
  const bool is_timeout =
      error.error == asl::error_name::kTimeout || error.error == asl::error_name::kHeartbeatTimeout;
  json::ObjectBuilder output;
  output.set("Error", text_or_null(error.error))
      .set("Cause", is_timeout && !error.cause ? json::Value("") : text_or_null(error.cause));
  return std::move(output).build();
}

}  // namespace pawl::interpreter
