// SPDX-License-Identifier: Apache-2.0
// What Step Functions writes to CloudWatch Logs: which history events at which level, and their
// form. Developer Guide "Using CloudWatch Logs to log execution history in Step Functions"
// (cw-logs.html); the form is that of published log lines of 2025 and 2026.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "asl/program.h"
#include "base/error.h"
#include "base/time.h"
#include "interpreter/execution_state.h"
#include "interpreter/history_event.h"

namespace pawl::states {

/// API LogLevel.
enum class LogLevel : uint8_t { All, Error, Fatal, Off };

/// API LoggingConfiguration, as far as it matters to whoever writes.
struct LoggingConfiguration {
  LogLevel level = LogLevel::Off;
  bool include_execution_data = false;
  std::string log_group_arn;  ///< as given, with ":*"; empty if Off

  /// From the API's JSON text, complete and checked as it was when it was stored.
  /// Errors: InvalidJson; InvalidSyntax naming the member that is not there or not known.
  static base::Result<LoggingConfiguration> parse(std::string_view json_text);
};

/// The guide's table of levels. Event types that it does not list are logged at ERROR too if they
/// say that something failed, was aborted or timed out, as all those do that it lists.
bool is_logged(interpreter::HistoryEventType type, LogLevel level);

/// {"details":{…},"redrive_count":"0","id":"2","type":"TaskStateEntered","previous_event_id":"0",
/// "event_timestamp":"1787541942901","execution_arn":"…"}. `details` has the members of the API's
/// …EventDetails by name; without execution data it has no input, output, parameters or assigned
/// variables, nor what tells of them. Each input or output that is longer than 248 KB as it stands
/// in the line is cut, and its "truncated" is true.
std::string render_log_event(const interpreter::HistoryEvent& event, const asl::Program& program,
                             const interpreter::ExecutionInfo& info, int64_t redrive_count,
                             bool include_execution_data);

/// states/MACHINE/2026-08-24-03/00000000: a stream an hour.
std::string log_stream_name(std::string_view state_machine_name, base::Timestamp time);

}  // namespace pawl::states
