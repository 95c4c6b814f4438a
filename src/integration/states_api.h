// SPDX-License-Identifier: Apache-2.0
// StatesApi: the port through which tasks call Step Functions itself: states:startExecution and
// aws-sdk:sfn:….
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "asl/execution_error.h"
#include "aws/service/request.h"
#include "base/time.h"
#include "engine/ports.h"
#include "integration/service_error.h"
#include "interpreter/execution_state.h"

namespace pawl::integration {

struct StartExecutionRequest {
  /// The task that starts: calling again, after a crash, it gets what it has started.
  engine::ExecutionId origin_execution = 0;
  interpreter::TaskId origin_task;
  std::string state_machine_arn;
  std::optional<std::string> name;
  std::string input;  ///< as given; the API checks that it is JSON
  std::optional<std::string> trace_header;
  aws::Principal principal = {};  ///< who starts
};

struct StartedExecution {
  std::string execution_arn;
  base::Timestamp start_date;
};

/// API DescribeExecution.
struct ExecutionDescription {
  std::string execution_arn;
  std::string state_machine_arn;
  std::string name;
  interpreter::ExecutionStatus status = interpreter::ExecutionStatus::Running;
  base::Timestamp start_date;
  std::optional<base::Timestamp> stop_date;
  std::string input;                  ///< JSON text
  std::optional<std::string> output;  ///< JSON text, when it succeeded
  asl::ExecutionError error;
  int64_t redrive_count = 0;
};

/// Called on the engine's thread; must not block. Each callback is called once, on any thread, also
/// from inside the call. Errors carry the API's codes and texts: StateMachineDoesNotExist "State
/// Machine Does Not Exist: 'ARN'", ExecutionAlreadyExists, InvalidExecutionInput, InvalidName,
/// InvalidArn, ExecutionDoesNotExist, InvalidToken "Invalid Token: 'Invalid token'", TaskTimedOut,
/// TaskDoesNotExist, …
class StatesApi {
 public:
  virtual ~StatesApi() = default;
  template <typename T>
  using Done = std::function<void(ServiceResult<T>)>;
  using Ended = std::function<void(ExecutionDescription)>;

  /// `ended` is called when the execution has ended, after `done`; it is empty if the caller does
  /// not wait for the end.
  virtual void start_execution(StartExecutionRequest request, Done<StartedExecution> done,
                               Ended ended) = 0;
  virtual void describe_execution(const std::string& execution_arn,
                                  Done<ExecutionDescription> done) = 0;
  /// Stops what a .sync task had started, because nobody waits for it any more.
  virtual void stop_execution(const std::string& execution_arn) = 0;
  virtual void send_task_success(const std::string& task_token, const std::string& output,
                                 Done<void> done) = 0;
  virtual void send_task_failure(const std::string& task_token, asl::ExecutionError error,
                                 Done<void> done) = 0;
  virtual void send_task_heartbeat(const std::string& task_token, Done<void> done) = 0;
};

}  // namespace pawl::integration
